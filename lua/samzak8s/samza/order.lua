-- SPDX-License-Identifier: Apache-2.0
--- The order of partitions everywhere: by system and stream as Java sorts text, then by number, then by bucket.
local jobmodel = require("samzak8s.native.jobmodel")

--- Does a come before b?
-- @tparam Partition a
-- @tparam Partition b
-- @treturn boolean
return function(a, b)
	if a.system ~= b.system then return jobmodel.compare(a.system, b.system) end
	if a.stream ~= b.stream then return jobmodel.compare(a.stream, b.stream) end
	if a.partition ~= b.partition then return a.partition < b.partition end
	return (a.bucket or -1) < (b.bucket or -1)
end
