-- SPDX-License-Identifier: Apache-2.0
--- Samza's GroupByPartition: task `Partition N` reads partition N of every stream.
-- @tparam {Partition,...} partitions sorted by system, stream, partition
-- @tparam Config config reads `job.elasticity.factor` (from Samza 1.7): task `Partition N B` reads bucket B of their keys
-- @tparam Context context
-- @treturn {Task,...} one for each partition number that some stream has, and each bucket
return function(partitions, config, context)
	local factor = context.samza.elasticity and config["job.elasticity.factor"] or 1
	local tasks, by_name = {}, {}
	local function add(name, partition)
		local task = by_name[name]
		if not task then
			task = { name = name, partitions = {} }
			by_name[name] = task
			tasks[#tasks + 1] = task
		end
		task.partitions[#task.partitions + 1] = partition
	end
	for _, p in ipairs(partitions) do
		if factor == 1 then add(("Partition %d"):format(p.partition), p) end
		for bucket = 0, factor > 1 and factor - 1 or -1 do
			add(("Partition %d %d"):format(p.partition, bucket), { system = p.system, stream = p.stream, partition = p.partition, bucket = bucket })
		end
	end
	return tasks
end
