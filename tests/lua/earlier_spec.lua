-- SPDX-License-Identifier: Apache-2.0
-- An earlier output read back: from every layout and delivery, and from files that are not what they were.
local made = require("support.manifest_run")
local jobmodel = require("samzak8s.native.jobmodel")
local model_reader = require("samzak8s.samza.model_reader")
local order = require("samzak8s.kubernetes.order")
local stage = require("samzak8s.pipeline.earlier")
local system = require("samzak8s.native.system")
local fake_config = require("support.fake_config")
local yaml = require("samzak8s.native.yaml")

local CONFIG = { ["job.name"] = "page-views", ["task.opts"] = "-Dhome=$(HOME) $$ $" }

local function containers()
	local function task(n)
		return { name = "Partition " .. n, changelog = 5 + n, partitions = { { system = "kafka", stream = "orders", partition = n } } }
	end
	return { { id = "0", tasks = { task(0), task(2) } }, { id = "1", tasks = { task(1) } } }
end

local MODEL = jobmodel.serialize(CONFIG, containers(), { dialect = "U" })

local function output(properties, how)
	how = how or {}
	how.json = how.json or MODEL
	local resources, err = made(properties or {}, how)
	assert(resources, err and err.message)
	return assert(yaml.emit(resources, { order = order }))
end

-- Run the stage on a file of this text. -> earlier, err, warnings and notes
local function read(text, options, properties)
	local path = os.tmpname()
	assert(system.write(path, text))
	local said = {}
	local function say(err) said[#said + 1] = err end
	local context = { options = options or { out = path }, warn = say, note = say }
	for _, name in ipairs { "against", "out" } do
		if context.options[name] == true then context.options[name] = path end
	end
	local config = { ["job.name"] = "page-views" }
	for key, value in next, properties or {} do config[key] = value end
	local found, err = stage(fake_config(config), nil, context)
	os.remove(path)
	if err then err.source = err.source:gsub("^" .. path, "FILE") end
	for _, item in ipairs(said) do item.source = item.source:gsub("^" .. path, "FILE") end
	return found, err, said
end

local STORES = { ["stores.s.factory"] = "x.Y", ["stores.s.changelog"] = "kafka.s" }

describe("an earlier output", function()
	local expected = { ["Partition 0"] = 5, ["Partition 1"] = 6, ["Partition 2"] = 7 }

	for name, how in pairs {
		["the seed's layout"] = { {} }, ["a ConfigMap"] = { { ["kubernetes.delivery"] = "configmap" } },
		["a Secret"] = { { ["kubernetes.delivery"] = "secret" } },
		["the statefulset layout, env"] = { { ["kubernetes.layout"] = "statefulset" } },
		["the statefulset layout, a ConfigMap"] = { {}, { version = "1.8.0" } },
		["the statefulset layout, a Secret"] = { { ["kubernetes.delivery"] = "secret" }, { version = "0.14.1" } },
		["the deployment layout"] = { { ["kubernetes.layout"] = "deployment" }, { version = "1.8.0" } },
		["the job layout"] = { { ["kubernetes.layout"] = "job", ["kubernetes.delivery"] = "secret" }, { version = "1.8.0" } },
		["the statefulset-indexed layout"] = { { ["kubernetes.layout"] = "statefulset-indexed" }, { version = "1.8.0" } },
		["the proof of concept, which leaves $ alone and marks nothing"] = { {}, { resources = function(job)
			return { { apiVersion = "v1", kind = "ReplicationController", metadata = { name = "page-views-0" }, spec = { selector = { app = "page-views" }, template = {
				metadata = { labels = { app = "page-views" } }, spec = { containers = { { name = "page-views", image = "page-views:1",
					env = { { name = "SAMZA_JOB_CONFIG", value = (job.model:gsub("%$%$ ", "")) } } } } } } } } }
		end, opts = "-Dhome=$(HOME) $" } },
		["a layout of the user's own"] = { {}, { resources = function(job)
			return { { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "page-views-x" }, data = { anything = job.model } } }
		end } },
	} do
		it("gives the numbering back from " .. name, function()
			local found, err, said = read(output(how[1], how[2]))
			assert.is_nil(err)
			assert.are.same({}, said)
			assert.are.same(expected, found.state.changelog)
			assert.are.same({ ["Partition 0"] = "0", ["Partition 1"] = "1", ["Partition 2"] = "0" }, found.state.containers)
			assert.are.same({ { "kafka", "orders", 2 } }, found.state.partitions["Partition 2"])
			assert.equal("Active", found.state.modes["Partition 1"])
			assert.equal(how[2] and how[2].opts or CONFIG["task.opts"], found.config["task.opts"])
		end)
	end

	it("is none when there is no output, it goes to stdout, or the file is empty", function()
		assert.is_false((read("", { out = "-" })))
		assert.is_false((read("", {})))
		assert.is_false((read("", { out = "/nowhere/at/all" })))
		for _, empty in ipairs { "\n", "# nothing yet\n", "---\n" } do
			local found, err, said = read(empty, nil, STORES)
			assert.is_false(found)
			assert.are.same({ nil, {} }, { err, said })
			assert.equal("earlier.empty", select(2, read(empty, { against = true })).code)
		end
	end)

	it("remembers changelog partitions of tasks that are no more", function()
		local text = output():gsub("job%-name: page%-views\n", '%0    samzak8s.io/retired-changelogs: "{\\"Partition 3\\":8}"\n')
		local found = read(text)
		assert.equal(8, found.state.changelog["Partition 3"])
		assert.is_nil(found.state.containers["Partition 3"])
	end)

	it("that was edited is refused when the job keeps state, and a warning when not", function()
		local text = output():gsub('"changelog%-partition":6', '"changelog-partition":9')
		local found, _, said = read(text)
		assert.is_false(found)
		assert.equal("earlier.edited", said[1].code)
		local _, err = read(text, nil, STORES)
		assert.equal("earlier.edited", err.code)
		assert.equal("the JobModel in ReplicationController page-views-0 is not the one that was written: it was edited", err.message)
	end)

	it("that was edited in its ConfigMap or Secret is found by the name", function()
		local _, err = read((output { ["kubernetes.delivery"] = "configmap" }:gsub("orders", "others")), nil, STORES)
		assert.equal("earlier.edited", err.code)
	end)

	it("with two models names both objects", function()
		local _, err = read((output():gsub('"changelog%-partition":6', '"changelog-partition":9', 1)), nil, STORES)
		assert.equal("holds two different JobModels, in ReplicationController page-views-0 and in ReplicationController page-views-1", err.message)
	end)

	it("that was cut is refused when the job keeps state", function()
		local text = output()
		for at = 400, #text - 40, 101 do
			local found, err = read(text:sub(1, at), nil, STORES)
			if found then -- cut between two objects
				assert.are.same(expected, found.state.changelog)
			else
				assert.truthy(err, at)
				assert.truthy(err.code:find("^earlier%."), err.code)
			end
		end
	end)

	it("without an object of one container is told of, and read, as its digest is right", function()
		local text = output()
		local found, _, said = read(text:sub(1, text:find("\n%-%-%-\n", 10)), nil, STORES)
		assert.are.same(expected, found.state.changelog)
		assert.equal("container 1 of its JobModel has no object in it", said[1].message)
	end)

	it("of another tool is a warning, or an error when the job keeps state", function()
		local text = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n"
		local found, _, said = read(text)
		assert.is_false(found)
		assert.are.same({ "earlier.foreign", "FILE" }, { said[1].code, said[1].source })
		assert.equal("earlier.foreign", select(2, read(text, nil, STORES)).code)
		assert.equal("earlier.foreign", select(2, read(text, { against = true })).code)
		assert.equal("earlier.foreign", select(3, read("\0\1binary"))[1].code)
	end)

	it("in which the layout put no model says so", function()
		local text = output({}, { resources = function()
			return { { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "page-views-x", labels = { ["app.kubernetes.io/managed-by"] = "samzak8s" } } } }
		end })
		assert.equal("earlier.no-model", select(3, read(text))[1].code)
	end)

	it("of another job is taken over only when it is given by --against", function()
		local renamed = { ["job.name"] = "views" }
		local found, _, said = read(output(), nil, renamed)
		assert.is_false(found)
		assert.equal('it is the output of the job "page-views", and this is "views"', said[1].message)
		found = read(output(), { against = true }, renamed)
		assert.are.same(expected, found.state.changelog)
	end)

	it("is only warned about when --state says what to go by", function()
		local found, err, said = read("kind: [", { out = true, state = "none" }, STORES)
		assert.is_false(found)
		assert.is_nil(err)
		assert.equal("earlier.foreign", said[1].code)
	end)
end)

describe("a JobModel", function()
	local function message(text)
		local model, err = model_reader.read(text)
		if model then
			model, err = model_reader.state(model)
		end
		return not model and err.message or nil
	end
	local function model(task, container)
		return ('{"config":{},"containers":{"0":{"container-id":0,"tasks":{"a":{"changelog-partition":0,"system-stream-partitions":[]},"b":%s}}%s}}')
			:format(task, container or "")
	end

	it("is read in every dialect", function()
		for _, dialect in ipairs { "U", "N2", "N3", "S" } do
			local ok, text = pcall(jobmodel.serialize, CONFIG, containers(), { dialect = dialect })
			if ok and text then assert.equal(6, model_reader.state(model_reader.read(text)).changelog["Partition 1"]) end
		end
	end)

	it("with standby tasks gives the active ones their changelog partition", function()
		local state = model_reader.state(model_reader.read([[{"config":{},"containers":{
			"0":{"processor-id":"0","tasks":{"a":{"changelog-partition":3,"task-mode":"Active","system-stream-partitions":[
				{"system":"k","stream":"s","partition":1,"keyBucket":-1},{"system":"k","stream":"s","partition":0,"keyBucket":1}]}}},
			"0-0":{"processor-id":"0-0","tasks":{"Standby-a-0":{"changelog-partition":3,"task-mode":"Standby","system-stream-partitions":[]}}}}}]]))
		assert.are.same({ a = 3 }, state.changelog)
		assert.are.same({ a = "Active", ["Standby-a-0"] = "Standby" }, state.modes)
		assert.are.same({ { "k", "s", 0, 1 }, { "k", "s", 1 } }, state.partitions.a)
	end)

	it("that is damaged is refused with the place", function()
		assert.equal("its JobModel: changelog partition 0 belongs to task a and to task b", message(model('{"changelog-partition":0,"system-stream-partitions":[]}')))
		assert.equal("its JobModel: containers.0.tasks.b has no changelog-partition (a whole number from 0)", message(model('{"changelog-partition":"1"}')))
		assert.equal("its JobModel: containers.0.tasks.b has no changelog-partition (a whole number from 0)", message(model('{"changelog-partition":-1}')))
		assert.equal("its JobModel: containers.0.tasks.b has no system-stream-partitions", message(model('{"changelog-partition":1}')))
		assert.equal("its JobModel: containers.0.tasks.b.system-stream-partitions[0] is no input (system, stream, partition)",
			message(model('{"changelog-partition":1,"system-stream-partitions":[{"system":"k"}]}')))
		assert.equal("its JobModel: containers.1 says that it is container 0", message(model("null", ""):gsub('"0":{', '"1":{')))
		assert.truthy(message("{"):find("is damaged"))
		assert.equal("its JobModel: the document has no config and containers", message("[]"))
	end)
end)
