-- SPDX-License-Identifier: Apache-2.0
--- Topics that are there, held against what Samza would have made; and topics that cannot be made.
local samza = require("samzak8s.samza")
local stores = require("samzak8s.samza.stores")
local topics = require("samzak8s.samza.topics")

local M = {}

local EXPANSION = "job.systemstreampartition.input.expansion.enabled"
local NAME = "^[A-Za-z0-9._-]+$"
local LONGEST = 249

M.WHAT = { checkpoint = "checkpoint topic", coordinator = "coordinator stream", changelog = "changelog", ["access log"] = "access log",
	intermediate = "intermediate stream" }

local function described(topic)
	return ("%s %s.%s"):format(M.WHAT[topic.kind], topic.system, topic.topic)
end

-- When inputs grow, does this job keep its tasks, and so the number of partitions of its changelogs?
local function expands(config, facts)
	if facts.expansion == "host affinity" then return samza.host_affinity(config.raw, facts) end
	return facts.expansion == "stores" and config:typed(EXPANSION) and stores.persistent(config) > 0
end

-- What to do about a changelog of another size.
local function size_hint(topic, count, job)
	if job.is_new then return "it holds no record: delete it, and run again" end
	if count > topic.partitions then
		return "a topic cannot shrink: bring the tasks back that have gone, or name a new changelog, which starts with no state"
	end
	if expands(job.config, job.facts) and not job.inputs_known then
		return ("do not grow it yet: when inputs grow, this job keeps its %d tasks, but what they read is not known; give --state FILE with the partitions of each task (samzak8s state prints them)")
			:format(count)
	end
	return ("grow it to %d partitions (kafka-topics.sh --alter --topic %s --partitions %d): state stays where it is"):format(topic.partitions, topic.topic, topic.partitions)
end

local function check_partitions(topic, found, job, add)
	local text = topics.misfit(topic, found.partitions, job.facts)
	if text then
		local lax = topic.kind == "checkpoint" and (job.config:get("job.checkpoint.validation.enabled") or ""):lower() == "false"
		add(lax and "warning" or "error", job.config:about(topic.key, { code = "topics.partitions", message = text,
			hint = topic.kind == "changelog" and size_hint(topic, found.partitions, job)
				or "delete the topic if it is of no use, and run again; offsets of a job that ran are lost with it" }))
	elseif topic.kind == "changelog" and found.partitions > topic.partitions then
		add("note", job.config:about(topic.key, { code = "topics.partitions",
			message = ("%s has %d partitions, of which %d are used"):format(described(topic), found.partitions, topic.partitions) }))
	end
end

-- Is a policy such as "compact,delete" what was asked for, in whatever order?
local function same(name, wanted, found)
	if name ~= "cleanup.policy" then return wanted == found end
	local function parts(text)
		local list = {}
		for part in text:gmatch("[^,%s]+") do list[#list + 1] = part end
		table.sort(list)
		return table.concat(list, ",")
	end
	return parts(wanted) == parts(found)
end

local function check_settings(topic, found, job, add)
	local differ, alter = {}, {}
	for _, entry in ipairs(found.settings and topic.configs or {}) do
		local name, wanted = entry[1], entry[2]
		local is = found.settings[name]
		if is and not same(name, wanted, is) then
			differ[#differ + 1] = ("%s is %s, not %s"):format(name, is, wanted)
			alter[#alter + 1] = wanted:find(",", 1, true) and ("%s=[%s]"):format(name, wanted) or ("%s=%s"):format(name, wanted)
		end
	end
	if #differ == 0 then return end
	topic.drift = differ
	local policy = found.settings["cleanup.policy"]
	local lossy = policy and not policy:find("compact", 1, true) and topic.configs[1] and differ[1]:find("cleanup.policy is", 1, true)
	add("warning", job.config:about(topic.key, { code = lossy and "topics.cleanup-policy" or "topics.settings",
		message = ("%s: %s%s"):format(described(topic), table.concat(differ, ", "), lossy and ": what Samza keeps there is deleted with time" or ""),
		hint = ("kafka-configs.sh --alter --entity-type topics --entity-name %s --add-config '%s'"):format(topic.topic, table.concat(alter, ",")) }))
end

local function check_replicas(topic, found, job, add)
	local wanted = topic.replication.value
	if not found.replicas or found.replicas >= wanted then return end
	add("warning", job.config:about(topic.replication.key or topic.key, { code = "topics.replicas",
		message = ("%s has %d replica%s, not %d"):format(described(topic), found.replicas, found.replicas == 1 and "" or "s", wanted),
		hint = "add replicas with kafka-reassign-partitions.sh, or set the property to what is there" }))
end

-- More replicas than brokers. Up to 1.0 a container that makes the topic itself does not look whether it is there.
local function check_brokers(topic, found, cluster, job, add)
	local wanted = topic.replication.value
	if wanted <= cluster.broker_count then return end
	local forever = topics.made_by_container(topic, job.facts) and job.facts.replication_first
	if found and not forever then return end
	local key = topic.replication.key or topic.key
	add("error", job.config:about(key, { code = "topics.replication",
		message = ("%s is to have %d replicas%s, and there %s %d broker%s%s"):format(described(topic), wanted,
			topic.replication.default and " by default" or "", cluster.broker_count == 1 and "is" or "are", cluster.broker_count,
			cluster.broker_count == 1 and "" or "s", found and "; containers would try to make it for ever" or ""),
		hint = topic.replication.key and ("set %s to %d or less"):format(key, cluster.broker_count)
			or ("set %s to false, or make the topic by hand"):format(key) }))
end

--- Is the name one that a topic can have?
-- @treturn boolean|nil
-- @treturn table|nil err
function M.check_name(topic, config)
	if topic.topic:find(NAME) and #topic.topic <= LONGEST and topic.topic ~= "." and topic.topic ~= ".." then return true end
	local key = (topic.kind == "checkpoint" or topic.kind == "coordinator") and "job.name" or topic.key
	return config:fail(key, "topics.name", ("the %s would be called %s, which is no name of a topic"):format(M.WHAT[topic.kind], topic.topic),
		"use A-Z a-z 0-9 . _ - and at most 249 characters")
end

--- @tparam table topic with `configs` and `partitions`
-- @tparam table|nil found of the cluster; nil when it is not there
-- @tparam table cluster
-- @tparam table job config, facts, is_new (no changelog holds a record), inputs_known (are the inputs of the earlier tasks known?)
-- @tparam function add(level, err)
function M.check(topic, found, cluster, job, add)
	check_brokers(topic, found, cluster, job, add)
	if not found then return end
	check_partitions(topic, found, job, add)
	check_settings(topic, found, job, add)
	check_replicas(topic, found, job, add)
end

return M
