-- SPDX-License-Identifier: Apache-2.0
--- Samza's GroupBySystemStreamPartition: a task of its own for every partition of every stream.
-- @tparam {Partition,...} partitions sorted by system, stream, partition
-- @treturn {Task,...} named as Samza prints such a partition: `SystemStreamPartition [kafka, orders, 0]`
local samza = require("samzak8s.samza")

return function(partitions)
	local tasks = {}
	for i, p in ipairs(partitions) do tasks[i] = { name = samza.ssp_name(p), partitions = { p } } end
	return tasks
end
