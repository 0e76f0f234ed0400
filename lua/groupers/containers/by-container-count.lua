-- SPDX-License-Identifier: Apache-2.0
--- Samza's GroupByContainerCount: deal the tasks to containers like cards, task i to container (i - 1) mod count.
-- @tparam {Task,...} tasks sorted by name, as Java sorts text
-- @tparam Config config reads `kubernetes.pod.count` (integer, >= 1)
-- @tparam Context context reads `samza.require_prefix`: Scala releases put it before their messages
-- @treturn {Container,...} sorted by id, numbered from 0; every task appears exactly once
-- @raise string Samza's own words when a container would have nothing to do
return function(tasks, config, context)
	local count, prefix = config["kubernetes.pod.count"], context.samza.require_prefix
	if count < 1 then error(prefix .. "Must have at least one container") end
	if #tasks == 0 then
		error(prefix .. "No tasks found. Likely due to no input partitions. Can't run a job with no tasks.")
	end
	if count > #tasks then
		error(("%sYour container count (%d) is larger than your task count (%d). Can't have containers with nothing to do, so aborting.")
			:format(prefix, count, #tasks))
	end
	local containers = {}
	for id = 1, count do containers[id] = { id = ("%d"):format(id - 1), tasks = {} } end
	for i, task in ipairs(tasks) do
		local names = containers[(i - 1) % count + 1].tasks
		names[#names + 1] = task.name
	end
	return containers
end
