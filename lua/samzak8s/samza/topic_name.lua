-- SPDX-License-Identifier: Apache-2.0
--- The names of a job's own topics: `_` in its name and id becomes `-`, and nothing else changes.

--- @tparam string prefix
-- @tparam Config config reads job.name and job.id
-- @treturn string
return function(prefix, config)
	local id = config:get("job.id") or "1"
	return prefix .. config:get("job.name"):gsub("_", "-") .. "_" .. id:gsub("_", "-")
end
