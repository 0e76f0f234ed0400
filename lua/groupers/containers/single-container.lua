-- SPDX-License-Identifier: Apache-2.0
--- Samza's SingleContainerGrouper: all tasks in one container, which is called as `processor.id` says.
-- @tparam {Task,...} tasks sorted by name; none is allowed
-- @tparam Config config reads `processor.id`
-- @tparam Context context
-- @treturn {Container} one
-- @raise table in Samza's own words
local samza = require("samzak8s.samza")

local function refuse(code, message, hint) error { code = code, key = "processor.id", message = message, hint = hint } end

return function(tasks, config, context)
	local id, kind = config["processor.id"], context.samza.single_container
	if kind == "integer" then
		if id == nil then refuse("samza.processor-id", "Missing key processor.id.", "set processor.id to a number") end
		local number = samza.integer(id)
		if not number then refuse("config.integer", ('For input string: "%s"'):format(id), "give a whole number without blanks") end
		id = ("%d"):format(number)
	elseif id == nil and kind == "-1" then
		id = "-1"
	elseif id == nil then
		refuse("samza.processor-id", "Null key for a Map not allowed in JSON (use a converting NullKeySerializer?)",
			"set processor.id to the id of the container, as in processor.id=0")
	end
	local names = {}
	for i, task in ipairs(tasks) do names[i] = task.name end
	return { { id = id, tasks = names } }
end
