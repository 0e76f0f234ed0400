-- SPDX-License-Identifier: Apache-2.0
--- What would change the JobModel and is not computed here yet: refused by name, never ignored.

local function refuse(config, key, what, hint)
	return config:fail(key, "samza.unsupported", what .. ", which this version does not compute", hint)
end

local M = {}

--- What the properties ask for.
-- @treturn boolean|nil
-- @treturn table|nil err
function M.config(config, facts)
	if config:get("job.config.rewriters") then
		return refuse(config, "job.config.rewriters", "config rewriters change the inputs", "write their result into the properties, and remove this one")
	end
	if facts.matchers and config:get("job.systemstreampartition.matcher.class") then
		local class = config:get("job.factory.class") or ""
		local gate = config:get("job.systemstreampartition.matcher.config.job.factory.regex")
		if gate or class:find("^org%.apache%.samza%.job%.local.*ProcessJobFactory$") or class:find("^org%.apache%.samza%.job%.local.*ThreadJobFactory$") then
			return refuse(config, "job.systemstreampartition.matcher.class", "a matcher drops partitions", "remove it, if all partitions are to be read")
		end
	end
	return true
end

return M
