-- SPDX-License-Identifier: Apache-2.0
--- The topics that a job keeps its own records in: checkpoints, coordinator stream, changelogs.
local stores = require("samzak8s.samza.stores")
local topic_name = require("samzak8s.samza.topic_name")

local M = {}

local CHECKPOINTS = "org.apache.samza.checkpoint.kafka.KafkaCheckpointManagerFactory"

-- With app.mode=BATCH each run has topics of its own.
local function run_suffix(config, facts)
	local run = facts.batch_run_id and (config:get("app.mode") or ""):upper() == "BATCH" and config:get("run.id")
	return run and "-" .. run or ""
end

-- The first of several properties that is set, as a whole number: { value, key, default }.
local function replication(config, keys, default)
	for _, key in ipairs(keys) do
		local text = config:get(key)
		if text then return { value = math.tointeger(tonumber(text)), key = key } end
	end
	return { value = default, key = keys[1], default = true }
end

local function system_default(system, facts, name)
	return facts.system_stream_defaults and system and ("systems.%s.default.stream.%s"):format(system, name) or nil
end

-- A list without its holes.
local function list(...)
	local items = {}
	for i = 1, select("#", ...) do items[#items + 1] = (select(i, ...)) end
	return items
end

local function checkpoint(config, facts)
	if config:get("task.checkpoint.factory") ~= CHECKPOINTS then return nil end
	local system = config:get("task.checkpoint.system") or facts.default_system and config:get("job.default.system") or nil
	if not system then return nil end
	return { kind = "checkpoint", system = system, defaults = system, key = "task.checkpoint.factory", partitions = 1,
		topic = topic_name("__samza_checkpoint_ver_1_for_", config) .. run_suffix(config, facts),
		replication = replication(config, list("task.checkpoint.replication.factor", system_default(system, facts, "replication.factor")), 3) }
end

local function coordinator(config, facts)
	local system = config:get("job.coordinator.system") or facts.default_system and config:get("job.default.system") or nil
	if not facts.needs_coordinator_system or not system then return nil end
	local fallback = system_default(system, facts, "replication.factor") or "task.checkpoint.replication.factor"
	return { kind = "coordinator", system = system, defaults = system, key = "job.coordinator.system", topic = topic_name("__samza_coordinator_", config),
		replication = replication(config, { "job.coordinator.replication.factor", fallback }, 3) }
end

--- System and topic of a store's changelog.
function M.changelog(config, facts, store)
	local value = config:get("stores." .. store .. ".changelog")
	local system, topic = value:match("^([^.]*)%.(.*)$")
	local default = facts.changelog_default_system and config:get("job.changelog.system")
		or facts.default_system and config:get("job.default.system") or nil
	if not system then system, topic = default, value end
	return system, topic and topic .. run_suffix(config, facts), default
end

local function add_changelogs(topics, config, facts, partitions)
	for _, store in ipairs(stores.with_changelog(config)) do
		local key = "stores." .. store .. ".changelog"
		local system, topic, default = M.changelog(config, facts, store)
		local from = facts.changelog_own_defaults and system or default
		local keys = list(key .. ".replication.factor")
		if facts.system_stream_defaults then keys[2] = "stores.default.changelog.replication.factor" end
		keys[#keys + 1] = system_default(from, facts, "replication.factor")
		local entry = { kind = "changelog", system = system, defaults = from, topic = topic, key = key, store = store, partitions = partitions,
			replication = replication(config, keys, 2) }
		topics[#topics + 1] = entry
		if facts.access_log and (config:get(("stores.%s.accesslog.enabled"):format(store)) or ""):lower() == "true" then
			topics[#topics + 1] = { kind = "access log", system = system, topic = topic .. "-access-log", key = ("stores.%s.accesslog.enabled"):format(store),
				store = store, partitions = partitions, replication = { value = 2, default = true } }
		end
	end
end

--- The topics of a job.
-- @tparam Config config
-- @tparam table facts
-- @tparam[opt] integer partitions that the model needs of every changelog
-- @treturn {table,...} kind ("checkpoint", "coordinator", "changelog", "access log"), system, topic, key (the property that asks
-- for it), partitions (nil: not known), replication ({ value= nil when it is no number, key= to set (of access logs there is
-- none), default= boolean }), store (of changelogs and access logs), defaults (the system whose default.stream.* count)
function M.wanted(config, facts, partitions)
	if not config:get("job.name") then return {} end
	local topics = list(checkpoint(config, facts))
	topics[#topics + 1] = coordinator(config, facts)
	add_changelogs(topics, config, facts, partitions)
	return topics
end

--- Does this release's container make the topic itself when it is missing?
function M.made_by_container(topic, facts)
	if topic.kind == "checkpoint" then return facts.container_makes_checkpoint_topic end
	return topic.kind == "changelog" and facts.container_makes_changelogs
end

--- Does this release's container need the topic to be there?
function M.needed_by_container(topic, facts)
	return topic.kind ~= "coordinator" or facts.reads_coordinator_stream
end

--- What Samza says of a topic with another number of partitions than it wants; nil when it takes it.
-- @treturn string|nil
function M.misfit(topic, count, facts)
	if topic.kind == "checkpoint" and count ~= 1 then return facts.checkpoint_misfit:format(topic.topic, count) end
	if topic.kind ~= "changelog" or not topic.partitions then return nil end
	if count == topic.partitions or count > topic.partitions and not facts.changelog_exact then return nil end
	if facts.changelog_expected_first then return facts.changelog_misfit:format(topic.topic, topic.partitions, count) end
	return facts.changelog_misfit:format(topic.topic, count, topic.partitions)
end

return M
