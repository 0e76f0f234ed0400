-- SPDX-License-Identifier: Apache-2.0
--- Changelog partitions of tasks: earlier ones stay, new ones follow in the order in which the release meets its tasks.
local jobmodel = require("samzak8s.native.jobmodel")

local M = {}

local BITS = 0xFFFFFFFF

local function unsigned_hash(text)
	return assert(jobmodel.hash(text)) & BITS
end

-- Scala 2.10's improve(), then the path through a hash trie: five bits a level, the lowest first, as one number.
local function trie_path(hash)
	local x = (hash + (~(hash << 9) & BITS)) & BITS
	x = x ~ (x >> 14)
	x = (x + (x << 4)) & BITS
	x = x ~ (x >> 10)
	local path = 0
	for shift = 0, 30, 5 do path = path << 5 | (x >> shift & 31) end
	return path
end

-- Scala's mutable map of up to 16 slots, which is filled when an immutable map of up to 4 tasks is turned around.
local function small_map_slot(hash)
	local x = (hash * 0x9e3775cd) & BITS
	x = (x >> 24) | (x >> 8 & 0xFF00) | (x << 8 & 0xFF0000) | (x << 24 & 0xFF000000)
	return (x * 0x9e3775cd) & 15
end

local function scala_ranks(tasks)
	local ranks = {}
	for i, task in ipairs(tasks) do
		local hash = unsigned_hash(task.name)
		ranks[i] = #tasks > 4 and { trie_path(hash), 0 } or { -small_map_slot(hash), -i } -- of one slot, the last one in comes first
	end
	return ranks
end

-- Where the Scala set of inputs has this partition.
local function input_path(p)
	local hash = 31 + unsigned_hash(p.stream)
	hash = (31 * hash + unsigned_hash(p.system)) & BITS
	return trie_path((31 * hash + p.partition) & BITS)
end

local function partition_key(p) return ("%s\0%s\0%d"):format(p.system, p.stream, p.partition) end

-- The place of each task's first input. A partition of several tasks is a broadcast one, which makes no task.
local function first_inputs(tasks)
	local uses, first = {}, {}
	for _, task in ipairs(tasks) do
		for _, p in ipairs(task.partitions) do
			local key = partition_key(p)
			uses[key] = (uses[key] or 0) + 1
		end
	end
	for i, task in ipairs(tasks) do
		first[i] = math.maxinteger
		for _, p in ipairs(task.partitions) do
			if uses[partition_key(p)] == 1 then first[i] = math.min(first[i], input_path(p)) end
		end
	end
	return first
end

-- java.util.HashMap of Java 8: by bucket, then as inserted.
local function java_ranks(tasks)
	local capacity = 16
	while #tasks > capacity * 3 // 4 do capacity = capacity * 2 end
	local ranks, inserted = {}, first_inputs(tasks)
	for i, task in ipairs(tasks) do
		local hash = unsigned_hash(task.name)
		ranks[i] = { (hash ~ (hash >> 16)) & (capacity - 1), inserted[i] }
	end
	return ranks
end

-- Indices of tasks in the order of their ranks; what the releases leave open goes by name.
local function order_by(ranks)
	local order = {}
	for i = 1, #ranks do order[i] = i end
	table.sort(order, function(a, b)
		local x, y = ranks[a], ranks[b]
		if x[1] ~= y[1] then return x[1] < y[1] end
		if x[2] ~= y[2] then return x[2] < y[2] end
		return a < b
	end)
	return order
end

local ranks_of = { scala = scala_ranks, java = java_ranks }

--- Give every task its changelog partition.
-- @tparam {Task,...} tasks sorted by name, as Java sorts text
-- @tparam {[string]=integer,...}|nil previous task to changelog partition of earlier runs, gone tasks included:
-- their partitions are never given to another
-- @tparam table facts reads `changelog_order`: "scala" (0.9.1), "java" (0.10.0 to 0.11.0), "sorted" (since)
-- @treturn {[string]=integer,...} task name to changelog partition, from 0
function M.assign(tasks, previous, facts)
	previous = previous or {}
	local max, ids = -1, {}
	for _, id in next, previous do max = math.max(max, id) end
	local ranks = ranks_of[facts.changelog_order]
	local order = ranks and order_by(ranks(tasks))
	for i = 1, #tasks do
		local name = tasks[order and order[i] or i].name
		ids[name] = previous[name]
		if not ids[name] then
			max = max + 1
			ids[name] = max
		end
	end
	return ids
end

return M
