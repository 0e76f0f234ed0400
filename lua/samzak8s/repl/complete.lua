-- SPDX-License-Identifier: Apache-2.0
--- TAB: what can follow the text before the cursor. Looks at live tables with raw access: no metamethod runs, and no
-- stage but config, which only reads files.
local backslash = require("samzak8s.repl.backslash")
local environment = require("samzak8s.repl.environment")
local help = require("samzak8s.help")
local keys = require("samzak8s.keys")
local pretty = require("samzak8s.pretty")
local sorted = require("samzak8s.sorted")
local text_table = require("samzak8s.text_table")

local MOST = 200 -- candidates that are shown

-- One step of a chain such as .tasks, [1] or ["job.name"]: its key and where the rest begins.
local function step(text, at)
	local key, after = text:match("^[.:]([%a_][%w_]*)()", at)
	if key then return key, after end
	key, after = text:match("^%[%s*(%-?%d+)%s*%]()", at)
	if key then return math.tointeger(tonumber(key)), after end
	for _, quote in ipairs({ '"', "'" }) do
		key, after = text:match("^%[%s*" .. quote .. "([^" .. quote .. "\\]*)" .. quote .. "%s*%]()", at)
		if key then return key, after end
	end
end

-- Read text from `start` as NAME STEP... PARTIAL, to its very end.
-- @treturn table|nil { root =, keys =, kind = "name"|"field"|"index", partial =, quote = }
local function chain(text, start)
	local root, at = text:match("^([%a_][%w_]*)()", start)
	if not root then return nil end
	if at > #text then return { kind = "name", partial = root } end
	local found = { root = root, keys = {} }
	while true do
		local key, after = step(text, at)
		if key == nil or after > #text and text:sub(at, at) ~= "[" then break end
		found.keys[#found.keys + 1] = key
		at = after
	end
	found.partial = text:match("^[.:]([%w_]*)$", at)
	found.kind = "field"
	if found.partial then return found end
	found.quote, found.partial = text:match("^%[%s*([\"'])([^\"'\\]*)$", at)
	found.kind = "index"
	return found.partial and found
end

-- The longest end of the text that is a chain.
local function find_chain(text)
	for start, before in text:gmatch("()()[%a_]") do
		local previous = text:sub(before - 1, before - 1)
		if start == 1 or not previous:find("[%w_.:\"'\\]") then
			local found = chain(text, start)
			if found then return found end
		end
	end
end

local function starting(names, partial)
	local found = {}
	for _, name in ipairs(names) do
		if name:sub(1, #partial) == partial then found[#found + 1] = name end
	end
	return found
end

local function peek(session, name)
	if name == "config" and rawget(session.env, name) == nil and not session:loaded("config") and session:known_config() then
		pcall(session.stage, session, "config")
	end
	return environment.peek(session, name)
end

-- The table that a chain's last step looks into.
local function resolve(session, found)
	local value = peek(session, found.root)
	for _, key in ipairs(found.keys) do
		if type(value) ~= "table" then return nil end
		value = rawget(value, key)
	end
	if type(value) == "string" then value = session.library.string end
	return type(value) == "table" and value or nil
end

local function text_keys(t, partial, identifiers)
	local found = {}
	for _, key in ipairs(sorted.keys(t)) do
		if type(key) == "string" and key:sub(1, #partial) == partial and (not identifiers or pretty.identifier(key)) then
			found[#found + 1] = key
		end
	end
	return found
end

local function common_prefix(names)
	local prefix = names[1]
	for _, name in ipairs(names) do
		while name:sub(1, #prefix) ~= prefix do prefix = prefix:sub(1, -2) end
	end
	while #prefix > 0 and not utf8.len(prefix) do prefix = prefix:sub(1, -2) end
	return prefix
end

-- Names in columns, as ls does.
local function columns(names)
	local shown = table.move(names, 1, math.min(#names, MOST), 1, {})
	local widest = 0
	for _, name in ipairs(shown) do widest = math.max(widest, text_table.width(name)) end
	local across = math.max(1, 80 // (widest + 2))
	local down = (#shown + across - 1) // across
	local lines = {}
	for row = 1, down do
		local cells = {}
		for column = 0, across - 1 do
			local name = shown[column * down + row]
			if name then cells[#cells + 1] = name .. (" "):rep(widest - text_table.width(name)) end
		end
		lines[row] = table.concat(cells, "  "):gsub(" +$", "")
	end
	if #names > #shown then lines[#lines + 1] = ("... and %d more"):format(#names - #shown) end
	return table.concat(lines, "\n")
end

-- What to insert and what to show, given the candidates for a partial word; `finish(name)` follows the only one.
local function answer(names, partial, finish)
	if #names == 0 then return "", "" end
	if #names == 1 then return names[1]:sub(#partial + 1) .. (finish and finish(names[1]) or ""), "" end
	local more = common_prefix(names):sub(#partial + 1)
	if more ~= "" then return more, "" end
	return "", columns(names)
end

-- Inputs of the job as system.stream, and streams alone; only when partitions have been asked for.
local function streams(session, with_system)
	local names = {}
	for _, p in ipairs(session.copies.partitions or {}) do
		names[with_system and p.system .. "." .. p.stream or p.stream] = true
	end
	return sorted.keys(names)
end

-- What the first argument of a function can be, as far as that is known without asking anyone.
local ARGUMENTS = {
	where = function(session) return streams(session, true) end,
	topics = function(session) return streams(session, false) end,
	help = function()
		local names = help.names()
		for _, entry in ipairs(keys.list) do names[#names + 1] = entry.name end
		return names
	end,
	reload = function() return help.names("stage") end,
}

local function complete_command(text)
	local name, partial = text:match("^%s*\\(%S+)%s+(%S*)$")
	for _, command in ipairs(backslash.list) do
		if command.name == name then return answer(starting(command.words or {}, partial), partial) end
	end
	partial = text:match("^%s*\\(%S*)$")
	if not partial then return "", "" end
	local names = {}
	for i, command in ipairs(backslash.list) do names[i] = command.name end
	return answer(starting(names, partial), partial, function() return " " end)
end

local function complete_argument(session, text)
	local name, quote, partial = text:match("([%a_][%w_]*)%s*%(%s*([\"'])([^\"'\\]*)$")
	if not name or not ARGUMENTS[name] then return nil end
	return answer(starting(ARGUMENTS[name](session), partial), partial, function() return quote .. ")" end)
end

local function complete_chain(session, text)
	local found = find_chain(text)
	if not found and not text:find("%S") then found = { kind = "name", partial = "" } end
	if not found then return "", "" end
	if found.kind == "name" then
		return answer(starting(environment.names(session), found.partial), found.partial, function(name)
			return type(environment.peek(session, name)) == "function" and "(" or ""
		end)
	end
	local t = resolve(session, found)
	if not t then return "", "" end
	if found.kind == "index" then
		return answer(text_keys(t, found.partial), found.partial, function() return found.quote .. "]" end)
	end
	return answer(text_keys(t, found.partial, true), found.partial, function(name)
		return type(rawget(t, name)) == "function" and "(" or ""
	end)
end

--- @tparam Session session
-- @tparam string text the line up to the cursor
-- @treturn string what to insert
-- @treturn string what to show below the line: candidates, or a signature behind `(`
return function(session, text)
	if text:find("^%s*\\") then return complete_command(text) end
	local called = text:match("([%a_][%w_.]*)%s*%($")
	if called then
		local entry = help.find(called, "function") or help.find(called, "policy-api")
		return "", entry and entry.signature or ""
	end
	local insert, show = complete_argument(session, text)
	if insert then return insert, show end
	return complete_chain(session, text)
end
