-- SPDX-License-Identifier: Apache-2.0
--- Two sets of Kubernetes objects, both as read from YAML: which come, leave and change, and which pods restart. Pure.
local sorted = require("samzak8s.sorted")

local M = {}

local function map(value) return type(value) == "table" and value or {} end

--- What kubectl calls an object: "statefulset/page-views-0".
function M.name(object)
	return ("%s/%s"):format(tostring(object.kind):lower(), tostring(map(object.metadata).name))
end

function M.namespace(object)
	local namespace = map(object.metadata).namespace
	return type(namespace) == "string" and namespace or nil
end

--- An object's labels; a table also where a file has something else in their place.
function M.labels(object)
	return map(map(object.metadata).labels)
end

--- Does an object run pods?
function M.is_workload(object)
	return type(map(object.spec).template) == "table"
end

--- Is one pod gone before its successor starts when the template changes?
function M.rolls(object)
	if object.kind == "StatefulSet" then return map(map(object.spec).updateStrategy).type ~= "OnDelete" end
	return object.kind == "Deployment" and map(map(object.spec).strategy).type == "Recreate"
end

-- Annotations that differ when nothing of the job does.
local SILENT = { ["samzak8s.io/tool-version"] = true }

local function equal(a, b)
	if type(a) ~= "table" or type(b) ~= "table" then return a == b end
	for key, value in next, a do
		if not SILENT[key] and not equal(value, b[key]) then return false end
	end
	for key in next, b do
		if a[key] == nil and not SILENT[key] then return false end
	end
	return true
end

-- What a list's item is called in a path: its name where it has one.
local function step(key, a, b)
	if math.type(key) ~= "integer" then return "." .. tostring(key) end
	local name = map(a).name or map(b).name
	return ("[%s]"):format(type(name) == "string" and name or key - 1)
end

-- Add the paths of the leaves that differ.
local function paths(a, b, at, found)
	if type(a) == "table" and type(b) == "table" then
		local keys = {}
		for key in next, a do keys[key] = true end
		for key in next, b do keys[key] = true end
		for key in sorted.pairs(keys) do
			if not SILENT[key] and not equal(a[key], b[key]) then paths(a[key], b[key], at .. step(key, a[key], b[key]), found) end
		end
	else
		found[#found + 1] = at:sub(2)
	end
end

local function key_of(object)
	return ("%s\0%s\0%s"):format(tostring(object.apiVersion), M.name(object), M.namespace(object) or "")
end

--- @tparam {table,...} before
-- @tparam {table,...} after
-- @treturn table added, removed (arrays of objects), changed ({ object =, before =, paths = {...}, restarts = boolean }), in the order
-- of the files
function M.compare(before, after)
	local old, kept, result = {}, {}, { added = {}, removed = {}, changed = {} }
	for _, object in ipairs(before) do old[key_of(object)] = object end
	for _, object in ipairs(after) do
		local key = key_of(object)
		local earlier = old[key]
		kept[key] = true
		if not earlier then
			table.insert(result.added, object)
		elseif not equal(earlier, object) then
			local found = {}
			paths(earlier, object, "", found)
			table.insert(result.changed, { object = object, before = earlier, paths = found,
				restarts = not equal(map(earlier.spec).template, map(object.spec).template) })
		end
	end
	for _, object in ipairs(before) do
		if not kept[key_of(object)] then table.insert(result.removed, object) end
	end
	return result
end

--- The id of the Samza container that an object runs, where the layout says it in the usual variable.
function M.container_id(object)
	for _, container in ipairs(map(map(map(map(object.spec).template).spec).containers)) do
		for _, env in ipairs(map(map(container).env)) do
			if map(env).name == "SAMZA_CONTAINER_ID" then return map(env).value end
		end
	end
end

--- Does state outlive a pod?
function M.has_volumes(objects)
	for _, object in ipairs(objects) do
		local spec = map(object.spec)
		if next(map(spec.volumeClaimTemplates)) then return true end
		for _, volume in ipairs(map(map(map(spec.template).spec).volumes)) do
			if map(volume).persistentVolumeClaim then return true end
		end
	end
	return false
end

return M
