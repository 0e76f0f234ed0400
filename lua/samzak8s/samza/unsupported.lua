-- SPDX-License-Identifier: Apache-2.0
--- What would change the JobModel and is not computed here yet: refused by name, never ignored.

local stores = require("samzak8s.samza.stores")

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
	local affinity = config:get("job.host-affinity.enabled") or config:get("yarn.samza.host-affinity.enabled")
	if facts.host_affinity and affinity and affinity:lower() == "true" then
		return refuse(config, config:get("job.host-affinity.enabled") and "job.host-affinity.enabled" or "yarn.samza.host-affinity.enabled",
			"host affinity places tasks by where they ran", "set it to false: on Kubernetes a volume follows the container")
	end
	local function number(key) return tonumber(config:get(key) or "1") or 0 end
	if facts.standby and number("job.standbytasks.replication.factor") > 1 then
		return refuse(config, "job.standbytasks.replication.factor", "standby tasks add containers", "set it to 1")
	end
	if facts.elasticity and number("job.elasticity.factor") ~= 1 then
		return refuse(config, "job.elasticity.factor", "elasticity multiplies tasks", "set it to 1")
	end
	return true
end

-- Do the inputs of a task differ from those of the last run?
local function grew(tasks, previous)
	for _, task in ipairs(tasks) do
		local before = previous[task.name]
		if not before or #before ~= #task.partitions then return true end
	end
	return false
end

--- What earlier decisions ask for.
-- @treturn boolean|nil
-- @treturn table|nil err
function M.with_state(config, context, tasks)
	local facts, state = context.facts, context.state
	if facts.balances_always and next(state.containers) and config.count > 1 then
		return refuse(config, config.count_key, "Samza " .. facts.version .. " keeps tasks in their earlier containers",
			"leave the containers member out of the state file: the tasks are then grouped afresh")
	end
	local proxy = facts.expansion == "stores" and #stores.names(config) > 0
		and (config:get("job.systemstreampartition.input.expansion.enabled") or "true"):lower() == "true"
	if proxy and next(state.partitions) and grew(tasks, state.partitions) then
		return refuse(config, "task.inputs", "inputs changed, and Samza " .. facts.version .. " keeps keys with their earlier tasks",
			"set job.systemstreampartition.input.expansion.enabled=false only if keys may move to other tasks")
	end
	return true
end

return M
