-- SPDX-License-Identifier: Apache-2.0
--- Has an object the fields and types of its kind? What else is checked relies on it. Layouts of users return anything.
local FIELDS = require("samzak8s.kubernetes.fields")
local nearest = require("samzak8s.nearest")
local sorted = require("samzak8s.sorted")

local M = {}

-- What only a server sets: of objects that were read back from one.
local SERVER = { creationTimestamp = true, resourceVersion = true, uid = true, generation = true, managedFields = true,
	selfLink = true, deletionTimestamp = true, deletionGracePeriodSeconds = true, status = true }

-- "[Container]" to { list = type }, "Container" to { struct = its fields }, and so on; each made once.
local types = {}

local function compile(text)
	if types[text] then return types[text] end
	local t = {}
	types[text] = t
	if FIELDS[text] then
		t.struct, t.order, t.required = {}, {}, {}
		for name, must, field in FIELDS[text]:gmatch("(%w+)(!?):(%S+)") do
			t.struct[name], t.order[#t.order + 1] = field, name
			if must == "!" then t.required[#t.required + 1] = name end
		end
	elseif text:find("^%[") then t.list = text:sub(2, -2)
	elseif text:find("^{") then t.map = text:sub(2, -2)
	elseif #text == 1 then t.scalar = text
	else
		t.words = {}
		for word in text:gmatch("[^|]+") do t.words[word] = true end
		t.text = text:gsub("|", ", ")
	end
	return t
end

local SCALAR = {
	s = { "string", function(v) return type(v) == "string" end },
	t = { "string", function(v) return type(v) == "string" end },
	b = { "boolean", function(v) return type(v) == "boolean" end },
	i = { "whole number", function(v) return type(v) == "number" and math.tointeger(v) ~= nil end },
	q = { "quantity", function(v) return type(v) == "string" or type(v) == "number" end },
	x = { "whole number or string", function(v) return type(v) == "string" or type(v) == "number" and math.tointeger(v) ~= nil end },
}

-- A value in the words of YAML.
local function noun(value)
	if type(value) ~= "table" then return type(value) end
	return #value > 0 and "list" or "mapping"
end

local check

local function check_list(value, item, path, bad)
	for key in pairs(value) do
		if math.type(key) ~= "integer" or key < 1 or key > #value then return bad(path, "is a mapping, not a list") end
	end
	for i, v in ipairs(value) do check(v, item, ("%s[%d]"):format(path, i - 1), bad) end
end

local function check_map(value, item, path, bad)
	for key, v in sorted.pairs(value) do
		if type(key) ~= "string" then return bad(path, "is a list, not a mapping") end
		check(v, item, path .. "." .. key, bad)
	end
end

-- A field that the kind does not have.
local function unknown(key, t, path, bad)
	if SERVER[key] then return bad(path, "is set by the server; leave it out", "warning") end
	if key == "ownerReferences" then return end
	local near = nearest(key, t.order)
	bad(path, "there is no such field" .. (near and (", did you mean %s?"):format(near) or ""), "unknown")
end

local function check_struct(value, t, path, bad)
	local prefix, seen = path == "" and "" or path .. ".", 0
	for _, key in ipairs(t.order) do
		if value[key] ~= nil then
			seen = seen + 1
			check(value[key], t.struct[key], prefix .. key, bad)
		end
	end
	for key in pairs(value) do
		if type(key) ~= "string" then return bad(path, "is a list, not a mapping") end
		seen = seen - 1
	end
	if seen < 0 then
		for _, key in ipairs(sorted.keys(value)) do
			if not t.struct[key] then unknown(key, t, prefix .. key, bad) end
		end
	end
	for _, key in ipairs(t.required) do
		if value[key] == nil then bad(prefix .. key, "is missing") end
	end
end

function check(value, text, path, bad)
	local t = compile(text)
	if t.scalar then
		local wanted = SCALAR[t.scalar]
		if not wanted[2](value) then bad(path, ("is a %s, not a %s"):format(noun(value), wanted[1])) end
	elseif t.words then
		if not t.words[value] then
			bad(path, type(value) == "string" and ('"%s" is none of %s'):format(value, t.text)
				or ("is a %s, not one of %s"):format(noun(value), t.text))
		end
	elseif type(value) ~= "table" then
		bad(path, ("is a %s, not a %s"):format(type(value), t.list and "list" or "mapping"))
	elseif t.list then check_list(value, t.list, path, bad)
	elseif t.map then check_map(value, t.map, path, bad)
	else check_struct(value, t, path, bad)
	end
end

-- kind -> the apiVersion it has
local API = {}
for name in pairs(FIELDS) do
	local version, kind = name:match("^(%S+) (%S+)$")
	if version then API[kind] = version end
end

--- Is this one of the kinds that are known here? A kind of the same name may belong to an extension of the cluster.
-- @treturn boolean|nil true; false for a foreign kind; nil when the kind is Kubernetes' own and the version wrong
-- @treturn string|nil the apiVersion it should have
function M.known(resource)
	local version = API[resource.kind]
	if not version then return false end
	if resource.apiVersion == version then return true end
	local group = resource.apiVersion:match("^([^/]*)/") or ""
	if group:find(".", 1, true) and not group:find("%.k8s%.io$") then return false end
	return nil, version
end

--- Check the types of everything in an object.
-- @tparam table resource with apiVersion and kind
-- @tparam function bad(path, message, level)
-- @treturn boolean is every field of the right type, so that the other checks can rely on it?
function M.check(resource, bad)
	local sound = true
	local function wrong(path, message, level)
		sound = sound and level ~= nil
		bad(path, message, level == "warning" and level or nil)
	end
	local known, version = M.known(resource)
	if known then
		check(resource, resource.apiVersion .. " " .. resource.kind, "", wrong)
	elseif version then
		wrong("apiVersion", ("is %s; a %s has %s"):format(resource.apiVersion, resource.kind, version))
	else
		check(resource.metadata, "ObjectMeta", "metadata", wrong)
	end
	return sound
end

return M
