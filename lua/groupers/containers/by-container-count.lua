-- SPDX-License-Identifier: Apache-2.0
--- Samza's GroupByContainerCount: deal the tasks to containers like cards, task i to container (i - 1) mod count. Where Samza
-- remembers earlier containers (0.10.1 to 0.13.0, later with host affinity), move as few tasks as a new count needs.
-- @tparam {Task,...} tasks sorted by name, as Java sorts text
-- @tparam Config config reads `kubernetes.pod.count` (integer, >= 1)
-- @tparam Context context reads `previous`
-- @treturn {Container,...} sorted by id, numbered from 0; every task appears exactly once
-- @raise string Samza's own words when a container would have nothing to do
local samza = require("samzak8s.samza")

local function deal(tasks, count)
	local containers = {}
	for id = 1, count do containers[id] = { id = ("%d"):format(id - 1), tasks = {} } end
	for i, task in ipairs(tasks) do
		local names = containers[(i - 1) % count + 1].tasks
		names[#names + 1] = task.name
	end
	return containers
end

local function balances(config, facts)
	return facts.balances == "always" or facts.balances == "host affinity" and samza.host_affinity(config, facts)
end

-- What the release says to an earlier id that is no integer, if anything.
local function check_ids(previous, facts)
	for _, id in pairs(previous) do
		if not samza.integer(id) and facts.balance_ids ~= "any" then
			error { code = "samza.previous-container", key = "task.name.grouper.factory",
				message = facts.balance_ids == "parsed" and ('For input string: "%s"'):format(id)
					or "GroupByContainerCount cannot handle non-integer processorIds!",
				hint = "leave the containers member out of the state file: the tasks are then grouped afresh" }
		end
	end
end

-- The earlier containers, their tasks by name, or nil when they are not numbered from 0 or hold another number of tasks.
local function earlier(tasks, previous)
	local containers, total, last = {}, 0, -1
	for task, id in pairs(previous) do
		local number = samza.integer(id)
		if not number or number < 0 or ("%d"):format(number) ~= id then return nil end
		containers[number + 1] = containers[number + 1] or { id = id, tasks = {} }
		table.insert(containers[number + 1].tasks, task)
		total, last = total + 1, math.max(last, number)
	end
	if total ~= #tasks then return nil end
	for number = 0, last do
		if not containers[number + 1] then return nil end
		table.sort(containers[number + 1].tasks, samza.java_less)
	end
	return containers
end

local function check_names(tasks, previous)
	local known = {}
	for _, task in ipairs(tasks) do known[task.name] = true end
	for task in pairs(previous) do
		if not known[task] then
			error { code = "samza.previous-task", key = "task.inputs",
				message = ('the earlier run had as many tasks, but one "%s", which is no more; Samza fails there'):format(task),
				hint = "leave the containers member out of the state file: the tasks are then grouped afresh" }
		end
	end
end

-- Take what is too much from the earlier containers, last tasks first, and give it to those that have too little.
local function balance(containers, count, total)
	local pool, first = {}, 1
	local function wanted(i) return i > count and 0 or total // count + (i <= total % count and 1 or 0) end
	for i, container in ipairs(containers) do
		while #container.tasks > wanted(i) do pool[#pool + 1] = table.remove(container.tasks) end
	end
	local result = {}
	for i = 1, count do
		local container = containers[i] or { id = ("%d"):format(i - 1), tasks = {} }
		while #container.tasks < wanted(i) do
			table.insert(container.tasks, pool[first])
			first = first + 1
		end
		result[i] = container
	end
	return result
end

return function(tasks, config, context)
	local count, facts = config["kubernetes.pod.count"], context.samza
	local prefix = facts.require_prefix
	if count < 1 then error(prefix .. "Must have at least one container") end
	if #tasks == 0 then
		error(prefix .. "No tasks found. Likely due to no input partitions. Can't run a job with no tasks.")
	end
	if count > #tasks then
		error(("%sYour container count (%d) is larger than your task count (%d). Can't have containers with nothing to do, so aborting.")
			:format(prefix, count, #tasks))
	end
	if not balances(config, facts) then return deal(tasks, count) end
	local previous = samza.active(context.previous.containers, context.previous.modes, facts)
	check_ids(previous, facts)
	local containers = earlier(tasks, previous)
	if not containers or #containers <= 1 or count == 1 then return deal(tasks, count) end
	check_names(tasks, previous)
	if #containers == count then return containers end
	return balance(containers, count, #tasks)
end
