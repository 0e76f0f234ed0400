-- SPDX-License-Identifier: Apache-2.0
--- Partition matchers (`job.systemstreampartition.matcher.class`): which partitions of the inputs a job reads at all.
local java_regex = require("samzak8s.samza.java_regex")

local M = {}

local PREFIX = "job.systemstreampartition.matcher."
local CLASS, RANGES, REGEX, GATE = PREFIX .. "class", PREFIX .. "config.ranges", PREFIX .. "config.regex", PREFIX .. "config.job.factory.regex"
local FACTORY = "job.factory.class"
local DEFAULT_GATE = "org\\.apache\\.samza\\.job\\.local(.*ProcessJobFactory|.*ThreadJobFactory)"
local MAX = 2147483647

local function bad_regex(config, key, err)
	return config:fail(key, err.code, err.message, ("correct the regex (samzak8s explain %s)"):format(err.code))
end

-- Whether the matcher runs: the class of the job's factory must match a regex. nil and err when that cannot be said.
local function gate_open(config, facts)
	local factory = config:get(FACTORY)
	if factory == nil and facts.matcher_gate_compiled == "with a factory" then return false end
	local re, err = java_regex.compile(config:get(GATE) or DEFAULT_GATE)
	if factory == nil then
		if not re and err.code == "regex.syntax" then return bad_regex(config, GATE, err) end
		return false
	end
	local open
	if re then open, err = re:matches(factory) end
	if open == nil then return bad_regex(config, GATE, err) end
	return open
end

local function required(config, key, facts)
	local text = config:get(key)
	if text ~= nil then return text end
	return config:fail(key, "samza.matcher-config", facts.missing_matcher_config:format(key), "set " .. key .. ", or remove " .. CLASS)
end

-- { { low, high }, ... }
local function ranges_of(config, facts)
	local text, err = required(config, RANGES, facts)
	if not text then return nil, err end
	local ranges, items = {}, {}
	for item in (text .. ","):gmatch("(.-),") do items[#items + 1] = item end
	while #items > 0 and items[#items] == "" and text ~= "" do items[#items] = nil end
	for _, item in ipairs(items) do
		local low, high = item:match("^(%d+)%-(%d+)$")
		low = low or item:match("^%d+$")
		if not low then
			return config:fail(RANGES, "samza.matcher-ranges", ("Invalid partition range configuration '%s': %s"):format(RANGES, text),
				"write numbers and ranges without blanks, as in 0,2-4")
		end
		for _, number in ipairs { low, high } do
			if #number:gsub("^0+", "") > 10 or tonumber(number) > MAX then
				return config:fail(RANGES, "config.integer", ('For input string: "%s"'):format(number), "partitions are numbered up to " .. MAX)
			end
		end
		ranges[#ranges + 1] = { tonumber(low), tonumber(high or low) }
	end
	return ranges
end

local select = {}

select["org.apache.samza.system.RangeSystemStreamPartitionMatcher"] = function(partitions, config, facts)
	local ranges, err = ranges_of(config, facts)
	if not ranges then return nil, err end
	local kept = {}
	for _, p in ipairs(partitions) do
		local wanted = false
		for _, range in ipairs(ranges) do wanted = wanted or range[1] <= p.partition and p.partition <= range[2] end
		if wanted then kept[#kept + 1] = p end
	end
	return kept
end

select["org.apache.samza.system.RegexSystemStreamPartitionMatcher"] = function(partitions, config, facts)
	local text, err = required(config, REGEX, facts)
	if not text then return nil, err end
	if #partitions == 0 then return partitions end
	local re
	re, err = java_regex.compile(text)
	if not re then return bad_regex(config, REGEX, err) end
	local kept, matches = {}, {}
	for _, p in ipairs(partitions) do
		local id = p.partition
		if matches[id] == nil then
			matches[id], err = re:matches(("%d"):format(id))
			if err then return bad_regex(config, REGEX, err) end
		end
		if matches[id] then kept[#kept + 1] = p end
	end
	return kept
end

--- The partitions that the job's matcher leaves; all of them when it has none, or when its gate is closed.
-- @tparam {Partition,...} partitions
-- @tparam Config config
-- @tparam table context
-- @treturn {Partition,...}|nil in the same order
-- @treturn table|nil err
function M.filter(partitions, config, context)
	local facts, class = context.facts, config:get(CLASS)
	if class == nil then return partitions end
	if not facts.matchers then
		context.note(config:about(CLASS, { code = "samza.matcher-ignored", message = ("Samza %s has no matchers; every partition is read"):format(facts.version) }))
		return partitions
	end
	local open, err = gate_open(config, facts)
	if open == nil then return nil, err end
	if not open then
		local factory = config:get(FACTORY)
		context.note(config:about(CLASS, { code = "samza.matcher-ignored", message = "Samza ignores this matcher, and every partition is read: "
			.. (factory and ("%s is %s, which %s does not match"):format(FACTORY, factory, config:get(GATE) and GATE or "the default gate") or FACTORY .. " is not set"),
			hint = ("set %s to a regex that matches %s to let the matcher run"):format(GATE, FACTORY) }))
		return partitions
	end
	if select[class] then return select[class](partitions, config, facts) end
	return config:fail(CLASS, "samza.matcher", facts.unknown_class:format(class),
		"known are RangeSystemStreamPartitionMatcher and RegexSystemStreamPartitionMatcher of org.apache.samza.system; others are Java code, write a task grouper in Lua instead")
end

return M
