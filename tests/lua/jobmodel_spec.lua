-- SPDX-License-Identifier: Apache-2.0
local jobmodel = require("samzak8s.native.jobmodel")
local cjson = require("cjson")

local function partition(stream, id, bucket)
	return { system = "kafka", stream = stream, partition = id, bucket = bucket }
end

local function task(name, changelog, partitions, mode)
	return { name = name, changelog = changelog, partitions = partitions, mode = mode }
end

local function demo()
	return {
		{ id = "1", tasks = { task("Partition 1", 1, { partition("orders", 1) }) } },
		{ id = "0", tasks = { task("Partition 0", 0, { partition("orders", 0) }) } },
	}
end

local CONFIG = { ["task.inputs"] = "kafka.orders", ["job.name"] = "demo" }

describe("jobmodel.serialize", function()
	it("writes dialect U with sorted keys on one line", function()
		assert.equal('{"config":{"job.name":"demo","task.inputs":"kafka.orders"},"containers":{'
			.. '"0":{"container-id":0,"tasks":{"Partition 0":{"changelog-partition":0,'
			.. '"system-stream-partitions":[{"partition":0,"stream":"orders","system":"kafka"}],"task-name":"Partition 0"}}},'
			.. '"1":{"container-id":1,"tasks":{"Partition 1":{"changelog-partition":1,'
			.. '"system-stream-partitions":[{"partition":1,"stream":"orders","system":"kafka"}],"task-name":"Partition 1"}}}}}',
			jobmodel.serialize(CONFIG, demo(), { dialect = "U" }))
	end)

	it("adds to N2 and N3 what those releases write", function()
		local n2 = jobmodel.serialize(CONFIG, demo(), { dialect = "N2" })
		assert.equal(jobmodel.serialize(CONFIG, demo(), { dialect = "U" }):sub(1, -2)
			.. ',"max-change-log-stream-partitions":2}', n2)
		local n3 = jobmodel.serialize({}, { demo()[2] }, { dialect = "N3", max = 9 })
		assert.equal('{"config":{},"containers":{"0":{"container-id":0,"processor-id":"0","tasks":{"Partition 0":{'
			.. '"changelog-partition":0,"system-stream-partitions":[{"keyBucket":-1,"partition":0,"stream":"orders",'
			.. '"system":"kafka"}],"task-name":"Partition 0"}}}},"max-change-log-stream-partitions":9}', n3)
	end)

	it("writes standby tasks and text ids in dialect S", function()
		local standby = { { id = "0-0", tasks = { task("Standby-Partition 0-0", 0, { partition("orders", 0, 3) }, "Standby") } } }
		assert.equal('{"config":{},"containers":{"0-0":{"processor-id":"0-0","tasks":{"Standby-Partition 0-0":{'
			.. '"changelog-partition":0,"system-stream-partitions":[{"keyBucket":3,"partition":0,"stream":"orders",'
			.. '"system":"kafka"}],"task-mode":"Standby","task-name":"Standby-Partition 0-0"}}}},'
			.. '"max-change-log-stream-partitions":1}', jobmodel.serialize({}, standby, { dialect = "S" }))
	end)

	it("sorts partitions by system, stream and number, and tasks in Java's order", function()
		local partitions = { partition("b", 10), partition("b", 9), partition("a", 1),
			{ system = "a", stream = "z", partition = 0, bucket = 1 }, { system = "a", stream = "z", partition = 0, bucket = 0 } }
		local text = jobmodel.serialize({}, { { id = "0", tasks = { task("\u{FFFD}", 1, {}), task("\u{10000}", 0, partitions) } } },
			{ dialect = "U" })
		assert.truthy(text:find('"tasks":{"\\uD800\\uDC00":{', 1, true))
		local seen = {}
		for _, p in ipairs(cjson.decode(text).containers["0"].tasks["\u{10000}"]["system-stream-partitions"]) do
			seen[#seen + 1] = ("%s.%s#%d%s"):format(p.system, p.stream, p.partition, p.keyBucket and "/" .. p.keyBucket // 1 or "")
		end
		assert.equal("a.z#0/0 a.z#0/1 kafka.a#1 kafka.b#9 kafka.b#10", (table.concat(seen, " "):gsub("%.0", "")))
	end)

	it("names the string that is not UTF-8", function()
		local function path(config, containers)
			local text, err = jobmodel.serialize(config, containers, { dialect = "U" })
			assert.is_nil(text)
			assert.equal("jobmodel.utf8", err.code)
			assert.equal(err.path .. " is not valid UTF-8", err.message)
			return err.path
		end
		assert.equal('config["a.b"]', path({ ["a.b"] = "\xFF" }, {}))
		assert.equal('config["a\\xFF"]', path({ ["a\xFF"] = "" }, {}))
		assert.equal("containers[1].tasks[2].name", path({}, { { id = "0", tasks = { task("a", 0, {}), task("b\xC3", 0, {}) } } }))
		assert.equal("containers[1].tasks[1].partitions[2].stream",
			path({}, { { id = "0", tasks = { task("a", 0, { partition("z", 0), partition("\x80", 1) }) } } }))
	end)

	it("raises for a model of the wrong shape, naming the place", function()
		local function raises(message, containers, options)
			local ok, err = pcall(jobmodel.serialize, {}, containers, options or { dialect = "U" })
			assert.is_false(ok)
			assert.equal(message, err)
		end
		raises("containers[1].id must be a string", { { tasks = {} } })
		raises("containers[1] must be a table", { 1 })
		raises("containers[1].tasks must be an array", { { id = "0" } })
		raises("containers[1].tasks[1].changelog must be an integer of Java's int range",
			{ { id = "0", tasks = { task("a", nil, {}) } } })
		raises("containers[1].tasks[1].partitions[1].partition must be an integer of Java's int range",
			{ { id = "0", tasks = { task("a", 0, { partition("s", 1 << 31) }) } } })
		raises("containers[2] has an id that is already taken", { { id = "0", tasks = {} }, { id = "0", tasks = {} } })
		raises("containers[1].tasks[2] has a name that is already taken",
			{ { id = "0", tasks = { task("a", 0, {}), task("a", 1, {}) } } })
		raises("containers[1] has an id that is no integer, which only dialects N3 and S can say", { { id = "0-0", tasks = {} } })
		raises("containers[1] has an id that is no integer, which only dialects N3 and S can say", { { id = "2147483648", tasks = {} } })
		raises("containers[1].tasks[1] is a standby task, which only dialect S can say",
			{ { id = "0", tasks = { task("a", 0, {}, "Standby") } } })
		assert.has_error(function() jobmodel.serialize({}, {}, { dialect = "X" }) end)
		assert.has_error(function() jobmodel.serialize({}, {}, { dialect = "U", max = 1 }) end)
		assert.has_error(function() jobmodel.serialize({ a = 1 }, {}, { dialect = "U" }) end, "config.a must be a string")
	end)

	it("is linear in partitions", function()
		local function seconds(n)
			local tasks = {}
			for i = 1, n do tasks[i] = task("Partition " .. i, i, { partition("orders", i) }) end
			collectgarbage()
			collectgarbage("stop")
			local from = os.clock()
			jobmodel.serialize({}, { { id = "0", tasks = tasks } }, { dialect = "U" })
			local took = os.clock() - from
			collectgarbage("restart")
			return took
		end
		local small = math.max(seconds(4000), 0.002)
		assert.is_true(seconds(32000) < small * 8 * 6)
	end)
end)

describe("jobmodel.encode", function()
	it("writes sorted keys, on one line or indented", function()
		local value = { b = { 1, "x", true }, a = {}, c = jobmodel.array({}), d = cjson.null, ["\u{e9}"] = 2.5 }
		assert.equal('{"a":{},"b":[1,"x",true],"c":[],"d":null,"\\u00E9":2.5}', jobmodel.encode(value))
		assert.equal('{\n  "a": [\n    1,\n    {}\n  ]\n}', jobmodel.encode({ a = { 1, {} } }, { indent = 2 }))
	end)

	it("writes numbers that read back the same", function()
		assert.equal("[0,-1,9223372036854775807,-9223372036854775808,3,0.1,1e+300,123456789012]",
			jobmodel.encode({ 0, -1, math.maxinteger, math.mininteger, 3.0, 0.1, 1e300, 123456789012.0 }))
	end)

	it("names the place of what JSON cannot say", function()
		local function fails(value, message)
			local text, err = jobmodel.encode(value)
			assert.is_nil(text)
			assert.equal("json.value", err.code)
			assert.equal(message, err.message)
		end
		local loop = { a = {} }
		loop.a.b = loop
		fails(print, "the value is a function")
		fails({ { x = { [1] = 1, y = 2 } } }, "[1].x has array items beside named fields, holes, or keys that are not text")
		fails({ [3] = 1 }, "the value has array items beside named fields, holes, or keys that are not text")
		fails({ a = "\xFF" }, "a is not valid UTF-8")
		fails({ ["\xFF"] = 1 }, '["\\xFF"] is not valid UTF-8')
		fails({ 0 / 0 }, "[1] is not a finite number")
		fails(loop, "a.b holds itself")
	end)

	it("replaces bytes that are not UTF-8 when asked to", function()
		assert.equal('{"a":"x\\uFFFD"}', jobmodel.encode({ a = "x\xFF" }, { replace = true }))
	end)

	it("agrees with its own check and with cjson", function()
		local text = jobmodel.encode({ a = { { b = "\0\u{1F600}\"" } } }, { indent = 3 })
		assert.is_true(jobmodel.check(text))
		assert.equal("\0\u{1F600}\"", cjson.decode(text).a[1].b)
	end)
end)

describe("jobmodel", function()
	it("checks JSON before it is decoded", function()
		local ok, err = jobmodel.check('{"a":1,\n"a":2}')
		assert.is_nil(ok)
		assert.same({ "json.duplicate", 2, 'the key "a" is there twice' }, { err.code, err.line, err.message })
		assert.equal("json.syntax", select(2, jobmodel.check("{")).code)
		assert.equal("json.depth", select(2, jobmodel.check(("["):rep(65))).code)
	end)

	it("compares, sorts and hashes like Java", function()
		assert.is_true(jobmodel.compare("Partition 10", "Partition 2"))
		assert.is_false(jobmodel.compare("a", "a"))
		assert.same({ "\u{10000}", "\u{E000}" }, jobmodel.sort({ "\u{E000}", "\u{10000}" }))
		local names = {}
		for i = 1, 500 do names[i] = "t" .. (i * 7919 % 500) end
		jobmodel.sort(names)
		for i = 2, #names do assert.is_true(names[i - 1] < names[i]) end
		assert.equal(-1373000614, jobmodel.hash("Partition 0"))
		assert.equal("jobmodel.utf8", select(2, jobmodel.hash("\xFF")).code)
	end)
end)
