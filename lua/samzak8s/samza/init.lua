-- SPDX-License-Identifier: Apache-2.0
--- What Samza does, for policies: `require("samzak8s.samza")`. Plain Lua that needs nothing of the host.
local M = {}

-- UTF-8 bytes to others whose byte order is the order of UTF-16 units: U+E000 to U+FFFF begin with EE or EF and come last.
local LAST = { ["\xEE"] = "\xFE", ["\xEF"] = "\xFF" }

local function java_key(text)
	if not text:find("[\xEE\xEF]") then return text end
	return (text:gsub("[\xEE\xEF]", LAST))
end

--- Does a come before b in Java's String.compareTo, the order in which Samza sorts task names?
-- @tparam string a UTF-8
-- @tparam string b UTF-8
-- @treturn boolean
function M.java_less(a, b)
	return java_key(a) < java_key(b)
end

--- The name of a partition as Samza's SystemStreamPartition.toString gives it.
-- @tparam Partition p reads `system`, `stream`, `partition`
-- @treturn string "SystemStreamPartition [kafka, orders, 0]"
function M.ssp_name(p)
	return ("SystemStreamPartition [%s, %s, %d]"):format(p.system, p.stream, p.partition)
end

return M
