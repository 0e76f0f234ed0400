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
-- @tparam Partition p reads `system`, `stream`, `partition`, `bucket`
-- @treturn string "SystemStreamPartition [kafka, orders, 0]"
function M.ssp_name(p)
	local bucket = p.bucket and (", %d"):format(p.bucket) or ""
	return ("SystemStreamPartition [%s, %s, %d%s]"):format(p.system, p.stream, p.partition, bucket)
end

--- Java's String.hashCode.
-- @tparam string text UTF-8
-- @treturn integer its 32 bits, from 0
function M.java_hash(text)
	local hash = 0
	for _, c in utf8.codes(text) do
		if c >= 0x10000 then
			hash = 31 * hash + (0xD800 + (c - 0x10000 >> 10)) & 0xFFFFFFFF
			c = 0xDC00 + (c & 0x3FF)
		end
		hash = 31 * hash + c & 0xFFFFFFFF
	end
	return hash
end

--- Java's hashCode of a SystemStreamPartition.
-- @tparam Partition p
-- @tparam table facts `context.samza`
-- @treturn integer its 32 bits, from 0
function M.ssp_hash(p, facts)
	local hash = 31 * (31 + M.java_hash(p.stream)) + M.java_hash(p.system) & 0xFFFFFFFF
	hash = 31 * hash + p.partition & 0xFFFFFFFF
	return facts.elasticity and 31 * hash + (p.bucket or 0) & 0xFFFFFFFF or hash
end

--- The order in which a java.util.HashMap gives its keys.
-- @tparam {any,...} items in the order in which they are put in
-- @tparam[opt] function hash item -> 32 bits; texts need none
-- @treturn {any,...}
function M.hash_order(items, hash)
	local capacity, places, result = 16, {}, {}
	while #items > capacity * 3 // 4 do capacity = capacity * 2 end
	for i, item in ipairs(items) do
		local bits = (hash or M.java_hash)(item)
		places[i] = ((bits ~ bits >> 16) & (capacity - 1)) << 31 | i
	end
	table.sort(places)
	for i, place in ipairs(places) do result[i] = items[place & 0x7FFFFFFF] end
	return result
end

--- Java's Integer.parseInt.
-- @treturn integer|nil
function M.integer(text)
	local sign, digits = text:match("^([+-]?)0*(%d+)$")
	if not digits or #digits > 10 then return nil end
	local n = math.tointeger(tonumber(sign .. digits))
	return n and n >= -2147483648 and n <= 2147483647 and n or nil
end

--- Does the job ask for host affinity?
-- @tparam table config properties by key
-- @tparam table facts `context.samza`
-- @treturn boolean
function M.host_affinity(config, facts)
	local key = facts.host_affinity_key
	if not key or config[key] == nil then key = "yarn.samza.host-affinity.enabled" end
	return tostring(config[key]):lower() == "true"
end

--- The entries of earlier tasks that count for the release: standby tasks never do.
-- @tparam table entries by task, as `context.previous.containers`
-- @tparam table modes `context.previous.modes`
-- @tparam table facts `context.samza`
-- @treturn table
function M.active(entries, modes, facts)
	local which, result = facts.previous_tasks, {}
	for task, entry in next, entries do
		local mode = modes[task]
		if which == "all" or mode == "Active" or mode == nil and which == "not Standby" then result[task] = entry end
	end
	return result
end

return M
