-- SPDX-License-Identifier: Apache-2.0
--- Policies: one Lua file, one function, named by a property. A bare word is built in and runs in the host; anything with a
-- `/` is the user's own file and runs in a child process. Both see the same globals and the same arguments.
local child = require("samzak8s.native.child")
local fence = require("samzak8s.fence")
local nearest = require("samzak8s.nearest")
local report = require("samzak8s.report")
local fail = report.fail

local M = {}

--- The level of the policy API; a script's `api` is the least it needs.
M.api = 1

local SIZE = 1 << 20 -- bytes; a longer file is no script
local TIMEOUT_MS, MEMORY = 10000, 256 << 20

-- what each kind returns, for messages
local noun = { ["groupers/tasks"] = "tasks", ["groupers/containers"] = "containers", ["layouts"] = "resources", ["patches"] = "resources" }

local hints = {
	["policy.timeout"] = "look for a loop that never ends, or raise --script-timeout",
	["policy.memory"] = "look for a table or text that grows without end, or raise --script-memory",
	["policy.bytecode"] = "give the .lua source",
	["policy.crashed"] = "this should not happen; if memory is short on this machine, that may be why",
}

local function read_file(path)
	local file, why = io.open(path, "rb")
	if not file then return nil, why end
	local pieces, size = {}, 0
	local piece, wrong
	repeat
		piece, wrong = file:read(65536)
		pieces[#pieces + 1] = piece
		size = size + #(piece or "")
	until not piece or size > SIZE
	file:close()
	if wrong then return nil, path .. ": " .. wrong end
	if size > SIZE then return nil, ("%s: is larger than %d MiB"):format(path, SIZE >> 20) end
	return table.concat(pieces), path
end

local function builtin_names(kind)
	local prefix, names = kind:gsub("/", ".") .. ".", {}
	for _, source in ipairs(require("samzak8s.native.host").sources()) do
		if source.module:sub(1, #prefix) == prefix then names[#names + 1] = source.module:sub(#prefix + 1) end
	end
	return names
end

local function find_builtin(where, config)
	local host = require("samzak8s.native.host")
	local folder = where.kind:gsub("/", ".") .. "."
	local text, path = host.source(folder .. where.name)
	if text then
		where.builtin, where.source = true, path
		function where.read(file)
			local beside, beside_path = host.source(folder .. file:gsub("%.lua$", ""):gsub("/", "."))
			if beside then return beside, beside_path end
			return nil, "no built-in " .. where.kind .. "/" .. file
		end
		where.file = where.name .. ".lua"
		return where
	end
	local names = builtin_names(where.kind)
	local near = nearest(where.name, names)
	local hint = near and ("did you mean %s?"):format(near) or "built in are " .. table.concat(names, ", ")
	if where.name:find("%.lua$") then hint = ("a file of your own is given with a /, as in ./%s"):format(where.name) end
	return config:fail(where.key, "policy.unknown", ("'%s' is no built-in policy of %s"):format(where.name, where.kind), hint)
end

--- Find the policy that a property names.
-- @tparam string kind "groupers/tasks", "groupers/containers" or "layouts"
-- @param setting the property, or `{ key =, default =, default_key =, value =, each = }`: `default` is the built-in taken when
-- the property is unset, `default_key` the property that led to it; `value` one of several paths that the property lists;
-- `each`: it is called for every item of its first argument, and may return nil
-- @tparam Config config
-- @treturn table|nil where `{ kind, key, name, source (path as in messages), builtin (boolean) }`
-- @treturn table|nil err
function M.resolve(kind, setting, config)
	if type(setting) == "string" then setting = { key = setting } end
	local value = setting.value or config:get(setting.key)
	local where = { kind = kind, key = setting.key, name = value, each = setting.each }
	if value == nil then where.name, where.key = setting.default, setting.default_key or setting.key end
	if where.name == nil or where.name == "" then
		return config:fail(where.key, "policy.missing", where.name and "is set, but empty" or "is not set",
			"give a built-in name (samzak8s show lists them) or the path of a Lua file with a / in it")
	end
	if not where.name:find("/", 1, true) then return find_builtin(where, config) end

	local path, directory = where.name:gsub("^%./+", ""), config:directory(where.key)
	if path:sub(1, 1) ~= "/" and directory and directory ~= "." and directory ~= "" then
		path = directory:gsub("/$", "") .. "/" .. path
	end
	local folder
	folder, where.file = path:match("^(.*/)([^/]*)$")
	where.source, where.file = path, where.file or path
	where.read = function(file) return read_file((folder or "") .. file) end
	return where
end

-- Notes and warnings of a script, as diagnostics with its line.
local function say(where, context, message)
	local receive = message.level == "warning" and context.warn or context.note
	receive { code = "policy." .. message.level, source = message.source or where.source, key = where.key, message = message.text }
end

local state_members = { "changelog", "containers", "partitions", "modes", "hosts" }

-- The `context` that policies see. `emit` takes { level =, text =, source = }.
local function policy_context(context, emit)
	local previous = {}
	for _, name in ipairs(state_members) do previous[name] = context.state and context.state[name] or {} end
	local function talk(level)
		return function(text)
			if type(text) ~= "string" then error(("a %s is a text, not a %s"):format(level, type(text)), 2) end
			emit { level = level, text = text, source = fence.line(1) }
		end
	end
	return { samza = context.facts, previous = previous, broadcast = context.broadcast or {}, warn = talk("warning"), note = talk("note") }
end

-- The function of a loaded policy file.
local function entry_point(value, where)
	local function refuse(code, message, hint)
		return nil, { code = code, source = where.source, message = message, hint = hint }
	end
	if type(value) == "function" then return value end
	local form = "a policy file returns one function, or { api = 1, run = function(...) ... end }"
	if value == nil then return refuse("policy.shape", 'returned nil: is a "return" missing?', form) end
	if type(value) ~= "table" then return refuse("policy.shape", ("returned a %s, not a function"):format(type(value)), form) end
	local api, run = rawget(value, "api"), rawget(value, "run")
	if math.type(api) ~= "integer" or api < 1 then return refuse("policy.shape", "its api is no whole number of 1 or more", form) end
	if api > M.api then
		return refuse("policy.api", ("needs policy API %d; this samzak8s has %d"):format(api, M.api), "use a newer samzak8s")
	end
	if type(run) ~= "function" then return refuse("policy.shape", "its run is no function", form) end
	return run
end

-- Call for every item of the first argument. -> array of what it returned, false for nil
local function each(run, arguments)
	local results = {}
	for i, item in ipairs(arguments[1]) do
		local result = run(item, table.unpack(arguments, 2, arguments.n))
		if result ~= nil and type(result) ~= "table" then
			error({ code = "policy.result", message = ("returned a %s for item %d, not a table or nil"):format(type(result), i) }, 0)
		end
		results[i] = result or false
	end
	return results
end

-- Load and call. Runs in the child or in the host; raises what the script raises.
local function perform(where, env, arguments)
	local text, why = where.read(where.file)
	if not text then
		return nil, { code = "policy.missing", source = where.source, message = why:gsub("^.*: ", "", 1):gsub("^%u", string.lower),
			hint = "a path is relative to the file that sets it" }
	end
	local chunk, err = fence.load(text, where.source, env)
	if not chunk then return nil, err end
	local run
	run, err = entry_point(chunk(), where)
	if not run then return nil, err end
	if where.each then return each(run, arguments) end
	local result = run(table.unpack(arguments, 1, arguments.n))
	if result == nil then
		return nil, { code = "policy.result", source = where.source, message = 'returned nil: is a "return" missing?' }
	end
	return result
end

local function call_in_host(where, context, config, arguments)
	local env = fence.environment(where.read)
	arguments[arguments.n - 1] = config:values()
	arguments[arguments.n] = policy_context(context, function(message) say(where, context, message) end)
	local ok, result, err = xpcall(perform, fence.handler, where, env, arguments)
	if ok then return result, err end
	if type(result) ~= "table" then return nil, { code = "policy.error", message = tostring(result) } end
	if result.code == "interrupted" then error(result, 0) end
	return nil, result
end

local function call_in_child(where, context, config, arguments)
	local options = context.options or {}
	arguments[arguments.n - 1] = config:values()
	local memory = options.script_memory or MEMORY
	local result, err, messages = child.run(function()
		fence.seal_strings()
		arguments[arguments.n] = policy_context(context, child.emit)
		return perform(where, fence.environment(where.read, child.coroutine), arguments)
	end, {
		timeout_ms = options.script_timeout_ms or TIMEOUT_MS,
		memory = memory,
		result = noun[where.kind],
		host = fence.host,
		handler = fence.handler,
	})
	if result ~= nil then
		messages, err = err, nil
	elseif err.code == "policy.memory" then
		err.message = ("used more than %d MiB of memory"):format(memory >> 20)
	end
	for _, message in ipairs(messages or {}) do
		if type(message) == "table" and type(message.text) == "string" then say(where, context, message) end
	end
	return result, err
end

--- Blame a policy: an error with its file, the property that chose it, and where that property was set.
-- @tparam table where
-- @tparam Config config
-- @tparam table err `code`, `message`, and perhaps `source`, `hint`, `notes`
-- @treturn nil
-- @treturn table err
function M.blame(where, config, err)
	if where.builtin and err.key then
		if not err.placed then err.source = nil end
		return fail(config:about(err.key, err))
	end
	err.source = err.source or where.source
	err.key = err.key or where.key
	err.hint = err.hint or hints[err.code]
	local setter = config:source(where.key)
	if setter and not where.builtin then
		err.notes = err.notes or {}
		table.insert(err.notes, ("%s is set at %s"):format(where.key, setter))
	end
	return fail(err)
end

--- Run a policy that was found: `f(..., config values, policy context)`.
-- @treturn any|nil result
-- @treturn table|nil err with the script's own line as its source
function M.run(where, config, context, ...)
	local arguments = table.pack(...)
	arguments.n = arguments.n + 2
	local result, err = (where.builtin and call_in_host or call_in_child)(where, context, config, arguments)
	if result == nil then return M.blame(where, config, err) end
	return result
end

--- Find and run: `policy.call("layouts", "kubernetes.layout", config, context, job)`.
-- @param setting as for `resolve`
-- @treturn any|nil result
-- @treturn table where (for blame), or err
function M.call(kind, setting, config, context, ...)
	local where, err = M.resolve(kind, setting, config)
	if not where then return nil, err end
	local result
	result, err = M.run(where, config, context, ...)
	if result == nil then return nil, err end
	return result, where
end

return M
