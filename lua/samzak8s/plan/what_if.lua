-- SPDX-License-Identifier: Apache-2.0
--- What `--what-if` and `whatif{}` may change: the number of containers, and how many partitions an input has.
local report = require("samzak8s.report")

local M = {}

local MAX = 1000000

local function bad(source, key, message)
	return report.fail { code = "what-if.form", source = source, message = ("%s %s"):format(key, message),
		hint = "write containers=8, or partitions.kafka.orders=16" }
end

--- @tparam {{key=string,value=string|integer},...} items in the order of the command line
-- @tparam string source for messages
-- @treturn table|nil { containers = integer | nil, partitions = { ["kafka.orders"] = integer } }
-- @treturn table|nil err
function M.parse(items, source)
	local changes = { partitions = {} }
	for _, item in ipairs(items) do
		local key = tostring(item.key)
		local stream = key:match("^partitions%.([^.]+%..+)$")
		if key ~= "containers" and not stream then return bad(source, key, "cannot be changed") end
		local value, given = item.value, tostring(item.value)
		if type(value) == "string" then value = value:find("^%d+$") and tonumber(value) end
		value = type(value) == "number" and math.tointeger(value)
		if not value or value < 1 or value > MAX then return bad(source, key, ("is '%s', not a whole number from 1 to %d"):format(given, MAX)) end
		if stream then changes.partitions[stream] = value else changes.containers = value end
	end
	return changes
end

--- The changes in words, in a fixed order.
-- @treturn {string,...}
function M.words(changes)
	local words = {}
	if changes.containers then words[1] = ("set kubernetes.pod.count=%d"):format(changes.containers) end
	for stream, count in require("samzak8s.sorted").pairs(changes.partitions) do
		words[#words + 1] = ("let %s have %d partitions"):format(stream, count)
	end
	return words
end

return M
