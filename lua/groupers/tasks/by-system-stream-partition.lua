-- SPDX-License-Identifier: Apache-2.0
--- Samza's GroupBySystemStreamPartition: a task of its own for every partition of every stream.
-- @tparam {Partition,...} partitions sorted by system, stream, partition
-- @tparam Config config reads `job.elasticity.factor` (from Samza 1.7): a task for each bucket of their keys
-- @tparam Context context
-- @treturn {Task,...} named as Samza prints such a partition: `SystemStreamPartition [kafka, orders, 0]`
local samza = require("samzak8s.samza")

return function(partitions, config, context)
	local factor = context.samza.elasticity and config["job.elasticity.factor"] or 1
	local tasks = {}
	for _, p in ipairs(partitions) do
		if factor == 1 then tasks[#tasks + 1] = { name = samza.ssp_name(p), partitions = { p } } end
		for bucket = 0, factor > 1 and factor - 1 or -1 do
			local own = { system = p.system, stream = p.stream, partition = p.partition, bucket = bucket }
			tasks[#tasks + 1] = { name = samza.ssp_name(own), partitions = { own } }
		end
	end
	return tasks
end
