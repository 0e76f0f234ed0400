-- SPDX-License-Identifier: Apache-2.0
--- What a policy can reach: its globals, its `require`, and how its text is loaded and its errors are read.
-- Built-in policies live behind the same fence in the host; a user's script does so in a child process (policy.lua).
local sorted = require("samzak8s.sorted")
local debug, io, string, table = debug, io, string, table

local M = {}

--- Sources that begin so are ours and never blamed.
M.host = debug.getinfo(1, "S").source:match("^(.*)fence%.lua$")

--- Modules of ours that `require` gives to a policy.
M.modules = { ["samzak8s.kubernetes"] = true, ["samzak8s.samza"] = true }

M.base = {
	"assert", "error", "getmetatable", "ipairs", "next", "pcall", "rawequal", "rawget", "rawlen", "rawset",
	"select", "setmetatable", "tonumber", "tostring", "type", "xpcall", "_VERSION",
}

local function copy(library, ...)
	local result = {}
	for name, value in next, library do result[name] = value end
	for _, name in ipairs { ... } do result[name] = nil end
	return result
end

local function is_nil(value) return value == nil end

-- pairs in a fixed order; keys removed on the way are left out, as with the plain one
local function sorted_pairs(t)
	local meta = debug.getmetatable(t)
	if type(meta) == "table" and meta.__pairs then
		local step, state, first = meta.__pairs(t)
		return step, state, first
	end
	if type(t) ~= "table" then
		error(("bad argument #1 to 'pairs' (table expected, got %s)"):format(type(t)), 2)
	end
	local keys, i = sorted.keys(t), 0
	return function()
		local key, value
		repeat
			i = i + 1
			key = keys[i]
			value = not is_nil(key) and rawget(t, key)
		until is_nil(key) or not is_nil(value)
		if not is_nil(key) then return key, value end
	end, t, nil
end

local function print_to_stderr(...)
	local texts = table.pack(...)
	for i = 1, texts.n do texts[i] = tostring(texts[i]) end
	io.stderr:write(table.concat(texts, "\t"), "\n")
end

-- "lib.shapes" -> "lib/shapes"; nil for what could leave the directory
local function relative(name)
	for part in (name .. "."):gmatch("(.-)%.") do
		if not part:find("^[%w_][%w_%-]*$") then return nil end
	end
	return (name:gsub("%.", "/"))
end

-- require for policies: our few modules, and text files beside the script
local function requirer(env, read)
	local loaded = {}
	return function(name)
		if type(name) ~= "string" then error("require takes the name of a module", 2) end
		if M.modules[name] then return require(name) end
		if loaded[name] ~= nil then return loaded[name] end
		local path = relative(name)
		if not path then
			error(("module name '%s': use letters, digits, _, - and dots; files lie beside the script or below it"):format(name), 2)
		end
		local text, where = read(path .. ".lua")
		if not text then
			error(("module '%s' not found: %s; of samzak8s, policies see samzak8s.kubernetes and samzak8s.samza"):format(name, where), 2)
		end
		local chunk, err = M.load(text, where, env)
		if not chunk then error(("%s: %s"):format(err.source, err.message), 0) end
		loaded[name] = true
		local value = chunk(name)
		if value ~= nil then loaded[name] = value end
		return loaded[name]
	end
end

--- The globals of a policy.
-- @tparam function read text of a file beside the script: `read("lib.lua") -> text, path | nil, why`
-- @tparam[opt] function coroutine_maker wraps coroutine.create and coroutine.wrap (in a child: native.child.coroutine)
-- @treturn table
function M.environment(read, coroutine_maker)
	local env = {
		pairs = sorted_pairs,
		print = print_to_stderr,
		string = copy(string, "dump"),
		table = copy(table),
		math = copy(math, "random", "randomseed"),
		utf8 = copy(utf8),
		coroutine = copy(coroutine),
	}
	for _, name in ipairs(M.base) do env[name] = _G[name] end
	if coroutine_maker then
		env.coroutine.create = coroutine_maker(coroutine.create)
		env.coroutine.wrap = coroutine_maker(coroutine.wrap)
	end
	env.require = requirer(env, read)
	env._G = env
	return env
end

--- In a child: methods of strings come from a table of their own, which no script can reach or change.
function M.seal_strings()
	local meta = debug.getmetatable("")
	meta.__index = copy(string, "dump")
	meta.__metatable = false
end

--- Load a policy's text: text only, a first line with #! is skipped, and so is a byte order mark.
-- @treturn function|nil
-- @treturn table|nil err, codes policy.syntax and policy.bytecode
function M.load(text, path, env)
	if text:sub(1, 1) == "\27" then
		return nil, { code = "policy.bytecode", source = path, message = "is compiled Lua; policies are read as text" }
	end
	text = text:gsub("^\239\187\191", ""):gsub("^#[^\n]*", "")
	local chunk, why = load(text, "@" .. path, "t", env)
	if chunk then return chunk end
	local line, message = why:match(":(%d+): (.*)$")
	return nil, { code = "policy.syntax", source = line and path .. ":" .. line or path, message = message or why }
end

--- The innermost line that is not ours, as "my_grouper.lua:9".
-- @tparam integer level 1 is the caller
function M.line(level)
	for l = level + 1, math.huge do
		local info = debug.getinfo(l, "Sl")
		if not info then return nil end
		if info.currentline > 0 and info.source:sub(1, 1) == "@" and info.source:sub(1, #M.host) ~= M.host then
			return ("%s:%d"):format(info.source:sub(2), info.currentline)
		end
	end
end

-- Cut "my_grouper.lua:9: " off a message when a running function stands there. -> message, "my_grouper.lua:9" | nil
local function split_place(message)
	for level = 2, math.huge do
		local info = debug.getinfo(level, "Sl")
		if not info then return message end
		local place = ("%s:%d: "):format(info.short_src, info.currentline)
		if info.currentline > 0 and message:sub(1, #place) == place then
			-- a call in tail position leaves one of our lines where the script's would be
			local ours = info.source:sub(1, #M.host) == M.host
			return message:sub(#place + 1), not ours and ("%s:%d"):format(info.source:sub(2), info.currentline) or nil
		end
	end
end

local function text_field(value, name)
	local field = rawget(value, name)
	return type(field) == "string" and field or nil
end

--- Message handler: whatever was raised becomes an error table with its place; nothing of the script is called.
-- @treturn table err
function M.handler(value)
	local err
	if type(value) == "table" then
		local code = text_field(value, "code")
		err = {
			code = code and code:find("^[%w%-]+%.[%w%-.]+$") and code or code == "interrupted" and code or "policy.error",
			message = text_field(value, "message") or "raised a table without a message",
			hint = text_field(value, "hint"), source = text_field(value, "source"), key = text_field(value, "key"),
			placed = text_field(value, "source") and true or nil, -- it says itself where the mistake is
		}
	elseif type(value) == "string" then
		local message, place = split_place(value)
		-- library functions raise this as a plain text
		err = { code = message == "not enough memory" and "policy.memory" or "policy.error", message = message, source = place }
	elseif type(value) == "number" then
		err = { code = "policy.error", message = tostring(value) }
	else
		err = { code = "policy.error", message = ("raised a %s value instead of a text"):format(type(value)) }
	end
	err.source = err.source or M.line(1)
	err.traceback = debug.traceback("", 2):sub(2)
	return err
end

return M
