-- SPDX-License-Identifier: Apache-2.0
--- What Samza itself keeps of a job between its runs: from 0.10 in the coordinator stream, before that among checkpoints.
local lazy = require("samzak8s.lazy")
local checkpoint_topic = lazy("samzak8s.samza.checkpoint_topic")
local coordinator = lazy("samzak8s.samza.coordinator")
local job_topic = lazy("samzak8s.samza.job_topic")
local samza = require("samzak8s.samza")

local M = {}

--- The system of the coordinator stream, or nil.
function M.coordinator_system(config, facts)
	return config:get("job.coordinator.system") or facts.default_system and config:get("job.default.system") or nil
end

local function warn_of_topic(read, context, what)
	if read.partitions > 1 and what ~= "checkpoint" then
		context.warn { code = "coordinator.partitions", source = read.origin,
			message = ("has %d partitions; Samza reads and writes partition 0 only"):format(read.partitions) }
	end
	-- `bootstrap` looks at every setting itself
	if read.cleanup_policy and context.options.command ~= "bootstrap" and not read.cleanup_policy:find("compact", 1, true) then
		context.warn { code = "coordinator.cleanup-policy", source = read.origin,
			message = ("its cleanup.policy is %s: what Samza keeps there is deleted with time"):format(read.cleanup_policy) }
	end
end

--- The coordinator stream, read once.
-- @treturn table|nil as samza.coordinator parses it, with `origin` and `brokers`, and, where the config is taken from it,
--   `offsets` of its keys; or { missing = why }
-- @treturn table|nil err
function M.coordinator(config, context)
	if context.coordinator then return context.coordinator end
	local facts = context.facts
	local system = M.coordinator_system(config, facts)
	if not system then return { missing = "job.coordinator.system names no system for the coordinator stream" } end
	local read, err = job_topic.read(config, context, system, coordinator.topic(config))
	if not read or read.missing then return read, err end
	warn_of_topic(read, context, "coordinator")
	local parsed
	parsed, err = coordinator.parse(read, facts, read.origin, samza.host_affinity(config.raw, facts))
	if not parsed then return nil, err end
	parsed.origin, parsed.brokers, parsed.high = read.origin, read.brokers, read.high
	if context.options.config_from_coordinator then parsed.offsets = coordinator.offsets(read, "set-config") end
	context.coordinator = parsed
	return parsed
end

-- 0.9's mapping, as 0.9 itself and the migration to 0.10 read it.
local function read_mapping(config, context)
	local factory = config:get("task.checkpoint.factory")
	if factory ~= checkpoint_topic.factory then
		return { missing = factory and ("task.checkpoint.factory is %s, whose files are not read"):format(factory)
			or "task.checkpoint.factory is not set, so there is no checkpoint topic" }
	end
	local system = config:get("task.checkpoint.system")
	if not system then
		return config:fail("task.checkpoint.system", "samza.checkpoint-system", "no system defined for Kafka's checkpoint manager.")
	end
	local topic = checkpoint_topic.topic(config)
	local read, err = job_topic.read(config, context, system, topic)
	if not read or read.missing then return read, err end
	if read.partitions ~= 1 and context.facts.mapping_in ~= "checkpoint topic" then
		return { missing = ("%s has %d partitions, so that 0.9 kept no mapping there"):format(read.origin, read.partitions) }
	elseif read.partitions ~= 1 then
		return config:fail("task.checkpoint.system", "checkpoint.partitions", ("Checkpoint topic validation failed for topic %s because partition count %d did not match expected partition count of 1.")
			:format(topic, read.partitions))
	end
	warn_of_topic(read, context, "checkpoint")
	local parsed
	parsed, err = checkpoint_topic.parse(read, read.origin)
	if not parsed then return nil, err end
	for _, offset in ipairs(parsed.skipped) do
		context.warn { code = "checkpoint.skipped", source = read.origin,
			message = ("the mapping at offset %d cannot be read; as in Samza, the one before it counts"):format(offset) }
	end
	if not parsed.changelog then
		return { missing = ("%s holds no changelog partitions (%d records)"):format(read.origin, parsed.records) }
	end
	return { origin = ("%s, offset %d"):format(read.origin, parsed.offset), brokers = read.brokers, state = { changelog = parsed.changelog } }
end

--- Source of earlier decisions: the coordinator stream. See samza.previous.
function M.from_coordinator(config, context)
	if context.facts.mapping_in ~= "coordinator stream" then return nil end
	local found, err = M.coordinator(config, context)
	if not found or found.missing then return found, err end
	return {
		origin = found.origin, brokers = found.brokers,
		missing = not found.changelog and ("%s holds no changelog partitions (%d records)"):format(found.origin, found.records) or nil,
		state = { changelog = found.changelog, containers = found.containers, partitions = found.partitions, modes = found.modes, hosts = found.hosts },
	}
end

--- Source of earlier decisions: the mapping of 0.9; from 0.10 on only when it was not taken over into the coordinator stream.
function M.from_checkpoints(config, context)
	local facts = context.facts
	if facts.mapping_in ~= "checkpoint topic" then
		local found = context.coordinator
		if facts.migration == "marked" and found and found.migrated then return nil end
		if facts.migration == "by hand" and found and found.changelog then return nil end
		if config:get("task.checkpoint.factory") ~= checkpoint_topic.factory or not config:get("task.checkpoint.system") then return nil end
	end
	return read_mapping(config, context)
end

return M
