-- SPDX-License-Identifier: Apache-2.0
-- Policies: finding them, calling them in host and child, and what a script cannot do.
local policies = require("support.policies")
local policy = require("samzak8s.policy")

local KEY = "kubernetes.grouper.containers"
local directory

local function call(text, context, ...)
	if directory then policies.remove(directory) end
	directory = policies.directory(type(text) == "table" and text or { ["my.lua"] = text })
	context = context or policies.context()
	context.options.script_timeout_ms = context.options.script_timeout_ms or 10000
	context.options.script_memory = context.options.script_memory or 4 << 20
	local config = policies.config({ [KEY] = "./my.lua", ["kubernetes.pod.count"] = "3", ["my.key"] = "text" }, directory)
	return policy.call("groupers/containers", KEY, config, context, ...)
end

local function failure(text, context, ...)
	local result, err = call(text, context, ...)
	assert.is_nil(result)
	assert.are.equal(KEY, err.key)
	local source = err.source:sub(#directory + 2)
	return { err.code, source, err.message }, err
end

local function body(lines) return "return function(tasks, config, context)\n" .. lines .. "\nend\n" end

setup(function()
	policies.sources {
		["groupers.containers.echo"] = "return function(tasks, config) return { tasks, config['kubernetes.pod.count'] } end",
		["groupers.containers.talks"] = body "context.warn('careful') context.note('by the way') return {}",
		["groupers.containers.fails"] = body "error('no good')",
		["groupers.containers.parts"] = "local echo = require('echo')\nreturn function(...) return echo(...) end",
		["groupers.tasks.by-something"] = "return 1",
	}
end)
teardown(function() if directory then policies.remove(directory) end end)

describe("a policy's call", function()
	it("passes inputs, typed config and context, and brings the result back", function()
		local result, where = call(body [[
			return { tasks[1].name, config["kubernetes.pod.count"], config["my.key"], context.samza.version,
				context.previous.changelog["Partition 0"], next(context.previous.hosts) == nil }
		]], policies.context("0.10.0", { state = { changelog = { ["Partition 0"] = 4 } } }), { { name = "Partition 0" } })
		assert.are.same({ "Partition 0", 3, "text", "0.10.0", 4, true }, result)
		assert.are.equal(directory .. "/my.lua", where.source)
		assert.are.equal(KEY, where.key)
	end)

	it("takes a table with api and run, and refuses a newer api", function()
		assert.are.same({ 1 }, (call("return { api = 1, run = function() return { 1 } end }")))
		assert.are.same({ "policy.api", "my.lua", "needs policy API 2; this samzak8s has 1" },
			failure("return { api = 2, run = function() return { 1 } end }"))
		assert.are.same({ "policy.shape", "my.lua", "its api is no whole number of 1 or more" },
			failure("return { run = function() return { 1 } end }"))
		assert.are.same({ "policy.shape", "my.lua", "its run is no function" }, failure("return { api = 1 }"))
	end)

	it("turns context.warn and context.note into diagnostics with the script's line", function()
		local context = policies.context()
		call(body "context.warn('one')\ncontext.note('two') return {}", context, {})
		assert.are.equal("one", context.warnings[1].message)
		assert.are.equal(directory .. "/my.lua:2", context.warnings[1].source)
		assert.are.equal(KEY, context.warnings[1].key)
		assert.are.equal("policy.warning", context.warnings[1].code)
		assert.are.equal("two", context.notes[1].message)
		assert.are.equal(directory .. "/my.lua:3", context.notes[1].source)
	end)

	it("keeps what was said before an error", function()
		local context = policies.context()
		failure(body "context.warn('one') error('two')", context, {})
		assert.are.equal("one", context.warnings[1].message)
	end)

	it("reaches files beside the script, and nothing else", function()
		assert.are.same({ 42 }, (call {
			["my.lua"] = "local lib = require('lib.number') return function() return { lib.value } end",
			["lib/number.lua"] = "return { value = 42 }",
		}))
		local result = failure(body "local x = require('../secret') return x")
		assert.are.same({ "policy.error", "my.lua:2" }, { result[1], result[2] })
		assert.is_truthy(result[3]:find("module name '../secret': use letters", 1, true))
		for _, name in ipairs { "..secret", "a..b", "/etc/passwd", "a/b", "", ".", "a.", "samzak8s.policy", "io", "os" } do
			local refused = failure(body(("local x = require(%q) return x"):format(name)))
			assert.are.same({ "policy.error", "my.lua:2" }, { refused[1], refused[2] })
		end
	end)

	it("runs the script anew each time", function()
		local text = "local n = 0 return function() n = n + 1 return { n } end"
		for _ = 1, 2 do
			local result, err = call(text)
			assert.are.same({ 1 }, result, tostring(err.message))
		end
	end)

	it("skips a #! line and a byte order mark, and keeps line numbers", function()
		assert.are.same({ 1 }, (call("#!/usr/bin/lua\nreturn function() return { 1 } end")))
		assert.are.same({ 1 }, (call("\239\187\191return function() return { 1 } end")))
		assert.are.same({ "policy.error", "my.lua:3", "x" }, failure("#!/usr/bin/lua\nreturn function()\nerror('x') end"))
	end)
end)

describe("a built-in policy", function()
	local function builtin(name, context, ...)
		return policy.call("groupers/containers", KEY, policies.config { [KEY] = name }, context or policies.context(), ...)
	end

	it("runs in the host, with the same arguments", function()
		local tasks = {}
		local result, where = builtin("echo", nil, tasks)
		assert.are.equal(tasks, result[1])
		assert.is_true(where.builtin)
		assert.are.equal("lua/groupers/containers/echo.lua", where.source)
	end)

	it("speaks through the same context", function()
		local context = policies.context()
		builtin("talks", context, {})
		assert.are.equal("careful", context.warnings[1].message)
		assert.are.equal("lua/groupers/containers/talks.lua:2", context.warnings[1].source)
		assert.are.equal("by the way", context.notes[1].message)
	end)

	it("may require its neighbours", function()
		local tasks = {}
		assert.are.equal(tasks, (builtin("parts", nil, tasks))[1])
	end)

	it("fails with its own line", function()
		local _, err = builtin("fails")
		assert.are.same({ "policy.error", "lua/groupers/containers/fails.lua:2", "no good" }, { err.code, err.source, err.message })
	end)

	it("is the default when the property is unset", function()
		local where = policy.resolve("groupers/containers", { key = KEY, default = "echo", default_key = "task.name.grouper.factory" },
			policies.config {})
		assert.are.same({ "echo", "task.name.grouper.factory" }, { where.name, where.key })
	end)

	it("that is unknown names the nearest", function()
		local _, err = builtin("ecko")
		assert.are.same({ "policy.unknown", "job.properties:1", "'ecko' is no built-in policy of groupers/containers" },
			{ err.code, err.source, err.message })
		assert.are.equal("did you mean echo?", err.hint)
		_, err = builtin("my.lua")
		assert.are.equal("a file of your own is given with a /, as in ./my.lua", err.hint)
		_, err = builtin("")
		assert.are.equal("policy.missing", err.code)
	end)
end)

describe("a script that is wrong", function()
	it("is missing, a directory, or not to be read", function()
		local function missing(path)
			local config = policies.config { ["kubernetes.layout"] = path }
			local _, err = policy.call("layouts", "kubernetes.layout", config, policies.context(), {})
			return { err.code, err.source, err.message }
		end
		assert.are.same({ "policy.missing", "no/such.lua", "no such file or directory" }, missing("./no/such.lua"))
		assert.are.same({ "policy.missing", "/tmp", "is a directory" }, missing("/tmp"))
		assert.are.same({ "policy.missing", "/dev/zero", "is larger than 1 MiB" }, missing("/dev/zero"))
	end)

	it("says where it was chosen", function()
		local _, err = failure("nonsense")
		assert.are.same({ KEY .. " is set at " .. directory .. "/job.properties:1" }, err.notes)
	end)

	it("has a syntax error", function()
		assert.are.same({ "policy.syntax", "my.lua:2", "'end' expected (to close 'function' at line 1) near <eof>" },
			failure("return function()\n"))
		assert.are.same({ "policy.error", "my.lua:1", "lib.lua:2: unexpected symbol near '?'" }, (function()
			local result = failure { ["my.lua"] = "require('lib')", ["lib.lua"] = "\n?" }
			result[3] = result[3]:gsub(directory .. "/", "")
			return result
		end)())
	end)

	it("is bytecode", function()
		assert.are.same({ "policy.bytecode", "my.lua", "is compiled Lua; policies are read as text" },
			failure(string.dump(function() return {} end)))
	end)

	it("returns no function, or nothing", function()
		assert.are.same({ "policy.shape", "my.lua", 'returned nil: is a "return" missing?' }, failure("local function f() end"))
		assert.are.same({ "policy.shape", "my.lua", "returned a number, not a function" }, failure("return 4"))
		assert.are.same({ "policy.result", "my.lua", 'returned nil: is a "return" missing?' }, failure(body "local x = tasks"))
	end)

	it("raises a text, at any depth", function()
		assert.are.same({ "policy.error", "my.lua:3", "bad" }, failure(body "local x = 1\nerror('bad')"))
		assert.are.same({ "policy.error", "my.lua:2", "attempt to index a nil value (field 'nothing')" },
			failure(body "return tasks.nothing.x", nil, {}))
		assert.are.same({ "policy.error", "my.lua:1", "early" }, failure("error('early')"))
		assert.are.same({ "policy.error", "my.lua:2", "without a place" }, failure(body "error('without a place', 0)"))
	end)

	it("raises a table, or something else", function()
		assert.are.same({ "my.code", "my.lua:2", "m" }, failure(body "error { code = 'my.code', message = 'm' }"))
		assert.are.same({ "policy.error", "my.lua:2", "raised a table without a message" },
			failure(body "error(setmetatable({}, { __tostring = function() while true do end end }))"))
		assert.are.same({ "policy.error", "my.lua:2", "raised a nil value instead of a text" }, failure(body "error()"))
		assert.are.same({ "policy.error", "my.lua:2", "raised a function value instead of a text" }, failure(body "error(print)"))
	end)

	it("returns what cannot be sent", function()
		assert.are.same({ "policy.result", "my.lua", "containers[2].tasks[1] is a function" },
			failure(body "return { {}, { tasks = { print } } }"))
		assert.are.same({ "policy.result", "my.lua", "containers[1] contains itself" }, failure(body "local t = {} t[1] = t return t"))
		assert.are.same({ "policy.result", "my.lua", "containers is larger than 4 MiB" },
			failure(body "local t = {} for _ = 1, 24 do t = { t, t, t } end return t"))
	end)
end)

describe("the fence", function()
	local LISTED = {}
	for name in ([[ _G _VERSION assert coroutine error getmetatable ipairs math next pairs pcall print rawequal rawget rawlen rawset
		require select setmetatable string table tonumber tostring type utf8 xpcall ]]):gmatch("%S+") do LISTED[#LISTED + 1] = name end

	it("leaves exactly the listed globals", function()
		local result = call(body [[
			local names = {}
			for name in pairs(_G) do names[#names + 1] = name end
			return names
		]])
		assert.are.same(LISTED, result)
	end)

	it("leaves exactly the listed library functions", function()
		local result = call(body [[
			local names = {}
			for _, library in ipairs { "coroutine", "math", "string", "table", "utf8" } do
				for name in pairs(_G[library]) do names[#names + 1] = library .. "." .. name end
			end
			return names
		]])
		local expected = {}
		for _, library in ipairs { "coroutine", "math", "string", "table", "utf8" } do
			local names = {}
			for name in pairs(_G[library]) do names[#names + 1] = library .. "." .. name end
			table.sort(names)
			for _, name in ipairs(names) do
				local absent = name == "string.dump" or name == "math.random" or name == "math.randomseed"
				if not absent then expected[#expected + 1] = name end
			end
		end
		assert.are.same(expected, result)
	end)

	it("has pairs in a fixed order, and honours __pairs and removal", function()
		assert.are.same({ 1, 2, 10, "a", "b", false, true }, (call(body [[
			local keys = {}
			for k in pairs { b = 1, a = 1, [10] = 1, [2] = 1, [1] = 1, [true] = 1, [false] = 1 } do keys[#keys + 1] = k end
			return keys
		]])))
		assert.are.same({ "x" }, (call(body [[
			local keys = {}
			local t = setmetatable({}, { __pairs = function() return next, { x = 1 } end })
			for k in pairs(t) do keys[#keys + 1] = k end
			return keys
		]])))
		assert.are.same({ "a" }, (call(body [[
			local t, keys = { a = 1, b = 2 }, {}
			for k in pairs(t) do keys[#keys + 1] = k t.b = nil end
			return keys
		]])))
		assert.are.same("bad argument #1 to 'pairs' (table expected, got nil)", failure(body "pairs(nil)")[3])
	end)

	it("has no way out through the metatable of strings", function()
		assert.are.same({ true, true, true, "7" }, (call(body [[
			string.format = function() return "hijacked" end
			return { getmetatable("") == false, ("x").dump == nil, not pcall(setmetatable, "", {}), ("%d"):format(7) }
		]])))
		assert.are.equal("nil", type(getmetatable("").__metatable))
	end)

	it("keeps the host as it was", function()
		local before = string.format
		call(body "string.format = nil table.sort = nil tasks[1] = 'changed' math.huge = 1 return {}", nil, { "own" })
		assert.are.equal(before, string.format)
		assert.is_function(table.sort)
		assert.are.equal(math.huge, 1 / 0)
	end)

	-- each ends within 3 s, with its own code and, where Lua runs, its line
	for name, case in pairs {
		["a plain loop"] = { "while true do end", "policy.timeout", "my.lua:2" },
		["a loop around pcall"] = { "while true do pcall(error) end", "policy.timeout", "my.lua:2" },
		["a pcall loop around a loop"] = { "while true do pcall(function()\nwhile true do end end) end", "policy.timeout", "my.lua:3" },
		["a loop in a coroutine"] = { "coroutine.wrap(function()\nwhile true do end end)()", "policy.timeout", "my.lua:3" },
		["a loop in nested coroutines"] = { "coroutine.wrap(function() coroutine.wrap(function()\nwhile true do end end)() end)()",
			"policy.timeout", "my.lua:3" },
		["a loop in __close"] = { "local x <close> = setmetatable({}, { __close = function()\nwhile true do end end })\nerror('x')",
			"policy.timeout", "my.lua:3" },
		["a pattern that explodes"] = { "return ('x'):rep(40):find(('x*'):rep(30) .. 'y')", "policy.timeout", "my.lua" },
		["a loop in a finalizer"] = { "setmetatable({}, { __gc = function() while true do end end })\nwhile true do local t = {} end",
			"policy.timeout", "my.lua" },
		["a long text"] = { "local x = ('x'):rep(1 << 30)", "policy.memory", "my.lua" },
		["a table without end"] = { "local t = {} for i = 1, 1 << 40 do t[i] = { i } end", "policy.memory", "my.lua" },
		["a concatenation without end"] = { "local s = 'x' while true do s = s .. s end", "policy.memory", "my.lua" },
		["an error table with a place of its own"] = { "error { message = 'm', code = 'a.b', source = 7 }", "a.b", "my.lua:2" },
	} do
		it("holds against " .. name, function()
			local start = os.time()
			local ms = case[2] == "policy.timeout" and 300 or 10000
			local result = failure(body(case[1]), policies.context(nil, { options = { script_timeout_ms = ms } }), {})
			assert.are.same({ case[2], case[3] }, { result[1], result[2] })
			assert.is_true(os.time() - start <= 3)
		end)
	end

	it("holds against recursion without end", function()
		local result = failure(body "local function f(...) return 1 + f(1, ...) end return f()",
			policies.context(nil, { options = { script_memory = 256 << 20 } }))
		assert.are.same({ "policy.error", "my.lua:2" }, { result[1], result[2] })
		assert.is_truthy(result[3]:find("^stack overflow"))
	end)

end)
