-- SPDX-License-Identifier: Apache-2.0
local checkpoint_topic = require("samzak8s.samza.checkpoint_topic")
local cjson = require("cjson")
local coordinator = require("samzak8s.samza.coordinator")
local versions = require("samzak8s.samza.versions")

local FOLDER = "tests/oracle/streams/"

local function lines(command)
	local found, pipe = {}, assert(io.popen(command))
	for line in pipe:lines() do found[#found + 1] = line end
	pipe:close()
	return found
end

local function contents(path)
	local file <close> = assert(io.open(path, "rb"))
	return file:read("a")
end

local function record(offset, key, value)
	return { offset = offset, key = key, value = value }
end

-- As the Kafka client gives them.
local function columns(records)
	local read = { offsets = {}, keys = {}, values = {} }
	for i, entry in ipairs(records) do
		read.offsets[i], read.keys[i], read.values[i] = entry.offset, entry.key or false, entry.value or false
	end
	return read
end

local function recorded(name)
	local records = {}
	for line in io.lines(FOLDER .. name .. ".jsonl") do
		local entry = cjson.decode(line)
		assert(entry.key ~= cjson.null and not entry.headers and not entry.key_b64 and not entry.value_b64)
		records[#records + 1] = record(entry.offset, entry.key, entry.value ~= cjson.null and entry.value or nil)
	end
	return records, cjson.decode(contents(FOLDER .. name .. ".expected.json")).state
end

-- As other writers may spell the same records: blanks, members in another order, a newline at the end.
local function respelled(records)
	local result = {}
	for i, entry in ipairs(records) do
		local key = entry.key:gsub("^%[1,", "[ 7, ")
		result[i] = record(entry.offset, key, entry.value and entry.value:gsub('^{"host":"[^"]*",', '{ "extra":[{}],') .. "\n")
	end
	return result
end

local names = {}
for _, path in ipairs(lines("ls " .. FOLDER .. "*.jsonl")) do names[#names + 1] = path:match("([^/]+)%.jsonl$") end

describe("a recorded topic", function()
	assert(#names > 40)
	for _, name in ipairs(names) do
		local version = name:match("^[%d.]+%d")
		local records, expected = recorded(name)
		if version == "0.9.1" then
			it("gives its mapping: " .. name, function()
				local found = assert(checkpoint_topic.parse(columns(records), "t"))
				assert.same(expected.changelog, found.changelog)
				assert.equal(expected.records, found.records)
			end)
		else
			it("is read as real Samza read it, also in another spelling: " .. name, function()
				for _, spelling in ipairs({ records, respelled(records) }) do
					local found = assert(coordinator.parse(columns(spelling), versions.facts(version), "t"))
					assert.same(expected.config, found.config)
					assert.same(expected.changelog, found.changelog or {})
					assert.same(expected.task_container, found.containers)
					assert.same(expected.task_mode, found.modes)
					assert.same(expected.task_ssps, found.partitions)
					assert.same(expected.container_host, found.hosts)
					assert.equal(expected.other_records, found.other)
					assert.equal(expected.records, found.records)
				end
			end)
		end
	end
end)

describe("a record as Samza writes it", function()
	local jobmodel = require("samzak8s.native.jobmodel")
	local message = require("samzak8s.native.coordinator").message
	local INPUT = "set-task-partition-assignment"
	local BYTES = { '"', "\\", "{", "}", "[", "]", ",", ":", "0", "1", " ", "a", "\n", "\0", "\127", "\x80", "\u{e9}", '\\"', "" }

	-- One or two bytes changed, by a generator of our own: the same in every run.
	local seed = 1
	local function random(n)
		seed = (seed * 1103515245 + 12345) % 2147483648
		return seed // 65536 % n + 1
	end
	local function mutate(text)
		for _ = 1, random(2) do
			local at = random(#text)
			text = text:sub(1, at - 1) .. BYTES[random(#BYTES)] .. text:sub(at + random(2) - 1)
		end
		return text
	end

	it("is taken apart only where decoding it says the same", function()
		local templates = {
			{ '[1,"set-config","job.name"]', '{"host":"h","source":"s","values":{"value":"x"},"username":"u","timestamp":15}' },
			{ '[1,"set-task-partition-assignment","{\\"system\\":\\"k\\",\\"partition\\":3,\\"stream\\":\\"s\\",\\"keyBucket\\":-1}"]',
				'{"host":"h","source":"s","values":{"taskNames":"[\\"t 1\\"]"},"username":"u","timestamp":15}' },
		}
		local taken = 0
		for i = 1, 40000 do
			local template = templates[i % 2 + 1]
			local key, value = template[1], template[2]
			if i % 3 ~= 0 then key = mutate(key) end
			if i % 3 ~= 1 then value = mutate(value) end
			local kind, name_of_key, name, text, one_task, system, partition, stream = message(key, value)
			if kind then
				taken = taken + 1
				assert(jobmodel.check(key), key)
				assert(jobmodel.check(value), value)
				local array, values = cjson.decode(key), cjson.decode(value).values
				assert(array[1] == 1 and #array == 3 and array[2] == kind, key)
				assert((kind == INPUT and array[3]:gsub('"', '\\"') or array[3]) == name_of_key, key)
				assert(values[name] == (one_task and '["' .. text .. '"]' or text) and next(values, name) == nil, value)
				if kind == INPUT then
					local input = cjson.decode(array[3])
					assert(input.system == system and input.partition == partition and input.stream == stream, key)
				end
			end
		end
		assert.is_true(taken > 1000)
	end)
end)

local GOOD = record(3, '[1,"set-config","job.name"]', '{"values":{"value":"page-views"}}')

local function parse(version, ...)
	return coordinator.parse(columns({ GOOD, ... }), versions.facts(version or "1.8.0"), "kafka.stream")
end

local function refused(version, ...)
	local found, err = parse(version, ...)
	assert.is_nil(found)
	assert.equal("coordinator.record", err.code)
	assert.equal("kafka.stream", err.source)
	return err.message
end

local function value(text) return '{"host":"h","source":"s","values":{"value":"' .. text .. '"},"username":"u","timestamp":1}' end
local function changelog(text) return '{"host":"h","source":"s","values":{"Partition":' .. text .. '},"username":"u","timestamp":1}' end

describe("a coordinator stream", function()
	it("takes the last record of a key, and honours tombstones", function()
		local key = '[1,"set-config","k"]'
		local found = assert(parse(nil, record(4, key, value("a")), record(7, key, value("b"))))
		assert.equal("b", found.config.k)
		assert.same({ ["job.name"] = 3, k = 7 }, coordinator.offsets(columns({ GOOD, record(4, key, value("a")), record(7, key, value("b")),
			record(8, '[1,"set-changelog","k"]', changelog('"1"')) }), "set-config"))
		assert.is_nil(assert(parse(nil, record(4, key, value("a")), record(7, key))).config.k)
		assert.equal("c", assert(parse(nil, record(4, key), record(5, key, value("c")))).config.k)
	end)

	it("takes a null value of a config key for none", function()
		for _, text in ipairs({ '{"values":{"value":null}}', '{"values":{}}' }) do
			assert.is_nil(assert(parse(nil, record(4, '[1,"set-config","k"]', value("a")), record(5, '[1,"set-config","k"]', text))).config.k)
		end
	end)

	it("leaves unknown types alone, also those whose key begins with a text", function()
		local found = assert(parse(nil, record(4, '[1,"set-moon","k"]', "{}"), record(5, '["samza-startpoint-v1","set-config","k"]', '{"x":1}'),
			record(6, '["samza-drain-v1",{},[]]', '{"x":1}'), record(7, '[1,"SET-CONFIG","k"]', value("a")), record(8, '[1,"set-moon","l"]')))
		assert.same({ ["job.name"] = "page-views" }, found.config)
		assert.equal(5, found.other)
	end)

	it("is refused with the offset where a record kills Samza", function()
		for text, bad in pairs({
			["has no key"] = { nil, value("x") },
			["has a key that is no JSON: 'x' stands where a value should be"] = { "x", value("x") },
			["has a key that is no array"] = { '{"1":2}', value("x") },
			["has a key of fewer than three parts"] = { '[1,"set-config"]', value("x") },
			["has a key whose type is no text"] = { "[1,2,3]", value("x") },
			["has a key whose third part is no text"] = { '[1,"set-config",3]', value("x") },
			["has a value of 0 bytes"] = { '[1,"set-moon","k"]', "" },
			["has a value that is no JSON: 'x' stands where a value should be"] = { '[1,"set-moon","k"]', "x" },
			["has a value that is no JSON: byte 0xFF in a string is not UTF-8"] = { '[1,"set-config","k"]', value("\xff") },
			["has a value that is no JSON: the key \"value\" is there twice"] = { '[1,"set-config","k"]', '{"values":{"value":"a","value":"b"}}' },
			["has a value that is no JSON object"] = { '[1,"set-config","k"]', "null" },
			["has no object \"values\" in its value"] = { '[1,"set-config","k"]', '{"value":"x"}' },
			["has no text \"value\" in its values"] = { '[1,"set-config","k"]', '{"values":{"value":7}}' },
			["gives task \"t\" the changelog partition \"six\", which is no number as text"] = { '[1,"set-changelog","t"]', changelog('"six"') },
			["gives task \"t\" the changelog partition 6, which is no number as text"] = { '[1,"set-changelog","t"]', changelog("6") },
			["gives task \"t\" the changelog partition \"-1\", which is no number as text"] = { '[1,"set-changelog","t"]', changelog('"-1"') },
			["gives task \"t\" the mode \"Idle\", which is neither Active nor Standby"] = { '[1,"set-task-mode-assignment","t"]', '{"values":{"taskMode":"Idle"}}' },
			["has no text \"containerId\" in its values"] = { '[1,"set-task-container-assignment","t"]', '{"values":{"containerId":0}}' },
			["has no text \"host\" in its values"] = { '[1,"set-container-host-assignment","0"]', '{"values":{}}' },
			["gives tasks to an input that is none"] = { '[1,"set-task-partition-assignment","kafka"]', '{"values":{"taskNames":"[]"}}' },
			["has taskNames that are no JSON: 't' stands where a value should be"] = {
				'[1,"set-task-partition-assignment","{\\"system\\":\\"k\\",\\"partition\\":3,\\"stream\\":\\"s\\"}"]', '{"values":{"taskNames":"t"}}' },
		}) do
			assert.equal("the record at offset 9 " .. text, refused(nil, record(9, bad[1], bad[2])))
			if bad[1] and not text:find("taskNames") then
				-- what comes later does not mend it: Samza reads every record
				assert.equal("the record at offset 9 " .. text, refused(nil, record(9, bad[1], bad[2]), record(10, bad[1], value("y"))))
			end
		end
		assert.equal('the record at offset 9 has no object "values" in its value', refused(nil, record(9, '[1,"set-config","k"]', '{"values":[]}')))
	end)

	it("reads a blank, more members, a plus and any version number", function()
		local found = assert(parse(nil, record(4, ' [ 2 , "set-config" , "k" ] ', ' { "more": [1], "values" : {"value": "v\\u00e9", "x": 1} }\n'),
			record(5, '[1,"set-changelog","t"]', changelog('"+5"'))))
		assert.equal("v\u{e9}", found.config.k)
		assert.same({ t = 5 }, found.changelog)
	end)

	it("is not taken in by texts that look like values", function()
		local found = assert(parse(nil, record(4, '[1,"set-config","k"]',
			'{"host":"h","source":"s","other":{"values":{"value":"evil"}},"values":{"value":"good"}}'),
			record(5, '[1,"set-config","l"]', '{"host":"\\",\\"values\\":{\\"value\\":\\"evil\\"}","source":"s","values":{"value":"good"}}')))
		assert.equal("good", found.config.k)
		assert.equal("good", found.config.l)
	end)

	it("refuses two tasks of one changelog partition, but for a task and its standbys", function()
		local one, two = record(4, '[1,"set-changelog","b"]', changelog('"3"')), record(5, '[1,"set-changelog","a"]', changelog('"3"'))
		local found, err = parse(nil, one, two)
		assert.is_nil(found)
		assert.equal("coordinator.changelog-twice", err.code)
		assert.equal('tasks "b" (offset 4) and "a" (offset 5) have the same changelog partition 3', err.message)
		assert.is_not_nil(parse(nil, one, record(6, '[1,"set-changelog","Standby-b-0"]', changelog('"3"'))))
	end)

	it("matches types in any case where the release does", function()
		local lower = record(4, '[1,"Set-Changelog","t"]', changelog('"3"'))
		assert.same({ t = 3 }, assert(parse("0.14.1", lower)).changelog)
		assert.same({ t = 3 }, assert(parse("1.1.0", lower)).changelog)
		assert.is_nil(assert(parse("1.2.0", lower)).changelog)
	end)

	it("dies of a tombstone where the release does", function()
		local gone = record(6, '[1,"set-changelog","t"]')
		assert.equal('the record at offset 6 deletes the changelog partition of task "t", which Samza 1.1.0 does not survive', refused("1.1.0", gone))
		assert.is_nil(assert(parse("1.2.0", record(4, '[1,"set-changelog","t"]', changelog('"3"')), gone)).changelog)
		local host = record(6, '[1,"set-container-host-assignment","0"]')
		assert.equal('the record at offset 6 deletes the host of container "0", which Samza 0.10.1 does not survive', refused("0.10.1", host))
		assert.is_not_nil(parse("0.14.1", host))
		assert.is_nil((coordinator.parse(columns({ host }), versions.facts("0.14.1"), "t", true)))
		assert.is_not_nil(coordinator.parse(columns({ host }), versions.facts("1.0.0"), "t", true))
	end)

	it("takes the later of two spellings of an input, and sorts a task's inputs", function()
		local function input(stream, partition, more) return ('[1,"set-task-partition-assignment","{\\"system\\":\\"k\\",\\"partition\\":%d,\\"stream\\":\\"%s\\"%s}"]'):format(partition, stream, more or "") end
		local function names_of(text) return '{"host":"h","source":"s","values":{"taskNames":"' .. text .. '"},"username":"u","timestamp":1}' end
		local bucket = ',\\"keyBucket\\":%d'
		local found = assert(parse(nil, record(4, input("s", 10), names_of('[\\"old\\"]')), record(5, input("s", 10, bucket:format(-1)), names_of('[\\"t\\"]')),
			record(6, input("s", 9, bucket:format(1)), names_of('[\\"t\\",\\"u\\"]')), record(7, input("a", 3), names_of('[\\"t\\"]')),
			record(8, input("gone", 0), names_of('[\\"t\\"]')), record(9, input("gone", 0))))
		assert.same({ t = { { "k", "a", 3 }, { "k", "s", 9, 1 }, { "k", "s", 10 } }, u = { { "k", "s", 9, 1 } } }, found.partitions)
	end)
end)

describe("a checkpoint topic", function()
	local KEY = '{"type":"changelog-partition-mapping"}'

	local function mapping(...)
		local found, err = checkpoint_topic.parse(columns({ ... }), "kafka.checkpoints")
		if not found then return nil, err.message end
		return found.changelog, found.skipped
	end

	it("takes the last mapping that can be read, as Samza does", function()
		assert.same({ a = 0 }, (mapping(record(0, KEY, '{"a":1}'), record(1, '{ "x":1, "type": "changelog-partition-mapping" }', '{"a":"0"}'),
			record(2, '{"type":"checkpoint","taskName":"a"}', "{}"), record(3, "no JSON", "x"), record(4, "{}", "x"))))
		local found, skipped = mapping(record(0, KEY, '{"a":1}'), record(1, KEY), record(2, KEY, "no JSON"))
		assert.same({ a = 1 }, found)
		assert.same({ 1, 2 }, skipped)
	end)

	it("may hold an empty mapping, or none", function()
		assert.same({}, (mapping(record(0, KEY, '{"a":1}'), record(1, KEY, "{}"))))
		assert.is_nil((mapping()))
	end)

	it("refuses what Samza stops at, or what would be wrong numbers", function()
		assert.equal("the record at offset 5 has no key", select(2, mapping(record(5, nil, "x"))))
		assert.equal('the record at offset 5 gives task "a" the changelog partition 1.5, which is no whole number', select(2, mapping(record(5, KEY, '{"a":1.5}'))))
		assert.equal('the record at offset 5 gives task "a" the changelog partition six, which is no whole number', select(2, mapping(record(5, KEY, '{"a":"six"}'))))
		assert.equal('the record at offset 5 gives tasks "a" and "b" the same changelog partition 1', select(2, mapping(record(5, KEY, '{"a":1,"b":1}'))))
	end)
end)

describe("the topics of a job", function()
	it("have - for every _ of its name and id, and nothing else", function()
		local config = require("samzak8s.config").new()
		config:set("job.name", "a_b.c d", {})
		assert.equal("__samza_coordinator_a-b.c d_1", coordinator.topic(config))
		config:set("job.id", "x_1", {})
		assert.equal("__samza_checkpoint_ver_1_for_a-b.c d_x-1", checkpoint_topic.topic(config))
	end)
end)
