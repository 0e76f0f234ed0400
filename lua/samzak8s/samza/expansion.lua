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

-- An error of the proxy, in the words of the release.
local function refuse(config, facts, code, message, hint)
	if facts.expansion_wraps then return config:fail("task.inputs", code, WRAPPED, hint, { message }) end
	return config:fail("task.inputs", code, message, hint)
end

-- Earlier runs: number of partitions by stream, and the task of each partition.
local function earlier(previous, broadcast)
	local shared, counts, owner, tasks = {}, {}, {}, {}
	for _, p in ipairs(broadcast) do shared[key_of(p)] = true end
	for name in next, previous do tasks[#tasks + 1] = name end
	for _, name in ipairs(jobmodel.sort(tasks)) do
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
	local old_counts, owner, shared = earlier(previous, broadcast)
	local counts, stays, joins = current_counts(tasks), {}, {}
	for _, task in ipairs(tasks) do stays[task.name] = {} end
	for _, task in ipairs(tasks) do
		for _, p in ipairs(task.partitions) do
			local stream, key = stream_key(p.system, p.stream), key_of(p)
			local old, new, target = old_counts[stream], counts[stream], nil
			if old and old ~= new and not shared[key] then
				if new % old ~= 0 then
					return refuse(config, facts, "samza.expansion",
						("New partition count: %d should be a multiple of previous partition count: %d."):format(new, old),
						("grow an input to a multiple of its partitions, or set %s if keys may leave the task with their state"):format(switch(facts)))
				end
				target = owner[partition_key(stream, p.partition % old)]
			elseif not shared[key] then
				target = owner[key]
			end
			if target and not stays[target] then
				return refuse(config, facts, "samza.expansion-task", ('%s.%s %d belongs to the earlier task "%s", which is no more'):format(
					p.system, p.stream, p.partition, target), "group as in the earlier run, or set " .. switch(facts))
			end
			local list = stays[task.name]
			if target and target ~= task.name then
				joins[target] = joins[target] or {}
				list = joins[target]
			end
			list[#list + 1] = p
		end
	end
	return rebuild(tasks, stays, joins)
end
