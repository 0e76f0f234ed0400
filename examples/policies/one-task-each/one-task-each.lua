-- SPDX-License-Identifier: Apache-2.0
--- Every task in a container of its own, however many there are.
-- @tparam {Task,...} tasks sorted by name
-- @treturn {Container,...}
return function(tasks)
	local containers = {}
	for i, task in ipairs(tasks) do
		containers[i] = { id = i - 1, tasks = { task.name } }
	end
	return containers
end
