-- SPDX-License-Identifier: Apache-2.0
-- The containers stage: which policy it takes, what it makes of the result, whom it blames.
local count = require("samzak8s.samza.count")
local policies = require("support.policies")
local stage = require("samzak8s.pipeline.containers")

local KEY = "kubernetes.grouper.containers"
local FACTORY = "task.name.grouper.factory"
local PACKAGE = "org.apache.samza.container.grouper.task."
local directory

setup(function() policies.sources() end)
after_each(function() if directory then directory = policies.remove(directory) end end)

local function tasks(n)
	local result = {}
	for i = 0, n - 1 do
		result[i + 1] = { name = "Partition " .. i, partitions = { { system = "kafka", stream = "a", partition = i } } }
	end
	return result
end

local function run(input, properties, context, at)
	context = context or policies.context("0.14.1")
	local config = policies.config(properties, at)
	assert(count(config, context.facts, context))
	return stage(input, config, context)
end

local function shown(containers)
	local lines = {}
	for i, container in ipairs(containers) do lines[i] = container.id .. ": " .. table.concat(container.tasks, ", ") end
	return lines
end

local function run_script(text, context, n)
	directory = policies.directory { ["my.lua"] = "return function(tasks, config)\n" .. text .. "\nend" }
	return run(tasks(n or 3), { [KEY] = "./my.lua", ["kubernetes.pod.count"] = "2" }, context, directory)
end

local function refused(text, context)
	local result, err = run_script(text, context)
	directory = policies.remove(directory)
	assert.is_nil(result)
	assert.are.equal(KEY, err.key)
	assert.is_truthy(err.source:find("/my%.lua"))
	return err.code, err.message, err.notes
end

describe("containers", function()
	it("come from GroupByContainerCount by default", function()
		assert.are.same({ "0: Partition 0, Partition 2", "1: Partition 1" }, shown(run(tasks(3), { ["job.container.count"] = "2" })))
		assert.are.same({ "0: Partition 0, Partition 1, Partition 2" }, shown(run(tasks(3), {})))
	end)

	it("are sorted by number, their tasks by name", function()
		local containers = run_script("local t = {} for i = 1, #tasks do t[#tasks + 1 - i] = { id = i - 1, tasks = { tasks[i].name } } end return t",
			nil, 12)
		assert.are.equal("2: Partition 2", shown(containers)[3])
		assert.are.equal("11: Partition 11", shown(containers)[12])
		assert.are.same({ "7: Partition 0, Partition 1, Partition 2" },
			shown(run_script("return { { id = '7', tasks = { tasks[3].name, tasks[1].name, tasks[2].name } } }")))
	end)

	it("may have names from 1.0 on, after the numbers", function()
		local text = "return { { id = 'b', tasks = { tasks[1].name } }, { id = 10, tasks = { tasks[2].name } }, { id = 'a-1', tasks = { tasks[3].name } } }"
		assert.are.same({ "10: Partition 1", "a-1: Partition 2", "b: Partition 0" }, shown(run_script(text, policies.context("1.0.0"))))
	end)
end)

describe("a container grouper's class", function()
	it("is not read by 0.9.1, which says so", function()
		local context = policies.context("0.9.1")
		assert(run(tasks(1), { [FACTORY] = "com.example.Mine" }, context))
		assert.are.equal("samza.grouper-ignored", context.warnings[1].code)
	end)

	it("that the release does not have is refused by name", function()
		for class, release in pairs { GroupByContainerIdsFactory = "0.12.0", SingleContainerGrouperFactory = "0.11.0" } do
			local _, err = run(tasks(1), { [FACTORY] = PACKAGE .. class }, policies.context(release))
			assert.are.same({ "samza.grouper", ("%s%s is not in Samza %s"):format(PACKAGE, class, release) }, { err.code, err.message })
		end
	end)

	it("that is the user's is refused, naming the known one", function()
		local _, err = run(tasks(1), { [FACTORY] = "com.example.Mine" })
		assert.are.same({ "samza.grouper", "com.example.Mine cannot be run here: it is Java code" }, { err.code, err.message })
		assert.is_truthy(err.hint:find(PACKAGE .. "GroupByContainerCountFactory", 1, true))
	end)
end)

describe("too many containers", function()
	it("are refused in Samza's words, with the reason and the way out", function()
		local context = policies.context("0.14.1", { listings = { kafka = { origin = "broker-1:9092" } } })
		local _, err = run(tasks(3), { ["job.container.count"] = "4" }, context)
		assert.are.same({
			code = "containers.idle", source = "job.properties:1", key = "job.container.count", text = "job.container.count=4",
			message = "Your container count (4) is larger than your task count (3). Can't have containers with nothing to do, so aborting.",
			notes = { "3 tasks because kafka.a has 3 partitions (broker-1:9092)" },
			hint = "set job.container.count to 3 or less (samzak8s explain containers.idle)",
		}, { code = err.code, source = err.source, key = err.key, text = err.text, message = err.message, notes = err.notes, hint = err.hint })
	end)

	it("are refused with Scala's prefix in 0.9.1", function()
		local _, err = run(tasks(1), { ["yarn.container.count"] = "2" }, policies.context("0.9.1"))
		assert.are.equal("requirement failed: Your container count (2) is larger than your task count (1). "
			.. "Can't have containers with nothing to do, so aborting.", err.message)
		assert.are.equal("yarn.container.count", err.key)
	end)
end)

describe("a count that is no number", function()
	it("is an error when the container grouper is made from 0.10 to 0.13, and before anything is read in other releases", function()
		local properties = { ["job.container.count"] = "2 " }
		for _, release in ipairs { "0.14.0", "1.8.0" } do
			local config, context = policies.config(properties), policies.context(release)
			local _, err = count(config, context.facts, context)
			assert.are.equal('For input string: "2 "', err.message)
		end
		for _, release in ipairs { "0.10.0", "0.13.1" } do
			local _, err = run(tasks(3), properties, policies.context(release))
			assert.are.same({ "job.container.count", 'For input string: "2 "' }, { err.key, err.message })
		end
	end)

	it("does not matter to SingleContainer of 0.12", function()
		local properties = { ["job.container.count"] = "x", [FACTORY] = PACKAGE .. "SingleContainerGrouperFactory", ["processor.id"] = "4" }
		assert.are.same({ "4: Partition 0, Partition 1" }, shown(run(tasks(2), properties, policies.context("0.12.0"))))
	end)
end)

describe("a count below one", function()
	it("is refused in Samza's words, by the property", function()
		local _, err = run(tasks(3), { ["job.container.count"] = "0" }, policies.context("0.10.0"))
		assert.are.same({ "containers.count", "job.container.count", "requirement failed: Must have at least one container" },
			{ err.code, err.key, err.message })
	end)

	it("is not given to a user's grouper", function()
		directory = policies.directory { ["my.lua"] = "error('called')" }
		local _, err = run(tasks(3), { [KEY] = "./my.lua", ["kubernetes.pod.count"] = "0" }, nil, directory)
		assert.are.equal("containers.count", err.code)
	end)
end)

describe("no tasks", function()
	local TEXT = "No tasks found. Likely due to no input partitions. Can't run a job with no tasks."

	it("are refused in Samza's words", function()
		local _, err = run({}, { ["task.inputs"] = "" })
		assert.are.same({ "tasks.none", "task.inputs", "job.properties:1", TEXT }, { err.code, err.key, err.source, err.message })
		_, err = run({}, {}, policies.context("0.9.1"))
		assert.are.equal("requirement failed: " .. TEXT, err.message)
	end)

	it("are not given to a user's grouper", function()
		local _, err = run_script("error('called')", nil, 0)
		assert.are.same({ "tasks.none", TEXT }, { err.code, err.message })
	end)
end)

describe("a container grouper is blamed for", function()
	local ALL = "{ tasks[1].name, tasks[2].name, tasks[3].name }"
	for name, case in pairs {
		["another value than an array"] = { "return true", "policy.result", "returned a boolean, not an array of containers" },
		["a table by id"] = { "return { ['0'] = tasks }", "policy.result", 'returned a table with the key "0", not an array of containers' },
		["an array from zero"] = { "return { [0] = { id = 0, tasks = {} } }", "policy.result",
			'returned a table with the key "0", not an array of containers' },
		["a container that is no table"] = { "return { 1 }", "policy.result", "containers[1] is a number, not a table" },
		["a container without an id"] = { "return { { tasks = " .. ALL .. " } }", "policy.container-id",
			"containers[1]: its id is a nil, not a whole number or a text" },
		["a fraction"] = { "return { { id = 1.5, tasks = " .. ALL .. " } }", "policy.container-id",
			'containers[1]: its id "1.5" is not made of a-z, 0-9 and -' },
		["an id with capitals"] = { "return { { id = 'A', tasks = " .. ALL .. " } }", "policy.container-id",
			'containers[1]: its id "A" is not made of a-z, 0-9 and -' },
		["two equal ids"] = { "return { { id = 1, tasks = { tasks[1].name } }, { id = '1', tasks = { tasks[2].name } } }",
			"policy.container-id", 'containers[1] and containers[2] have the same id "1"' },
		["no array of tasks"] = { "return { { id = 0, tasks = 'x' } }", "policy.result",
			'container "0": its tasks are a string, not an array of names' },
		["an empty container"] = { "return { { id = 0, tasks = " .. ALL .. " }, { id = 1, tasks = {} } }", "policy.container-empty",
			'container "1" has no tasks' },
		["tasks instead of names"] = { "return { { id = 0, tasks = tasks } }", "policy.result",
			'container "0": tasks[1] is a table, not the name of a task' },
		["an unknown task"] = { "return { { id = 0, tasks = { 'Partition 9' } } }", "policy.task-unknown",
			'container "0": there is no task "Partition 9"' },
		["a task twice in a container"] = { "return { { id = 0, tasks = { tasks[1].name, tasks[1].name } } }", "policy.task-twice",
			'container "0" has task "Partition 0" twice' },
		["a task in two containers"] = { "return { { id = 0, tasks = " .. ALL .. " }, { id = 2, tasks = { tasks[2].name } } }",
			"policy.task-twice", 'container "2": task "Partition 1" is already in container "0"' },
		["a task in no container"] = { "return { { id = 0, tasks = { tasks[1].name, tasks[3].name } } }", "policy.task-lost",
			'task "Partition 1" is in no container' },
	} do
		it(name, function()
			local code, message = refused(case[1])
			assert.are.same({ case[2], case[3] }, { code, message })
		end)
	end

	it("a name for an id up to 0.12", function()
		local code, message = refused("return { { id = 'a', tasks = " .. ALL .. " } }", policies.context("0.12.0"))
		assert.are.same({ "policy.container-id", 'containers[1]: its id "a" is no whole number from 0 to 2147483647, as Samza 0.12.0 wants it' },
			{ code, message })
	end)
end)
