-- SPDX-License-Identifier: Apache-2.0
--- The job's own topics against the cluster: missing ones, partition counts, replication factors; what Samza would say, and when.
local topics = require("samzak8s.samza.topics")

local NAME = "^[A-Za-z0-9._-]+$"
local LONGEST = 249

local WHAT = { checkpoint = "checkpoint topic", coordinator = "coordinator stream", changelog = "changelog", ["access log"] = "access log" }

-- Job names go into topic names as they are.
local function check_name(topic, job, add)
	if topic.topic:find(NAME) and #topic.topic <= LONGEST then return true end
	local key = topic.kind == "changelog" and topic.key or "job.name"
	add("error", job.config:about(key, { code = "topics.name",
		message = ("the %s would be called %s, which is no name of a topic, so that it is never made"):format(WHAT[topic.kind], topic.topic),
		hint = "use A-Z a-z 0-9 . _ - in job.name and job.id, and in all at most 249 characters" }))
	return false
end

local function replication_text(topic)
	return topic.replication.default and " by default" or ""
end

-- More replicas than brokers: up to 1.0 Samza tries for ever, even where the topic is there.
local function check_replication(topic, listing, there, job, add)
	local wanted, brokers = topic.replication.value, listing.brokers and #listing.brokers
	if not wanted or not brokers or wanted <= brokers then return end
	local made_by_container = topics.made_by_container(topic, job.facts)
	if there and not (made_by_container and job.facts.replication_first) then return end
	add("error", job.config:about(topic.replication.key or topic.key, { code = "topics.replication",
		message = ("the %s %s wants %d replicas%s, and %s has %d broker%s: %s"):format(WHAT[topic.kind], topic.topic, wanted,
			replication_text(topic), topic.system, brokers, brokers == 1 and "" or "s",
			made_by_container and "the container tries to make it for ever" or "it cannot be made"),
		hint = topic.replication.key and ("set %s to %d or less"):format(topic.replication.key, brokers) or ("make it by hand, with %d"):format(brokers) }))
end

local function check_missing(topic, listing, job, add)
	if topics.made_by_container(topic, job.facts) then return end
	local needed = topics.needed_by_container(topic, job.facts)
	add(needed and "error" or "warning", job.config:about(topic.key, { code = "topics.missing",
		message = ("the %s %s is not there (%s); a container of Samza %s %s"):format(WHAT[topic.kind], topic.topic, listing.origin,
			job.facts.version, needed and (job.facts.reads_coordinator_stream and "ends without it" or job.facts.topic_missing .. (job.facts.topic_missing == "ends" and " without it" or ""))
				or "runs without it, but the next coordinator or run does not"),
		hint = "samzak8s bootstrap makes it with the right settings; one that brokers make by themselves has the wrong ones" }))
end

local function check_count(topic, found, job, add)
	local count = #found.partitions
	local text = topics.misfit(topic, count, job.facts)
	if not text then return end
	local hint
	if topic.kind == "checkpoint" then
		hint = "delete the topic if it is of no use, and let samzak8s bootstrap make it; offsets of a job that ran are lost with it"
	elseif count < topic.partitions then
		hint = ("raise it to %d partitions (kafka-topics.sh --alter --topic %s --partitions %d): state stays where it is")
			:format(topic.partitions, topic.topic, topic.partitions)
	else
		hint = "a topic cannot shrink: bring the tasks back that have gone, or name a new changelog, which starts with no state"
	end
	local lax = topic.kind == "checkpoint" and (job.config:get("job.checkpoint.validation.enabled") or ""):lower() == "false"
	add(lax and "warning" or "error", job.config:about(topic.key, { code = "topics.partitions", message = text, hint = hint }))
end

--- @tparam table job
-- @tparam function add(level, err)
return function(job, add)
	local wanted = topics.wanted(job.config, job.facts, job.model and job.model.max_changelog + 1)
	for _, topic in ipairs(wanted) do
		if topic.system and check_name(topic, job, add) then
			local listing, complete = job.live(topic.system)
			local found
			for _, candidate in ipairs(listing and listing.topics or {}) do
				if candidate.name == topic.topic then found = candidate end
			end
			if listing and complete then
				check_replication(topic, listing, found ~= nil, job, add)
				if not found then check_missing(topic, listing, job, add) end
			end
			if found then check_count(topic, found, job, add) end
		end
	end
	if #wanted > 0 and job.offline then
		add("note", { code = "topics.not-asked", source = job.offline, message = "whether the job's own topics are there, and replicated as asked, was not looked at",
			hint = "run check without --partitions or --mock-kafka" })
	end
end
