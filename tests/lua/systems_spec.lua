-- SPDX-License-Identifier: Apache-2.0
local fake_config = require("support.fake_config")
local systems = require("samzak8s.samza.systems")
local versions = require("samzak8s.samza.versions")

local function kind(class, more, listed, release)
	local properties = { ["systems.s.samza.factory"] = class }
	for key, value in pairs(more or {}) do properties[key] = value end
	return systems.kind(fake_config(properties), "s", versions.facts(release or "0.9.1"), listed)
end

local function refused(code, key, message, class, more)
	local found, err = kind(class, more)
	assert.is_nil(found)
	assert.same({ code, key, message }, { err.code, err.key, err.message })
end

local FACTORY = "systems.s.samza.factory"
local O = "org.apache.samza."

describe("systems.kind", function()
	it("knows both Kafka factories", function()
		assert.same({ kind = "kafka" }, kind(O .. "system.kafka.KafkaSystemFactory"))
		assert.same({ kind = "kafka" }, kind(O .. "system.kafka_deprecated.KafkaSystemFactory"))
	end)
	it("knows systems with a fixed number of partitions", function()
		for _, class in ipairs { "samza.examples.wikipedia.system.WikipediaSystemFactory", O .. "system.filereader.FileReaderSystemFactory",
			O .. "tools.ConsoleLoggingSystemFactory", O .. "sql.client.impl.CliLoggingSystemFactory" } do
			assert.same({ kind = "fixed", partitions = 1 }, kind(class))
		end
		local mock = O .. "system.mock.MockSystemFactory"
		assert.same({ kind = "fixed", partitions = 4 }, kind(mock))
		assert.same({ kind = "fixed", partitions = 7 }, kind(mock, { ["systems.s.partitions.per.stream"] = "+07" }))
		refused("config.integer", "systems.s.partitions.per.stream", 'For input string: "many"', mock, { ["systems.s.partitions.per.stream"] = "many" })
		refused("config.integer", "systems.s.partitions.per.stream", 'For input string: "0"', mock, { ["systems.s.partitions.per.stream"] = "0" })
	end)
	it("sends systems that only a snapshot can tell to --partitions", function()
		local hdfs = O .. "system.hdfs.HdfsSystemFactory"
		refused("systems.snapshot", FACTORY, "the partitions of system s are not known here: HDFS is not asked", hdfs)
		refused("systems.class", FACTORY, "the partitions of system s are not known here: no such class is built in: a.B", "a.B")
		assert.same({ kind = "snapshot" }, kind(hdfs, nil, true))
		assert.same({ kind = "snapshot" }, kind("a.B", nil, true))
	end)
	it("refuses systems that are for output only", function()
		refused("systems.output-only", FACTORY, "Elasticsearch is for output only, yet an input names system s",
			O .. "system.elasticsearch.ElasticsearchSystemFactory")
		refused("systems.output-only", FACTORY, "Azure Blob Storage is for output only, yet an input names system s",
			O .. "system.azureblob.AzureBlobSystemFactory")
	end)
	it("keeps Kinesis to one task, snapshot or not", function()
		local class, key = O .. "system.kinesis.KinesisSystemFactory", "job.systemstreampartition.grouper.factory"
		local all = O .. "container.grouper.stream.AllSspToSingleTaskGrouperFactory"
		local _, err = kind(class, nil, true)
		assert.equal("Incorrect Grouper " .. O .. "container.grouper.stream.GroupByPartitionFactory used for KinesisSystemConsumer s. "
			.. "Please set the " .. key .. " config to " .. all, err.message)
		assert.equal(key, err.key)
		assert.same({ kind = "snapshot" }, kind(class, { [key] = all }, true))
		refused("systems.snapshot", FACTORY, "the partitions of system s are not known here: Kinesis is not asked", class, { [key] = all })
	end)
	it("says in each release's words that a system is not defined", function()
		refused("systems.unknown", FACTORY, "Cannot get metadata for unknown system: s", nil)
		local _, err = kind(nil, nil, false, "0.14.1")
		assert.equal("Cannot get systemAdmin for system s", err.message)
		refused("systems.unknown", FACTORY, "A stream uses system s, which is missing from the configuration.", " ")
	end)
end)

describe("systems.fixed", function()
	it("numbers partitions from 0", function()
		assert.same({ { name = "a", partitions = { { id = 0 }, { id = 1 } } } }, systems.fixed(2, { "a" }))
	end)
end)
