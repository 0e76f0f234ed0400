-- SPDX-License-Identifier: Apache-2.0
--- What Samza's submission and coordinator would have done before the first container starts: the topics of a job, and the
-- records in its own. First everything is looked at, then written in an order that any interruption leaves well.
local checkpoint_topic = require("samzak8s.samza.checkpoint_topic")
local coordinator = require("samzak8s.samza.coordinator")
local job_topic = require("samzak8s.samza.job_topic")
local records = require("samzak8s.samza.job_records")
local report = require("samzak8s.report")
local samza = require("samzak8s.samza")
local topic_admin = require("samzak8s.samza.topic_admin")
local topic_configs = require("samzak8s.samza.topic_configs")
local topic_drift = require("samzak8s.samza.topic_drift")
local topics = require("samzak8s.samza.topics")

local M = {}

local ORDER = { coordinator = 1, checkpoint = 2, changelog = 3, ["access log"] = 4, intermediate = 5 }

--- The topics of a job with everything that making them needs.
-- @tparam Config config
-- @tparam table facts
-- @tparam[opt] integer partitions of every changelog
-- @tparam {table,...} intermediate streams, as samza.intermediate declares them
-- @treturn {table,...}|nil in the order in which they are made
-- @treturn table|nil err
function M.topics(config, facts, partitions, intermediate)
	local list = topics.wanted(config, facts, partitions)
	table.move(intermediate, 1, #intermediate, #list + 1, list)
	for i, topic in ipairs(list) do
		local ok, err = topic_drift.check_name(topic, config)
		if not ok then return nil, err end
		local factor = topic.replication.value
		if not factor or factor < 1 or factor > 32767 then
			return config:fail(topic.replication.key, "config.integer", ('For input string: "%s"'):format(config:get(topic.replication.key)), "give a number of replicas, 1 or more")
		end
		topic.configs, err = topic_configs(topic, config, facts)
		if not topic.configs then return nil, err end
		topic.at, topic.partitions = i, topic.kind == "coordinator" and 1 or topic.partitions
	end
	table.sort(list, function(a, b)
		if ORDER[a.kind] ~= ORDER[b.kind] then return ORDER[a.kind] < ORDER[b.kind] end
		return a.at < b.at
	end)
	return list
end

--- Connect to the brokers of each system that has one of the topics.
-- @treturn {[string]=Cluster|false,...}|nil by system
-- @treturn table|nil err
function M.look(list, config, context)
	local names, clusters, order = {}, {}, {}
	for _, topic in ipairs(list) do
		if not names[topic.system] then
			names[topic.system] = {}
			order[#order + 1] = topic.system
		end
		table.insert(names[topic.system], topic.topic)
	end
	for _, system in ipairs(order) do
		local cluster, err = topic_admin.open(system, names[system], config, context)
		if cluster == nil then return nil, err end
		clusters[system] = cluster
		if not cluster then
			context.note { code = "bootstrap.system", key = ("systems.%s.samza.factory"):format(system),
				message = ("is no Kafka system, so that its %s not made here"):format(#names[system] == 1 and "stream is" or "streams are") }
		end
	end
	return clusters
end

--- May a job be numbered from zero, as nothing was ever written to its changelogs?
-- @treturn boolean|nil
-- @treturn table|nil err
function M.is_new(list, clusters)
	for _, topic in ipairs(list) do
		if topic.kind == "changelog" then
			local cluster = clusters[topic.system]
			if not cluster then return false end
			local empty, err = true, nil
			if cluster.topics[topic.topic] then empty, err = cluster:is_empty(topic.topic) end
			if not empty then return empty, err end
		end
	end
	return true
end

--- Hold what is there against what Samza would have made.
-- @tparam table job config, context, facts, topics, clusters, is_new, inputs_known
-- @tparam function add(level, err)
function M.verify(job, add)
	for _, topic in ipairs(job.topics) do
		local cluster = job.clusters[topic.system]
		if cluster then
			local found = cluster.topics[topic.topic]
			topic.found = found
			topic_drift.check(topic, found, cluster, job, add)
		end
	end
end

-- The topic that holds the job's own records; nil where Samza keeps none.
local function keeper(job)
	local kind = job.facts.mapping_in == "coordinator stream" and "coordinator" or "checkpoint"
	for _, topic in ipairs(job.topics) do
		if topic.kind == kind then return job.clusters[topic.system] and topic or nil end
	end
end

local EMPTY = { offsets = {}, keys = {}, values = {}, high = 0 }

local function read(job, topic)
	local found, err = job_topic.read(job.config, job.context, topic.system, topic.topic)
	if found and found.missing then
		return report.fail { code = "bootstrap.vanished", source = job.clusters[topic.system].brokers, key = topic.key,
			message = ("%s.%s was there, and is no more"):format(topic.system, topic.topic), hint = "find out who deletes it, then run again" }
	end
	return found, err
end

local function seconds(ms)
	local s = math.max(0, ms // 1000)
	return s == 1 and "1 second" or ("%d seconds"):format(s)
end

-- Refuse a stream that another program writes to now, as far as its records tell.
local function check_quiet(job, found, origin, now)
	local before = job.context.coordinator
	local last = before and before.high and records.last(found, before.high, false)
	if last then
		return report.fail { code = "bootstrap.live", source = origin, message = ("the record at offset %d (%s) was written while this program was looking"):format(last.offset, last.kind),
			hint = "stop the coordinator or submission of this job, then run again" }
	end
	last = records.last(found, 0, true)
	local age = last and last.timestamp and now - last.timestamp
	if age and age < job.quiet_ms then
		return report.fail { code = "bootstrap.live", source = origin,
			message = ("another program wrote the record at offset %d (%s) %s ago"):format(last.offset, last.kind, seconds(now - last.timestamp)),
			hint = ("stop the coordinator or submission of this job; %s after its last record run again (--quiet-for)"):format(seconds(job.quiet_ms)) }
	end
	return true
end

-- A task keeps its changelog partition, whatever else is said.
local function check_numbers(stored, job, origin)
	for _, container in ipairs(job.model.containers) do
		for _, task in ipairs(container.tasks) do
			local id = stored and stored[task.name]
			if id and id ~= task.changelog then
				return report.fail { code = "state.conflict", source = origin,
					message = ("the changelog partition of task %q is %d here, but %d by what else is known"):format(task.name, id, task.changelog),
					hint = "a task keeps its number; remove --state, or correct what it says" }
			end
		end
	end
	return true
end

--- The records that are still to be written, from what the topic holds now.
-- @tparam table job as for `verify`, and model, previous (task -> changelog partition), quiet_ms
-- @tparam integer now ms since 1970
-- @treturn table|nil topic (nil where the release keeps no records for this job), records, high (offset of the first of them)
-- @treturn table|nil err
function M.records(job, now)
	local topic = keeper(job)
	if not topic then return { records = {} } end
	local origin = topic.system .. "." .. topic.topic
	local found, err, ok = EMPTY
	if topic.found then found, err = read(job, topic) end
	if not found then return nil, err end
	if topic.kind == "checkpoint" then
		local parsed
		parsed, err = checkpoint_topic.parse(found, origin)
		if not parsed then return nil, err end
		ok, err = check_numbers(parsed.changelog, job, origin)
		if not ok then return nil, err end
		return { topic = topic, records = records.mapping(job.model, job.previous, parsed.changelog) }
	end
	local stored
	stored, err = coordinator.parse(found, job.facts, origin, samza.host_affinity(job.config.raw, job.facts))
	if not stored then return nil, err end
	ok, err = check_quiet(job, found, origin, now)
	if ok then ok, err = check_numbers(stored.changelog, job, origin) end
	if not ok then return nil, err end
	return { topic = topic, high = found.high,
		records = records.coordinator(job.config, job.facts, job.model, job.previous, stored, found, now) }
end

local function missing(job, pick)
	local by_system, order = {}, {}
	for _, topic in ipairs(job.topics) do
		if job.clusters[topic.system] and not topic.found and not topic.made and pick(topic) then
			if not by_system[topic.system] then
				by_system[topic.system] = {}
				order[#order + 1] = topic.system
			end
			table.insert(by_system[topic.system], topic)
		end
	end
	return by_system, order
end

local function create(job, validate, pick)
	local by_system, order = missing(job, pick)
	for _, system in ipairs(order) do
		local ok, err = job.clusters[system]:create(by_system[system], validate, job.config, function(topic) topic.made = not validate end)
		if not ok then return nil, err end
	end
	return true
end

local function any() return true end

--- Ask the brokers whether they would make what is missing.
-- @treturn boolean|nil
-- @treturn table|nil err
function M.validate(job) return create(job, true, any) end

-- Offsets that do not follow each other: someone else wrote in between.
local function check_alone(plan, offsets)
	local topic = plan.topic
	for i, offset in ipairs(offsets) do
		if plan.high and offset ~= plan.high + i - 1 then
			return report.fail { code = "bootstrap.live", source = topic.system .. "." .. topic.topic,
				message = ("another program wrote to the stream at the same time, before offset %d"):format(offset),
				hint = "stop the coordinator or submission of this job, then run again: what differs is written again" }
		end
	end
	return true
end

--- Make what is missing: the topic of the records, the records, and only then the topics that they number.
-- @tparam table job
-- @tparam function clock -> ms since 1970
-- @treturn table|nil the records that were written, as `records` gives them
-- @treturn table|nil err
function M.apply(job, clock)
	local topic = keeper(job)
	local ok, err = M.validate(job)
	if ok then ok, err = create(job, false, function(other) return other == topic end) end
	if not ok then return nil, err end
	local plan
	plan, err = M.records(job, clock())
	if not plan then return nil, err end
	if #plan.records > 0 then
		local offsets
		offsets, err = job.clusters[topic.system]:write(topic.topic, plan.records)
		if offsets then ok, err = check_alone(plan, offsets) else ok = nil end
		if not ok then return nil, err end
	end
	job.written = plan
	ok, err = create(job, false, any)
	if not ok then return nil, err end
	return plan
end

return M
