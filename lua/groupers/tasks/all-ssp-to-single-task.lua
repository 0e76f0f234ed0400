-- SPDX-License-Identifier: Apache-2.0
--- Samza's AllSspToSingleTask: every task reads all partitions. From 0.14 there is a task for each processor, `Task-0`, `Task-1`, ...
-- (in 1.1 and 1.2 for one processor more than there are containers); before, the only task has the number of `processor.id`.
-- @tparam {Partition,...} partitions sorted by system, stream, partition
-- @tparam Config config reads `kubernetes.pod.count`, `processor.id`
-- @tparam Context context reads `broadcast`
-- @treturn {Task,...} each `shared`: its partitions may be in other such tasks, too
-- @raise table in Samza's own words
local samza = require("samzak8s.samza")

local function only_name(config)
	local id = config["processor.id"]
	if id == nil then
		error { code = "samza.processor-id", key = "processor.id", message = "Missing key processor.id.", hint = "set processor.id to a number" }
	end
	local number = samza.integer(id)
	if not number then
		error { code = "config.integer", key = "processor.id", message = ('For input string: "%s"'):format(id), hint = "give a whole number without blanks" }
	end
	return ("Task-%d"):format(number)
end

local function names(config, context)
	if context.samza.single_task == "processor.id" then return { only_name(config) } end
	if #context.broadcast > 0 then
		error { code = "samza.broadcast", key = "task.broadcast.inputs",
			message = "The job configured with AllSspToSingleTaskGrouper cannot have broadcast streams.",
			hint = "put them into task.inputs: every task reads all of those" }
	end
	local result = {}
	for processor = 0, config["kubernetes.pod.count"] + context.samza.extra_processors - 1 do
		result[#result + 1] = ("Task-%d"):format(processor)
	end
	-- Java splits an empty list of processors into one empty text
	return #result > 0 and result or { "Task-" }
end

return function(partitions, config, context)
	local tasks = {}
	for i, name in ipairs(names(config, context)) do tasks[i] = { name = name, partitions = partitions, shared = true } end
	if #partitions == 0 then
		error { code = "tasks.none", key = "task.inputs", message = "Cannot process stream task with no input system stream partitions",
			hint = "set task.inputs to streams that have partitions, as in task.inputs=kafka.orders" }
	end
	return tasks
end
