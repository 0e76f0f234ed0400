-- SPDX-License-Identifier: Apache-2.0
--- Where the partitions of a system's streams are asked for: snapshot, mock, broker, ZooKeeper, or a fixed count.
local report = require("samzak8s.report")

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

-- The in-process cluster, started once for all systems.
local function mock_bootstrap(context)
	if not context.mock then
		local topics, err = mock_topics(context.options.mock_kafka)
		if not topics then return nil, err end
		context.mock, err = require("samzak8s.native.kafka").mock(topics)
		if not context.mock then return nil, err end
	end
	return context.mock:bootstrap()
end

local function snapshot_listing(system, context)
	if not context.snapshot then
		local systems, err = require("samzak8s.samza.snapshot").load(context.options.partitions)
		if not systems then return nil, err end
		context.snapshot = systems
	end
	local topics = context.snapshot[system]
	return { kind = "snapshot", origin = context.options.partitions, topics = topics or {}, count = topics and #topics or 0 }
end

-- Every stream of these systems has the same number of partitions.
local function fixed_listing(count, wanted)
	local topics = {}
	for name in next, wanted or {} do
		local partitions = {}
		for id = 0, count - 1 do partitions[id + 1] = { id = id } end
		topics[#topics + 1] = { name = name, partitions = partitions }
	end
	table.sort(topics, function(a, b) return a.name < b.name end)
	return { kind = "fixed", origin = "built in", topics = topics, count = #topics }
end

--- The topics of a system.
-- @tparam string system
-- @tparam table|nil wanted set of stream names; nil asks for every topic
-- @tparam Config config
-- @tparam table context `options`, `facts`, `deadline`, `waiting`, `warn`
-- @treturn table|nil kind ("kafka", "zookeeper", "snapshot", "fixed"), origin (who was asked), topics (sorted, those wanted and present), count (of all), user
-- @treturn table|nil err
function M.listing(system, wanted, config, context)
	local kind, err = require("samzak8s.samza.systems").kind(config, system, context.facts, context.options)
	if not kind then return nil, err end
	if kind.kind == "fixed" then return fixed_listing(kind.partitions, wanted) end
	if context.options.partitions then return snapshot_listing(system, context) end
	if context.options.mock_kafka then
		local bootstrap
		bootstrap, err = mock_bootstrap(context)
		if not bootstrap then return nil, err end
		return require("samzak8s.samza.kafka").listing(system, wanted, { { "bootstrap.servers", bootstrap } }, "in-process Kafka", context)
	end
	local connection
	connection, err = require("samzak8s.samza.connection").find(config, system, context)
	if not connection then return nil, err end
	if connection.kind == "zookeeper" then
		return require("samzak8s.samza.zookeeper").listing(connection.connect, wanted, context)
	end
	return require("samzak8s.samza.kafka").listing(system, wanted, connection.settings, connection.brokers, context, connection)
end

return M
