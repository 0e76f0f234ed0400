-- SPDX-License-Identifier: Apache-2.0
--- Where the partitions of a system's streams are asked for: snapshot, mock, broker, ZooKeeper, or a fixed count.
local lazy = require("samzak8s.lazy")
local connection = lazy("samzak8s.samza.connection")
local report = require("samzak8s.report")
local sorted = require("samzak8s.sorted")
local systems = require("samzak8s.samza.systems")

local M = {}

-- { { name =, partitions = }, ... } of --mock-kafka orders:4,payments:2
local function mock_topics(texts)
	local topics, seen = {}, {}
	for _, text in ipairs(texts) do
		for item in text:gmatch("[^,]+") do
			local name, count = item:match("^%s*(.-)%s*:(%d+)%s*$")
			count = count and #count < 6 and math.tointeger(tonumber(count))
			if not count or count < 1 or name == "" then
				return report.fail { code = "mock.topic", source = "--mock-kafka", message = ("'%s' is not TOPIC:N"):format(item), hint = "write orders:4,payments:2" }
			end
			if seen[name] then
				return report.fail { code = "mock.topic", source = "--mock-kafka", message = ("topic '%s' is given twice"):format(name), hint = "give every topic once" }
			end
			seen[name] = true
			topics[#topics + 1] = { name = name, partitions = count }
		end
	end
	return topics
end

--- The in-process cluster, started once for all systems.
-- @treturn string|nil its bootstrap server
-- @treturn table|nil err
function M.mock(context)
	if not context.mock then
		local topics, err = mock_topics(context.options.mock_kafka)
		if not topics then return nil, err end
		context.mock, err = require("samzak8s.native.kafka").mock(topics)
		if not context.mock then return nil, err end
	end
	return context.mock:bootstrap()
end

local function kafka_listing(...)
	return require("samzak8s.samza.kafka").listing(...)
end

local function snapshot_listing(system, wanted, context)
	if not context.snapshot then
		local snapshot, err = require("samzak8s.samza.snapshot").load(context.options.partitions)
		if not snapshot then return nil, err end
		context.snapshot = snapshot
	end
	local topics, count = context.snapshot(system, wanted)
	return { kind = "snapshot", origin = context.options.partitions, topics = topics, count = count }
end

--- The topics of a system.
-- @tparam string system
-- @tparam table|nil wanted set of stream names; nil asks for every topic
-- @tparam Config config
-- @tparam table context `options`, `facts`, `deadline`, `waiting`, `warn`
-- @treturn table|nil kind ("kafka", "zookeeper", "snapshot", "fixed"), origin (who was asked), topics (sorted, those wanted and present), count (of all), user
-- @treturn table|nil err
function M.listing(system, wanted, config, context)
	local options, facts = context.options, context.facts
	local kind, err = systems.kind(config, system, facts, options.partitions ~= nil)
	if not kind then return nil, err end
	if kind.kind == "fixed" then
		local topics = systems.fixed(kind.partitions, sorted.keys(wanted or {}))
		return { kind = "fixed", origin = "built in", topics = topics, count = #topics }
	end
	if options.partitions then return snapshot_listing(system, wanted, context) end
	if options.mock_kafka then
		local bootstrap
		bootstrap, err = M.mock(context)
		if not bootstrap then return nil, err end
		return kafka_listing(system, wanted, { { "bootstrap.servers", bootstrap } }, "in-process Kafka", context)
	end
	local found
	found, err = connection.find(config, system, context)
	if not found then return nil, err end
	if found.kind == "zookeeper" then
		return require("samzak8s.samza.zookeeper").listing(found.connect, wanted, context, found.key)
	end
	return kafka_listing(system, wanted, found.settings, found.brokers, context, found.key)
end

return M
