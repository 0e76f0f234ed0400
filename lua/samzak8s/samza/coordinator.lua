-- SPDX-License-Identifier: Apache-2.0
--- The coordinator stream (0.10 to 1.8): config, changelog partitions and assignments, as Samza's own readers take them.
--
-- A record that kills Samza's coordinator, and so every later start of the job, is refused with its offset. Types that
-- nothing here depends on are left alone, whatever their values hold.
local cjson = require("cjson")
local jobmodel = require("samzak8s.native.jobmodel")
local record = require("samzak8s.samza.coordinator_record")
local report = require("samzak8s.report")
local standby = require("samzak8s.samza.standby")
local topic_name = require("samzak8s.samza.topic_name")

local M = {}

local MAX = 2147483646
local MIGRATION = "set-migration-info"
local TASKS, OFFSET = 5, 6 -- of an input, while records are read

--- @treturn string the stream of a job
function M.topic(config)
	return topic_name("__samza_coordinator_", config)
end

local function text(values, name)
	local value = values[name]
	if type(value) ~= "string" then return nil, ("has no text %q in its values"):format(name) end
	return value
end

-- What each known type says: take(state, key, values, offset), values being nil in a tombstone -> what is wrong with it.
local take = {}

take["set-config"] = function(state, key, values)
	local value = values and values.value
	if value == cjson.null then value = nil end -- Samza has no such key then, or, up to 1.1, one without a value
	if value ~= nil and type(value) ~= "string" then return "has no text \"value\" in its values" end
	state.config[key] = value
end

take["set-changelog"] = function(state, key, values, _, facts)
	if not values then
		if facts.changelog_tombstone_fatal then
			return ("deletes the changelog partition of task %q, which Samza %s does not survive"):format(key, facts.version)
		end
		state.changelog[key] = nil
		return
	end
	local id = values.Partition
	local number = type(id) == "string" and #id <= 11 and id:find("^%+?%d+$") and math.tointeger(tonumber(id))
	if not number or number > MAX then
		return ("gives task %q the changelog partition %s, which is no number as text"):format(key, cjson.encode(id))
	end
	state.changelog[key] = number
end

take["set-task-container-assignment"] = function(state, key, values)
	local id, wrong
	if values then id, wrong = text(values, "containerId") end
	state.containers[key] = id
	return wrong
end

take["set-task-mode-assignment"] = function(state, key, values)
	local mode = values and values.taskMode
	if values and mode ~= "Active" and mode ~= "Standby" then
		return ("gives task %q the mode %s, which is neither Active nor Standby"):format(key, cjson.encode(mode))
	end
	state.modes[key] = mode
end

-- The name of the task, or an array of names, that the record has as JSON in a text.
local function task_names(values)
	if values[record.TASK] then return values[record.TASK] end
	local names, wrong = text(values, "taskNames")
	if not names then return nil, wrong end
	names, wrong = record.decode(names)
	if wrong then return nil, "has taskNames that are no JSON: " .. wrong end
	if type(names) ~= "table" then return nil, "has taskNames that are no array" end
	for _, task in ipairs(names) do
		if type(task) ~= "string" then return nil, "has taskNames that are no array of texts" end
	end
	return names
end

take["set-task-partition-assignment"] = function(state, key, values, offset, _, input)
	local wrong
	if values then
		input[TASKS], wrong = task_names(values)
		input[OFFSET] = offset
		state[key:find("keyBucket", 1, true) and "bucket_input" or "plain_input"] = true
	end
	state.inputs[key] = values and input
	return wrong
end

take["set-container-host-assignment"] = function(state, key, values, _, facts)
	local host, wrong
	if values then
		host, wrong = text(values, "host")
	elseif facts.host_tombstone_fatal == "always" or facts.host_tombstone_fatal == "host affinity" and state.host_affinity then
		wrong = ("deletes the host of container %q, which Samza %s does not survive"):format(key, facts.version)
	end
	state.hosts[key] = host
	return wrong
end

take[MIGRATION] = function(state, key, values)
	if key == "migration-info" then state.migrated = values ~= nil and values.CheckpointMigration09to10 == "true" end
end

-- Types that older readers match whatever their case is.
local any_case = {
	["set-changelog"] = "changelog_type_any_case",
	["set-task-container-assignment"] = "container_type_any_case",
	["set-container-host-assignment"] = "host_type_any_case",
}

-- Type -> how it is taken, as this release matches types.
local function takers(facts)
	return setmetatable({}, { __index = function(found, kind)
		local lower = kind:lower()
		local taker = take[kind] or any_case[lower] and facts[any_case[lower]] and take[lower] or nil
		found[kind] = taker
		return taker
	end })
end

local function refuse(offset, wrong, origin)
	return report.fail { code = "coordinator.record", source = origin, message = ("the record at offset %d %s"):format(offset, wrong) }
end

local function before(a, b)
	if a[1] ~= b[1] then return jobmodel.compare(a[1], b[1]) end
	if a[2] ~= b[2] then return jobmodel.compare(a[2], b[2]) end
	if a[3] ~= b[3] then return a[3] < b[3] end
	return (a[4] or -1) < (b[4] or -1)
end

-- The same input may have two keys, as 1.7 spells them with a bucket that 1.6 has not: the later record counts.
local function latest(inputs)
	local found = {}
	for _, input in next, inputs do
		local id = ("%s\0%s\0%d\0%d"):format(input[1], input[2], input[3], input[4] or -1)
		if not found[id] or found[id][OFFSET] < input[OFFSET] then found[id] = input end
	end
	return found
end

local function add(result, task, input)
	local list = result[task]
	if list then
		list[#list + 1] = input
	else
		result[task] = { input }
	end
end

-- Task to its inputs, sorted.
local function task_partitions(state)
	local result = {}
	for _, input in next, state.plain_input and state.bucket_input and latest(state.inputs) or state.inputs do
		local tasks = input[TASKS]
		input[TASKS], input[OFFSET] = nil, nil
		if type(tasks) == "string" then
			add(result, tasks, input)
		else
			for _, task in ipairs(tasks) do add(result, task, { table.unpack(input, 1, 4) }) end
		end
	end
	for _, list in next, result do
		if list[2] then table.sort(list, before) end
	end
	return result
end

--- Where the last record of every key of a type is.
-- @tparam table read offsets, keys, values, as the Kafka client gives them
-- @tparam string kind
-- @treturn {[string]=integer,...}
function M.offsets(read, kind)
	local at = {}
	for i, offset in ipairs(read.offsets) do
		local found, key = record.take_apart(read.keys[i], false)
		if found and found:lower() == kind then at[key] = offset end
	end
	return at
end

-- Two tasks of one changelog partition would write over each other's state; Samza does not look.
local function check_twice(changelog, read, origin)
	local seen, owner, tasks, twice = {}, {}, {}, false
	for _, id in next, changelog do
		twice = twice or seen[id]
		seen[id] = true
	end
	if not twice then return true end
	local at = M.offsets(read, "set-changelog")
	for task in next, changelog do tasks[#tasks + 1] = task end
	table.sort(tasks, function(a, b) return at[a] < at[b] end)
	for _, task in ipairs(tasks) do
		local id = changelog[task]
		local other = owner[id]
		if other and standby.active_name(other) ~= standby.active_name(task) then
			return report.fail { code = "coordinator.changelog-twice", source = origin,
				message = ("tasks %q (offset %d) and %q (offset %d) have the same changelog partition %d"):format(other, at[other], task, at[task], id) }
		end
		owner[id] = task
	end
	return true
end

--- Read the records of partition 0, in their order.
-- @tparam table read offsets, keys, values, as the Kafka client gives them
-- @tparam table facts of the Samza release
-- @tparam string origin where they come from, for messages
-- @tparam boolean|nil host_affinity does the job use it?
-- @treturn table|nil config (key -> value), changelog (task -> partition; nil when no record says),
--   containers, modes, hosts, partitions (as in samza.state), migrated (is the mark of the migration from 0.9 there?),
--   other (number of records of types that are left alone), records (of all)
-- @treturn table|nil err
function M.parse(read, facts, origin, host_affinity)
	local state = { config = {}, changelog = {}, containers = {}, modes = {}, inputs = {}, hosts = {},
		migrated = false, host_affinity = host_affinity }
	local taker_of, other = takers(facts), 0
	local function known(kind) return taker_of[kind] ~= nil end
	local keys, value_of = read.keys, read.values
	for i, offset in ipairs(read.offsets) do
		local bytes, value = keys[i], value_of[i]
		if not bytes then return refuse(offset, "has no key", origin) end
		local kind, key, values, input = record.take_apart(bytes, value, known)
		if not kind then return refuse(offset, key, origin) end
		local taker, wrong = taker_of[kind], nil
		if taker and type(key) ~= "string" then wrong = "has a key whose third part is no text" end
		if taker and not wrong then wrong = taker(state, key, values, offset, facts, input) end
		if not taker or taker == take[MIGRATION] then other = other + 1 end
		if wrong then return refuse(offset, wrong, origin) end
	end
	local ok, err = check_twice(state.changelog, read, origin)
	if not ok then return nil, err end
	return { config = state.config, changelog = next(state.changelog) and state.changelog or nil,
		containers = state.containers, modes = state.modes, hosts = state.hosts, partitions = task_partitions(state),
		migrated = state.migrated, other = other, records = #read.offsets }
end

return M
