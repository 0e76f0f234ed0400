-- SPDX-License-Identifier: Apache-2.0
--- One container per rack, named after it: a task goes to a rack where each of its partitions has a replica, so that a
-- consumer near it can read there; of several such racks to the one with the fewest tasks.
-- @tparam {Task,...} tasks their partitions have `replicas` (broker ids) when they are known
-- @tparam Config config reads `my.rack.<broker id>` (text of a-z, 0-9 and -)
-- @treturn {Container,...} sorted by rack
-- @raise string when a broker has no rack, or a task fits no rack
return function(tasks, config)
	local function racks_of(partition)
		local racks = {}
		for _, broker in ipairs(partition.replicas or {}) do
			local rack = config["my.rack." .. broker]
			if not rack then error(("set my.rack.%d to the rack of broker %d"):format(broker, broker)) end
			racks[rack] = true
		end
		return racks
	end

	local by_rack = {}
	for _, task in ipairs(tasks) do
		local best
		for rack in pairs(racks_of(task.partitions[1])) do
			local fits = true
			for _, partition in ipairs(task.partitions) do fits = fits and racks_of(partition)[rack] end
			by_rack[rack] = by_rack[rack] or {}
			if fits and (not best or #by_rack[rack] < #by_rack[best]) then best = rack end
		end
		if not best then error(("%s: no rack has all of its partitions"):format(task.name)) end
		table.insert(by_rack[best], task.name)
	end

	local containers = {}
	for rack, names in pairs(by_rack) do
		if #names > 0 then table.insert(containers, { id = rack, tasks = names }) end
	end
	return containers
end
