-- SPDX-License-Identifier: Apache-2.0
local matchers = require("samzak8s.samza.matchers")
local policies = require("support.policies")

local PREFIX = "job.systemstreampartition.matcher."
local THREADS, YARN = "org.apache.samza.job.local.ThreadJobFactory", "org.apache.samza.job.yarn.YarnJobFactory"

local function input(count)
	local partitions = {}
	for i = 0, count - 1 do partitions[i + 1] = { system = "kafka", stream = "a", partition = i } end
	return partitions
end

--- The ids that are left of 12, or nil, err; and the context.
local function filter(matcher, properties, release, count)
	local raw = { [PREFIX .. "class"] = matcher and ("org.apache.samza.system.%sSystemStreamPartitionMatcher"):format(matcher), ["job.factory.class"] = THREADS }
	for key, value in pairs(properties) do raw[key] = value or nil end
	local context = policies.context(release or "1.8.0")
	local kept, err = matchers.filter(input(count or 12), policies.config(raw), context)
	if not kept then return nil, err, context end
	local ids = {}
	for i, p in ipairs(kept) do ids[i] = p.partition end
	return table.concat(ids, " "), nil, context
end

describe("the range matcher", function()
	local function ranges(text, release) return filter("Range", { [PREFIX .. "config.ranges"] = text }, release) end

	it("keeps what one of its ranges holds", function()
		assert.equal("0 1 2 5", ranges("1-2,0-1,7-3,5"))
		assert.equal("3", ranges("0003"))
		assert.equal("", ranges(","))
		assert.equal("1", ranges("1,,"))
		assert.equal("11", ranges("11-2147483647"))
	end)

	it("refuses blanks, holes and signs, with the whole value", function()
		for _, text in ipairs { "2, 3", "", "a", "1-", "-1", "1,,2", "1-2-3" } do
			local _, err = ranges(text)
			assert.equal(("Invalid partition range configuration '%sconfig.ranges': %s"):format(PREFIX, text), err.message)
		end
		local _, err = ranges("2147483648")
		assert.equal('For input string: "2147483648"', err.message)
	end)

	it("says what is missing in the words of the release", function()
		local _, err = filter("Range", {}, "1.2.0")
		assert.equal("Missing required configuration 'job.systemstreampartition.matcher.config.ranges'", err.message)
		_, err = filter("Range", {}, "1.3.0")
		assert.equal("Missing required configuration: 'job.systemstreampartition.matcher.config.ranges'", err.message)
	end)
end)

describe("the regex matcher", function()
	it("keeps partitions whose whole number matches", function()
		assert.equal("1 2 10 11", filter("Regex", { [PREFIX .. "config.regex"] = "[1-2]|1[0-5]" }))
	end)

	it("compiles its regex only when there is a partition", function()
		local _, err = filter("Regex", { [PREFIX .. "config.regex"] = "[" })
		assert.equal("regex.syntax", err.code)
		assert.equal(PREFIX .. "config.regex", err.key)
		assert.equal("", filter("Regex", { [PREFIX .. "config.regex"] = "[" }, nil, 0))
	end)
end)

describe("a matcher's gate", function()
	local ALL = "0 1 2 3 4 5 6 7 8 9 10 11"
	local function through(properties, release)
		properties[PREFIX .. "config.ranges"] = "1"
		return filter("Range", properties, release)
	end

	it("lets local factories through, and notes when it stays closed", function()
		assert.equal("1", through({ ["job.factory.class"] = "org.apache.samza.job.local.ProcessJobFactory" }))
		local kept, _, context = through({ ["job.factory.class"] = YARN })
		assert.equal(ALL, kept)
		assert.equal("Samza ignores this matcher, and every partition is read: job.factory.class is " .. YARN
			.. ", which the default gate does not match", context.notes[1].message)
		kept, _, context = through({ ["job.factory.class"] = false })
		assert.equal(ALL, kept)
		assert.equal("Samza ignores this matcher, and every partition is read: job.factory.class is not set", context.notes[1].message)
	end)

	it("can be another regex, for the whole name", function()
		assert.equal("1", through({ ["job.factory.class"] = YARN, [PREFIX .. "config.job.factory.regex"] = ".*Yarn.*" }))
		assert.equal(ALL, through({ ["job.factory.class"] = YARN, [PREFIX .. "config.job.factory.regex"] = "Yarn" }))
	end)

	it("is compiled with every matcher up to 1.6, since 1.7 only with a factory", function()
		local bad = { ["job.factory.class"] = false, [PREFIX .. "config.job.factory.regex"] = "a{" }
		local _, err = through(bad, "1.6.0")
		assert.equal("regex.syntax", err.code)
		assert.equal(ALL, through(bad, "1.7.0"))
		_, err = through({ [PREFIX .. "config.job.factory.regex"] = "a{" }, "1.7.0")
		assert.equal("regex.syntax", err.code)
	end)

	it("need not be translated when no factory is there to match", function()
		assert.equal(ALL, through({ ["job.factory.class"] = false, [PREFIX .. "config.job.factory.regex"] = "\\p{InGreek}" }, "1.6.0"))
	end)

	it("keeps unknown classes from being looked at", function()
		local class = { [PREFIX .. "class"] = "com.acme.Mine" }
		local _, err = filter(nil, class, "1.2.0")
		assert.equal("java.lang.ClassNotFoundException: com.acme.Mine", err.message)
		_, err = filter(nil, class, "1.3.0")
		assert.equal("Unable to create instance for class: com.acme.Mine", err.message)
		class["job.factory.class"] = YARN
		assert.equal(ALL, filter(nil, class, "1.3.0"))
	end)

	it("is not there before 0.10.1", function()
		local kept, _, context = through({}, "0.10.0")
		assert.equal(ALL, kept)
		assert.equal("Samza 0.10.0 has no matchers; every partition is read", context.notes[1].message)
	end)
end)
