-- SPDX-License-Identifier: Apache-2.0
local inputs = require("samzak8s.samza.inputs")
local policies = require("support.policies")

local FORM = "incorrect format in %s. Broadcast stream names should be in the form 'system.stream#partitionId' or 'system.stream#[partitionN-partitionM]'"

local function streams(text)
	local found, err = inputs.streams(policies.config { ["task.inputs"] = text })
	if not found then return nil, err.message end
	local names = {}
	for i, s in ipairs(found) do names[i] = s.system .. " " .. s.stream end
	return table.concat(names, "|")
end

local function broadcast(text, release)
	local context = policies.context(release or "1.8.0")
	local found, err = inputs.broadcast(policies.config { ["task.broadcast.inputs"] = text }, context.facts, context.warn)
	if not found then return nil, err.message, context end
	local names = {}
	for i, p in ipairs(found) do names[i] = ("%s.%s#%d"):format(p.system, p.stream, p.partition) end
	return table.concat(names, " "), nil, context
end

describe("task.inputs", function()
	it("is split at commas, trimmed, and at the first dot", function()
		assert.equal("kafka a|kafka b.c", streams(" kafka.b.c , kafka.a,kafka.a"))
		assert.equal("wikipedia #en.wikipedia", streams("wikipedia.#en.wikipedia"))
		assert.equal(" a|kafka ", streams("kafka.,.a"))
	end)

	it("may be empty, but not have an item that is", function()
		assert.equal("", streams(""))
		assert.equal("", streams(","))
		local _, message = streams("kafka.a,,kafka.b")
		assert.equal("No '.' in stream name ''. Stream names should be in the form 'system.stream'", message)
		_, message = streams("kafka.a, ")
		assert.equal("No '.' in stream name ''. Stream names should be in the form 'system.stream'", message)
	end)
end)

describe("task.broadcast.inputs", function()
	it("names partitions and ranges, split at the first #", function()
		assert.equal("k.a.b#0 k.s#2 k.s#3 k.s#4", broadcast("k.a.b#0 , k.s#[2-4],k.s#3"))
		assert.equal("k.s#7", broadcast("k.s#007"))
	end)

	it("refuses every other form in Samza's words", function()
		for _, item in ipairs { "k.s", "k.s#", "k.s#a", "k.s#[1]", "k.s#[1 - 2]", "k.s#1#2", "k.s#-1", "k.s#[1-2]x", "k.s# 1" } do
			local _, message = broadcast(item)
			assert.equal(FORM:format(item), message)
		end
		local _, message = broadcast("k.s#[1,2]")
		assert.equal(FORM:format("k.s#[1"), message)
		_, message = broadcast("k.s#0 ")
		assert.equal(FORM:format("k.s#0 "), message)
	end)

	it("looks at the stream before the partitions", function()
		local _, message = broadcast("ks#x")
		assert.equal("No '.' in stream name 'ks'. Stream names should be in the form 'system.stream'", message)
	end)

	it("warns of a range that runs backwards", function()
		local found, _, context = broadcast("k.s#[3-1]")
		assert.equal("", found)
		assert.equal("The starting partition in stream SystemStream [system=k, stream=s] is bigger than the ending Partition. No partition is added",
			context.warnings[1].message)
	end)

	it("refuses numbers that are no Java integers", function()
		local _, message = broadcast("k.s#2147483648")
		assert.equal('For input string: "2147483648"', message)
	end)

	it("is malformed when blank up to 0.14.1, and empty since", function()
		for _, blank in ipairs { "", " " } do
			assert.equal("", broadcast(blank, "1.0.0"))
			local _, message = broadcast(blank, "0.14.1")
			assert.equal(FORM:format(blank), message)
		end
	end)

	it("is not read by 0.9.1", function()
		assert.equal("", broadcast("bad", "0.9.1"))
	end)
end)
