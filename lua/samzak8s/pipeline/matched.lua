-- SPDX-License-Identifier: Apache-2.0
--- Between the second arrow and the third: the partitions that the job's matcher lets through.
local matchers = require("samzak8s.samza.matchers")

--- @tparam {Partition,...} partitions sorted
-- @tparam Config config
-- @tparam table context
-- @treturn {Partition,...}|nil
-- @treturn table|nil err
return function(partitions, config, context)
	return matchers.filter(partitions, config, context)
end
