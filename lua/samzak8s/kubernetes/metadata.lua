-- SPDX-License-Identifier: Apache-2.0
--- Labels, annotations and selectors: their grammar and sizes, and which labels a selector finds.
local limits = require("samzak8s.kubernetes.limits")
local names = require("samzak8s.kubernetes.names")
local sorted = require("samzak8s.sorted")

local M = {}
local number = limits.number

--- A map of labels.
-- @tparam table|nil labels
-- @tparam string path for messages
-- @tparam function bad(path, message)
function M.labels(labels, path, bad)
	for key, value in sorted.pairs(labels or {}) do
		if not names.is_label_key(key) then
			bad(path, ('"%s" is not a label key (at most 63 of A-Z a-z 0-9 - _ ., after an optional DNS/)'):format(key))
		elseif not names.is_label_value(value) then
			bad(path .. "." .. key, ('"%s" is not a label value (%d characters; at most 63 of A-Z a-z 0-9 - _ .)'):format(value, #value))
		end
	end
end

--- `metadata` of an object or a template.
function M.check(metadata, path, bad)
	M.labels(metadata.labels, path .. ".labels", bad)
	for key in sorted.pairs(metadata.annotations or {}) do
		if not names.is_label_key(key:lower()) then bad(path .. ".annotations", ('"%s" is not an annotation key'):format(key)) end
	end
	local size = limits.map_length(metadata.annotations)
	if size > limits.annotations then
		bad(path .. ".annotations", ("the annotations have %s bytes, an object may have %s")
			:format(number(size), number(limits.annotations)))
	end
end

local NEEDS_VALUES = { In = true, NotIn = true, Exists = false, DoesNotExist = false }

--- A selector with `matchLabels` and `matchExpressions`.
function M.selector(selector, path, bad)
	M.labels(selector.matchLabels, path .. ".matchLabels", bad)
	for i, e in ipairs(selector.matchExpressions or {}) do
		local at = ("%s.matchExpressions[%d]"):format(path, i - 1)
		local needs = NEEDS_VALUES[e.operator]
		if needs == nil then bad(at .. ".operator", ('"%s" is none of In, NotIn, Exists, DoesNotExist'):format(e.operator)) end
		if not names.is_label_key(e.key) then bad(at .. ".key", ('"%s" is not a label key'):format(e.key)) end
		if needs and not (e.values and e.values[1]) then bad(at .. ".values", ("%s needs values"):format(e.operator)) end
		if needs == false and e.values and e.values[1] then bad(at .. ".values", ("%s takes none"):format(e.operator)) end
	end
end

local function has(values, value)
	for _, v in ipairs(values or {}) do
		if v == value then return true end
	end
	return false
end

--- Does a selector find an object with these labels?
-- @treturn boolean
function M.matches(selector, labels)
	for key, value in pairs(selector.matchLabels or {}) do
		if labels[key] ~= value then return false end
	end
	for _, e in ipairs(selector.matchExpressions or {}) do
		local value = labels[e.key]
		local holds = e.operator == "Exists" and value ~= nil or e.operator == "DoesNotExist" and value == nil
			or e.operator == "In" and has(e.values, value) or e.operator == "NotIn" and not has(e.values, value)
		if not holds then return false end
	end
	return true
end

--- Does a selector name nothing at all?
function M.empty(selector)
	return selector == nil or next(selector.matchLabels or {}) == nil and not (selector.matchExpressions or {})[1]
end

return M
