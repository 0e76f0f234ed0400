-- SPDX-License-Identifier: Apache-2.0
--- Read a `kubernetes.pod.template`: one YAML document with `metadata` and `spec` of a pod.
local fail = require("samzak8s.report").fail
local sorted = require("samzak8s.sorted")
local types = require("samzak8s.kubernetes.types")
local yaml = require("samzak8s.native.yaml")

local HINT = "a pod template has metadata (labels, annotations) and spec, as a Pod does"

local function is_map(value) return type(value) == "table" and #value == 0 and (getmetatable(value) == nil or next(value) ~= nil) end

-- The owner and the key of a path such as "spec.containers[0].name", as deep as the document goes.
local function follow(document, path)
	local owner, key = nil, nil
	local value = document
	for step in path:gsub("%[", ".["):gmatch("[^.]+") do
		local index = step:match("^%[(%d+)%]$")
		local at = index and math.tointeger(tonumber(index)) + 1 or step
		if type(value) ~= "table" or value[at] == nil then break end
		owner, key, value = value, at, value[at]
	end
	return owner, key
end

-- Fields and types, by Kubernetes' own description of a Pod; what is missing comes from the layout.
local function check_types(document, bad)
	local err
	types.check({ apiVersion = "v1", kind = "Pod", metadata = document.metadata or {}, spec = document.spec or {} },
		function(path, message)
			if message == "is missing" or err then return end
			local owner, key = follow(document, path)
			err = select(2, bad(owner, key, path .. ": " .. message))
		end)
	if err then return nil, err end
	return true
end

local function check_spec(document, bad)
	local ok, err = check_types(document, bad)
	if not ok then return nil, err end
	local spec = document.spec or {}
	for _, key in ipairs { "containers", "initContainers", "volumes" } do
		for i, item in ipairs(spec[key] or {}) do
			if not item.name then
				return bad(spec[key], i, ("spec.%s[%d] has no name"):format(key, i - 1), key == "containers" and "the job's container is named samza" or nil)
			end
		end
	end
	if spec.restartPolicy ~= nil then
		return bad(spec, "restartPolicy", "spec.restartPolicy is set by the layout", "remove it from the template; the layout job restarts on failure only")
	end
	return true
end

local function check(document, bad)
	if not is_map(document) then return bad(nil, nil, "is no mapping", HINT) end
	for key, value in sorted.pairs(document) do
		if key == "spec" or key == "metadata" then
			if not is_map(value) then return bad(document, key, key .. " is no mapping", HINT) end
		elseif not (key == "kind" and (value == "Pod" or value == "PodTemplate") or key == "apiVersion" and value == "v1") then
			return bad(document, key, ("%s is no part of a pod template"):format(key),
				key == "containers" and "put it below spec:" or HINT)
		end
	end
	for key, value in sorted.pairs(document.metadata or {}) do
		if key ~= "labels" and key ~= "annotations" then
			return bad(document.metadata, key, ("metadata.%s is set by the layout"):format(key), "give labels and annotations only")
		end
		if not is_map(value) then return bad(document.metadata, key, ("metadata.%s is no mapping"):format(key)) end
	end
	return check_spec(document, bad)
end

-- `key:` with nothing behind it says nothing.
local function drop_nulls(value, null)
	for key, item in pairs(value) do
		if item == null then value[key] = nil
		elseif type(item) == "table" then drop_nulls(item, null) end
	end
end

--- @tparam string text
-- @tparam string source the file, for messages
-- @treturn {value=table,lines=table,source=string,text=string}|nil
-- @treturn table|nil err with file and line
return function(text, source)
	local lines = {}
	local documents, err = yaml.parse(text, lines)
	if not documents then
		local at = 0
		for line in (text .. "\n"):gmatch("(.-)\n") do
			at = at + 1
			if at == err.line and line:find("^%s*\t") then err.hint = "YAML is indented with blanks, not with tabs" end
		end
		err.source = err.line and ("%s:%d"):format(source, err.line) or source
		return nil, err
	end
	local function bad(owner, key, message, hint)
		local line = owner and (lines[owner] or {})[key]
		return fail { code = "template.form", source = line and ("%s:%d"):format(source, line) or source, message = message, hint = hint }
	end
	if #documents == 0 then return bad(nil, nil, "is empty", HINT) end
	if #documents > 1 then return bad(documents, 2, "holds more than one document", "give one pod template") end
	if type(documents[1]) == "table" then drop_nulls(documents[1], require("cjson").null) end
	local ok
	ok, err = check(documents[1], bad)
	if not ok then return nil, err end
	return { value = documents[1], lines = lines, source = source, text = text }
end
