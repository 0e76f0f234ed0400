-- SPDX-License-Identifier: Apache-2.0
--- Samza's GroupByContainerIds: deal the tasks to a list of container ids. Ids beyond the number of tasks are left out. From
-- 1.1 the list has the order of a Java HashMap, and in 1.1 and 1.2 one id more than there are containers.
-- @tparam {Task,...} tasks sorted by name, as Java sorts text
-- @tparam Config config reads `kubernetes.pod.count`
-- @tparam Context context reads `previous.containers` and `previous.hosts` where the job asks for host affinity (from 1.1)
-- @treturn {Container,...}
-- @raise table in Samza's own words
local samza = require("samzak8s.samza")

local function refuse(code, key, message, hint) error { code = code, key = key, message = message, hint = hint } end

local function ids_of(config, facts)
	local ids = {}
	for id = 0, config["kubernetes.pod.count"] + facts.extra_processors - 1 do ids[#ids + 1] = ("%d"):format(id) end
	return facts.container_ids == "hashed" and samza.hash_order(ids) or ids
end

-- The first `count` ids as text is sorted.
local function cut(ids, count)
	local rest = { table.unpack(ids) }
	table.sort(rest)
	return { table.unpack(rest, 1, count) }
end

local function deal(tasks, ids)
	local containers = {}
	for i, id in ipairs(ids) do containers[i] = { id = id, tasks = {} } end
	for i, task in ipairs(tasks) do table.insert(containers[(i - 1) % #ids + 1].tasks, task.name) end
	return containers
end

-- The host of each container, as far as known.
local function locations(ids, hosts)
	local result = {}
	for _, id in ipairs(ids) do result[id] = hosts[id] ~= "" and hosts[id] or "ANY_HOST" end
	return result
end

-- Tasks go to a container on the host where they ran, while it has room; the others fill up.
local function place(tasks, ids, context)
	local host_of = locations(ids, context.previous.hosts)
	local previous = samza.active(context.previous.containers, context.previous.modes, context.samza)
	local order = cut(ids, #tasks)
	local around = #ids > #tasks and samza.hash_order(order) or order
	local share, containers, on_host = #tasks // #order, {}, {}
	for _, id in ipairs(order) do containers[id] = { id = id, tasks = {} } end
	for _, id in ipairs(around) do
		on_host[host_of[id]] = on_host[host_of[id]] or {}
		table.insert(on_host[host_of[id]], containers[id])
	end
	-- containers fill up in order, so the full ones at the front of a list stay full
	local function with_room(list, from)
		while list[from] and #list[from].tasks >= share do from = from + 1 end
		return list[from], from
	end
	local rest, from, result = {}, {}, {}
	for _, task in ipairs(tasks) do
		local host = host_of[previous[task.name]]
		local container
		if host and on_host[host] then container, from[host] = with_room(on_host[host], from[host] or 1) end
		table.insert(container and container.tasks or rest, task.name)
	end
	for i, id in ipairs(order) do result[i] = containers[id] end
	local start, turn = 1, 0
	for _, name in ipairs(rest) do
		local container
		container, start = with_room(result, start)
		if not container then
			turn = turn + 1
			container = containers[around[(turn - 1) % #around + 1]]
		end
		table.insert(container.tasks, name)
	end
	return result
end

return function(tasks, config, context)
	local facts = context.samza
	if facts.container_ids == "broken" then
		refuse("samza.grouper", "task.name.grouper.factory", "GroupByContainerIds fails in a cluster of Samza 0.13.0: it gets no ids",
			"name GroupByContainerCountFactory, or use another release")
	end
	local ids, by_host = ids_of(config, facts), facts.places_by_host and samza.host_affinity(config, facts)
	if by_host and #tasks == 0 then
		refuse("tasks.none", "task.inputs", "No tasks found. Likely due to no input partitions. Can't run a job with no tasks.",
			"set task.inputs to streams that have partitions, as in task.inputs=kafka.orders")
	end
	if #ids == 0 then error("Must have at least one container") end
	if #tasks == 0 then
		refuse("tasks.none", "task.inputs", ("cannot group an empty set. %s=[%s]"):format(facts.container_ids_parameter, table.concat(ids, ", ")),
			"set task.inputs to streams that have partitions, as in task.inputs=kafka.orders")
	end
	if by_host then return place(tasks, ids, context) end
	return deal(tasks, #ids > #tasks and cut(ids, #tasks) or ids)
end
