-- SPDX-License-Identifier: Apache-2.0
-- The child process alone: values, messages and every way of going wrong. The fence around scripts is in policy_spec.
local child = require("samzak8s.native.child")

local function options(more)
	local o = { timeout_ms = 300, memory = 32 << 20, result = "containers", host = "@nothing" }
	for k, v in pairs(more or {}) do o[k] = v end
	return o
end

local function failure(f, more)
	local result, err = child.run(f, options(more))
	assert.is_nil(result)
	return err.code, err.message, err.source
end

describe("a child's value", function()
	local function echo(value)
		return (child.run(function() return value end, options()))
	end

	it("comes back as it was, integers and floats told apart", function()
		local value = {
			1, 2.0, -7, math.maxinteger, 1e300, "text\0with\255bytes", true, false,
			name = { deep = { deeper = {} } }, [0] = "zero", [2.5] = "half", [false] = "no",
		}
		local back = echo(value)
		assert.are.same(value, back)
		assert.are.equal("integer", math.type(back[1]))
		assert.are.equal("float", math.type(back[2]))
	end)

	it("may be nil, a number, or as deep as 32 tables", function()
		assert.is_nil(echo(nil))
		assert.are.equal(7, echo(7))
		local deep = "bottom"
		for _ = 1, 32 do deep = { deep } end
		assert.are.same(deep, echo(deep))
	end)

	it("is a copy: the host keeps its own", function()
		local own = { 1 }
		child.run(function() own[1] = 2 end, options())
		assert.are.same({ 1 }, own)
	end)

	it("is refused with the path of what cannot be sent", function()
		local function refused(value) return select(2, failure(function() return value end)) end
		assert.are.equal("containers[3].tasks[1] is a function", refused({ {}, {}, { tasks = { print } } }))
		assert.are.equal("containers is a function", refused(print))
		assert.are.equal('containers["a b"] is a thread', refused({ ["a b"] = coroutine.create(print) }))
		assert.are.equal("containers[1.5] is a userdata", refused({ [1.5] = io.stdout }))
		assert.are.equal("containers.x has a key that is a table", refused({ x = { [{}] = 1 } }))
		local cycle = { a = {} }
		cycle.a.b = cycle
		assert.are.equal("containers.a.b contains itself", refused(cycle))
		local deep = {}
		for _ = 1, 32 do deep = { deep } end
		assert.are.equal("containers" .. ("[1]"):rep(32) .. " is nested deeper than 32 tables", refused(deep))
	end)

	it("is refused when it is larger than the memory allowed", function()
		local code, message = failure(function()
			local t = {}
			for _ = 1, 24 do t = { t, t } end
			return t
		end, { memory = 1 << 20, timeout_ms = 2000 })
		assert.are.equal("policy.result", code)
		assert.are.equal("containers is larger than 1 MiB", message)
	end)
end)

describe("a child", function()
	it("sends messages that survive its end", function()
		local _, err, messages = child.run(function()
			child.emit("one")
			child.emit({ 2 })
			while true do end
		end, options())
		assert.are.equal("policy.timeout", err.code)
		assert.are.same({ "one", { 2 } }, messages)
	end)

	it("may not flood the host with messages", function()
		local code, message = failure(function()
			for _ = 1, 1e6 do child.emit(("x"):rep(10000)) end
		end, { timeout_ms = 5000 })
		assert.are.equal("policy.error", code)
		assert.is_truthy(message:find("too many messages$"))
	end)

	it("returns an error table as its error", function()
		local code, message, source = failure(function() return nil, { code = "a.b", message = "m", source = "s:1" } end)
		assert.are.same({ "a.b", "m", "s:1" }, { code, message, source })
	end)

	it("has its errors turned by the handler", function()
		local code, message = failure(function() error("bad", 0) end, {
			handler = function(e) return { code = "x.y", message = "was " .. e } end,
		})
		assert.are.same({ "x.y", "was bad" }, { code, message })
	end)

	it("loops in vain: the line is known, also through pcall and in coroutines", function()
		local function loop() while true do end end
		local wrap = child.coroutine(coroutine.wrap)
		local line = ("tests/lua/child_spec.lua:%d"):format(debug.getinfo(loop, "S").linedefined)
		for _, f in ipairs {
			loop,
			function() while true do pcall(loop) end end,
			function() wrap(loop)() end,
			function() wrap(function() wrap(function() pcall(loop) end)() end)() end,
		} do
			local code, message, source = failure(f, { timeout_ms = 100 })
			assert.are.same({ "policy.timeout", "still running after 100 ms" }, { code, message })
			assert.are.equal(line, source:match("tests/.*"))
		end
	end)

	it("is killed when its C code does not return", function()
		local code, message = failure(function() return ("x"):rep(40):find(("x*"):rep(30) .. "y") end, { timeout_ms = 1000 })
		assert.are.same({ "policy.timeout", "still running after 1 s" }, { code, message })
	end)

	it("runs out of memory alone, whatever asks for it", function()
		for _, f in ipairs {
			function() return #("x"):rep(1 << 30) end,
			function() local t = {} for i = 1, 1e9 do t[i] = {} end return t end,
			function() local s = "x" while true do s = s .. s end end,
		} do
			local code, message = failure(f, { timeout_ms = 10000, memory = 4 << 20 })
			assert.are.same({ "policy.memory", "used more than 4 MiB of memory" }, { code, message })
		end
	end)

	it("that dies or sends rubbish is reported", function()
		local code, message = failure(function() os.execute("kill -9 $PPID") end)
		assert.are.same({ "policy.crashed", "killed by signal 9 (Killed)" }, { code, message })
		local zeros = ("\0"):rep(7)
		for _, rubbish in ipairs {
			"Rgarbage", "R\1" .. zeros, "X\0" .. zeros, "R\8" .. zeros .. "s" .. ("\255"):rep(7),
			"R\11" .. zeros .. "{" .. ("\255"):rep(7) .. "\127nn", "R\1" .. zeros .. "nR\1" .. zeros .. "n",
		} do
			code = failure(function()
				local pipe = assert(io.open("/proc/self/fd/3", "w"))
				pipe:write(rubbish)
				pipe:close()
			end)
			assert.are.equal("policy.crashed", code)
		end
	end)

	it("has no descriptor of ours, and cannot start children", function()
		local fds = child.run(function()
			local found = {}
			for fd = 0, 40 do
				local f = io.open("/proc/self/fd/" .. fd)
				if f then found[#found + 1] = fd end
			end
			return found
		end, options())
		assert.are.equal(3, fds[4])
		local code, message = failure(function() child.run(print, options()) end)
		assert.are.equal("policy.error", code)
		assert.is_truthy(message:find("has no children", 1, true))
	end)

	it("is killed when the host stops waiting", function()
		local path = os.tmpname()
		local function pid_of_child()
			local file <close> = io.open(path)
			return file:read("n")
		end
		assert.has_error(function()
			child.run(function()
				local stat <close> = io.open("/proc/self/stat")
				local file <close> = io.open(path, "w")
				file:write(stat:read("n"), "\n")
				file:flush()
				while true do end
			end, options { timeout_ms = 5000, wait = function()
				if pid_of_child() then error("stop", 0) end
			end })
		end, "stop")
		assert.is_nil(io.open(("/proc/%d/status"):format(pid_of_child())))
		os.remove(path)
	end)

	it("does not flush what the host has buffered", function()
		local path = os.tmpname()
		local file = assert(io.open(path, "w"))
		file:setvbuf("full")
		file:write("once\n")
		child.run(function() return 1 end, options())
		file:close()
		local back = assert(io.open(path)):read("a")
		os.remove(path)
		assert.are.equal("once\n", back)
	end)

	it("checks its arguments", function()
		assert.has_error(function() child.run(1, options()) end)
		assert.has_error(function() child.run(print, { timeout_ms = 0 }) end)
		assert.has_error(function() child.run(print, options { timeout_ms = 0 }) end)
		assert.has_error(function() child.emit(1) end)
	end)
end)
