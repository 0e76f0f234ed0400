-- SPDX-License-Identifier: Apache-2.0
-- Writes lua/meta/samzak8s.lua, the annotations by which an editor (LuaLS) completes and checks policies:
--   LUA_PATH='lua/?.lua' lua5.4 lua/meta/generate.lua >lua/meta/samzak8s.lua
-- With the argument "text" it returns the text instead, for the spec that compares both.
local help = require("samzak8s.help")

local lines = {
	"-- SPDX-License-Identifier: Apache-2.0",
	"---@meta samzak8s.kubernetes",
	"-- Made from the help texts by lua/meta/generate.lua; change those.",
}

local function add(format, ...)
	lines[#lines + 1] = format:format(...)
end

-- The prose above a declaration, with the facts that have no annotation of their own.
local function add_text(entry)
	add("")
	add("---%s", entry.text)
	for _, part in ipairs({ "reads", "raises", "unit" }) do
		if entry[part] then add("---%s: %s", part, entry[part]) end
	end
end

local function add_params(entry)
	for _, param in ipairs(entry.params) do
		local kind, optional = param[2]:gsub("%?$", "")
		add("---@param %s%s %s%s", param[1], optional > 0 and "?" or "", kind, param[3] and " " .. param[3] or "")
	end
	if entry.result then add("---@return %s", entry.result) end
end

local function add_record(entry)
	add("---@class %s", entry.name)
	for _, field in ipairs(entry.fields) do
		local kind, optional = field[2]:gsub("%?$", "")
		add("---@field %s%s %s %s", field[1], optional > 0 and "?" or "", kind, field[3])
	end
end

local function add_policy(entry)
	local params = {}
	for i, param in ipairs(entry.params) do params[i] = param[1] .. ": " .. param[2] end
	add("---@alias %s fun(%s): %s", entry.type, table.concat(params, ", "), entry.result)
end

local function add_function(entry)
	add_params(entry)
	local names = {}
	for i, param in ipairs(entry.params) do names[i] = param[1] end
	add("function %s(%s) end", entry.name, table.concat(names, ", "))
end

local function each(want, write)
	for _, entry in ipairs(help.list) do
		if entry.kind == "policy-api" and want(entry) then
			add_text(entry)
			write(entry)
		end
	end
end

each(function(entry) return entry.fields end, add_record)
each(function(entry) return entry.type end, add_policy)
add("")
add("local kubernetes = {}")
local function of_module(entry) return entry.name:find("^kubernetes%.") end
each(function(entry) return of_module(entry) and not entry.params end, function(entry)
	add("---@type %s", entry.result)
	add("%s = nil", entry.name)
end)
each(function(entry) return of_module(entry) and entry.params end, add_function)
add("")
add("return kubernetes")

local text = table.concat(lines, "\n") .. "\n"
if ... == "text" then return text end
io.write(text)
