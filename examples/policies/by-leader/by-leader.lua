-- SPDX-License-Identifier: Apache-2.0
--- Containers that talk to few brokers: tasks are lined up by the broker that leads their first partition, and the line is
-- cut into equal pieces. Leaders move, so a later run may place tasks otherwise: for jobs that keep no state on disk.
-- @tparam {Task,...} tasks sorted by name; their partitions have `leader` when it is known
-- @tparam Config config reads `kubernetes.pod.count` (integer, >= 1)
-- @treturn {Container,...} ids 0 to count - 1; every task appears exactly once
-- @raise string when a container would have nothing to do
return function(tasks, config)
	local count = config["kubernetes.pod.count"]
	if #tasks < count then error(("%d containers for %d tasks: some would have nothing to do"):format(count, #tasks)) end

	local line = {}
	for i, task in ipairs(tasks) do line[i] = { name = task.name, leader = task.partitions[1].leader or -1, place = i } end
	table.sort(line, function(a, b)
		if a.leader ~= b.leader then return a.leader < b.leader end
		return a.place < b.place
	end)

	local containers = {}
	for i, entry in ipairs(line) do
		local id = (i - 1) * count // #line
		containers[id + 1] = containers[id + 1] or { id = id, tasks = {} }
		table.insert(containers[id + 1].tasks, entry.name)
	end
	return containers
end
