-- SPDX-License-Identifier: Apache-2.0
--- The job's own topics against the cluster: missing ones, and what differs from what Samza would have made; what it would say, and when.
local topic_admin = require("samzak8s.samza.topic_admin")
local topic_configs = require("samzak8s.samza.topic_configs")
local topic_drift = require("samzak8s.samza.topic_drift")
local topics = require("samzak8s.samza.topics")

-- What becomes of a container without it, in the words of this release.
local function without(topic, facts)
	if not topics.needed_by_container(topic, facts) then return "runs without it, but the next coordinator or run does not" end
	if facts.reads_coordinator_stream or facts.topic_missing == "ends" then return "ends without it" end
	return facts.topic_missing
end

local function check_missing(topic, origin, job, add)
	if topics.made_by_container(topic, job.facts) then return end
	add(topics.needed_by_container(topic, job.facts) and "error" or "warning", job.config:about(topic.key, { code = "topics.missing",
		message = ("the %s %s is not there (%s); a container of Samza %s %s"):format(topic_drift.WHAT[topic.kind], topic.topic, origin,
			job.facts.version, without(topic, job.facts)),
		hint = "samzak8s bootstrap makes it with the right settings; one that brokers make by themselves has the wrong ones" }))
end

-- Brokers know more than a listing: settings, replicas, and how many brokers there are.
local function ask_brokers(system, list, job, add)
	local names = {}
	for i, topic in ipairs(list) do names[i] = topic.topic end
	local cluster, err = topic_admin.open(system, names, job.config, job.context)
	if not cluster then
		if err then add("error", err) end
		return nil
	end
	cluster:close()
	return cluster
end

-- A listing in the form of `ask_brokers`: of ZooKeeper, or of a snapshot.
local function from_listing(listing)
	local cluster = { brokers = listing.origin, broker_count = math.huge, topics = {} }
	for _, topic in ipairs(listing.topics) do cluster.topics[topic.name] = { partitions = #topic.partitions } end
	return cluster
end

local function check_one(topic, cluster, complete, job, add)
	local found, err = cluster.topics[topic.topic]
	topic.configs, err = topic_configs(topic, job.config, job.facts)
	if not topic.configs then return add("error", err) end
	local factor = topic.replication.value
	if not factor or factor < 1 then
		local key = topic.replication.key
		return add("error", job.config:about(key, { code = "config.integer", message = ('For input string: "%s"'):format(job.config:get(key)),
			hint = "give a number of replicas, 1 or more" }))
	end
	if complete and not found then check_missing(topic, cluster.brokers, job, add) end
	-- without a model it is not known how many partitions are right
	if topic.partitions or topic.kind == "coordinator" then
		topic_drift.check(topic, found, cluster, job, add)
	end
end

local function group(wanted, job, add)
	local systems, order = {}, {}
	for _, topic in ipairs(wanted) do
		local ok, err = topic_drift.check_name(topic, job.config)
		if not ok then add("error", err) end
		if ok and topic.system then
			if not systems[topic.system] then
				systems[topic.system] = {}
				order[#order + 1] = topic.system
			end
			table.insert(systems[topic.system], topic)
		end
	end
	return systems, order
end

--- @tparam table job
-- @tparam function add(level, err)
return function(job, add)
	local wanted = topics.wanted(job.config, job.facts, job.model and job.model.max_changelog + 1)
	local systems, order = group(wanted, job, add)
	job.inputs_known = job.context.state ~= nil and next(job.context.state.partitions or {}) ~= nil
	for _, system in ipairs(order) do
		local listing, complete = job.live(system)
		local cluster
		if listing and listing.kind == "kafka" and complete then
			cluster = ask_brokers(system, systems[system], job, add)
		elseif listing then
			cluster = from_listing(listing)
		end
		for _, topic in ipairs(cluster and systems[system] or {}) do check_one(topic, cluster, complete, job, add) end
	end
	if #wanted > 0 and job.offline then
		add("note", { code = "topics.not-asked", source = job.offline, message = "whether the job's own topics are there, and as Samza would have made them, was not looked at",
			hint = "run check without --partitions or --mock-kafka" })
	end
end
