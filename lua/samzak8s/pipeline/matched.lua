-- SPDX-License-Identifier: Apache-2.0
--- Between the second arrow and the third: the partitions that the job's matcher lets through. It is loaded only when there is one.

--- @tparam {Partition,...} partitions sorted
-- @tparam Config config
-- @tparam table context
-- @treturn {Partition,...}|nil
-- @treturn table|nil err
return function(partitions, config, context)
	if config:get("job.systemstreampartition.matcher.class") == nil then return partitions end
	return require("samzak8s.samza.matchers").filter(partitions, config, context)
end
