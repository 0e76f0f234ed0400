-- SPDX-License-Identifier: Apache-2.0
local config_object = require("samzak8s.config")
local intermediate = require("samzak8s.samza.intermediate")
local records = require("samzak8s.samza.job_records")
local strimzi = require("samzak8s.kubernetes.strimzi")
local topic_configs = require("samzak8s.samza.topic_configs")
local topic_drift = require("samzak8s.samza.topic_drift")
local topic_script = require("samzak8s.samza.topic_script")
local topics = require("samzak8s.samza.topics")
local versions = require("samzak8s.samza.versions")

local CHECKPOINTS = "org.apache.samza.checkpoint.kafka.KafkaCheckpointManagerFactory"

local function config(properties)
	local c = config_object.new()
	c:set("job.name", "page_views", { file = "job.properties" })
	for key, value in next, properties do c:set(key, value, { file = "job.properties" }) end
	return c
end

local function text(configs)
	local parts = {}
	for i, entry in ipairs(configs) do parts[i] = entry[1] .. "=" .. entry[2] end
	table.sort(parts)
	return table.concat(parts, " ")
end

-- The settings of the topic of a kind.
local function settings(kind, version, properties)
	local c, facts = config(properties), versions.facts(version)
	for _, topic in ipairs(topics.wanted(c, facts, 4)) do
		if topic.kind == kind then
			local configs, err = topic_configs(topic, c, facts)
			return configs and text(configs), err
		end
	end
end

local function store(more)
	local properties = { ["stores.s.factory"] = "x", ["stores.s.changelog"] = "kafka.log" }
	for key, value in next, more or {} do properties[key] = value end
	return properties
end

describe("settings of a changelog", function()
	local expected = {
		["0.9.1"] = "cleanup.policy=compact segment.bytes=536870912",
		["0.12.0"] = "cleanup.policy=compact segment.bytes=536870912",
		["0.13.0"] = "cleanup.policy=compact delete.retention.ms=86400000 segment.bytes=536870912",
		["1.2.0"] = "cleanup.policy=compact delete.retention.ms=86400000 segment.bytes=536870912",
		["1.4.0"] = "cleanup.policy=compact delete.retention.ms=86400000 max.message.bytes=1000012 segment.bytes=536870912",
		["1.5.0"] = "cleanup.policy=compact delete.retention.ms=86400000 max.message.bytes=1000012 min.compaction.lag.ms=14400000 segment.bytes=536870912",
	}
	for version, wanted in next, expected do
		it("are those of " .. version, function() assert.equal(wanted, (settings("changelog", version, store()))) end)
	end
	it("follow a time to live, which 1.4.0 takes only when it is not negative", function()
		local function with(version, ttl) return (settings("changelog", version, store { ["stores.s.rocksdb.ttl.ms"] = ttl })) end
		assert.truthy(with("0.14.1", "7200000"):find("cleanup.policy=compact", 1, true))
		assert.equal("cleanup.policy=delete delete.retention.ms=86400000 retention.ms=7200000 segment.bytes=536870912", with("1.0.0", "7200000"))
		assert.truthy(with("1.3.0", "-1"):find("retention.ms=-1", 1, true))
		assert.truthy(with("1.4.0", "-1"):find("cleanup.policy=compact", 1, true))
	end)
	it("are overridden by any setting of Kafka, but for one", function()
		local key = "stores.s.changelog.kafka."
		assert.equal("cleanup.policy=compact max.compaction.lag.ms=9 segment.bytes=1", (settings("changelog", "0.9.1",
			store { [key .. "segment.bytes"] = "1", [key .. "max.compaction.lag.ms"] = "9" })))
		local _, err = settings("changelog", "1.8.0", store { [key .. "min.compaction.lag.ms"] = "1" })
		assert.equal("topics.config", err.code)
		assert.equal("set stores.s.changelog.min.compaction.lag.ms", err.hint)
	end)
	it("keep records for transactional restore, unless standby tasks or asynchronous commits turn it off", function()
		local function lag(version, more) return settings("changelog", version, store(more)):match("min.compaction.lag.ms=(%d+)") end
		assert.equal("14400000", lag("1.3.1", { ["task.transactional.state.restore.enabled"] = "true" }))
		assert.is_nil(lag("1.8.0", { ["task.transactional.state.restore.enabled"] = "false" }))
		assert.is_nil(lag("1.8.0", { ["job.standbytasks.replication.factor"] = "2" }))
		assert.is_nil(lag("1.8.0", { ["task.async.commit"] = "true" }))
		assert.equal("5", lag("1.8.0", { ["stores.s.changelog.min.compaction.lag.ms"] = "5" }))
	end)
	it("of a batch job expire in 0.14.0 only", function()
		assert.truthy(settings("changelog", "0.14.0", store { ["app.mode"] = "BATCH" }):find("cleanup.policy=compact,delete", 1, true))
		assert.truthy(settings("changelog", "0.14.1", store { ["app.mode"] = "BATCH" }):find("cleanup.policy=compact ", 1, true))
	end)
	it("must be numbers", function()
		local _, err = settings("changelog", "1.8.0", store { ["stores.s.changelog.delete.retention.ms"] = "1 day" })
		assert.equal("stores.s.changelog.delete.retention.ms", err.key)
	end)
end)

describe("settings of checkpoint topic and coordinator stream", function()
	it("take the defaults of their system from 0.13", function()
		local more = { ["task.checkpoint.factory"] = CHECKPOINTS, ["task.checkpoint.system"] = "k", ["job.coordinator.system"] = "k",
			["systems.k.default.stream.segment.bytes"] = "7", ["systems.k.default.stream.max.message.bytes"] = "8" }
		assert.equal("cleanup.policy=compact segment.bytes=26214400", (settings("checkpoint", "0.12.0", more)))
		assert.equal("cleanup.policy=compact segment.bytes=7", (settings("checkpoint", "0.13.0", more)))
		assert.equal("cleanup.policy=compact max.message.bytes=8 segment.bytes=7", (settings("checkpoint", "1.3.0", more)))
		assert.equal("cleanup.policy=compact segment.bytes=26214400", (settings("coordinator", "0.12.0", more)))
		assert.equal("cleanup.policy=compact segment.bytes=7", (settings("coordinator", "1.8.0", more)))
	end)
	it("up to 0.12 the coordinator stream takes those of the checkpoint topic", function()
		local more = { ["job.coordinator.system"] = "k", ["task.checkpoint.segment.bytes"] = "5" }
		assert.equal("cleanup.policy=compact segment.bytes=5", (settings("coordinator", "0.12.0", more)))
		assert.equal("cleanup.policy=compact segment.bytes=26214400", (settings("coordinator", "0.13.0", more)))
	end)
end)

describe("intermediate streams", function()
	it("are those that the properties declare, from 0.13", function()
		local c = config { ["streams.p-1.samza.intermediate"] = "true", ["streams.p-1.samza.system"] = "k", ["streams.p-1.samza.physical.name"] = "phys",
			["streams.p-1.retention.ms"] = "9", ["streams.p-1.samza.key"] = "x", ["streams.in.samza.system"] = "k" }
		assert.same({}, intermediate.declared(c, versions.facts("0.12.0")))
		local facts = versions.facts("1.8.0")
		local found = intermediate.declared(c, facts)
		assert.equal(1, #found)
		assert.same({ "k", "phys", 2 }, { found[1].system, found[1].topic, found[1].replication.value })
		assert.equal("retention.ms=9", text(topic_configs(found[1], c, facts)))
	end)
	it("have the partitions of the largest input, 256 at most, or those that are given", function()
		assert.equal(12, intermediate.partitions(config {}, 12))
		assert.equal(256, intermediate.partitions(config {}, 1000))
		assert.equal(7, intermediate.partitions(config { ["job.intermediate.stream.partitions"] = "7" }, 12))
		assert.is_nil(intermediate.partitions(config { ["job.intermediate.stream.partitions"] = "0" }, 12))
	end)
end)

local function model(...)
	local tasks = {}
	for i, name in ipairs { ... } do tasks[i] = { name = name, changelog = i - 1, partitions = { { system = "kafka", stream = "a", partition = i - 1 } } } end
	return { containers = { { id = "0", tasks = tasks } } }
end

local EMPTY = { config = {}, containers = {}, modes = {}, migrated = false }

local function written(version, c, stored, read)
	return records.coordinator(c, versions.facts(version), model("Partition 0"), {}, stored or EMPTY, read or { keys = {}, values = {} }, 1500000000000)
end

describe("records", function()
	it("are Samza's to the byte", function()
		local found = {}
		for _, entry in ipairs(written("1.8.0", config { ["odd\t\"\\\1\127/\u{2028}"] = "Grüße\n" })) do found[entry.key] = entry.value end
		assert.same({
			['[1,"set-config","job.name"]'] = '{"host":"","source":"job-runner","values":{"value":"page_views"},"username":"samzak8s","timestamp":1500000000000}',
			['[1,"set-config","odd\\t\\"\\\\\\u0001\127/\u{2028}"]'] = '{"host":"","source":"job-runner","values":{"value":"Grüße\\n"},"username":"samzak8s","timestamp":1500000000000}',
			['[1,"set-task-container-assignment","Partition 0"]'] = '{"host":"","source":"SamzaContainer","values":{"containerId":"0"},"username":"samzak8s","timestamp":1500000000000}',
			['[1,"set-task-mode-assignment","Partition 0"]'] = '{"host":"","source":"SamzaContainer","values":{"taskMode":"Active"},"username":"samzak8s","timestamp":1500000000000}',
			['[1,"set-task-partition-assignment","{\\"system\\":\\"kafka\\",\\"partition\\":0,\\"stream\\":\\"a\\",\\"keyBucket\\":-1}"]'] =
				'{"host":"","source":"SamzaContainer","values":{"taskNames":"[\\"Partition 0\\"]"},"username":"samzak8s","timestamp":1500000000000}',
			['[1,"set-changelog","Partition 0"]'] = '{"host":"","source":"SamzaContainer","values":{"Partition":"0"},"username":"samzak8s","timestamp":1500000000000}',
		}, found)
	end)
	it("come with each release's types, in an order that an interruption leaves well", function()
		local function kinds(version, properties)
			local list = {}
			for _, entry in ipairs(written(version, config(properties or {}))) do list[#list + 1] = entry.kind:gsub("^set%-", "") end
			return table.concat(list, " ")
		end
		assert.equal("config changelog", kinds("0.10.0"))
		assert.equal("config task-container-assignment changelog", kinds("0.10.1"))
		assert.equal("config changelog", kinds("0.14.1"))
		assert.equal("config config task-container-assignment changelog", kinds("0.14.1", { ["job.host-affinity.enabled"] = "true" }))
		assert.equal("config task-container-assignment task-mode-assignment task-partition-assignment changelog", kinds("1.1.0"))
		assert.equal("config config migration-info task-container-assignment changelog", kinds("0.10.1", { ["task.checkpoint.factory"] = CHECKPOINTS }))
	end)
	it("delete config that is gone, but for what Samza itself keeps, and tasks that are gone", function()
		local c = config { ["job.autosizing.enabled"] = "true", ["yarn.am.high-availability.enabled"] = "true" }
		local stored = { config = { old = "x", ["job.autosizing.container.count"] = "4", ["yarn.am.tracking.url"] = "u" }, containers = { gone = "0" }, modes = { gone = "Active" } }
		local function deleted(version)
			local list = {}
			for _, entry in ipairs(written(version, c, stored)) do
				if not entry.value then list[#list + 1] = entry.id end
			end
			return table.concat(list, " ")
		end
		assert.equal("old gone gone", deleted("1.6.0"))
		assert.equal("old yarn.am.tracking.url gone gone", deleted("1.4.0"))
		assert.equal("job.autosizing.container.count old yarn.am.tracking.url gone gone", deleted("1.3.0"))
	end)
	it("are not written again, unless another key overrides them", function()
		local c = config {}
		local first = written("0.10.0", c)
		local read = { keys = {}, values = {} }
		for i, entry in ipairs(first) do read.keys[i], read.values[i] = entry.key, entry.value end
		assert.same({}, written("0.10.0", c, { config = { ["job.name"] = "page_views" }, containers = {}, modes = {} }, read))
		assert.equal(1, #written("0.10.0", c, { config = { ["job.name"] = "other" }, containers = {}, modes = {} }, read))
	end)
	it("of 0.9 are one mapping, in the order of Java's map", function()
		local found = records.mapping(model("Partition 0", "Partition 1", "Partition 2", "Partition 3"), { gone = 9 })
		assert.equal('{"type":"changelog-partition-mapping"}', found[1].key)
		assert.truthy(found[1].value:find('"gone":9', 1, true))
		found = records.mapping(model("Partition 0", "Partition 1", "Partition 2", "Partition 3"), {})
		assert.equal('{"Partition 1":1,"Partition 0":0,"Partition 3":3,"Partition 2":2}', found[1].value)
		assert.same({}, records.mapping(model("a", "b"), {}, { a = 0, b = 1, gone = 7 }))
	end)
	it("of a coordinator are told from ours, from those of containers, and from what is no message", function()
		local read = { offsets = { 3, 4, 5, 6 }, keys = { '[1,"set-config","a"]', '[1,"set-changelog","b"]', '[1,"set-container-host-assignment","0"]', "x" },
			values = { '{"values":{},"timestamp":5,"username":"root"}', '{"values":{},"timestamp":6,"username":"samzak8s"}', false, false } }
		assert.same({ offset = 3, kind = "set-config", timestamp = 5 }, records.last(read, 0, true))
		assert.same({ offset = 4, kind = "set-changelog", timestamp = 6 }, records.last(read, 0, false))
		assert.is_nil(records.last(read, 5, false))
	end)
end)

local TOPIC = { kind = "changelog", system = "kafka", topic = "__a_b", key = "stores.s.changelog", partitions = 4, replication = { value = 3, key = "r" },
	configs = { { "cleanup.policy", "compact,delete" }, { "segment.bytes", "5" } } }

describe("topics for others to make", function()
	it("are KafkaTopic resources with names that objects can have", function()
		local resources = strimzi({ TOPIC, setmetatable({ topic = "plain.topic", configs = {} }, { __index = TOPIC }) }, { namespace = "kafka" })
		assert.same({ apiVersion = "kafka.strimzi.io/v1beta2", kind = "KafkaTopic", metadata = { name = "a-b-" .. resources[1].metadata.name:sub(-6), namespace = "kafka",
			labels = { ["strimzi.io/cluster"] = "kafka" } }, spec = { topicName = "__a_b", partitions = 4, replicas = 3,
			config = { ["cleanup.policy"] = "compact,delete", ["segment.bytes"] = 5 } } }, resources[1])
		assert.equal("plain.topic", resources[2].metadata.name)
		local long = strimzi({ setmetatable({ topic = ("_"):rep(249) }, { __index = TOPIC }), setmetatable({ topic = ("a_"):rep(124) }, { __index = TOPIC }) }, {})
		for _, resource in ipairs(long) do
			assert.truthy(resource.metadata.name:find("^[a-z0-9][a-z0-9.-]*[a-z0-9]$"), resource.metadata.name)
			assert.is_true(#resource.metadata.name <= 253)
		end
	end)
	it("are commands of a shell script, quoted where they must be", function()
		local odd = setmetatable({ configs = { { "x", "it's; rm" } } }, { __index = TOPIC })
		local script = topic_script({ odd }, { name = "a\nb", version = "1.8.0" }, function() return "h:1,i:2", nil end)
		assert.truthy(script:find("# The topics of Samza job a b, for", 1, true))
		assert.truthy(script:find("--config 'x=it'\\''s; rm'\n", 1, true))
		assert.truthy(script:find("AT_kafka=${AT_kafka:---bootstrap-server h:1,i:2}\n", 1, true))
	end)
end)

describe("a topic that is there", function()
	local function findings(version, topic, found, job)
		local list = {}
		job = setmetatable(job or {}, { __index = { config = config(store()), facts = versions.facts(version) } })
		topic_drift.check(setmetatable({}, { __index = topic }), found, { broker_count = 3 }, job, function(level, err)
			list[#list + 1] = ("%s %s %s"):format(level, err.code, err.hint or "")
		end)
		return list
	end
	it("may say its policy in another order", function()
		assert.same({}, findings("1.8.0", TOPIC, { partitions = 4, replicas = 3, settings = { ["cleanup.policy"] = "delete, compact", ["segment.bytes"] = "5" } }))
	end)
	it("may be larger than needed up to 0.12", function()
		assert.same({ "note topics.partitions " }, findings("0.12.0", TOPIC, { partitions = 8, replicas = 3 }))
		assert.equal(1, #findings("0.13.0", TOPIC, { partitions = 8, replicas = 3 }))
	end)
	it("is never to be grown where tasks stay when inputs grow", function()
		local found = { partitions = 2, replicas = 3 }
		assert.truthy(findings("1.3.1", TOPIC, found)[1]:find("grow it to 4 partitions", 1, true))
		assert.truthy(findings("1.4.0", TOPIC, found)[1]:find("do not grow it yet", 1, true))
		assert.truthy(findings("1.4.0", TOPIC, found, { inputs_known = true })[1]:find("grow it to 4 partitions", 1, true))
		assert.truthy(findings("1.4.0", TOPIC, found, { is_new = true })[1]:find("delete it", 1, true))
	end)
	it("does not help a container that makes it, when there are too few brokers", function()
		local many = setmetatable({ replication = { value = 4, key = "r" } }, { __index = TOPIC })
		local found = { partitions = 4, replicas = 4 }
		assert.same({ "error topics.replication set r to 3 or less" }, findings("0.9.1", many, found))
		assert.same({}, findings("0.10.0", many, found))
	end)
end)
