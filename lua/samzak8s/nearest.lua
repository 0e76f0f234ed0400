-- SPDX-License-Identifier: Apache-2.0
--- The known word nearest to a mistyped one.

-- edits (insert, delete, replace) that turn a into b
local function distance(a, b)
	local row = {}
	for j = 0, #b do row[j] = j end
	for i = 1, #a do
		local diagonal = row[0]
		row[0] = i
		for j = 1, #b do
			local up = row[j]
			local cost = diagonal + (a:byte(i) == b:byte(j) and 0 or 1)
			row[j] = math.min(cost, up + 1, row[j - 1] + 1)
			diagonal = up
		end
	end
	return row[#b]
end

--- @tparam string word
-- @tparam {string,...} known
-- @treturn string|nil the nearest, if less than half of it differs
return function(word, known)
	local best, least = nil, math.huge
	for _, candidate in ipairs(known) do
		local d = distance(word, candidate)
		if d < least and 2 * d <= #candidate then best, least = candidate, d end
	end
	return best
end
