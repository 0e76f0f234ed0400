-- SPDX-License-Identifier: Apache-2.0
--- Samza's GroupByPartition: task `Partition N` reads partition N of every stream.
-- @tparam {Partition,...} partitions sorted by system, stream, partition
-- @treturn {Task,...} one for each partition number that some stream has
return function(partitions)
	local tasks, by_number = {}, {}
	for _, p in ipairs(partitions) do
		local task = by_number[p.partition]
		if not task then
			task = { name = ("Partition %d"):format(p.partition), partitions = {} }
			by_number[p.partition] = task
			tasks[#tasks + 1] = task
		end
		task.partitions[#task.partitions + 1] = p
	end
	return tasks
end
