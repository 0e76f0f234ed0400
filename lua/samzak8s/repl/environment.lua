-- SPDX-License-Identifier: Apache-2.0
--- The names that a session's Lua sees: its functions, the stages (run when first used), then Lua's own libraries.
local functions = require("samzak8s.repl.functions")
local nearest = require("samzak8s.nearest")
local sorted = require("samzak8s.sorted")

local M = {}

local QUIET = { _ = true, _err = true } -- nil until there is one

-- Lua's globals, each library a copy: assigning to string.format here must not change it for the pipeline.
local function libraries()
	local copy = {}
	for name, value in next, _G do
		if type(value) == "table" and name ~= "_G" and name ~= "package" then
			local library = {}
			for key, item in next, value do library[key] = item end
			value = library
		end
		copy[name] = value
	end
	return copy
end

--- Every name that can be completed or meant: of the session first.
-- @treturn {string,...} sorted
function M.names(session)
	local names = {}
	for name in next, session.env do names[name] = true end
	for name in next, session.library do names[name] = true end
	for name in next, session.functions do names[name] = true end
	for _, entry in ipairs(require("samzak8s.repl.session").STAGES) do names[entry.name] = true end
	return sorted.keys(names)
end

--- The value of a name without running a stage or raising; nil when there is none yet.
function M.peek(session, name)
	local value = rawget(session.env, name)
	if value == nil then value = session.functions[name] end
	if value == nil and session.is_stage(name) then return session.copies[name] end
	if value == nil then value = session.library[name] end
	return value
end

local function index(session)
	return function(_, name)
		if session.functions[name] then return session.functions[name] end
		if session.is_stage(name) then return session:stage(name) end
		local value = session.library[name]
		if value ~= nil or QUIET[name] then return value end
		local meant = type(name) == "string" and nearest(name, M.names(session))
		error(("unknown name '%s'%s"):format(tostring(name), meant and (" (did you mean '%s'?)"):format(meant) or ""), 2)
	end
end

--- The environment of a session; also sets session.functions, .library and .env_names (function -> its name).
function M.new(session)
	local env = {}
	session.functions = functions.new(session)
	session.library = libraries()
	session.library._G = env
	session.env_names = {}
	for name, f in next, session.functions do session.env_names[f] = name end
	return setmetatable(env, { __index = index(session), __metatable = "environment of the session" })
end

return M
