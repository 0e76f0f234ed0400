-- SPDX-License-Identifier: Apache-2.0
local changelog = require("samzak8s.samza.changelog")
local jobmodel = require("samzak8s.native.jobmodel")
local versions = require("samzak8s.samza.versions")
local cjson = require("cjson")

local function numbered(n)
	local names, tasks = {}, {}
	for i = 0, n - 1 do names[i + 1] = "Partition " .. i end
	for i, name in ipairs(jobmodel.sort(names)) do
		tasks[i] = { name = name, partitions = { { system = "kafka", stream = "A", partition = math.tointeger(name:match("%d+")) } } }
	end
	return tasks
end

-- "0 2 1": numbers of the tasks `Partition N`, by ascending changelog partition
local function order(n, kind)
	local by_id, text = {}, {}
	for name, id in pairs(changelog.assign(numbered(n), nil, { changelog_order = kind })) do by_id[id] = name:match("%d+") end
	for id = 0, n - 1 do text[#text + 1] = by_id[id] end
	return table.concat(text, " ")
end

describe("changelog partitions", function()
	it("follow Scala's hash order in 0.9.1", function()
		local expected = {
			[1] = "0", [2] = "0 1", [3] = "0 2 1", [4] = "0 3 2 1", [5] = "3 0 4 1 2", [6] = "3 0 4 1 5 2",
			[8] = "6 3 0 4 1 7 5 2", [12] = "6 3 9 0 4 8 1 10 7 5 11 2",
		}
		for n, text in pairs(expected) do assert.equal(text, order(n, "scala")) end
	end)

	it("follow Java's hash order from 0.10 to 0.11", function()
		local expected = { [4] = "1 0 3 2", [8] = "1 0 3 2 5 4 7 6", [12] = "1 0 3 2 5 4 7 6 9 8 11 10" }
		for n, text in pairs(expected) do assert.equal(text, order(n, "java")) end
	end)

	it("follow the names from 0.12 on", function()
		assert.equal("0 1 10 11 2 3 4 5 6 7 8 9", order(12, "sorted"))
	end)

	it("are those of the worked examples, with a task for every partition", function()
		local tasks = {}
		for _, p in ipairs({ { "A", 0 }, { "A", 1 }, { "A", 2 }, { "A", 3 }, { "B", 0 }, { "B", 1 } }) do
			tasks[#tasks + 1] = { name = ("SystemStreamPartition [kafka, %s, %d]"):format(p[1], p[2]),
				partitions = { { system = "kafka", stream = p[1], partition = p[2] } } }
		end
		for kind, expected in pairs({ scala = "4 3 2 1 5 0", java = "5 4 3 2 1 0", sorted = "0 1 2 3 4 5" }) do
			local ids, text = changelog.assign(tasks, {}, { changelog_order = kind }), {}
			for i, task in ipairs(tasks) do text[i] = ids[task.name] end
			assert.equal(expected, table.concat(text, " "))
		end
	end)

	it("never change, and those of tasks that are gone are not given away", function()
		for _, kind in ipairs({ "scala", "java", "sorted" }) do
			local previous = { ["Partition 0"] = 4, ["Partition 1"] = 0, ["Partition 77"] = 30 }
			local ids = changelog.assign(numbered(3), previous, { changelog_order = kind })
			assert.same({ ["Partition 0"] = 4, ["Partition 1"] = 0, ["Partition 2"] = 31 }, ids)
		end
	end)

	it("follow the first input in Java's order when buckets are equal", function()
		-- "Aa" and "BB" have one hash; the order of the two inputs in Scala's set decides
		local function tasks(first, second)
			return {
				{ name = "Aa", partitions = { { system = "kafka", stream = "A", partition = first } } },
				{ name = "BB", partitions = { { system = "kafka", stream = "A", partition = second } } },
			}
		end
		local one = changelog.assign(tasks(0, 1), nil, { changelog_order = "java" })
		local other = changelog.assign(tasks(1, 0), nil, { changelog_order = "java" })
		assert.is_true(one.Aa ~= other.Aa and one.BB == other.Aa)
	end)

	it("are those that real Samza gave", function()
		for _, version in ipairs({ "0.9.1", "0.14.1" }) do
			local cases, answers = io.lines("tests/oracle/cases.jsonl"), io.lines("tests/oracle/expected-" .. version .. ".jsonl")
			local checked = 0
			for line in cases do
				local case, answer = cjson.decode(line), cjson.decode(answers())
				if answer.model then
					local names, by_name, tasks = {}, {}, {}
					for _, container in pairs(answer.model.containers) do
						for name, task in pairs(container.tasks) do
							local partitions = {}
							for i, p in ipairs(task["system-stream-partitions"]) do
								partitions[i] = { system = p.system, stream = p.stream, partition = math.tointeger(p.partition) }
							end
							names[#names + 1], by_name[name] = name, { name = name, partitions = partitions }
						end
					end
					for i, name in ipairs(jobmodel.sort(names)) do tasks[i] = by_name[name] end
					local previous = {}
					for name, id in pairs(case.previous_changelog or {}) do previous[name] = math.tointeger(id) end
					local ids = changelog.assign(tasks, previous, versions.facts(version))
					for _, container in pairs(answer.model.containers) do
						for name, task in pairs(container.tasks) do
							assert.equal(math.tointeger(task["changelog-partition"]), ids[name], version .. ", " .. case.id .. ": " .. name)
						end
					end
					checked = checked + 1
				end
			end
			assert.is_true(checked > 25)
		end
	end)
end)
