-- SPDX-License-Identifier: Apache-2.0
-- The built-in container groupers, called as a policy is, with the facts of real releases.
local samza = require("samzak8s.samza")
local versions = require("samzak8s.samza.versions")

local function numbered(n)
	local names, tasks = {}, {}
	for i = 0, n - 1 do names[i + 1] = "Partition " .. i end
	table.sort(names)
	for i, name in ipairs(names) do tasks[i] = { name = name } end
	return tasks
end

-- "0: 0 2, 1: 1 3" -> task to container
local function assignment(text)
	local containers = {}
	for id, names in text:gmatch("([%w-]+): ([%d ]+)") do
		for number in names:gmatch("%d+") do containers["Partition " .. number] = id end
	end
	return containers
end

local function modes(containers, mode)
	local result = {}
	for task in pairs(containers) do result[task] = mode end
	return result
end

-- Run a grouper; `how`: release, count, previous ("0: 0 2, 1: 1"), hosts, mode, and raw properties.
local function group(name, tasks, how)
	local config = { ["kubernetes.pod.count"] = how.count, ["processor.id"] = how.id, ["job.host-affinity.enabled"] = how.affinity }
	local containers = how.previous and assignment(how.previous) or {}
	local context = { samza = versions.facts(how.release), previous = { containers = containers, hosts = how.hosts or {},
		modes = how.mode and modes(containers, how.mode) or {} } }
	return dofile("lua/groupers/containers/" .. name .. ".lua")(tasks, config, context)
end

local function shown(containers)
	local lines = {}
	for i, container in ipairs(containers) do
		local numbers = {}
		for k, name in ipairs(container.tasks) do numbers[k] = name:match("%d+") end
		lines[i] = container.id .. ": " .. table.concat(numbers, " ")
	end
	return table.concat(lines, ", ")
end

local function refusal(...)
	local ok, err = pcall(group, ...)
	assert.is_false(ok)
	return type(err) == "table" and err.message or err:gsub("^[^ ]+: ", "")
end

describe("by-container-count with earlier containers", function()
	local SIX = "0: 0 2 4, 1: 1 3 5"

	it("moves as few tasks as a new count needs", function()
		assert.equal("0: 0 2, 1: 1 3, 2: 4 5", shown(group("by-container-count", numbered(6), { release = "0.12.0", count = 3, previous = SIX })))
		assert.equal("0: 0 3 5, 1: 1 4 2",
			shown(group("by-container-count", numbered(6), { release = "0.12.0", count = 2, previous = "0: 0 3, 1: 1 4, 2: 2 5" })))
	end)

	it("keeps them when the count stays", function()
		assert.equal("0: 5, 1: 0 1 2 3 4", shown(group("by-container-count", numbered(6),
			{ release = "0.10.1", count = 2, previous = "0: 5, 1: 0 1 2 3 4" })))
	end)

	it("deals afresh where the release does, or where they are of no use", function()
		for _, how in ipairs {
			{ release = "0.10.0", previous = SIX }, { release = "0.13.1", previous = SIX }, { release = "1.8.0", previous = SIX },
			{ release = "0.12.0", previous = "0: 0 2, 1: 1 3" }, { release = "0.12.0", previous = "0: 0 2 4, 7: 1 3 5" },
			{ release = "0.12.0", previous = "0: 0 1 2 3 4 5" }, { release = "1.1.0", affinity = true, previous = SIX },
			{ release = "1.2.0", affinity = true, previous = SIX, mode = "Standby" },
			{ release = "1.8.0", affinity = true, previous = "a: 0 2 4, b: 1 3 5" },
		} do
			how.count = 3
			assert.equal("0: 0 3, 1: 1 4, 2: 2 5", shown(group("by-container-count", numbered(6), how)))
		end
	end)

	it("needs host affinity from 0.13.1, and modes in 1.1.0", function()
		for _, how in ipairs { { release = "0.13.1" }, { release = "1.1.0", mode = "Active" }, { release = "1.2.0" }, { release = "1.8.0" } } do
			how.count, how.previous, how.affinity = 3, SIX, true
			assert.equal("0: 0 2, 1: 1 3, 2: 4 5", shown(group("by-container-count", numbered(6), how)))
		end
	end)

	it("fails as Samza does over ids and tasks that it cannot place", function()
		assert.equal("GroupByContainerCount cannot handle non-integer processorIds!",
			refusal("by-container-count", numbered(2), { release = "1.0.0", count = 2, affinity = true, previous = "a: 0, b: 1" }))
		assert.equal('For input string: "a"', refusal("by-container-count", numbered(2), { release = "0.12.0", count = 2, previous = "a: 0, 1: 1" }))
		assert.truthy(refusal("by-container-count", numbered(2), { release = "0.12.0", count = 2, previous = "0: 0, 1: 7" }):find('"Partition 7"', 1, true))
	end)
end)

describe("by-container-ids", function()
	local function ids(release, n, count)
		local list = {}
		for i, container in ipairs(group("by-container-ids", numbered(n), { release = release, count = count })) do list[i] = container.id end
		return table.concat(list, " ")
	end

	it("has ids in the order of a HashMap from 1.1", function()
		assert.equal("0 1 2 3 4 5 6 7 8 9 10 11", ids("1.0.0", 40, 12))
		assert.equal("0 1 2 3 4 5 6 7 8 9 10", ids("1.8.0", 40, 11))
		assert.equal("0 11 1 2 3 4 5 6 7 8 9 10", ids("1.8.0", 40, 12))
		assert.equal("11 12 0 1 2 3 4 5 6 7 8 9 10", ids("1.8.0", 40, 13))
		assert.equal("11 12 13 14 15 0 1 2 3 4 5 6 7 8 9 10", ids("1.8.0", 40, 16))
		assert.equal("11 22 12 23 13 14 15 16 17 18 19 0 1 2 3 4 5 6 7 8 9 20 10 21", ids("1.8.0", 40, 24))
	end)

	it("has one id more in 1.1 and 1.2", function()
		assert.equal("0 1 2", ids("1.1.0", 9, 2))
		assert.equal("0", ids("1.2.0", 9, 0))
		assert.equal("0 1", ids("1.3.0", 9, 2))
	end)

	it("leaves out what has no task, in the order of texts", function()
		assert.equal("0: 0, 1: 1, 10: 2, 11: 3", shown(group("by-container-ids", numbered(4), { release = "1.8.0", count = 12 })))
	end)

	it("fails in Samza's words", function()
		assert.equal("cannot group an empty set. containersIds=[0, 1]", refusal("by-container-ids", {}, { release = "1.0.0", count = 2 }))
		assert.equal("cannot group an empty set. containerIds=[0, 1]", refusal("by-container-ids", {}, { release = "1.3.0", count = 2 }))
		assert.equal("Must have at least one container", refusal("by-container-ids", numbered(1), { release = "1.3.0", count = 0 }))
		assert.equal("Must have at least one container", refusal("by-container-ids", numbered(1), { release = "1.1.0", count = -1 }))
		assert.equal("No tasks found. Likely due to no input partitions. Can't run a job with no tasks.",
			refusal("by-container-ids", {}, { release = "1.3.0", count = 2, affinity = true }))
		assert.truthy(refusal("by-container-ids", numbered(1), { release = "0.13.0", count = 1 }):find("0.13.0", 1, true))
	end)

	it("places tasks on the host where they ran", function()
		assert.equal("0: 1 3, 1: 0 2", shown(group("by-container-ids", numbered(4),
			{ release = "1.8.0", count = 2, affinity = true, previous = "0: 1 3, 1: 0 2", hosts = { ["0"] = "a", ["1"] = "b" } })))
		-- without hosts all places are alike
		assert.equal("0: 0 1, 1: 2 3", shown(group("by-container-ids", numbered(4),
			{ release = "1.8.0", count = 2, affinity = true, previous = "0: 1 3, 1: 0 2" })))
		-- three of one host: the third goes where there is room, the fifth around
		assert.equal("0: 0 1 4, 1: 2 3", shown(group("by-container-ids", numbered(5),
			{ release = "1.8.0", count = 2, affinity = true, previous = "0: 0 1 2", hosts = { ["0"] = "a" } })))
	end)
end)

describe("single-container", function()
	it("is called as processor.id says", function()
		assert.equal("7: 0 1", shown(group("single-container", numbered(2), { release = "0.12.0", id = "+7" })))
		assert.equal("x: 0 1", shown(group("single-container", numbered(2), { release = "1.8.0", id = "x" })))
		assert.equal("-1: 0", shown(group("single-container", numbered(1), { release = "0.14.1" })))
		assert.equal("x: ", shown(group("single-container", {}, { release = "1.8.0", id = "x" })))
	end)

	it("fails in Samza's words", function()
		assert.equal("Missing key processor.id.", refusal("single-container", {}, { release = "0.12.0" }))
		assert.equal('For input string: "x"', refusal("single-container", {}, { release = "0.12.0", id = "x" }))
		assert.equal("Null key for a Map not allowed in JSON (use a converting NullKeySerializer?)",
			refusal("single-container", {}, { release = "1.0.0" }))
	end)
end)

describe("samzak8s.samza", function()
	it("hashes text as Java does", function()
		local jobmodel = require("samzak8s.native.jobmodel")
		for _, text in ipairs { "", "a", "Partition 17", "é", "z🚀", "\u{FFFF}" } do
			assert.equal(jobmodel.hash(text) & 0xFFFFFFFF, samza.java_hash(text))
		end
	end)

	it("reads integers as Java does", function()
		for text, number in pairs { ["0"] = 0, ["+5"] = 5, ["-2147483648"] = -2147483648, ["007"] = 7 } do assert.equal(number, samza.integer(text)) end
		for _, text in ipairs { "", " 1", "1.0", "0x1", "2147483648", "--1" } do assert.is_nil(samza.integer(text)) end
	end)
end)
