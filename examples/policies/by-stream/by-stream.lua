-- SPDX-License-Identifier: Apache-2.0
--- A fixed number of tasks: all partitions of a stream go to one task, chosen by a hash of the stream's name. A new stream
-- never moves another one, as long as the number of tasks stays.
-- @tparam {Partition,...} partitions
-- @tparam Config config reads `my.tasks` (number of tasks, 8 unless set)
-- @treturn {Task,...} named `Streams <n>`; without those that no stream falls to
local function hash(text) -- FNV-1a, 32 bits
	local h = 0x811C9DC5
	for i = 1, #text do h = (h ~ text:byte(i)) * 0x01000193 & 0xFFFFFFFF end
	return h
end

return function(partitions, config)
	local count = math.tointeger(tonumber(config["my.tasks"] or 8))
	if not count or count < 1 then error(("my.tasks is '%s', not a number of tasks"):format(config["my.tasks"])) end

	local tasks, by_number = {}, {}
	for _, partition in ipairs(partitions) do
		local number = hash(partition.system .. "." .. partition.stream) % count
		if not by_number[number] then
			by_number[number] = { name = "Streams " .. number, partitions = {} }
			table.insert(tasks, by_number[number])
		end
		table.insert(by_number[number].partitions, partition)
	end
	return tasks
end
