-- SPDX-License-Identifier: Apache-2.0
-- Earlier decisions from several places, put together; and the planned config of a running job.
local config_object = require("samzak8s.config")
local planned = require("samzak8s.samza.planned")
local previous = require("samzak8s.samza.previous")
local versions = require("samzak8s.samza.versions")

local function source(origin, state) return { origin = origin, state = state } end

local function refused(...)
	local state, err = previous.merge({ ... })
	assert.is_nil(state)
	assert.equal("state.conflict", err.code)
	return err.source .. ": " .. err.message
end

describe("earlier decisions", function()
	it("put the changelog partitions of all sources together", function()
		local state = assert(previous.merge({ source("a", { changelog = { x = 0, y = 1 } }), source("b", { changelog = { y = 1, z = 7 } }), source("c", {}) }))
		assert.same({ x = 0, y = 1, z = 7 }, state.changelog)
	end)

	it("take every other member whole, from the first source that has it", function()
		local state = assert(previous.merge({ source("a", { containers = {}, hosts = { ["0"] = "n" } }),
			source("b", { containers = { x = "0" }, hosts = { ["1"] = "m" }, modes = { x = "Active" } }), source("c", { containers = { y = "1" } }) }))
		assert.same({ changelog = {}, containers = { x = "0" }, partitions = {}, modes = { x = "Active" }, hosts = { ["0"] = "n" } }, state)
	end)

	it("must agree on every task, and on every changelog partition", function()
		assert.equal('b: the changelog partition of task "x" is 2 here, but 0 in a',
			refused(source("a", { changelog = { x = 0 } }), source("b", { changelog = { x = 2 } })))
		assert.equal('c: changelog partition 0 is task "y"\'s here, but task "x"\'s in a',
			refused(source("a", { changelog = { x = 0 } }), source("b", { changelog = { z = 1 } }), source("c", { changelog = { y = 0 } })))
		assert.is_not_nil(previous.merge({ source("a", { changelog = { x = 0 } }), source("b", { changelog = { ["Standby-x-0"] = 0 } }) }))
	end)

	it("blame the first task by name, whatever the order in memory", function()
		local a, b = {}, {}
		for i = 10, 99 do a["t" .. i], b["t" .. i] = i, i + 100 end
		assert.equal('b: the changelog partition of task "t10" is 110 here, but 10 in a', refused(source("a", { changelog = a }), source("b", { changelog = b })))
	end)
end)

describe("the config of a running job", function()
	local function load(version, values)
		local config, said = config_object.new(), {}
		config:set("job.name", "mine", { file = "job.properties", line = 1, bytes = "job.name=mine" })
		local offsets = {}
		for key in next, values do offsets[key] = 7 end
		local context = { options = {}, facts = versions.facts(version), note = function(err) said[#said + 1] = err end,
			coordinator = { origin = "kafka.stream", config = values, offsets = offsets, records = 9 } }
		local ok, err = planned.load(config, context)
		return config, ok, err, said[1]
	end

	it("stands below the user's own", function()
		local config, ok, _, note = load("1.8.0", { ["job.name"] = "theirs", ["task.inputs"] = "kafka.a", ["sasl.password"] = "x" })
		assert.is_true(ok)
		assert.equal("mine", config:get("job.name"))
		assert.equal("kafka.a", config:get("task.inputs"))
		assert.equal("coordinator stream, offset 7", config:source("task.inputs"))
		assert.equal("sasl.password=********", config:line("sasl.password"))
		assert.equal("2 properties are taken from the stream", note.message)
		assert.same({ "the user's own win: job.name" }, note.notes)
	end)

	it("has no addresses of a coordinator, and in 1.2.0 no blank values", function()
		local values = { ["yarn.am.tracking.url"] = "http://x", blank = " ", text = "t" }
		local config = load("1.8.0", values)
		assert.is_nil(config:get("yarn.am.tracking.url"))
		assert.equal(" ", config:get("blank"))
		assert.is_nil((load("1.2.0", values)):get("blank"))
	end)

	it("must be there", function()
		local _, ok, err = load("1.8.0", {})
		assert.is_nil(ok)
		assert.equal("coordinator.no-config", err.code)
		assert.same({ "kafka.stream holds no config (9 records)" }, err.notes)
	end)
end)
