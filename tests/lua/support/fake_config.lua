-- SPDX-License-Identifier: Apache-2.0
--- A Config made from a table, as if read from job.properties: one line each, in the order of the keys.
local config = require("samzak8s.config")
local sorted = require("samzak8s.sorted")

--- @tparam {[string]=string} properties
-- @treturn Config
return function(properties)
	local fake, lines = config.new(), {}
	for key, value in sorted.pairs(properties) do table.insert(lines, key .. "=" .. value:gsub("\n", "\\n")) end
	local bytes = table.concat(lines, "\n")
	local line = 0
	for key, value in sorted.pairs(properties) do
		line = line + 1
		fake:set(key, value, { file = "job.properties", line = line, bytes = bytes })
	end
	return fake
end
