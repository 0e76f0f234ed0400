-- SPDX-License-Identifier: Apache-2.0
--- Containers of equal load: each stream has a weight, and the heaviest task goes to the lightest container, one after another.
-- @tparam {Task,...} tasks sorted by name
-- @tparam Config config reads `kubernetes.pod.count` (integer, >= 1) and `my.weight.<system>.<stream>` (number, 1 unless set):
-- the load of one of its partitions
-- @tparam Context context gets a note of each container's load
-- @treturn {Container,...} ids 0 to count - 1
-- @raise string when a container would have nothing to do
return function(tasks, config, context)
	local count = config["kubernetes.pod.count"]
	if #tasks < count then error(("%d containers for %d tasks: some would have nothing to do"):format(count, #tasks)) end

	local line = {}
	for i, task in ipairs(tasks) do
		line[i] = { name = task.name, weight = 0, place = i }
		for _, p in ipairs(task.partitions) do
			line[i].weight = line[i].weight + (tonumber(config[("my.weight.%s.%s"):format(p.system, p.stream)]) or 1)
		end
	end
	table.sort(line, function(a, b)
		if a.weight ~= b.weight then return a.weight > b.weight end
		return a.place < b.place
	end)

	local containers, loads = {}, {}
	for i = 1, count do containers[i], loads[i] = { id = i - 1, tasks = {} }, 0 end
	for i, task in ipairs(line) do
		local lightest = i <= count and i or 1
		for k = 1, i > count and count or 0 do
			if loads[k] < loads[lightest] then lightest = k end
		end
		loads[lightest] = loads[lightest] + task.weight
		table.insert(containers[lightest].tasks, task.name)
	end
	context.note("loads: " .. table.concat(loads, ", "))
	return containers
end
