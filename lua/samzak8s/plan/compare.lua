-- SPDX-License-Identifier: Apache-2.0
--- Two models of a job, and what became of its tasks between them. Pure.
-- A model is { config = { [key] = text }, containers = { { id =, tasks = { { name =, changelog =, partitions = } } } } }.
local jobmodel = require("samzak8s.native.jobmodel")

local M = {}

local function stream_of(p) return p.system .. "." .. p.stream end

-- "kafka.orders-5", with the bucket behind it when there is one
local function input_name(p)
	return ("%s-%d%s"):format(stream_of(p), p.partition, p.bucket and "/" .. p.bucket or "")
end

-- Tasks by name, with their container; the names sorted; partitions by stream.
local function index(model)
	local tasks, names, containers, streams = {}, {}, {}, {}
	for _, container in ipairs(model.containers) do
		containers[container.id] = true
		for _, task in ipairs(container.tasks) do
			tasks[task.name] = { container = container.id, task = task }
			names[#names + 1] = task.name
			for _, p in ipairs(task.partitions) do
				local stream = stream_of(p)
				streams[stream] = streams[stream] or { count = 0 }
				if not streams[stream][p.partition] then
					streams[stream][p.partition] = true
					streams[stream].count = streams[stream].count + 1
				end
			end
		end
	end
	return { tasks = tasks, names = jobmodel.sort(names), containers = containers, streams = streams }
end

-- Keys of either table, as Java sorts text.
local function keys_of(a, b)
	local found, seen = {}, {}
	for _, t in ipairs { a, b } do
		for key in next, t do
			if not seen[key] then
				seen[key] = true
				found[#found + 1] = key
			end
		end
	end
	return jobmodel.sort(found)
end

local function input_names(task)
	local found = {}
	for _, p in ipairs(task.partitions) do found[input_name(p)] = true end
	return found
end

-- Items of `a` that are not in `b`, sorted.
local function without(a, b)
	local left = {}
	for name in next, a do
		if not b[name] then left[#left + 1] = name end
	end
	return jobmodel.sort(left)
end

local function compare_inputs(before, after)
	local changes = {}
	for _, stream in ipairs(keys_of(before, after)) do
		local from, to = before[stream] and before[stream].count or 0, after[stream] and after[stream].count or 0
		if from ~= to then changes[#changes + 1] = { stream = stream, from = from, to = to } end
	end
	return changes
end

local function compare_task(name, old, new, result)
	if old.container ~= new.container then
		table.insert(result.moved, { task = name, from = old.container, to = new.container, changelog = new.task.changelog })
	end
	if old.task.changelog ~= new.task.changelog then
		table.insert(result.renumbered, { task = name, from = old.task.changelog, to = new.task.changelog })
	end
	local before, after = input_names(old.task), input_names(new.task)
	local gained, lost = without(after, before), without(before, after)
	if #gained + #lost > 0 then table.insert(result.changed, { task = name, container = new.container, gained = gained, lost = lost }) end
end

-- Numbers as numbers, texts behind them.
local function sort_ids(ids)
	table.sort(ids, function(a, b)
		local x, y = tonumber(a:match("^%d+$")), tonumber(b:match("^%d+$"))
		if x and y then return x < y end
		if x or y then return x ~= nil end
		return a < b
	end)
	return ids
end

--- @tparam table before model
-- @tparam table after model
-- @treturn table moved ({task,from,to,changelog}), appeared ({task,container,changelog}), vanished (likewise), changed (inputs:
-- {task,container,gained,lost}), renumbered ({task,from,to}: never, unless two sources of earlier decisions say so), inputs
-- ({stream,from,to}), joined and left (ids of containers), config (keys that differ), assignment (do tasks, their
-- containers, inputs or changelog partitions differ?)
function M.compare(before, after)
	local old, new = index(before), index(after)
	local result = { moved = {}, appeared = {}, vanished = {}, changed = {}, renumbered = {}, config = {} }
	for _, name in ipairs(new.names) do
		local a, b = old.tasks[name], new.tasks[name]
		if a then
			compare_task(name, a, b, result)
		else
			table.insert(result.appeared, { task = name, container = b.container, changelog = b.task.changelog })
		end
	end
	for _, name in ipairs(old.names) do
		local a = old.tasks[name]
		if not new.tasks[name] then table.insert(result.vanished, { task = name, container = a.container, changelog = a.task.changelog }) end
	end
	result.inputs = compare_inputs(old.streams, new.streams)
	result.joined = sort_ids(without(new.containers, old.containers))
	result.left = sort_ids(without(old.containers, new.containers))
	for _, key in ipairs(keys_of(before.config, after.config)) do
		if before.config[key] ~= after.config[key] then table.insert(result.config, key) end
	end
	result.assignment = #result.moved + #result.appeared + #result.vanished + #result.changed + #result.renumbered > 0
	return result
end

--- Changelog partitions that a model needs: the highest id and one more.
function M.changelog_partitions(model)
	local max = -1
	for _, container in ipairs(model.containers) do
		for _, task in ipairs(container.tasks) do max = math.max(max, task.changelog) end
	end
	return max + 1
end

return M
