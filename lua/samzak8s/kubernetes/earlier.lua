-- SPDX-License-Identifier: Apache-2.0
--- An earlier output, read back: its objects, and the JobModel wherever the layout put it.
local delivery = require("samzak8s.kubernetes.delivery")
local names = require("samzak8s.kubernetes.names")
local yaml = require("samzak8s.native.yaml")

local M = {}

local PREFIX = "samzak8s.io/"
M.digest_annotation = PREFIX .. "model-digest"
M.retired_annotation = PREFIX .. "retired-changelogs"

local function digest() return require("samzak8s.native.digest") end

local function map(value)
	return type(value) == "table" and value or {}
end

-- Does a text look like a JobModel? A cut one does, too.
local function is_model(text)
	return text:find("^%s*{") and text:find('"containers"%s*:') and text:find('"config"%s*:') and true or false
end

-- An object for messages: "ConfigMap page-views-model-x".
function M.label(object)
	return ("%s %s"):format(tostring(object.kind or "object"), tostring(map(object.metadata).name or "without a name"))
end

-- Call found(text, kind) for every text in an object that may be a model: kind is "env", "secret" or "text".
local function each_text(value, found, secret, depth)
	for key, item in next, value do
		if type(item) == "table" and depth > 0 then
			each_text(item, found, secret, depth - 1)
		elseif type(item) == "string" and #item > 40 then
			local env = key == "value" and type(rawget(value, "name")) == "string"
			found(item, env and "env" or secret and value == secret and "secret" or "text")
		end
	end
end

-- The models in one object, `$$` undoubled and Base64 decoded.
local function models_of(object, seen, add)
	local secret = object.kind == "Secret" and object.data or nil
	each_text(object, function(text, kind)
		local model = seen[text]
		if model == nil then
			local plain = text
			if kind == "secret" then plain = digest().unbase64((text:gsub("%s", ""))) or "" end
			if kind == "env" then plain = plain:gsub("%$%$", "$") end
			model = is_model(plain) and plain
			seen[text] = model
		end
		if model then add(model, kind) end
	end, secret, 32)
end

--- Was an object made by this program?
function M.is_ours(object)
	local metadata = map(object.metadata)
	if map(metadata.labels)["app.kubernetes.io/managed-by"] == "samzak8s" then return true end
	for _, part in ipairs { map(metadata.annotations), map(metadata.labels) } do
		for key in next, part do
			if type(key) == "string" and key:sub(1, #PREFIX) == PREFIX then return true end
		end
	end
	return false
end

-- Is the model another one than the object's name, or annotation, says?
local function is_edited(object, model)
	local metadata = map(object.metadata)
	local expected = map(metadata.annotations)[M.digest_annotation]
	if (object.kind == "ConfigMap" or object.kind == "Secret") and map(object.data)[delivery.key] then
		expected = tostring(metadata.name):match("%-model%-(%w+)$") or expected
	end
	if type(expected) ~= "string" then return false, false end
	return names.short_hash(digest().sha256(model)) ~= expected, true
end

-- Models in several pieces: those of the objects that a model's name groups. -> models, set of the objects
local function joined(objects)
	local groups, models, used = {}, {}, {}
	for _, object in ipairs(objects) do
		local metadata, data = map(object.metadata), map(object.data)
		local prefix, hash = tostring(metadata.name):match("^(.+%-model%-(%w+))%-?%d*$")
		if prefix and (object.kind == "ConfigMap" or object.kind == "Secret") and delivery.join(data) then
			local id = ("%s %s/%s"):format(object.kind, tostring(metadata.namespace or ""), prefix)
			local group = groups[id]
			if not group then
				group = { texts = {}, hash = hash, where = M.label(object) }
				groups[id], models[#models + 1] = group, group
			end
			for key, text in next, data do
				if object.kind == "Secret" then text = digest().unbase64((tostring(text):gsub("%s", ""))) end
				if type(text) == "string" then group.texts[key] = text end
			end
			used[object] = true
		end
	end
	for i, group in ipairs(models) do
		local text = delivery.join(group.texts) or ""
		models[i] = { text = text, where = group.where, verified = true, edited = names.short_hash(digest().sha256(text)) ~= group.hash }
	end
	return models, used
end

-- Ids of the containers that have a pod of their own, by the variable that Samza reads. nil when the layout has none.
local function container_ids(objects)
	local ids
	for _, object in ipairs(objects) do
		local spec = map(map(map(object.spec).template).spec)
		for _, container in ipairs(map(spec.containers)) do
			for _, env in ipairs(map(map(container).env)) do
				if type(env) == "table" and env.name == "SAMZA_CONTAINER_ID" and type(env.value) == "string" then
					ids = ids or {}
					ids[env.value] = true
				end
			end
		end
	end
	return ids
end

local function expand_lists(documents)
	local objects = {}
	for _, document in ipairs(documents) do
		if type(document) == "table" and document.kind == "List" and type(document.items) == "table" then
			for _, item in ipairs(document.items) do objects[#objects + 1] = item end
		elseif type(document) == "table" then
			objects[#objects + 1] = document
		end
	end
	return objects
end

--- Read a file of manifests back.
-- @tparam string text
-- @treturn table|nil objects; ours (boolean: something of it is marked as this program's); models (distinct:
-- { text =, where =, edited =, verified = }); ids (set of container ids, or nil); retired (JSON text, or nil)
-- @treturn table|nil err with `line` when the text is no YAML; err.ours likewise
function M.read(text)
	local documents, err = yaml.parse(text)
	if not documents then
		return nil, { code = err.code, message = err.message, line = err.line, ours = text:find(PREFIX, 1, true) ~= nil }
	end
	local found = { objects = expand_lists(documents), ours = false }
	local in_pieces
	found.models, in_pieces = joined(found.objects)
	local seen, by_text = {}, {}
	for _, object in ipairs(found.objects) do
		found.ours = found.ours or M.is_ours(object)
		found.retired = found.retired or map(map(object.metadata).annotations)[M.retired_annotation]
		models_of(in_pieces[object] and {} or object, seen, function(model)
			local entry = by_text[model]
			if not entry then
				entry = { text = model, where = M.label(object), edited = false, verified = false }
				by_text[model] = entry
				found.models[#found.models + 1] = entry
			end
			if not entry.verified then entry.edited, entry.verified = is_edited(object, model) end
		end)
	end
	found.ids = container_ids(found.objects)
	return found
end

return M
