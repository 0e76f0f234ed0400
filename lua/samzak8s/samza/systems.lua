-- SPDX-License-Identifier: Apache-2.0
--- Input systems other than Kafka: which have a known number of partitions, and which only a snapshot can tell.
local M = {}

local KAFKA = {
	["org.apache.samza.system.kafka.KafkaSystemFactory"] = true,
	["org.apache.samza.system.kafka_deprecated.KafkaSystemFactory"] = true,
}
local FIXED = {
	["samza.examples.wikipedia.system.WikipediaSystemFactory"] = 1,
	["org.apache.samza.system.filereader.FileReaderSystemFactory"] = 1,
	["org.apache.samza.tools.ConsoleLoggingSystemFactory"] = 1,
	["org.apache.samza.sql.client.impl.CliLoggingSystemFactory"] = 1,
}
local MOCK, MOCK_PARTITIONS = "org.apache.samza.system.mock.MockSystemFactory", 4
local KINESIS = "org.apache.samza.system.kinesis.KinesisSystemFactory"
local SNAPSHOT = {
	["org.apache.samza.system.inmemory.InMemorySystemFactory"] = "it exists inside one JVM only",
	["org.apache.samza.system.hdfs.HdfsSystemFactory"] = "HDFS is not asked",
	["org.apache.samza.system.eventhub.EventHubSystemFactory"] = "Event Hubs is not asked",
	[KINESIS] = "Kinesis is not asked",
}
local OUTPUT_ONLY = {
	["org.apache.samza.system.elasticsearch.ElasticsearchSystemFactory"] = "Elasticsearch",
	["org.apache.samza.system.azureblob.AzureBlobSystemFactory"] = "Azure Blob Storage",
}
local GROUPER = "job.systemstreampartition.grouper.factory"
local ALL_TO_ONE = "org.apache.samza.container.grouper.stream.AllSspToSingleTaskGrouperFactory"
local BY_PARTITION = "org.apache.samza.container.grouper.stream.GroupByPartitionFactory"
local PASS = "pass their partitions with --partitions FILE"

local function factory_key(system)
	return ("systems.%s.samza.factory"):format(system)
end

local function mock_partitions(config, system)
	local key = ("systems.%s.partitions.per.stream"):format(system)
	local text = config:get(key)
	if not text then return MOCK_PARTITIONS end
	local count = text:find("^[+-]?%d+$") and math.tointeger(tonumber((text:gsub("^%+", ""))))
	if not count or count < 1 or count > 2147483647 then
		return config:fail(key, "config.integer", ('For input string: "%s"'):format(text), "write a number of partitions, 1 or more")
	end
	return count
end

local function check_kinesis(config, system)
	local grouper = config:get(GROUPER) or BY_PARTITION
	if grouper == ALL_TO_ONE then return true end
	local text = "Incorrect Grouper %s used for KinesisSystemConsumer %s. Please set the %s config to %s"
	return config:fail(GROUPER, "systems.kinesis-grouper", text:format(grouper, system, GROUPER, ALL_TO_ONE))
end

--- What kind of system an input comes from.
-- @tparam Config config
-- @tparam string system
-- @tparam table|nil facts reads `missing_system`
-- @tparam boolean|nil listed is there a snapshot that may list its streams? Then any class will do.
-- @treturn table|nil { kind = "kafka"|"fixed"|"snapshot", partitions = of each stream when fixed }
-- @treturn table|nil err
function M.kind(config, system, facts, listed)
	local key = factory_key(system)
	local class = config:get(key)
	if not class then
		local text = facts and facts.missing_system or "Cannot get metadata for unknown system: %s"
		return config:fail(key, "systems.unknown", text:format(system), ("define the system: %s=CLASS"):format(key))
	end
	if class:match("^%s*$") then
		local text = "A stream uses system %s, which is missing from the configuration."
		return config:fail(key, "systems.unknown", text:format(system), "name the factory class of the system")
	end
	if KAFKA[class] then return { kind = "kafka" } end
	if OUTPUT_ONLY[class] then
		local text = "%s is for output only, yet an input names system %s"
		return config:fail(key, "systems.output-only", text:format(OUTPUT_ONLY[class], system), "correct task.inputs")
	end
	if class == KINESIS then
		local ok, err = check_kinesis(config, system)
		if not ok then return nil, err end
	end
	if FIXED[class] then return { kind = "fixed", partitions = FIXED[class] } end
	if class == MOCK then
		local count, err = mock_partitions(config, system)
		if not count then return nil, err end
		return { kind = "fixed", partitions = count }
	end
	if listed then return { kind = "snapshot" } end
	local code, why = "systems.snapshot", SNAPSHOT[class]
	if not why then code, why = "systems.class", "no such class is built in: " .. class end
	return config:fail(key, code, ("the partitions of system %s are not known here: %s"):format(system, why), PASS)
end

--- The partitions of streams whose number follows from the configuration.
-- @tparam integer count as `kind` gives it
-- @tparam {string,...} streams sorted
-- @treturn table topics, as a Kafka lookup gives them, without leaders
function M.fixed(count, streams)
	local topics = {}
	for i, name in ipairs(streams) do
		local partitions = {}
		for id = 0, count - 1 do partitions[id + 1] = { id = id } end
		topics[i] = { name = name, partitions = partitions }
	end
	return topics
end

return M
