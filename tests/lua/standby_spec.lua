-- SPDX-License-Identifier: Apache-2.0
-- Standby tasks and the dialects of the document, through the model stage.
local cjson = require("cjson")
local policies = require("support.policies")
local stage = require("samzak8s.pipeline.model")

local KEY = "job.standbytasks.replication.factor"

-- The model of tasks named "a b" in containers named "0 1", dealt like cards.
local function run(release, tasks, containers, properties, options)
	local input = { tasks = {}, containers = {} }
	for id in containers:gmatch("%S+") do table.insert(input.containers, { id = id, tasks = {} }) end
	for name in tasks:gmatch("%S+") do
		local i = #input.tasks
		table.insert(input.tasks, { name = name, partitions = { { system = "kafka", stream = "A", partition = i } } })
		table.insert(input.containers[i % #input.containers + 1].tasks, name)
	end
	local context = policies.context(release, { options = options or {}, previous = { numbered = true } })
	local model, err = stage(input, policies.config(properties or {}), context)
	return model and cjson.decode(model.json), err, context
end

-- "0: p0 p2, 0-0: Standby-p0-0" with the changelog partition of each
local function shown(containers)
	local ids, lines = {}, {}
	for id in pairs(containers) do ids[#ids + 1] = id end
	table.sort(ids)
	for i, id in ipairs(ids) do
		local names = {}
		for name, task in pairs(containers[id].tasks) do names[#names + 1] = ("%s=%d"):format(name, math.tointeger(task["changelog-partition"])) end
		table.sort(names)
		lines[i] = id .. ": " .. table.concat(names, " ")
	end
	return table.concat(lines, ", ")
end

describe("standby tasks", function()
	it("copy every task into containers of their own", function()
		local model = run("1.8.0", "p0 p1 p2 p3", "0 1", { [KEY] = "2" })
		assert.equal("0: p0=0 p2=2, 0-0: Standby-p0-0=0 Standby-p2-0=2, 1: p1=1 p3=3, 1-0: Standby-p1-0=1 Standby-p3-0=3", shown(model.containers))
		local task = model.containers["0-0"].tasks["Standby-p2-0"]
		assert.same({ "Standby", 2 }, { task["task-mode"], math.tointeger(task["system-stream-partitions"][1].partition) })
		assert.same({ "0-0", "Active" }, { model.containers["0-0"]["processor-id"], model.containers["1"].tasks.p1["task-mode"] })
		assert.equal(4, math.tointeger(model["max-change-log-stream-partitions"]))
		model = run("1.1.0", "p0", "0", { [KEY] = "3" })
		assert.equal("0: p0=0, 0-0: Standby-p0-0=0, 0-1: Standby-p0-1=0", shown(model.containers))
	end)

	it("are none up to 1.0, and with a factor of 1 or less", function()
		for release, factor in pairs { ["1.0.0"] = "3", ["1.8.0"] = "1", ["1.1.0"] = "-1" } do
			assert.equal("0: p0=0", shown(run(release, "p0", "0", { [KEY] = factor }).containers))
		end
	end)

	it("want a number, and ids that are free", function()
		local _, err = run("1.8.0", "p0", "0", { [KEY] = "two" })
		assert.same({ KEY, 'For input string: "two"' }, { err.key, err.message })
		_, err = run("1.8.0", "p0 p1", "0 0-0", { [KEY] = "2" })
		assert.equal("samza.standby-id", err.code)
	end)

	it("warn of tasks whose stores Samza looks for in a wrong place", function()
		local _, _, context = run("1.8.0", "p0 page-views", "0", { [KEY] = "2" })
		assert.same({ "samza.standby-name", KEY }, { context.warnings[1].code, context.warnings[1].key })
		_, _, context = run("1.8.0", "p0", "0", { [KEY] = "2" })
		assert.same({}, context.warnings)
	end)
end)

describe("the dialect", function()
	local function fields(release, containers, dialect, properties)
		local model, err = run(release, "p0", containers, properties, { dialect = dialect })
		if not model then return err.message end
		local found, container = {}, select(2, next(model.containers))
		if container["container-id"] then found[1] = ("%d"):format(container["container-id"]) end
		found[#found + 1] = container["processor-id"]
		if container.tasks.p0 and container.tasks.p0["task-mode"] then found[#found + 1] = "mode" end
		if model["max-change-log-stream-partitions"] then found[#found + 1] = "max" end
		return table.concat(found, " ")
	end

	it("is the least that says everything", function()
		assert.equal("0", fields("1.8.0", "0"))
		assert.equal("0", fields("0.9.1", "0", "auto"))
		assert.equal("-1", fields("0.14.1", "-1"))
		assert.equal("x mode max", fields("1.0.0", "x"))
		assert.equal("-1 x max", fields("0.13.0", "x"))
		assert.equal("-1 01 max", fields("0.14.1", "01"))
	end)

	it("is what was asked for, where the release reads it", function()
		assert.equal("3 max", fields("0.10.0", "3", "N2"))
		assert.equal("3 3 max", fields("0.13.0", "3", "N3"))
		assert.equal("3 mode max", fields("1.8.0", "3", "S"))
		assert.equal("-1 x max", fields("1.8.0", "x", "N3"))
	end)

	it("is refused where it is not read, or cannot say it", function()
		assert.equal("N2 is not read by Samza 0.9.1", fields("0.9.1", "0", "N2"))
		assert.equal("N3 is not read by Samza 0.12.0", fields("0.12.0", "0", "N3"))
		assert.equal("S is not read by Samza 0.14.1", fields("0.14.1", "0", "S"))
		assert.equal("U cannot say container ids that are no numbers", fields("1.8.0", "x", "U"))
		assert.equal("N3 cannot say standby tasks", fields("1.8.0", "0", "N3", { [KEY] = "2" }))
	end)
end)
