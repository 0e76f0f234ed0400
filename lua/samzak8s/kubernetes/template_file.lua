-- SPDX-License-Identifier: Apache-2.0
--- Read a `kubernetes.pod.template`: one YAML document with `metadata` and `spec` of a pod.
local fail = require("samzak8s.report").fail
local sorted = require("samzak8s.sorted")
local yaml = require("samzak8s.native.yaml")

local HINT = "a pod template has metadata (labels, annotations) and spec, as a Pod does"

-- what may stand where: "map", "list of maps" or the fields that are allowed
local LISTS = { "containers", "initContainers", "volumes", "tolerations", "topologySpreadConstraints", "imagePullSecrets", "hostAliases" }
local IN_CONTAINER = { "env", "volumeMounts", "ports", "envFrom" }

local function is_map(value) return type(value) == "table" and #value == 0 and (getmetatable(value) == nil or next(value) ~= nil) end

-- A list whose items are maps, or absent.
local function check_list(owner, key, path, bad)
	local list = owner[key]
	if list == nil then return true end
	if type(list) ~= "table" or is_map(list) and next(list) ~= nil then return bad(owner, key, ("%s.%s is no list"):format(path, key)) end
	for i, item in ipairs(list) do
		if not is_map(item) then return bad(list, i, ("%s.%s[%d] is no mapping"):format(path, key, i - 1)) end
	end
	return true
end

local function check_spec(spec, bad)
	for _, key in ipairs(LISTS) do
		local ok, err = check_list(spec, key, "spec", bad)
		if not ok then return nil, err end
	end
	for _, key in ipairs { "containers", "initContainers" } do
		for i, container in ipairs(spec[key] or {}) do
			local path = ("spec.%s[%d]"):format(key, i - 1)
			if type(container.name) ~= "string" then return bad(spec[key], i, path .. " has no name", "the job's container is named samza") end
			for _, name in ipairs(IN_CONTAINER) do
				local ok, err = check_list(container, name, path, bad)
				if not ok then return nil, err end
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
	return check_spec(document.spec or {}, bad)
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
-- @treturn {value=table,lines=table,source=string}|nil
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
	return { value = documents[1], lines = lines, source = source }
end
