-- SPDX-License-Identifier: Apache-2.0
--- Third arrow: partitions to tasks, by a policy whose result is checked here.
local jobmodel = require("samzak8s.native.jobmodel")
local policy = require("samzak8s.policy")
local sorted = require("samzak8s.sorted")

local KEY = "kubernetes.grouper.tasks"
local FACTORY = "job.systemstreampartition.grouper.factory"
local PACKAGE = "org.apache.samza.container.grouper.stream."
local classes = {
	[PACKAGE .. "GroupByPartitionFactory"] = "by-partition",
	[PACKAGE .. "GroupBySystemStreamPartitionFactory"] = "by-system-stream-partition",
}
local later = { [PACKAGE .. "AllSspToSingleTaskGrouperFactory"] = true }

-- The built-in policy that Samza's property names.
local function by_class(config)
	local class = config:get(FACTORY)
	if config:get(KEY) or class == nil then return "by-partition" end
	if classes[class] then return classes[class] end
	if later[class] then
		return config:fail(FACTORY, "samza.unsupported", class .. " is not computed by this version", "give a grouper of your own in " .. KEY)
	end
	return config:fail(FACTORY, "samza.grouper", class .. " cannot be run here: it is Java code",
		("supported are %s; or write it in Lua: %s=./my_grouper.lua (samzak8s show groupers/tasks/by-partition)")
			:format(table.concat(sorted.keys(classes), ", "), KEY))
end

local function name_of(p) return ("%s.%s %d"):format(p.system, p.stream, p.partition) end

-- Does a come before b, by system, stream, partition?
local function before(a, b)
	if a.system ~= b.system then return jobmodel.compare(a.system, b.system) end
	if a.stream ~= b.stream then return jobmodel.compare(a.stream, b.stream) end
	return a.partition < b.partition
end

-- A set of partitions: add(partition, value), find(partition) -> value.
local function partition_set()
	local systems = {}
	local set = {}
	function set.find(p)
		local streams = systems[p.system]
		local ids = streams and streams[p.stream]
		return ids and ids[p.partition]
	end
	function set.add(p, value)
		local streams = systems[p.system] or {}
		systems[p.system] = streams
		streams[p.stream] = streams[p.stream] or {}
		streams[p.stream][p.partition] = value
	end
	return set
end

-- What the grouper gets: broadcast partitions belong to every task, so it does not see them.
local function without_broadcast(partitions, broadcast)
	if #broadcast == 0 then return partitions end
	local set, rest = partition_set(), {}
	for _, p in ipairs(broadcast) do set.add(p, true) end
	for _, p in ipairs(partitions) do
		if not set.find(p) then rest[#rest + 1] = p end
	end
	return rest
end

local function check_array(result, refuse)
	if type(result) ~= "table" then return refuse("policy.result", ("returned a %s, not an array of tasks"):format(type(result))) end
	for _, key in ipairs(sorted.keys(result)) do
		if math.type(key) ~= "integer" or key < 1 or key > #result then
			return refuse("policy.result", ('returned a table with the key "%s", not an array of tasks'):format(tostring(key)),
				"return { { name = ..., partitions = { ... } }, ... }")
		end
	end
	return true
end

local function check_name(task, i, seen, refuse)
	if type(task) ~= "table" then return refuse("policy.result", ("tasks[%d] is a %s, not a table"):format(i, type(task))) end
	local name = task.name
	if type(name) ~= "string" then
		return refuse("policy.task-name", ("tasks[%d] has a name that is a %s, not a text"):format(i, type(name)))
	end
	if name == "" then return refuse("policy.task-name", ("tasks[%d] has an empty name"):format(i)) end
	if not utf8.len(name) then return refuse("policy.task-name", ("tasks[%d] has a name that is not UTF-8"):format(i)) end
	if seen[name] then
		return refuse("policy.task-name", ('tasks[%d] and tasks[%d] have the same name "%s"'):format(seen[name], i, name))
	end
	seen[name] = i
	if type(task.partitions) ~= "table" then
		return refuse("policy.result", ('task "%s": its partitions are a %s, not an array'):format(name, type(task.partitions)))
	end
	if #task.partitions == 0 then
		return refuse("policy.task-empty", ('task "%s" has no partitions'):format(name), "leave such a task out")
	end
	return true
end

local function well_formed(p)
	return type(p) == "table" and type(p.system) == "string" and type(p.stream) == "string" and math.type(p.partition) == "integer"
end

-- The places of one task's partitions in the input, ascending. `owner`: place -> task name.
local function places_of(task, place, owner, refuse)
	local places, ascending = {}, true
	for i, p in ipairs(task.partitions) do
		if not well_formed(p) then
			return refuse("policy.result", ('task "%s": partitions[%d] is no { system =, stream =, partition = }'):format(task.name, i))
		end
		local at = place.find(p)
		if not at then
			return refuse("policy.partition-unknown", ('task "%s": %s is no partition of the job'):format(task.name, name_of(p)))
		end
		if owner[at] == task.name then
			return refuse("policy.partition-twice", ('task "%s" has %s twice'):format(task.name, name_of(p)))
		elseif owner[at] then
			return refuse("policy.partition-twice", ('task "%s": %s is already in task "%s"'):format(task.name, name_of(p), owner[at]))
		end
		owner[at] = task.name
		ascending = ascending and (i == 1 or places[i - 1] < at)
		places[i] = at
	end
	if not ascending then table.sort(places) end
	return places
end

local function check_complete(partitions, owner, refuse)
	local lost, first = 0, nil
	for i, p in ipairs(partitions) do
		if not owner[i] then
			lost, first = lost + 1, first or p
		end
	end
	if lost == 0 then return true end
	local more = lost > 1 and { ("and so are %d more"):format(lost - 1) } or nil
	return refuse("policy.partition-lost", name_of(first) .. " is in no task", "every partition belongs to exactly one task", more)
end

-- Check what a policy returned; hand back fresh tasks of the input's own records, sorted.
local function checked(result, partitions, broadcast, refuse)
	local ok, err = check_array(result, refuse)
	if not ok then return nil, err end
	local place, owner, seen, names, by_name = partition_set(), {}, {}, {}, {}
	for i, p in ipairs(partitions) do place.add(p, i) end
	for i, task in ipairs(result) do
		ok, err = check_name(task, i, seen, refuse)
		if not ok then return nil, err end
		local places
		places, err = places_of(task, place, owner, refuse)
		if not places then return nil, err end
		local own = {}
		for k, at in ipairs(places) do own[k] = partitions[at] end
		for _, p in ipairs(broadcast) do own[#own + 1] = p end
		if #broadcast > 0 then table.sort(own, before) end
		names[i], by_name[task.name] = task.name, { name = task.name, partitions = own }
	end
	ok, err = check_complete(partitions, owner, refuse)
	if not ok then return nil, err end
	local tasks = {}
	for i, name in ipairs(jobmodel.sort(names)) do tasks[i] = by_name[name] end
	return tasks
end

--- @tparam {Partition,...} partitions sorted by system, stream, partition
-- @tparam Config config
-- @tparam table context reads `broadcast`
-- @treturn {Task,...}|nil sorted by name in Java string order: `{ name =, partitions = { { system =, stream =, partition = }, ... } }`
-- @treturn table|nil err
return function(partitions, config, context)
	local default, err = by_class(config)
	if not default then return nil, err end
	local setting = { key = KEY, default = default, default_key = FACTORY }
	local broadcast = context.broadcast or {}
	-- the factory of Samza 0.10.x does not pass the property on
	if default == "by-system-stream-partition" and not context.facts.broadcast_by_ssp then broadcast = {} end
	local rest = without_broadcast(partitions, broadcast)
	local result, where = policy.call("groupers/tasks", setting, config, context, rest)
	if result == nil then return nil, where end
	return checked(result, rest, broadcast, function(code, message, hint, notes)
		return policy.blame(where, config, { code = code, message = message, hint = hint, notes = notes })
	end)
end
