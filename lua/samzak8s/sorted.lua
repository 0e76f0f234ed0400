-- SPDX-License-Identifier: Apache-2.0
--- Tables in a fixed order: Lua seeds its hash per state, so plain `pairs` differs from run to run.
local M = {}

--- Keys of a table, ascending; numbers before strings before booleans. Strings by byte value.
-- @tparam table t
-- @treturn {any,...}
function M.keys(t)
	local keys = {}
	for k in next, t do keys[#keys + 1] = k end
	local rank = { number = 1, string = 2, boolean = 3 }
	table.sort(keys, function(a, b)
		local ta, tb = type(a), type(b)
		if ta ~= tb then return (rank[ta] or 4) < (rank[tb] or 4) end
		if ta == "number" or ta == "string" then return a < b end
		return tostring(a) < tostring(b)
	end)
	return keys
end

--- Like `pairs`, in the order of `keys`.
function M.pairs(t)
	local keys, i = M.keys(t), 0
	return function()
		i = i + 1
		local k = keys[i]
		if k ~= nil then return k, t[k] end
	end
end

return M
