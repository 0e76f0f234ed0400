-- SPDX-License-Identifier: Apache-2.0
--- Changelog partitions of tasks: earlier ones stay, new ones follow in the order in which the release meets its tasks.
local jobmodel = require("samzak8s.native.jobmodel")

local M = {}

local BITS = 0xFFFFFFFF

local function unsigned_hash(text)
	return assert(jobmodel.hash(text)) & BITS
end

-- Scala 2.10's improve(), then the path through a hash trie: five bits a level, the lowest first, as one 32-bit number.
local function trie_path(hash)
	local x = (hash + (~(hash << 9) & BITS)) & BITS
	x = x ~ (x >> 14)
	x = (x + (x << 4)) & BITS
	x = x ~ (x >> 10)
	local path = 0
	for shift = 0, 25, 5 do path = path << 5 | (x >> shift & 31) end
	return path << 2 | x >> 30
end

-- Scala's mutable map of up to 16 slots, which is filled when an immutable map of up to 4 tasks is turned around.
local function small_map_slot(hash)
	local x = (hash * 0x9e3775cd) & BITS
	x = (x >> 24) | (x >> 8 & 0xFF00) | (x << 8 & 0xFF0000) | (x << 24 & 0xFF000000)
	return (x * 0x9e3775cd) & 15
end

-- Indices 1 to n by ascending key(i), an integer below 2^32, then by index: as one integer each, which sorts fast.
local function order_by(n, key)
	local order = {}
	for i = 1, n do order[i] = key(i) << 31 | i end
	table.sort(order)
	for i = 1, n do order[i] = order[i] & 0x7FFFFFFF end
	return order
end

local order_of = {}

function order_of.scala(tasks)
	local n = #tasks
	if n > 4 then return order_by(n, function(i) return trie_path(unsigned_hash(tasks[i].name)) end) end
	local order, reversed = order_by(n, function(i) return small_map_slot(unsigned_hash(tasks[i].name)) end), {}
	for i = 1, n do reversed[i] = order[n + 1 - i] end
	return reversed
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

-- Order runs of one bucket as they were inserted.
local function order_buckets(order, bucket, tasks)
	local inserted, from = nil, 1
	for i = 2, #order + 1 do
		if not order[i] or bucket(order[i]) ~= bucket(order[from]) then
			if i - from > 1 then
				inserted = inserted or first_inputs(tasks)
				local run = table.move(order, from, i - 1, 1, {})
				table.sort(run, function(a, b)
					if inserted[a] ~= inserted[b] then return inserted[a] < inserted[b] end
					return a < b
				end)
				table.move(run, 1, #run, from, order)
			end
			from = i
		end
	end
	return order
end

-- java.util.HashMap of Java 8: by bucket, then as inserted.
function order_of.java(tasks)
	local capacity = 16
	while #tasks > capacity * 3 // 4 do capacity = capacity * 2 end
	local buckets = {}
	for i, task in ipairs(tasks) do
		local hash = unsigned_hash(task.name)
		buckets[i] = (hash ~ (hash >> 16)) & (capacity - 1)
	end
	local function bucket(i) return buckets[i] end
	return order_buckets(order_by(#tasks, bucket), bucket, tasks)
end

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
	local order = order_of[facts.changelog_order]
	order = order and order(tasks)
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
