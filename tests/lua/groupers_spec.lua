-- SPDX-License-Identifier: Apache-2.0
local jobmodel = require("samzak8s.native.jobmodel")
local samza = require("samzak8s.samza")

local function grouper(name)
	local group = dofile("lua/groupers/tasks/" .. name .. ".lua")
	return function(partitions, factor)
		return group(partitions, { ["job.elasticity.factor"] = factor or 1 }, { samza = { elasticity = factor ~= nil } })
	end
end

local by_partition, by_ssp = grouper("by-partition"), grouper("by-system-stream-partition")
local by_count = dofile("lua/groupers/containers/by-container-count.lua")

local function inputs(counts)
	local partitions = {}
	for _, stream in ipairs({ "A", "B" }) do
		for p = 0, (counts[stream] or 0) - 1 do
			partitions[#partitions + 1] = { system = "kafka", stream = stream, partition = p, leader = 1 }
		end
	end
	return partitions
end

-- "Partition 0: A0 B0; ..."
local function show(tasks)
	local text = {}
	for i, task in ipairs(tasks) do
		local own = {}
		for k, p in ipairs(task.partitions) do own[k] = p.stream .. p.partition .. (p.bucket and "/" .. p.bucket or "") end
		text[i] = task.name .. ": " .. table.concat(own, " ")
	end
	return table.concat(text, "; ")
end

local function named(n)
	local tasks = {}
	for i = 1, n do tasks[i] = { name = "t" .. i } end
	return tasks
end

local function count(tasks, n, prefix)
	return by_count(tasks, { ["kubernetes.pod.count"] = n }, { samza = { require_prefix = prefix or "", balances = "never" } })
end

describe("task grouper by-partition", function()
	it("gives task N partition N of every stream", function()
		assert.equal("Partition 0: A0 B0; Partition 1: A1 B1; Partition 2: A2; Partition 3: A3", show(by_partition(inputs({ A = 4, B = 2 }))))
	end)

	it("splits tasks into buckets of keys, from 1.7", function()
		assert.equal("Partition 0 0: A0/0 B0/0; Partition 0 1: A0/1 B0/1; Partition 1 0: A1/0; Partition 1 1: A1/1",
			show(by_partition(inputs({ A = 2, B = 1 }), 2)))
	end)

	it("makes no task of nothing", function()
		assert.same({}, by_partition({}))
	end)
end)

describe("task grouper by-system-stream-partition", function()
	it("names tasks as Samza prints partitions", function()
		assert.equal("SystemStreamPartition [kafka, A, 0]: A0; SystemStreamPartition [kafka, B, 0]: B0", show(by_ssp(inputs({ A = 1, B = 1 }))))
	end)

	it("makes a task of every bucket, from 1.7", function()
		assert.equal("SystemStreamPartition [kafka, A, 0, 0]: A0/0; SystemStreamPartition [kafka, A, 0, 1]: A0/1", show(by_ssp(inputs({ A = 1 }), 2)))
	end)
end)

describe("container grouper by-container-count", function()
	it("deals tasks like cards", function()
		assert.same({
			{ id = "0", tasks = { "t1", "t4" } }, { id = "1", tasks = { "t2", "t5" } }, { id = "2", tasks = { "t3" } },
		}, count(named(5), 3))
	end)

	it("refuses an idle container in Samza's words", function()
		assert.has_error(function() count(named(3), 4) end,
			"Your container count (4) is larger than your task count (3). Can't have containers with nothing to do, so aborting.")
	end)

	it("refuses a job without tasks, and a count of 0, with the prefix of Scala releases", function()
		local prefix = "requirement failed: "
		local _, none = pcall(count, {}, 2, prefix)
		assert.truthy(none:find(prefix .. "No tasks found. Likely due to no input partitions. Can't run a job with no tasks.", 1, true))
		local _, zero = pcall(count, {}, 0, prefix)
		assert.truthy(zero:find(prefix .. "Must have at least one container", 1, true))
	end)
end)

describe("samzak8s.samza", function()
	it("orders text as Java does, without the host's help", function()
		local texts = { "", "Partition 1", "Partition 10", "Partition 2", "Task-10", "é", "\u{D7FF}", "\u{10000}", "\u{10FFFF}",
			"\u{E000}", "\u{FFFF}", "\u{FFFF}a" }
		for i, a in ipairs(texts) do
			for k, b in ipairs(texts) do
				assert.equal(i < k, samza.java_less(a, b))
				assert.equal(jobmodel.compare(a, b), samza.java_less(a, b))
			end
		end
	end)
end)
