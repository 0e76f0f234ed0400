-- SPDX-License-Identifier: Apache-2.0
--- Check Kubernetes objects before they are written: names, labels, sizes, selectors, references, pods.
-- A server would refuse most of this later; some of it it takes, and then no pod ever starts.
local fail = require("samzak8s.report").fail
local limits = require("samzak8s.kubernetes.limits")
local names = require("samzak8s.kubernetes.names")
local podspec = require("samzak8s.kubernetes.podspec")
local shape = require("samzak8s.kubernetes.shape")
local sorted = require("samzak8s.sorted")

local number = limits.number

local WORKLOADS = { ReplicationController = true, ReplicaSet = true, Deployment = true, StatefulSet = true, Job = true }

local function check_labels(labels, path, bad)
	for key, value in sorted.pairs(labels or {}) do
		if type(key) ~= "string" or not names.is_label_key(key) then
			return bad(path, ('"%s" is not a label key (at most 63 of A-Z a-z 0-9 - _ ., after an optional DNS/)')
				:format(tostring(key)))
		end
		if type(value) ~= "string" then
			return bad(path .. "." .. key, ("is a %s, not a string"):format(type(value)))
		end
		if not names.is_label_value(value) then
			return bad(path .. "." .. key, ('"%s" is not a label value (%d characters; at most 63 of A-Z a-z 0-9 - _ .)')
				:format(value, #value))
		end
	end
	return true
end

local function check_annotations(annotations, path, bad)
	for key, value in sorted.pairs(annotations or {}) do
		if type(key) ~= "string" or not names.is_label_key(key) then
			return bad(path, ('"%s" is not an annotation key'):format(tostring(key)))
		end
		if type(value) ~= "string" then return bad(path .. "." .. key, ("is a %s, not a string"):format(type(value))) end
	end
	local size = limits.map_length(annotations)
	if size <= limits.annotations then return true end
	return bad(path, ("the annotations have %s bytes, an object may have %s")
		:format(number(size), number(limits.annotations)))
end

local function check_metadata(metadata, path, bad)
	local ok, err = check_labels(metadata.labels, path .. ".labels", bad)
	if ok then ok, err = check_annotations(metadata.annotations, path .. ".annotations", bad) end
	return ok, err
end

-- ConfigMap and Secret: keys, and the size of what they hold.
local function check_data(r, bad)
	local size = 0
	for _, field in ipairs { "data", "binaryData", "stringData" } do
		local encoded = field == "binaryData" or field == "data" and r.kind == "Secret"
		for key, value in sorted.pairs(r[field] or {}) do
			if type(key) ~= "string" or not names.is_data_key(key) then
				return bad(field, ('"%s" is not a key (A-Z a-z 0-9 - _ .)'):format(tostring(key)))
			end
			if type(value) ~= "string" then return bad(field .. "." .. key, "is not a string") end
			if encoded and (#value % 4 ~= 0 or value:find("[^A-Za-z0-9+/=]")) then
				return bad(field .. "." .. key, "is not base64")
			end
			size = size + (encoded and #value // 4 * 3 - #value:match("=*$") or #value)
		end
	end
	if size <= limits.config_map then return true end
	return bad("data", ("it holds %s bytes, a %s may hold %s"):format(number(size), r.kind, number(limits.config_map)))
end

local function selector_of(r)
	local selector = r.spec.selector
	if r.kind == "ReplicationController" then return selector end
	return selector and selector.matchLabels
end

local function check_workload(r, bad, refer)
	local spec = r.spec
	if type(spec) ~= "table" or type(spec.template) ~= "table" then return bad("spec.template", "is missing") end
	local metadata = spec.template.metadata or {}
	local ok, err = check_metadata(metadata, "spec.template.metadata", bad)
	if not ok then return nil, err end
	local selector = selector_of(r)
	if r.kind ~= "Job" and (selector == nil or next(selector) == nil) then return bad("spec.selector", "is missing") end
	for key, value in sorted.pairs(selector or {}) do
		local label = (metadata.labels or {})[key]
		if label ~= value then
			return bad("spec.selector", ("it wants %s=%s, the template has %s"):format(key, value,
				label and key .. "=" .. tostring(label) or "no such label"))
		end
	end
	local strategy = spec.strategy
	if strategy and strategy.type == "Recreate" and strategy.rollingUpdate then
		return bad("spec.strategy.rollingUpdate", "must not be there with Recreate")
	end
	local pod = spec.template.spec or {}
	if r.kind ~= "Job" and pod.restartPolicy ~= nil and pod.restartPolicy ~= "Always" then
		return bad("spec.template.spec.restartPolicy", ("a %s takes Always only, not %s"):format(r.kind, pod.restartPolicy))
	end
	if spec.serviceName then
		ok, err = refer("Service", spec.serviceName, "spec.serviceName")
		if not ok then return nil, err end
	end
	local claims = {}
	for _, claim in ipairs(spec.volumeClaimTemplates or {}) do claims[(claim.metadata or {}).name or ""] = true end
	return podspec(spec.template.spec, "spec.template.spec", claims, bad, refer)
end

local function title(r)
	return r.kind .. "/" .. r.metadata.name
end

-- Two controllers whose selectors find each other's pods fight over them. Templates are looked up by each set of keys
-- that selectors use, so that the work grows with the number of objects and not with its square.
local function check_overlap(workloads, fail_at)
	local by_keys = {}
	for _, r in ipairs(workloads) do
		local selector = selector_of(r)
		if selector and next(selector) ~= nil then
			local keys = sorted.keys(selector)
			local id = table.concat(keys, "\0")
			by_keys[id] = by_keys[id] or { keys = keys, owners = {} }
			local values = {}
			for i, key in ipairs(keys) do values[i] = selector[key] end
			local value = (r.metadata.namespace or "") .. "\1" .. table.concat(values, "\0")
			local other = by_keys[id].owners[value]
			if other then
				return fail_at(r, "spec.selector", ("it finds the pods of %s as well"):format(title(other)))
			end
			by_keys[id].owners[value] = r
		end
	end
	for _, id in ipairs(sorted.keys(by_keys)) do
		local group = by_keys[id]
		for _, r in ipairs(workloads) do
			local labels, values = (r.spec.template.metadata or {}).labels or {}, {}
			for i, key in ipairs(group.keys) do values[i] = labels[key] or "\2" end
			local owner = group.owners[(r.metadata.namespace or "") .. "\1" .. table.concat(values, "\0")]
			if owner and owner ~= r then
				return fail_at(owner, "spec.selector", ("it finds the pods of %s as well"):format(title(r)))
			end
		end
	end
	return true
end

local function check_shape(r, i, source)
	local function bad(message)
		return fail { code = "manifest.shape", source = source, message = ("resource %d %s"):format(i, message),
			hint = "each needs apiVersion, kind and metadata.name" }
	end
	if type(r) ~= "table" then return bad("is a " .. type(r) .. ", not a table") end
	for _, field in ipairs { "apiVersion", "kind" } do
		if type(r[field]) ~= "string" or r[field] == "" then return bad("has no " .. field) end
	end
	if type(r.metadata) ~= "table" or type(r.metadata.name) ~= "string" then
		return bad("(" .. r.kind .. ") has no metadata.name")
	end
	return true
end

local function check_size(r, fail_at, warn, source)
	local most = limits.last_applied - limits.map_length(r.metadata.annotations)
	if limits.json_bound(r) + 64 <= most then return true end
	local size = limits.json_length(r)
	if size > limits.object and r.kind ~= "Secret" and r.kind ~= "ConfigMap" then
		return fail_at(r, "", ("the object has %s bytes, the server stores %s"):format(number(size), number(limits.object)))
	end
	size = limits.last_applied_length(r)
	if size > most then
		warn { code = "manifest.client-side-apply", source = source,
			message = ("%s has %s bytes as JSON; client-side kubectl apply takes %s")
				:format(title(r), number(size), number(most)),
			hint = "apply with: kubectl apply --server-side --field-manager=samzak8s -f FILE" }
	end
	return true
end

--- Check all objects of one output.
-- @tparam {table,...} resources
-- @tparam table about `source`: who made them (a layout's file); `prefix`: references to ConfigMaps, Secrets and
-- Services whose names begin so must be among the resources; `warn(err)`
-- @treturn boolean|nil true, or nil and an error that names the object, the field and the numbers
return function(resources, about)
	local function fail_at(r, path, message)
		return fail { code = "manifest.invalid", source = about.source,
			message = ("%s: %s%s"):format(title(r), path ~= "" and path .. ": " or "", message) }
	end
	local there, workloads = {}, {}
	for i, r in ipairs(resources) do
		local ok, err = check_shape(r, i, about.source)
		if not ok then return nil, err end
		local id = ("%s %s/%s"):format(r.kind, r.metadata.namespace or "", r.metadata.name)
		if there[id] then return fail_at(r, "metadata.name", ("resources %d and %d have this name"):format(there[id], i)) end
		there[id] = i
		there[r.kind .. " " .. r.metadata.name] = i
		if WORKLOADS[r.kind] then workloads[#workloads + 1] = r end
	end
	for _, r in ipairs(resources) do
		local function bad(path, message) return fail_at(r, path, message) end
		local function refer(kind, name, path)
			if type(name) ~= "string" then return bad(path, "is missing") end
			local ours = about.prefix and name:sub(1, #about.prefix) == about.prefix
			if ours and not there[kind .. " " .. name] then return bad(path, ("there is no %s %s"):format(kind, name)) end
			return true
		end
		local ok, err = shape(r, WORKLOADS[r.kind], bad)
		if not ok then return nil, err end
		ok, err = names.check(r.kind, r.metadata.name)
		if not ok then return bad("metadata.name", err) end
		local namespace = r.metadata.namespace
		if namespace ~= nil and not names.is_dns_label(namespace) then
			return bad("metadata.namespace", ('"%s" is not a DNS label of at most 63 characters'):format(namespace))
		end
		ok, err = check_metadata(r.metadata, "metadata", bad)
		if ok and (r.kind == "ConfigMap" or r.kind == "Secret") then ok, err = check_data(r, bad) end
		if ok and WORKLOADS[r.kind] then ok, err = check_workload(r, bad, refer) end
		if ok then ok, err = check_size(r, fail_at, about.warn, about.source) end
		if not ok then return nil, err end
	end
	return check_overlap(workloads, fail_at)
end
