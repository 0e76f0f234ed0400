-- SPDX-License-Identifier: Apache-2.0
--- Standby tasks (TaskNameGrouperProxy, StandbyTaskUtil): copies of tasks that only restore stores, in containers of their own.
local M = {}

local KEY = "job.standbytasks.replication.factor"

--- The task that a standby task stands by for, with which it shares its changelog partition; of any other task its own name.
function M.active_name(name)
	return name:match("^Standby%-(.+)%-%d+$") or name
end

--- Copies of every task, the active one included; 1 or less for none.
-- @treturn integer|nil
-- @treturn table|nil err
function M.factor(config, facts)
	if not facts.standby then return 1 end
	return config:typed(KEY)
end

local function copy(task, replica)
	return { name = ("Standby-%s-%d"):format(task.name, replica), changelog = task.changelog, mode = "Standby", partitions = task.partitions }
end

-- Samza takes what is between the first two dashes for the name of the active task, and looks there for its stores.
local function warn_of_dashes(containers, config, context)
	for _, container in ipairs(containers) do
		for _, task in ipairs(container.tasks) do
			if task.name:find("-", 1, true) then
				context.warn(config:about(KEY, { code = "samza.standby-name",
					message = ('the task "%s" has a - in its name: its standby tasks keep their stores in a wrong directory'):format(task.name),
					hint = "a defect of Samza; choose a grouper whose tasks have no - in their names" }))
				return
			end
		end
	end
end

--- Add the standby containers: for container `c`, `c-0`, `c-1`, ...
-- @tparam {Container,...} containers as in the model: `{ id =, tasks = { { name =, changelog =, partitions = } } }`
-- @tparam Config config
-- @tparam table context
-- @treturn {Container,...}|nil the active ones, unchanged, and behind them the others
-- @treturn table|nil err
function M.expand(containers, config, context)
	local factor, err = M.factor(config, context.facts)
	if not factor then return nil, err end
	if factor <= 1 then return containers end
	warn_of_dashes(containers, config, context)
	local result, taken = { table.unpack(containers) }, {}
	for _, container in ipairs(containers) do taken[container.id] = true end
	for _, container in ipairs(containers) do
		for replica = 0, factor - 2 do
			local standby = { id = ("%s-%d"):format(container.id, replica), tasks = {} }
			if taken[standby.id] then
				return config:fail(KEY, "samza.standby-id", ("container %q has the id of a standby container"):format(standby.id),
					"give containers ids without a -")
			end
			for i, task in ipairs(container.tasks) do standby.tasks[i] = copy(task, replica) end
			result[#result + 1] = standby
		end
	end
	return result
end

return M
