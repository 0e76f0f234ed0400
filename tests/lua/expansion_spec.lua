-- SPDX-License-Identifier: Apache-2.0
-- Input expansion, through the tasks stage: what moves, when, and what Samza says when nothing can.
local policies = require("support.policies")
local stage = require("samzak8s.pipeline.tasks")

local STORE = { ["stores.s.factory"] = "org.apache.samza.storage.kv.RocksDbKeyValueStorageEngineFactory" }
local AFFINITY = { ["job.host-affinity.enabled"] = "true" }

setup(function() policies.sources() end)

local function partitions(counts)
	local result = {}
	for _, stream in ipairs { "A", "B" } do
		for p = 0, (counts[stream] or 0) - 1 do result[#result + 1] = { system = "kafka", stream = stream, partition = p } end
	end
	return result
end

-- Earlier tasks as GroupByPartition made them.
local function earlier(counts, mode)
	local state = { changelog = {}, containers = {}, partitions = {}, modes = {}, hosts = {} }
	for _, p in ipairs(partitions(counts)) do
		local task = "Partition " .. p.partition
		state.partitions[task] = state.partitions[task] or {}
		table.insert(state.partitions[task], { p.system, p.stream, p.partition })
		state.modes[task] = mode
	end
	return state
end

local function run(release, counts, state, properties)
	return stage(partitions(counts), policies.config(properties or STORE), policies.context(release, { state = state }))
end

local function shown(tasks)
	local lines = {}
	for i, task in ipairs(tasks) do
		local own = {}
		for k, p in ipairs(task.partitions) do own[k] = p.stream .. p.partition end
		lines[i] = task.name:gsub("Partition ", "") .. ": " .. table.concat(own, " ")
	end
	return table.concat(lines, ", ")
end

describe("input expansion", function()
	local GROWN = "0: A0 A4, 1: A1 A5, 2: A2 A6, 3: A3 A7"

	it("keeps keys with their task when an input grows by a multiple", function()
		assert.equal(GROWN, shown(run("1.8.0", { A = 8 }, earlier { A = 4 })))
		assert.equal(GROWN, shown(run("1.4.0", { A = 8 }, earlier { A = 4 })))
		assert.equal("0: A0 A2 B0, 1: A1 A3 B1, 2: B2", shown(run("1.8.0", { A = 4, B = 3 }, earlier { A = 2, B = 3 })))
	end)

	it("pins inputs that did not change to their earlier tasks", function()
		local state = earlier { A = 2 }
		state.partitions["Partition 0"][1][3], state.partitions["Partition 1"][1][3] = 1, 0
		assert.equal("0: A1, 1: A0", shown(run("1.8.0", { A = 2 }, state)))
	end)

	it("does nothing without history, stores, or when it is switched off", function()
		for _, case in ipairs {
			{ "1.8.0", earlier {} }, { "1.3.0", earlier { A = 2 } }, { "1.8.0", earlier { A = 2 }, {} },
			{ "1.8.0", earlier({ A = 2 }, "Standby") },
			{ "1.8.0", earlier { A = 2 }, { ["stores.s.factory"] = "org.apache.samza.storage.kv.inmemory.InMemoryKeyValueStorageEngineFactory" } },
			{ "1.8.0", earlier { A = 2 }, { ["stores.s.factory"] = "x", ["job.systemstreampartition.input.expansion.enabled"] = "false" } },
			{ "1.0.0", earlier { A = 2 }, AFFINITY }, { "1.1.0", earlier { A = 2 }, AFFINITY },
		} do
			assert.equal("0: A0, 1: A1, 2: A2, 3: A3", shown(run(case[1], { A = 4 }, case[2], case[3])))
		end
	end)

	it("goes with host affinity from 1.1 to 1.3", function()
		for _, case in ipairs { { "1.1.0", "Active" }, { "1.2.0" }, { "1.3.1", "Active" } } do
			assert.equal("0: A0 A2, 1: A1 A3", shown(run(case[1], { A = 4 }, earlier({ A = 2 }, case[2]), AFFINITY)))
		end
	end)

	it("leaves broadcast partitions in every task, and so every task", function()
		local properties = { ["stores.s.factory"] = "x", ["task.broadcast.inputs"] = "kafka.B#0" }
		assert.equal("0: A0 A2 B0, 1: A1 A3 B0, 2: B0, 3: B0", shown(run("1.8.0", { A = 4, B = 1 }, earlier { A = 2 }, properties)))
	end)

	it("applies to a user's grouper, too", function()
		local directory = policies.directory { ["my.lua"] = [[return function(partitions)
			local tasks = {}
			for i, p in ipairs(partitions) do tasks[i] = { name = "Partition " .. p.partition, partitions = { p } } end
			return tasks
		end]] }
		local config = policies.config({ ["kubernetes.grouper.tasks"] = "./my.lua", ["stores.s.factory"] = "x" }, directory)
		local tasks = stage(partitions { A = 4 }, config, policies.context("1.8.0", { state = earlier { A = 2 } }))
		policies.remove(directory)
		assert.equal("0: A0 A2, 1: A1 A3", shown(tasks))
	end)

	it("fails in Samza's words when the number is no multiple", function()
		local text = "New partition count: 6 should be a multiple of previous partition count: 4."
		local _, err = run("1.8.0", { A = 6 }, earlier { A = 4 })
		assert.truthy(err.message:find("Error in partition-to-task assignment via the SSPGroupProxy. To disable", 1, true))
		assert.same({ "samza.expansion", { text } }, { err.code, err.notes })
		_, err = run("1.3.0", { A = 6 }, earlier { A = 4 }, AFFINITY)
		assert.same({ "samza.expansion", text }, { err.code, err.message })
		assert.truthy(err.hint:find("host-affinity", 1, true))
		_, err = run("1.8.0", { A = 2 }, earlier { A = 4 })
		assert.equal("New partition count: 2 should be a multiple of previous partition count: 4.", err.notes[1])
	end)

	it("fails when a partition belongs to a task that is no more", function()
		local properties = { ["stores.s.factory"] = "x", ["job.elasticity.factor"] = "2" }
		assert.truthy(run("1.8.0", { A = 2 }, earlier { A = 1 }, STORE))
		local _, err = run("1.8.0", { A = 2 }, earlier { A = 2 }, properties)
		assert.same({ "samza.expansion-task", { 'kafka.A 0 belongs to the earlier task "Partition 0", which is no more' } }, { err.code, err.notes })
	end)

	it("refuses a mapper that is the user's Java code", function()
		local _, err = run("1.8.0", { A = 2 }, earlier { A = 2 }, { ["stores.s.factory"] = "x", ["job.system.stream.partition.mapper.factory"] = "my.Mapper" })
		assert.equal("samza.mapper", err.code)
	end)
end)
