-- SPDX-License-Identifier: Apache-2.0
local connection = require("samzak8s.samza.connection")
local fake_config = require("support.fake_config")
local versions = require("samzak8s.samza.versions")

local function context(release, options)
	local c = { facts = versions.facts(release or "0.9.1"), options = options or {}, warnings = {} }
	function c.warn(err) table.insert(c.warnings, err) end
	return c
end

local function setting(settings, name)
	local value
	for _, pair in ipairs(settings) do
		if pair[1] == name then value = pair[2] end
	end
	return value
end

local C, P = "systems.k.consumer.", "systems.k.producer."
local ZK = C .. "zookeeper.connect"

describe("connection.brokers", function()
	it("prefers the consumer's brokers, then the producer's, then the old list", function()
		local c = context("1.8.0")
		local all = { [C .. "bootstrap.servers"] = "a:1", [P .. "bootstrap.servers"] = "b:1", [P .. "metadata.broker.list"] = "c:1" }
		assert.equal("a:1", connection.brokers(fake_config(all), "k", c))
		all[C .. "bootstrap.servers"] = nil
		assert.equal("b:1", connection.brokers(fake_config(all), "k", c))
		assert.same({}, c.warnings)
		all[P .. "bootstrap.servers"] = nil
		assert.equal("c:1", connection.brokers(fake_config(all), "k", c))
		assert.equal("kafka.broker-list", c.warnings[1].code)
		assert.equal("producer.metadata.broker.list is deprecated", c.warnings[1].message)
	end)
	it("trims items and strips a protocol", function()
		assert.equal("a:1,b:9092,[::1]:3", connection.brokers(fake_config {
			[C .. "bootstrap.servers"] = " a:1 ,, PLAINTEXT://b:9092, SASL_SSL://[::1]:3 ," }, "k", context("1.8.0")))
	end)
	for _, item in ipairs { "a", "a:", ":1", "a:x", "a:0", "a:65536", "a:99999999999", "::1:9", "a b:1", "a:1/x" } do
		it("refuses the item " .. item, function()
			local found, err = connection.brokers(fake_config { [C .. "bootstrap.servers"] = "ok:1," .. item }, "k", context())
			assert.is_nil(found)
			assert.equal("kafka.bootstrap-servers", err.code)
			assert.equal("Invalid url in bootstrap.servers: " .. item, err.message)
			assert.equal("job.properties:1", err.source)
			assert.equal(C .. "bootstrap.servers", err.key)
		end)
	end
	it("refuses a list without a broker", function()
		local _, err = connection.brokers(fake_config { [C .. "bootstrap.servers"] = " , " }, "k", context())
		assert.equal("no broker is named", err.message)
	end)
	it("says in each release's words that none are configured", function()
		local _, err = connection.brokers(fake_config {}, "k", context("0.14.1"))
		assert.equal("No bootstrap servers defined in config for k.", err.message)
		assert.equal(P .. "bootstrap.servers", err.key)
		_, err = connection.brokers(fake_config {}, "k", context("1.0.0"))
		assert.equal("Missing bootstrap.servers config  for k", err.message)
		assert.equal(C .. "bootstrap.servers", err.key)
	end)
	it("warns when the release would ask other brokers", function()
		local c = context("0.9.1")
		connection.brokers(fake_config { [C .. "bootstrap.servers"] = "a:1", [P .. "bootstrap.servers"] = "b:1" }, "k", c)
		assert.equal("Samza 0.9.1 reads systems.k.producer.bootstrap.servers instead, which names other brokers", c.warnings[1].message)
	end)
end)

describe("connection.source", function()
	local both = { [C .. "bootstrap.servers"] = "a:1", [ZK] = "z" }
	it("is Kafka where brokers are named, else ZooKeeper, or what --from says", function()
		assert.equal("kafka", connection.source(fake_config(both), "k", context()))
		assert.equal("zookeeper", connection.source(fake_config { [ZK] = "z" }, "k", context()))
		assert.equal("zookeeper", connection.source(fake_config(both), "k", context(nil, { from = "zookeeper" })))
		local _, err = connection.source(fake_config {}, "k", context())
		assert.equal("kafka.bootstrap-missing", err.code)
	end)
end)

describe("connection.zookeeper", function()
	it("checks the connect string", function()
		assert.equal("a:1,b/k", connection.zookeeper(fake_config { [ZK] = "a:1,b/k" }, "k"))
		local _, err = connection.zookeeper(fake_config { [ZK] = "a/k/" }, "k")
		assert.same({ "zookeeper.config", ZK, "job.properties:1", "the path /k/ ends with a slash or has an empty part" },
			{ err.code, err.key, err.source, err.message })
		_, err = connection.zookeeper(fake_config {}, "k")
		assert.equal("no zookeeper.connect defined in config", err.message)
	end)
end)

describe("connection.client_id", function()
	it("has the form of the release", function()
		local config = fake_config { ["job.name"] = "my-job_é", ["job.id"] = "2.b" }
		assert.equal("samza_admin-my_job___-2_b", connection.client_id(config, versions.facts("0.14.1")))
		assert.equal("kafka_admin_consumer-my_job___-2_b", connection.client_id(config, versions.facts("1.8.0")))
		assert.matches("^samza_admin%-j%-1%-%d+%-0$", connection.client_id(fake_config { ["job.name"] = "j" }, versions.facts("0.9.1")))
	end)
end)

describe("connection.find", function()
	local function find(properties, release, options)
		local full = { ["job.name"] = "j" }
		for name, value in pairs(properties) do full[C .. name] = value end
		return connection.find(fake_config(full), "k", context(release, options))
	end
	it("never creates topics, clamps numbers, and lets -X have the last word", function()
		local found = find({ ["bootstrap.servers"] = "a:1", ["request.timeout.ms"] = "305000", ["receive.buffer.bytes"] = "-1" },
			"1.8.0", { x = { { "client.id", "me" }, { "debug", "broker" } } })
		assert.same({ "kafka", "a:1", C .. "bootstrap.servers" }, { found.kind, found.brokers, found.key })
		local settings = found.settings
		assert.equal("false", setting(settings, "allow.auto.create.topics"))
		assert.equal("300000", setting(settings, "socket.timeout.ms"))
		assert.equal("0", setting(settings, "socket.receive.buffer.bytes"))
		assert.equal("PLAINTEXT", setting(settings, "security.protocol"))
		assert.equal("me", setting(settings, "client.id"))
		assert.equal("broker", setting(settings, "debug"))
	end)
	it("takes brokers from -X where the properties have none", function()
		local found = find({}, nil, { x = { { "bootstrap.servers", "x:9" } } })
		assert.same({ "kafka", "x:9" }, { found.kind, found.brokers })
	end)
	it("refuses a number that is none", function()
		local found, err = find { ["bootstrap.servers"] = "a:1", ["retry.backoff.ms"] = "soon" }
		assert.is_nil(found)
		assert.same({ "config.integer", C .. "retry.backoff.ms" }, { err.code, err.key })
	end)
	it("finds ZooKeeper", function()
		assert.same({ kind = "zookeeper", connect = "z/k", key = ZK }, (find { ["zookeeper.connect"] = "z/k" }))
		local found, err = find({ ["bootstrap.servers"] = "a:1" }, nil, { from = "zookeeper" })
		assert.is_nil(found)
		assert.same({ "zookeeper.connect-missing", ZK }, { err.code, err.key })
	end)
end)
