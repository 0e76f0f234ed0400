-- SPDX-License-Identifier: Apache-2.0
--- The settings that Samza gives a topic of its own when it makes it (JobConfig, KafkaConfig). 1.1.0 to 1.3.0 lose most of
-- them on the way to the broker; nothing here does.
local standby = require("samzak8s.samza.standby")

local DAY = "86400000"
local MESSAGE = "1000012"

-- A setting by name, in the order in which they were first set.
local Settings = {}
Settings.__index = Settings

function Settings:set(name, value)
	for _, entry in ipairs(self) do
		if entry[1] == name then
			entry[2] = value
			return
		end
	end
	self[#self + 1] = { name, value }
end

-- The first of the properties that is set, as the text of a whole number; or the default.
local function number(config, keys, default)
	for _, key in ipairs(keys) do
		local text = config:get(key)
		if text then
			if not text:find("^[+-]?%d+$") then
				return config:fail(key, "config.integer", ('For input string: "%s"'):format(text), "give a whole number without blanks")
			end
			return (text:gsub("^%+", ""))
		end
	end
	return default
end

local function is_batch(config, facts)
	return facts.batch_run_id and (config:get("app.mode") or ""):upper() == "BATCH"
end

local function flag(config, key, default)
	local text = config:get(key)
	if not text then return default end
	return text:lower() == "true"
end

-- The properties of a setting: the topic's own, then the defaults of its system.
local function chain(topic, facts, name, ...)
	local keys = { ... }
	if facts.system_stream_defaults and topic.defaults then keys[#keys + 1] = ("systems.%s.default.stream.%s"):format(topic.defaults, name) end
	return keys
end

local of = {}

function of.coordinator(settings, topic, config, facts)
	settings:set("cleanup.policy", "compact")
	local keys = facts.system_stream_defaults and chain(topic, facts, "segment.bytes", "job.coordinator.segment.bytes")
		or { "job.coordinator.segment.bytes", "task.checkpoint.segment.bytes" }
	local bytes, err = number(config, keys, "26214400")
	if not bytes then return nil, err end
	settings:set("segment.bytes", bytes)
	return settings
end

function of.checkpoint(settings, topic, config, facts)
	local bytes, err = number(config, chain(topic, facts, "segment.bytes", "task.checkpoint.segment.bytes"), "26214400")
	if not bytes then return nil, err end
	settings:set("cleanup.policy", is_batch(config, facts) and "compact,delete" or "compact")
	settings:set("segment.bytes", bytes)
	if is_batch(config, facts) then settings:set("retention.ms", DAY) end
	if facts.topic_message_size then
		bytes, err = number(config, chain(topic, facts, "max.message.bytes", "task.checkpoint.max.message.bytes"), MESSAGE)
		if not bytes then return nil, err end
		settings:set("max.message.bytes", bytes)
	end
	return settings
end

-- How long a store keeps its entries, where that shortens its changelog, too; else nil.
local function time_to_live(config, facts, store)
	local key = ("stores.%s.rocksdb.ttl.ms"):format(store)
	if facts.changelog_ttl == "ignored" or not config:get(key) then return nil end
	local text, err = number(config, { key })
	if text and facts.changelog_ttl == "positive" and text:sub(1, 1) == "-" then return nil end
	return text, err
end

-- Is state restored as of a checkpoint? Records may then not be compacted away too soon.
local function is_transactional(config, facts)
	local wanted = flag(config, "task.transactional.state.restore.enabled", facts.transactional_restore == "on")
	if facts.transactional_restore == "never" then return false end
	if facts.transactional_restore == "on" and ((standby.factor(config, facts) or 1) > 1 or flag(config, "task.async.commit", false)) then return false end
	return wanted
end

local function set_policy(settings, topic, config, facts, key)
	local ttl, err = time_to_live(config, facts, topic.store)
	if err then return nil, err end
	if ttl and not config:get(key .. ".kafka.cleanup.policy") then
		settings:set("cleanup.policy", "delete")
		settings:set("retention.ms", ttl)
	elseif facts.changelog_batch and is_batch(config, facts) then
		settings:set("cleanup.policy", "compact,delete")
		settings:set("retention.ms", DAY)
	elseif not ttl then
		settings:set("cleanup.policy", "compact")
		if facts.topic_message_size then
			local bytes
			bytes, err = number(config, chain(topic, facts, "max.message.bytes", key .. ".max.message.bytes"), MESSAGE)
			if not bytes then return nil, err end
			settings:set("max.message.bytes", bytes)
		end
	end
	return true
end

function of.changelog(settings, topic, config, facts)
	local key, lag = topic.key, ".kafka.min.compaction.lag.ms"
	local ok, err = set_policy(settings, topic, config, facts, key)
	if not ok then return nil, err end
	settings:set("segment.bytes", "536870912")
	if facts.changelog_delete_retention then
		local ms
		ms, err = number(config, { key .. ".delete.retention.ms" }, DAY)
		if not ms then return nil, err end
		settings:set("delete.retention.ms", ms)
	end
	if is_transactional(config, facts) then
		local ms
		ms, err = number(config, { key .. ".min.compaction.lag.ms" }, "14400000")
		if not ms then return nil, err end
		settings:set("min.compaction.lag.ms", ms)
	end
	if facts.transactional_restore ~= "never" and config:get(key .. lag) then
		return config:fail(key .. lag, "topics.config", "Samza " .. facts.version .. " does not take this setting here", ("set %s.min.compaction.lag.ms"):format(key))
	end
	for _, full in ipairs(config:keys(key .. ".kafka.")) do settings:set(full:sub(#key + #".kafka." + 1), config:get(full)) end
	return settings
end

-- Properties of a stream that are settings of its topic (LogConfig.configNames).
local TOPIC_SETTINGS = {}
for name in ([[cleanup.policy compression.type delete.retention.ms file.delete.delay.ms flush.messages flush.ms index.interval.bytes
	max.compaction.lag.ms max.message.bytes message.format.version message.timestamp.difference.max.ms message.timestamp.type
	min.cleanable.dirty.ratio min.compaction.lag.ms min.insync.replicas preallocate retention.bytes retention.ms segment.bytes
	segment.index.bytes segment.jitter.ms segment.ms unclean.leader.election.enable]]):gmatch("%S+") do TOPIC_SETTINGS[name] = true end

function of.intermediate(settings, topic, config, facts)
	if is_batch(config, facts) then settings:set("retention.ms", DAY) end
	for _, full in ipairs(config:keys(topic.prefix)) do
		local name = full:sub(#topic.prefix + 1)
		if TOPIC_SETTINGS[name] then settings:set(name, config:get(full)) end
	end
	return settings
end

of["access log"] = function(settings) return settings end

--- @tparam table topic as samza.topics.wanted gives it
-- @tparam Config config
-- @tparam table facts
-- @treturn {{string,string},...}|nil name and value of each setting
-- @treturn table|nil err
return function(topic, config, facts)
	return of[topic.kind](setmetatable({}, Settings), topic, config, facts)
end
