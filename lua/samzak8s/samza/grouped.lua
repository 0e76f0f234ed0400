-- SPDX-License-Identifier: Apache-2.0
--- What a task grouper must return: every partition in one task, or every bucket of it in one.
local before = require("samzak8s.samza.order")
local jobmodel = require("samzak8s.native.jobmodel")
local sorted = require("samzak8s.sorted")

local M = {}

local WHOLE = 0 -- in the place of a bucket + 1

local function name_of(p)
	local name = ("%s.%s %d"):format(p.system, p.stream, p.partition)
	return math.type(p.bucket) == "integer" and ("%s, bucket %d"):format(name, p.bucket) or name
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

--- The partitions that are not broadcast: those belong to every task, and no grouper sees them.
function M.without(partitions, broadcast)
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
		and (p.bucket == nil or math.type(p.bucket) == "integer")
end

-- Who has what: place of a partition -> bucket + 1 -> { task's name, is it shared }; and how many buckets are taken.
local function claim(state, task, p, at, refuse)
	local slot = (p.bucket or -1) + 1
	if slot ~= WHOLE and (slot < 1 or slot > state.input.factor) or slot ~= WHOLE and state.input.factor == 1 then
		return refuse("policy.bucket", ('task "%s": there is no %s; job.elasticity.factor is %d'):format(task.name, name_of(p), state.input.factor))
	end
	local owners = state.owners[at] or { taken = 0 }
	state.owners[at] = owners
	local other = owners[slot] or owners[WHOLE] or slot == WHOLE and owners.any
	if other and other.last == task.name then
		return refuse("policy.partition-twice", ('task "%s" has %s twice'):format(task.name, name_of(p)))
	elseif other and not (task.shared == true and other.shared and owners[slot] == other) then
		return refuse("policy.partition-twice", ('task "%s": %s is already in task "%s"'):format(task.name, name_of(p), other.last))
	elseif other then
		other.last = task.name
	else
		owners[slot] = { last = task.name, shared = task.shared == true }
		owners.any, owners.taken = owners[slot], owners.taken + 1
	end
	return true
end

-- One task's partitions: the input's own records, or copies with a bucket; sorted.
local function own_partitions(state, task, refuse)
	local own, ascending, last = {}, true, 0
	for i, p in ipairs(task.partitions) do
		if not well_formed(p) then
			return refuse("policy.result", ('task "%s": partitions[%d] is no { system =, stream =, partition = }'):format(task.name, i))
		end
		local at = state.place.find(p)
		if not at then
			return refuse("policy.partition-unknown", ('task "%s": %s is no partition of the job'):format(task.name, name_of(p)))
		end
		local ok, err = claim(state, task, p, at, refuse)
		if not ok then return nil, err end
		own[i] = (p.bucket or -1) >= 0 and { system = p.system, stream = p.stream, partition = p.partition, bucket = p.bucket } or state.input.partitions[at]
		ascending, last = ascending and at > last, at
	end
	for _, p in ipairs(state.input.broadcast) do own[#own + 1] = p end
	if not ascending or #state.input.broadcast > 0 then table.sort(own, before) end
	return own
end

local function check_complete(state, refuse)
	local lost, first = 0, nil
	for at, p in ipairs(state.input.partitions) do
		local owners = state.owners[at]
		if not owners then
			lost, first = lost + 1, first or p
		elseif not owners[WHOLE] and owners.taken < state.input.factor then
			for bucket = 0, state.input.factor - 1 do
				if not owners[bucket + 1] then
					lost, first = lost + 1, first or { system = p.system, stream = p.stream, partition = p.partition, bucket = bucket }
				end
			end
		end
	end
	if lost == 0 then return true end
	local more = lost > 1 and { ("and so are %d more"):format(lost - 1) } or nil
	return refuse("policy.partition-lost", name_of(first) .. " is in no task", "every partition belongs to exactly one task", more)
end

--- Check what a policy returned; hand back fresh tasks of the input's own records, sorted.
-- @param result of the policy
-- @tparam table input `partitions` (sorted, as the policy got them), `broadcast`, `factor` (number of buckets, 1 for none)
-- @tparam function refuse code, message, hint, notes -> nil, err
-- @treturn {Task,...}|nil
-- @treturn table|nil err
function M.check(result, input, refuse)
	local ok, err = check_array(result, refuse)
	if not ok then return nil, err end
	local state = { input = input, place = partition_set(), owners = {} }
	local seen, names, by_name = {}, {}, {}
	for i, p in ipairs(input.partitions) do state.place.add(p, i) end
	for i, task in ipairs(result) do
		ok, err = check_name(task, i, seen, refuse)
		if not ok then return nil, err end
		local own
		own, err = own_partitions(state, task, refuse)
		if not own then return nil, err end
		names[i], by_name[task.name] = task.name, { name = task.name, partitions = own }
	end
	ok, err = check_complete(state, refuse)
	if not ok then return nil, err end
	local tasks = {}
	for i, name in ipairs(jobmodel.sort(names)) do tasks[i] = by_name[name] end
	return tasks
end

return M
