-- SPDX-License-Identifier: Apache-2.0
--- What can be wrong with the `spec` of a pod, before a server or a node sees it.
local limits = require("samzak8s.kubernetes.limits")
local names = require("samzak8s.kubernetes.names")
local quantity = require("samzak8s.kubernetes.quantity")

local number = limits.number

-- An item of a list that has a unique, valid name; `bad` reports.
local function named(item, path, seen, what, bad)
	if type(item) ~= "table" or type(item.name) ~= "string" then return bad(path, "has no name") end
	if not names.is_dns_label(item.name) then
		return bad(path .. ".name", ('the %s name "%s" is not a DNS label of at most 63 characters'):format(what, item.name))
	end
	if seen[item.name] then return bad(path .. ".name", ("the %s name %s is there twice"):format(what, item.name)) end
	seen[item.name] = true
	return true
end

-- Bytes of NAME=value as the process sees it: Kubernetes turns $$ into $. Counted only when it matters.
local function env_size(name, value)
	local size = #name + 1 + #value
	if size <= limits.env then return size end
	local _, doubled = value:gsub("%$%$", "")
	return size - doubled
end

local function check_env(env, path, bad)
	local seen, total = {}, 0
	for i, entry in ipairs(env) do
		local at = ("%s[%d]"):format(path, i - 1)
		if type(entry) ~= "table" or type(entry.name) ~= "string" then return bad(at, "has no name") end
		if not names.is_env_name(entry.name) then
			return bad(at .. ".name", ('"%s" is not the name of an environment variable'):format(entry.name))
		end
		if seen[entry.name] then return bad(at .. ".name", ("%s is set twice"):format(entry.name)) end
		seen[entry.name] = true
		if entry.value ~= nil and type(entry.value) ~= "string" then
			return bad(at .. ".value", ("%s is a %s, not a string"):format(entry.name, type(entry.value)))
		end
		if entry.value and entry.value:find("\0", 1, true) then
			return bad(at .. ".value", ("%s holds a NUL character"):format(entry.name))
		end
		local size = env_size(entry.name, entry.value or "")
		if size > limits.env then
			return bad(at .. ".value", ("%s takes %s bytes with its name, and Linux starts no program with one over %s")
				:format(entry.name, number(size), number(limits.env)))
		end
		total = total + size + 1
	end
	if total > limits.env_total then
		return bad(path, ("all variables take %s bytes, and Linux starts no program with more than %s")
			:format(number(total), number(limits.env_total)))
	end
	return true
end

local function check_resources(resources, path, bad)
	local parsed = {}
	for _, group in ipairs { "limits", "requests" } do
		for name, text in pairs(resources[group] or {}) do
			local at = ("%s.%s.%s"):format(path, group, name)
			local q, why = quantity.check(name == "cpu" and "cpu" or "memory", text, true)
			if not q then return bad(at, why) end
			parsed[group .. name] = q
			if group == "requests" and parsed["limits" .. name]
				and quantity.compare(q, parsed["limits" .. name]) > 0 then
				return bad(at, ("requests %s, more than the limit of %s"):format(text, resources.limits[name]))
			end
		end
	end
	return true
end

local function check_mounts(mounts, path, volumes, bad)
	local seen = {}
	for i, mount in ipairs(mounts) do
		local at = ("%s[%d]"):format(path, i - 1)
		if not volumes[mount.name] then return bad(at .. ".name", ("there is no volume %s"):format(tostring(mount.name))) end
		local where = mount.mountPath
		if type(where) ~= "string" or where:sub(1, 1) ~= "/" or where:find(":", 1, true) then
			return bad(at .. ".mountPath", ('"%s" is not an absolute path without ":"'):format(tostring(where)))
		end
		if seen[where] then return bad(at .. ".mountPath", ("%s is mounted twice"):format(where)) end
		seen[where] = true
	end
	return true
end

local function check_container(c, path, volumes, bad)
	if type(c.image) ~= "string" or c.image == "" or c.image:find("%s") then
		return bad(path .. ".image", ('"%s" is not an image'):format(tostring(c.image or "")))
	end
	local ok, err = check_env(c.env or {}, path .. ".env", bad)
	if ok then ok, err = check_resources(c.resources or {}, path .. ".resources", bad) end
	if ok then ok, err = check_mounts(c.volumeMounts or {}, path .. ".volumeMounts", volumes, bad) end
	return ok, err
end

--- Check a pod's spec.
-- @tparam table spec
-- @tparam string path for messages, such as "spec.template.spec"
-- @tparam table claims names of the volume claim templates, as a set
-- @tparam function bad(path, message) -> nil, err
-- @tparam function refer(kind, name, path) -> true | nil, err: is that object there?
-- @treturn boolean|nil true, or nil and what `bad` made
return function(spec, path, claims, bad, refer)
	if type(spec) ~= "table" then return bad(path, "is missing") end
	local volumes, seen = {}, {}
	for name in pairs(claims) do volumes[name] = true end
	for i, volume in ipairs(spec.volumes or {}) do
		local at = ("%s.volumes[%d]"):format(path, i - 1)
		local ok, err = named(volume, at, volumes, "volume", bad)
		if not ok then return nil, err end
		if volume.configMap then ok, err = refer("ConfigMap", volume.configMap.name, at .. ".configMap.name") end
		if ok and volume.secret then ok, err = refer("Secret", volume.secret.secretName, at .. ".secret.secretName") end
		if not ok then return nil, err end
	end
	if not (spec.containers and spec.containers[1]) then return bad(path .. ".containers", "there is no container") end
	for _, list in ipairs { "initContainers", "containers" } do
		for i, c in ipairs(spec[list] or {}) do
			local at = ("%s.%s[%d]"):format(path, list, i - 1)
			local ok, err = named(c, at, seen, "container", bad)
			if ok then ok, err = check_container(c, at, volumes, bad) end
			if not ok then return nil, err end
		end
	end
	for key, value in pairs(spec.nodeSelector or {}) do
		if type(key) ~= "string" or not names.is_label_key(key) or type(value) ~= "string" or not names.is_label_value(value) then
			return bad(path .. ".nodeSelector", ('"%s: %s" is not a label'):format(tostring(key), tostring(value)))
		end
	end
	local grace = spec.terminationGracePeriodSeconds
	if grace ~= nil and (math.type(grace) ~= "integer" or grace < 1) then
		return bad(path .. ".terminationGracePeriodSeconds", ("%s is not a whole number of seconds above 0"):format(grace))
	end
	for _, item in ipairs {
		{ "serviceAccountName", spec.serviceAccountName }, { "priorityClassName", spec.priorityClassName } } do
		if item[2] ~= nil and not names.is_dns_subdomain(item[2]) then
			return bad(path .. "." .. item[1], ('"%s" is not a DNS name'):format(tostring(item[2])))
		end
	end
	return true
end
