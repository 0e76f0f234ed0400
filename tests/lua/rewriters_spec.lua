-- SPDX-License-Identifier: Apache-2.0
local policies = require("support.policies")
local rewriters = require("samzak8s.samza.rewriters")
local system = require("samzak8s.native.system")

local CLASS = "org.apache.samza.config."
local directory, environ = nil, system.environ

local function setup_topics(topics)
	local items = {}
	for name, count in pairs(topics) do items[#items + 1] = ('"%s":%d'):format(name, count) end
	directory = policies.directory { ["snapshot.json"] = ('{"systems":{"kafka":{"topics":{%s}}}}'):format(table.concat(items, ",")) }
end

local TOPICS = { ["orders-eu"] = 2, ["orders-us"] = 1, orders = 4, __consumer_offsets = 50 }

--- Run the rewriters of a job with the topic generator `r` and these properties more (false removes one).
local function rewrite(properties, release)
	local raw = { ["job.config.rewriters"] = "r", ["job.config.rewriter.r.class"] = CLASS .. "RegExTopicGenerator",
		["job.config.rewriter.r.regex"] = "orders-.*", ["job.config.rewriter.r.system"] = "kafka",
		["systems.kafka.samza.factory"] = "org.apache.samza.system.kafka.KafkaSystemFactory" }
	for key, value in pairs(properties or {}) do raw[key] = value or nil end
	local context = policies.context(release or "1.8.0", { options = { partitions = directory .. "/snapshot.json" } })
	local config, err = rewriters.apply(policies.config(raw), context)
	return config, err, context
end

describe("config rewriters", function()
	before_each(function() setup_topics(TOPICS) end)
	after_each(function()
		policies.remove(directory)
		system.environ = environ
	end)

	it("leave a job alone that has none", function()
		local config = policies.config { ["job.name"] = "a" }
		assert.equal(config, rewriters.apply(config, policies.context()))
	end)

	it("work on a copy", function()
		local original = policies.config { ["job.config.rewriters"] = "e", ["job.config.rewriter.e.class"] = CLASS .. "EnvironmentConfigRewriter" }
		system.environ = function() return { SAMZA_A_B = "c" } end
		local config = assert(rewriters.apply(original, policies.context("1.8.0")))
		assert.equal("c", config:get("a.b"))
		assert.is_nil(original:get("a.b"))
	end)

	it("run from left to right, names untrimmed", function()
		local _, err = rewrite { ["job.config.rewriters"] = "r, r" }
		assert.equal("Unable to find class config for config rewriter  r.", err.message)
		assert.equal("names are not trimmed: write no blanks around commas", err.hint)
		_, err = rewrite { ["job.config.rewriters"] = "" }
		assert.equal("Unable to find class config for config rewriter .", err.message)
		assert.is_truthy(rewrite { ["job.config.rewriters"] = "," })
	end)

	it("take a class that an earlier rewriter set, from 1.3", function()
		system.environ = function() return { SAMZA_JOB_CONFIG_REWRITER_R_CLASS = CLASS .. "RegExTopicGenerator" } end
		local properties = { ["job.config.rewriters"] = "e,r", ["job.config.rewriter.e.class"] = CLASS .. "EnvironmentConfigRewriter",
			["job.config.rewriter.r.class"] = false }
		assert.equal("kafka.orders-eu,kafka.orders-us", rewrite(properties, "1.3.0"):get("task.inputs"))
		local _, err = rewrite(properties, "1.2.0")
		assert.equal("Unable to find class config for config rewriter r.", err.message)
	end)

	it("of somebody's own are refused, unless skipped", function()
		local _, err = rewrite { ["job.config.rewriter.r.class"] = "com.acme.Mine" }
		assert.equal("samza.rewriter", err.code)
		assert.equal("com.acme.Mine of rewriter r cannot be run here: it is Java code", err.message)
		local config, _, context = rewrite { ["job.config.rewriter.r.class"] = "com.acme.Mine", ["kubernetes.rewriters.skip"] = "r" }
		assert.is_nil(config:get("task.inputs"))
		assert.equal("rewriter r (com.acme.Mine) is left out, as you asked for", context.notes[1].message)
		_, err = rewrite { ["kubernetes.rewriters.skip"] = "s" }
		assert.equal("'s' is no rewriter of this job", err.message)
	end)
end)

describe("RegExTopicGenerator", function()
	before_each(function() setup_topics(TOPICS) end)
	after_each(function()
		policies.remove(directory)
		system.environ = environ
	end)

	it("makes inputs of the topics whose whole name matches, sorted, beside those that are listed", function()
		local config = rewrite { ["task.inputs"] = "kafka.z, kafka.a" }
		assert.equal("kafka.a,kafka.orders-eu,kafka.orders-us,kafka.z", config:get("task.inputs"))
		assert.equal("rewriter r", config:source("task.inputs"))
	end)

	it("takes internal topics as well", function()
		assert.equal("kafka.__consumer_offsets,kafka.orders,kafka.orders-eu,kafka.orders-us",
			rewrite({ ["job.config.rewriter.r.regex"] = ".*" }):get("task.inputs"))
	end)

	it("leaves an empty list when nothing matches", function()
		assert.equal("", rewrite({ ["job.config.rewriter.r.regex"] = "x" }):get("task.inputs"))
	end)

	it("configures each topic, without overriding", function()
		local config = rewrite { ["job.config.rewriter.r.config.samza.offset.default"] = "oldest",
			["systems.kafka.streams.orders-us.samza.offset.default"] = "upcoming" }
		assert.equal("oldest", config:get("systems.kafka.streams.orders-eu.samza.offset.default"))
		assert.equal("rewriter r", config:source("systems.kafka.streams.orders-eu.samza.offset.default"))
		assert.equal("upcoming", config:get("systems.kafka.streams.orders-us.samza.offset.default"))
	end)

	it("wants a regex, then a system", function()
		local _, err = rewrite { ["job.config.rewriter.r.regex"] = false, ["job.config.rewriter.r.system"] = false }
		assert.equal("No job.config.rewriter.%s.regex defined in config", err.message)
		_, err = rewrite { ["job.config.rewriter.r.system"] = false }
		assert.equal("No system defined for r.", err.message)
	end)

	it("refuses a topic that is listed already up to 0.14.1, and warns since", function()
		local text = "Regex 'orders-.*' matches existing, statically defined input SystemStream [system=kafka, stream=orders-us]."
		local _, err = rewrite({ ["task.inputs"] = "kafka.orders-us" }, "0.14.1")
		assert.equal(text, err.message)
		local config, _, context = rewrite({ ["task.inputs"] = "kafka.orders-us" }, "1.0.0")
		assert.equal("kafka.orders-eu,kafka.orders-us", config:get("task.inputs"))
		assert.equal(1, #context.warnings)
		assert.equal(text, context.warnings[1].message)
	end)

	it("compiles its regex only when there is a topic to match", function()
		local _, err = rewrite { ["job.config.rewriter.r.regex"] = "a{" }
		assert.equal("regex.syntax", err.code)
		assert.equal("java regex 'a{': character 2: { that is no quantifier", err.message)
		assert.equal("job.config.rewriter.r.regex", err.key)
		policies.remove(directory)
		setup_topics({})
		assert.equal("", rewrite({ ["job.config.rewriter.r.regex"] = "a{" }):get("task.inputs"))
	end)

	it("checks the inputs that are listed", function()
		local _, err = rewrite { ["task.inputs"] = "orders" }
		assert.equal("No '.' in stream name 'orders'. Stream names should be in the form 'system.stream'", err.message)
	end)

	it("cannot list a system that has no listing", function()
		local _, err = rewrite { ["systems.kafka.samza.factory"] = "samza.examples.wikipedia.system.WikipediaSystemFactory" }
		assert.equal("samza.rewriter-system", err.code)
		assert.equal("system kafka cannot list its streams", err.message)
	end)

	it("runs again in the coordinator: not before 1.3, for the inputs alone to 1.4, then for the config", function()
		system.environ = function() return { SAMZA_TASK_INPUTS = "kafka.orders" } end
		local properties = { ["job.config.rewriters"] = "r,e", ["job.config.rewriter.e.class"] = CLASS .. "EnvironmentConfigRewriter" }
		local function run(release)
			local config = rewrite(properties, release)
			return { config:get("task.inputs"), config.inputs }
		end
		assert.same({ "kafka.orders" }, run("1.2.0"))
		assert.same({ "kafka.orders", "kafka.orders,kafka.orders-eu,kafka.orders-us" }, run("1.4.0"))
		assert.same({ "kafka.orders,kafka.orders-eu,kafka.orders-us" }, run("1.5.0"))
	end)
end)

describe("EnvironmentConfigRewriter", function()
	local function run(environment, properties, release)
		system.environ = function() return environment end
		local raw = { ["job.config.rewriters"] = "e", ["job.config.rewriter.e.class"] = CLASS .. "EnvironmentConfigRewriter" }
		for key, value in pairs(properties or {}) do raw[key] = value end
		local context = policies.context(release or "0.10.0")
		local config, err = rewriters.apply(policies.config(raw), context)
		return config, err, context
	end
	after_each(function() system.environ = environ end)

	it("turns SAMZA_A_B into a.b, over what the config says", function()
		local config, _, context = run({ SAMZA_FOO_BAR = "1", SAMZA_A__B = "", SAMZA__X = "x", ["SAMZA_C-D"] = "y", samza_no = "n", PATH = "p" }, { ["foo.bar"] = "0" })
		assert.same({ "1", "", "x", "y" }, { config:get("foo.bar"), config:get("a..b"), config:get(".x"), config:get("c-d") })
		assert.is_nil(config:get("no"))
		assert.equal("rewriter e: SAMZA_FOO_BAR", config:source("foo.bar"))
		assert.equal("taken from the environment: .x, a..b, c-d, foo.bar", context.notes[1].message)
	end)

	it("never says a value", function()
		local _, _, context = run { SAMZA_SENSITIVE_A = "hunter22" }
		assert.is_nil(context.notes[1].message:find("hunter22", 1, true))
	end)

	it("refuses a property in mixed case", function()
		local _, err = run({ SAMZA_FOO_BAR = "1" }, { ["foo.Bar"] = "0" })
		assert.equal("Can't override property from environment with mixed case: foo.Bar", err.message)
	end)

	it("refuses a variable without a name, and text that is no UTF-8", function()
		local _, err = run { SAMZA_ = "1" }
		assert.equal("samza.environment", err.code)
		_, err = run { SAMZA_A = "\xFF" }
		assert.equal("SAMZA_A is not UTF-8 in the environment", err.message)
	end)

	it("warns of what Kubernetes put there", function()
		local _, _, context = run { SAMZA_WEB_SERVICE_HOST = "10.0.0.1" }
		assert.equal("web.service.host", context.warnings[1].key)
	end)

	it("is not in 0.9.1", function()
		local _, err = run({}, {}, "0.9.1")
		assert.equal(CLASS .. "EnvironmentConfigRewriter of rewriter e is not in Samza 0.9.1", err.message)
	end)
end)
