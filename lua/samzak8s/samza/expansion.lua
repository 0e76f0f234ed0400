-- SPDX-License-Identifier: Apache-2.0
--- Samza's SSPGrouperProxy: when inputs grow, new partitions join the task that has had their keys so far.
local before = require("samzak8s.samza.order")
local jobmodel = require("samzak8s.native.jobmodel")
local samza = require("samzak8s.samza")
local stores = require("samzak8s.samza.stores")

local FLAG = "job.systemstreampartition.input.expansion.enabled"
local MAPPER = "job.system.stream.partition.mapper.factory"
local HASH_MAPPER = "org.apache.samza.container.grouper.stream.HashSystemStreamPartitionMapperFactory"
local WRAPPED = "Error in partition-to-task assignment via the SSPGroupProxy. To disable the SSPGroupProxy, set config " .. FLAG
	.. " = false, only if you cannot address the root cause as shown in the underlying exception."

local function is_active(config, facts)
	if facts.expansion == "host affinity" then return samza.host_affinity(config.raw, facts) end
	return facts.expansion == "stores" and config:typed(FLAG) and stores.persistent(config) > 0
end

local function stream_key(system, stream) return system .. "\0" .. stream end
local function partition_key(stream, partition, bucket) return ("%s\0%d\0%d"):format(stream, partition, bucket or -1) end
local function key_of(p) return partition_key(stream_key(p.system, p.stream), p.partition, p.bucket) end

-- Earlier runs: number of partitions by stream, and the task of each partition.
local function earlier(previous, broadcast)
	local shared, counts, owner, tasks = {}, {}, {}, {}
	for _, p in ipairs(broadcast) do shared[key_of(p)] = true end
	for name in next, previous do tasks[#tasks + 1] = name end
	-- a partition of several tasks is that of the last one
	for _, name in ipairs(samza.hash_order(jobmodel.sort(tasks))) do
		for _, input in ipairs(previous[name]) do
			local stream = stream_key(input[1], input[2])
			local key = partition_key(stream, input[3], input[4])
			counts[stream] = (counts[stream] or 0) + 1
			if not shared[key] then owner[key] = name end
		end
	end
	return counts, owner, shared
end

local function current_counts(tasks)
	local counts = {}
	for _, task in ipairs(tasks) do
		for _, p in ipairs(task.partitions) do
			local stream = stream_key(p.system, p.stream)
			counts[stream] = (counts[stream] or 0) + 1
		end
	end
	return counts
end

-- Tasks made of what stays and what joined, without those that are left with nothing.
local function rebuild(tasks, stays, joins)
	local result = {}
	for _, task in ipairs(tasks) do
		local own, seen = stays[task.name], {}
		if joins[task.name] then
			for _, p in ipairs(own) do seen[key_of(p)] = true end
			for _, p in ipairs(joins[task.name]) do
				if not seen[key_of(p)] then own[#own + 1] = p end
				seen[key_of(p)] = true
			end
			table.sort(own, before)
		end
		if #own > 0 then result[#result + 1] = { name = task.name, partitions = own } end
	end
	return result
end

-- How to do without the proxy.
local function switch(facts) return facts.expansion == "stores" and FLAG .. "=false" or "job.host-affinity.enabled=false" end

-- The task that a partition belongs to: one of `world.stays`, or nil for where it is; or nil and what is wrong.
local function target_of(p, world, facts)
	local stream, key = stream_key(p.system, p.stream), key_of(p)
	if world.shared[key] then return nil end
	local old, new, target = world.old_counts[stream], world.counts[stream], world.owner[key]
	if old and old ~= new then
		if new % old ~= 0 then
			return nil, { code = "samza.expansion",
				message = ("New partition count: %d should be a multiple of previous partition count: %d."):format(new, old),
				hint = ("grow an input to a multiple of its partitions, or set %s if keys may leave the task with their state"):format(switch(facts)) }
		end
		target = world.owner[partition_key(stream, p.partition % old)]
	end
	if target and not world.stays[target] then
		return nil, { code = "samza.expansion-task", hint = "group as in the earlier run, or set " .. switch(facts),
			message = ('%s.%s %d belongs to the earlier task "%s", which is no more'):format(p.system, p.stream, p.partition, target) }
	end
	return target
end

-- Of several errors, the one that Samza meets first: it walks a HashMap of tasks, and in each a HashSet of partitions.
local function first_error(tasks, world, facts)
	for _, task in ipairs(samza.hash_order(tasks, function(task) return samza.java_hash(task.name) end)) do
		for _, p in ipairs(samza.hash_order(task.partitions, function(p) return samza.ssp_hash(p, facts) end)) do
			local _, err = target_of(p, world, facts)
			if err then return err end
		end
	end
end

local function refuse(tasks, world, config, facts)
	local err = first_error(tasks, world, facts)
	if facts.expansion_wraps then return config:fail("task.inputs", err.code, WRAPPED, err.hint, { err.message }) end
	return config:fail("task.inputs", err.code, err.message, err.hint)
end

--- @tparam {Task,...} tasks as grouped, sorted by name
-- @tparam {Partition,...} broadcast
-- @tparam Config config
-- @tparam table context reads `state.partitions`, `state.modes`
-- @treturn {Task,...}|nil sorted by name
-- @treturn table|nil err
return function(tasks, broadcast, config, context)
	local facts = context.facts
	local previous = samza.active(context.state.partitions, context.state.modes, facts)
	if next(previous) == nil or not is_active(config, facts) then return tasks end
	local mapper = config:get(MAPPER)
	if mapper and mapper ~= HASH_MAPPER then
		return config:fail(MAPPER, "samza.mapper", mapper .. " cannot be run here: it is Java code", "remove the property, or set " .. switch(facts))
	end
	local world, joins = { counts = current_counts(tasks), stays = {} }, {}
	world.old_counts, world.owner, world.shared = earlier(previous, broadcast)
	for _, task in ipairs(tasks) do world.stays[task.name] = {} end
	for _, task in ipairs(tasks) do
		for _, p in ipairs(task.partitions) do
			local target, err = target_of(p, world, facts)
			if err then return refuse(tasks, world, config, facts) end
			local list = world.stays[task.name]
			if target and target ~= task.name then
				joins[target] = joins[target] or {}
				list = joins[target]
			end
			list[#list + 1] = p
		end
	end
	return rebuild(tasks, world.stays, joins)
end
