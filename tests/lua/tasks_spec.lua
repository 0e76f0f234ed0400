-- SPDX-License-Identifier: Apache-2.0
-- The tasks stage: which policy it takes, what it makes of the result, whom it blames.
local policies = require("support.policies")
local stage = require("samzak8s.pipeline.tasks")

local KEY = "kubernetes.grouper.tasks"
local FACTORY = "job.systemstreampartition.grouper.factory"
local PACKAGE = "org.apache.samza.container.grouper.stream."
local directory

setup(function() policies.sources() end)
after_each(function() if directory then directory = policies.remove(directory) end end)

local function partitions(...)
	local result = {}
	for _, name in ipairs { ... } do
		local stream, count = name:match("^(.*):(%d+)$")
		for p = 0, count - 1 do result[#result + 1] = { system = "kafka", stream = stream, partition = p, leader = p % 3 + 1 } end
	end
	return result
end

-- tasks as text: "Partition 0: a 0, b 0"
local function shown(tasks)
	local lines = {}
	for i, task in ipairs(tasks) do
		local items = {}
		for k, p in ipairs(task.partitions) do items[k] = p.stream .. " " .. p.partition end
		lines[i] = task.name .. ": " .. table.concat(items, ", ")
	end
	return lines
end

local function script(text)
	directory = policies.directory { ["my.lua"] = text }
	return policies.config({ [KEY] = "./my.lua" }, directory)
end

-- What the stage says of a script that returns `text`, given a:2 and b:1.
local function refused(text)
	local config = script("return function(partitions)\nlocal a0, a1, b0 = table.unpack(partitions)\n" .. text .. "\nend")
	local tasks, err = stage(partitions("a:2", "b:1"), config, policies.context())
	directory = policies.remove(directory)
	assert.is_nil(tasks)
	assert.are.equal(KEY, err.key)
	assert.is_truthy(err.source:find("/my%.lua"))
	return err.code, err.message, err.hint, err.notes
end

describe("tasks", function()
	it("come from GroupByPartition by default, in Java string order", function()
		local tasks = stage(partitions("a:11", "b:2"), policies.config {}, policies.context())
		assert.are.same({ "Partition 0: a 0, b 0", "Partition 1: a 1, b 1", "Partition 10: a 10", "Partition 2: a 2" },
			{ table.unpack(shown(tasks), 1, 4) })
		assert.are.equal(11, #tasks)
	end)

	it("come from what Samza's property names", function()
		local tasks = stage(partitions("a:1", "b:1"), policies.config { [FACTORY] = PACKAGE .. "GroupBySystemStreamPartitionFactory" },
			policies.context())
		assert.are.same({ "SystemStreamPartition [kafka, a, 0]: a 0", "SystemStreamPartition [kafka, b, 0]: b 0" }, shown(tasks))
	end)

	it("come from a user's script, which sees leaders, and are put in order", function()
		local config = script [[
			return function(partitions)
				local by_leader, tasks = {}, {}
				for _, p in ipairs(partitions) do
					by_leader[p.leader] = by_leader[p.leader] or {}
					table.insert(by_leader[p.leader], 1, p)
				end
				for leader, own in pairs(by_leader) do table.insert(tasks, 1, { name = "leader " .. leader, partitions = own }) end
				return tasks
			end
		]]
		local tasks = assert(stage(partitions("a:4", "b:2"), config, policies.context()))
		assert.are.same({ "leader 1: a 0, a 3, b 0", "leader 2: a 1, b 1", "leader 3: a 2" }, shown(tasks))
	end)

	it("all have the broadcast partitions, which no grouper sees", function()
		local config = policies.config { ["task.broadcast.inputs"] = "kafka.b#0, kafka.x#7" }
		assert.are.same({ "Partition 0: a 0, b 0, x 7", "Partition 1: a 1, b 0, b 1, x 7" },
			shown(stage(partitions("a:2", "b:2"), config, policies.context("0.11.0"))))
	end)

	it("lack them where Samza 0.10's GroupBySystemStreamPartition does", function()
		local config = policies.config { [FACTORY] = PACKAGE .. "GroupBySystemStreamPartitionFactory", ["task.broadcast.inputs"] = "kafka.a#0" }
		assert.are.same({ "SystemStreamPartition [kafka, a, 0]: a 0" }, shown(stage(partitions("a:1"), config, policies.context("0.10.1"))))
	end)

	it("read every partition each with AllSspToSingleTask, one for each processor", function()
		local function single(release, properties)
			properties[FACTORY] = PACKAGE .. "AllSspToSingleTaskGrouperFactory"
			local config = policies.config(properties)
			local context = policies.context(release)
			assert(require("samzak8s.samza.count")(config, context.facts, context))
			local tasks, err = stage(partitions("a:1", "b:1"), config, context)
			return tasks and table.concat(shown(tasks), "; ") or err.message
		end
		assert.are.equal("Task-0: a 0, b 0; Task-1: a 0, b 0", single("0.14.0", { ["job.container.count"] = "2" }))
		assert.are.equal("Task-0: a 0, b 0; Task-1: a 0, b 0; Task-2: a 0, b 0", single("1.1.0", { ["job.container.count"] = "2" }))
		assert.are.equal("Task-0: a 0, b 0", single("1.3.0", {}))
		assert.are.equal("Task-: a 0, b 0", single("1.8.0", { ["job.container.count"] = "0" }))
		assert.are.equal("Task-5: a 0, b 0", single("0.12.0", { ["processor.id"] = "5", ["task.broadcast.inputs"] = "kafka.x#0" }))
		assert.are.equal("Missing key processor.id.", single("0.13.1", {}))
		assert.are.equal('For input string: "x"', single("0.13.1", { ["processor.id"] = "x" }))
		assert.are.equal("The job configured with AllSspToSingleTaskGrouper cannot have broadcast streams.",
			single("0.14.0", { ["task.broadcast.inputs"] = "kafka.x#0" }))
	end)

	it("refuse an elasticity factor that Samza refuses, from 1.7", function()
		for text, message in pairs { ["0"] = "Elasticity factor can not be less than 1", x = 'For input string: "x"' } do
			local config = policies.config { ["job.elasticity.factor"] = text }
			local _, err = stage(partitions("a:1"), config, policies.context("1.7.0"))
			assert.are.same({ "job.elasticity.factor", message }, { err.key, err.message })
			assert.are.equal(1, #stage(partitions("a:1"), config, policies.context("1.6.0")))
		end
	end)

	it("are none without partitions", function()
		assert.are.same({}, stage({}, policies.config {}, policies.context()))
	end)
end)

describe("a task grouper's class", function()
	local function failure(class)
		local _, err = stage({}, policies.config { [FACTORY] = class }, policies.context())
		return err.code, err.message, err.hint, err.source
	end

	it("that the release does not have is refused by name", function()
		local code, message = failure(PACKAGE .. "AllSspToSingleTaskGrouperFactory")
		assert.are.same({ "samza.grouper", PACKAGE .. "AllSspToSingleTaskGrouperFactory is not in Samza 0.9.1" }, { code, message })
	end)

	it("that is the user's is refused, listing the known ones", function()
		local code, message, hint, source = failure("com.example.Mine")
		assert.are.same({ "samza.grouper", "com.example.Mine cannot be run here: it is Java code", "job.properties:1" },
			{ code, message, source })
		assert.is_truthy(hint:find(PACKAGE .. "GroupByPartitionFactory, " .. PACKAGE .. "GroupBySystemStreamPartitionFactory", 1, true))
	end)

	it("does not matter when a policy is named", function()
		local config = policies.config { [FACTORY] = "com.example.Mine", [KEY] = "by-partition" }
		assert.are.equal(1, #stage(partitions("a:1"), config, policies.context()))
	end)
end)

describe("a task grouper is blamed for", function()
	for name, case in pairs {
		["another value than an array"] = { "return 'x'", "policy.result", "returned a string, not an array of tasks" },
		["a table by name"] = { "return { ['Partition 0'] = partitions }", "policy.result",
			'returned a table with the key "Partition 0", not an array of tasks' },
		["a task that is no table"] = { "return { 'x' }", "policy.result", "tasks[1] is a string, not a table" },
		["a task without a name"] = { "return { { partitions = partitions } }", "policy.task-name",
			"tasks[1] has a name that is a nil, not a text" },
		["an empty name"] = { "return { { name = '', partitions = partitions } }", "policy.task-name", "tasks[1] has an empty name" },
		["a name that is not UTF-8"] = { "return { { name = '\\255', partitions = partitions } }", "policy.task-name",
			"tasks[1] has a name that is not UTF-8" },
		["two equal names"] = { "return { { name = 'x', partitions = { a0 } }, { name = 'x', partitions = { a1, b0 } } }",
			"policy.task-name", 'tasks[1] and tasks[2] have the same name "x"' },
		["no array of partitions"] = { "return { { name = 'x', partitions = 7 } }", "policy.result",
			'task "x": its partitions are a number, not an array' },
		["a task without partitions"] = { "return { { name = 'x', partitions = partitions }, { name = 'y', partitions = {} } }",
			"policy.task-empty", 'task "y" has no partitions' },
		["a malformed partition"] = { "return { { name = 'x', partitions = { 'a' } } }", "policy.result",
			'task "x": partitions[1] is no { system =, stream =, partition = }' },
		["an unknown partition"] = { "a0.partition = 9 return { { name = 'x', partitions = partitions } }", "policy.partition-unknown",
			'task "x": kafka.a 9 is no partition of the job' },
		["a partition twice in a task"] = { "return { { name = 'x', partitions = { a0, a1, b0, a0 } } }", "policy.partition-twice",
			'task "x" has kafka.a 0 twice' },
		["a partition in two tasks"] = { "return { { name = 'x', partitions = partitions }, { name = 'y', partitions = { a1 } } }",
			"policy.partition-twice", 'task "y": kafka.a 1 is already in task "x"' },
		["a partition in no task"] = { "return { { name = 'x', partitions = { a0, a1 } } }", "policy.partition-lost", "kafka.b 0 is in no task" },
	} do
		it(name, function()
			local code, message = refused(case[1])
			assert.are.same({ case[2], case[3] }, { code, message })
		end)
	end

	it("buckets that do not fit", function()
		local function with_buckets(text)
			local config = script("return function(partitions)\nlocal function b(p, n) return { system = p.system, stream = p.stream,"
				.. "partition = p.partition, bucket = n } end\nlocal a0 = partitions[1]\n" .. text .. "\nend")
			config:set("job.elasticity.factor", "2", { file = "--config" })
			local tasks, err = stage(partitions("a:1"), config, policies.context("1.8.0"))
			directory = policies.remove(directory)
			return tasks and #tasks or err.message
		end
		assert.are.equal(2, with_buckets("return { { name = 'x', partitions = { b(a0, 1) } }, { name = 'y', partitions = { b(a0, 0) } } }"))
		assert.are.equal(1, with_buckets("return { { name = 'x', partitions = { a0 } } }"))
		assert.are.equal('task "x": there is no kafka.a 0, bucket 2; job.elasticity.factor is 2',
			with_buckets("return { { name = 'x', partitions = { b(a0, 2) } } }"))
		assert.are.equal("kafka.a 0, bucket 0 is in no task", with_buckets("return { { name = 'x', partitions = { b(a0, 1) } } }"))
		assert.are.equal('task "y": kafka.a 0 is already in task "x"',
			with_buckets("return { { name = 'x', partitions = { b(a0, 1) } }, { name = 'y', partitions = { a0 } } }"))
		assert.are.equal('task "y": kafka.a 0, bucket 1 is already in task "x"',
			with_buckets("return { { name = 'x', partitions = { b(a0, 1) } }, { name = 'y', partitions = { b(a0, 1) } } }"))
	end)

	it("partitions shared with a task that does not share", function()
		local _, message = refused("return { { name = 'x', shared = true, partitions = partitions }, { name = 'y', partitions = { a1 } } }")
		assert.are.equal('task "y": kafka.a 1 is already in task "x"', message)
	end)

	it("lost partitions, and says how many", function()
		local _, message, _, notes = refused("return {}")
		assert.are.equal("kafka.a 0 is in no task", message)
		assert.are.equal("and so are 2 more", notes[1])
	end)
end)
