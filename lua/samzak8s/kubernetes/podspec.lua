-- SPDX-License-Identifier: Apache-2.0
--- What can be wrong with the `spec` of a pod, before a server or a node sees it.
local container = require("samzak8s.kubernetes.container")
local metadata = require("samzak8s.kubernetes.metadata")
local names = require("samzak8s.kubernetes.names")
local podsecurity = require("samzak8s.kubernetes.podsecurity")
local quantity = require("samzak8s.kubernetes.quantity")
local sorted = require("samzak8s.sorted")

-- A name of an item that is valid and, in its list, unique.
local function check_name(name, path, seen, what, bad)
	if not names.is_dns_label(name) then
		bad(path .. ".name", ('the %s name "%s" is not a DNS label of at most 63 characters'):format(what, name))
	end
	if seen[name] then bad(path .. ".name", ("the %s name %s is there twice"):format(what, name)) end
	seen[name] = true
end

local function check_mode(mode, path, bad)
	if mode and (mode < 0 or mode > 511) then
		bad(path, ("%d is no file mode (0 to 511, which is 0777)"):format(mode))
	end
end

-- The keys that a volume takes of a ConfigMap or Secret.
local function check_items(source, object, what, path, bad)
	check_mode(source.defaultMode, path .. ".defaultMode", bad)
	local paths = {}
	for i, item in ipairs(source.items or {}) do
		local at = ("%s.items[%d]"):format(path, i - 1)
		if not names.is_data_key(item.key) then bad(at .. ".key", ('"%s" is not a key (A-Z a-z 0-9 - _ .)'):format(item.key)) end
		local there = object and ((object.data or {})[item.key] or (object.binaryData or {})[item.key] or (object.stringData or {})[item.key])
		if object and not there and not source.optional then bad(at .. ".key", ("%s has no key %s"):format(what, item.key)) end
		if item.path == "" or not container.relative(item.path) then
			bad(at .. ".path", ('"%s" is not a relative path without ".."'):format(item.path))
		end
		if paths[item.path] then bad(at .. ".path", ("%s is there twice"):format(item.path)) end
		paths[item.path] = true
		check_mode(item.mode, at .. ".mode", bad)
	end
end

local function check_reference(source, kind, field, path, refer, bad)
	local name = source[field]
	if name == nil then return bad(path .. "." .. field, "is missing") end
	local object = refer(kind, name, path .. "." .. field, source.optional)
	check_items(source, object, kind .. " " .. name, path, bad)
end

local function check_projected(source, path, refer, bad)
	check_mode(source.defaultMode, path .. ".defaultMode", bad)
	for i, item in ipairs(source.sources or {}) do
		local at = ("%s.sources[%d]"):format(path, i - 1)
		if item.configMap then check_reference(item.configMap, "ConfigMap", "name", at .. ".configMap", refer, bad) end
		if item.secret then check_reference(item.secret, "Secret", "name", at .. ".secret", refer, bad) end
		local _, second = next(item, (next(item)))
		if next(item) == nil or second ~= nil then bad(at, "takes exactly one source") end
	end
end

local MEDIA = { [""] = true, Memory = true }

local function check_volume(volume, path, refer, bad)
	local sources = {}
	for _, key in ipairs(sorted.keys(volume)) do
		if key ~= "name" then sources[#sources + 1] = key end
	end
	if #sources ~= 1 then
		return bad(path, #sources == 0 and "has no source" or ("has %d sources, and takes one"):format(#sources))
	end
	local at, empty = path .. "." .. sources[1], volume.emptyDir
	if volume.configMap then check_reference(volume.configMap, "ConfigMap", "name", at, refer, bad) end
	if volume.secret then check_reference(volume.secret, "Secret", "secretName", at, refer, bad) end
	if volume.projected then check_projected(volume.projected, at, refer, bad) end
	if volume.persistentVolumeClaim then
		refer("PersistentVolumeClaim", volume.persistentVolumeClaim.claimName, at .. ".claimName")
	end
	if empty and empty.medium and not MEDIA[empty.medium] and not empty.medium:find("^HugePages") then
		bad(at .. ".medium", ('"%s" is neither "" nor Memory'):format(empty.medium))
	end
	if empty and empty.sizeLimit then
		local q, why = quantity.check("memory", tostring(empty.sizeLimit), true)
		if not q then bad(at .. ".sizeLimit", why) end
	end
end

local function check_tolerations(list, path, bad)
	for i, t in ipairs(list) do
		local at, operator = ("%s[%d]"):format(path, i - 1), t.operator or "Equal"
		if operator == "Exists" and (t.value or "") ~= "" then bad(at .. ".value", "must not be there with Exists") end
		if (t.key or "") == "" and operator ~= "Exists" then bad(at .. ".operator", "must be Exists when there is no key") end
		if t.key and t.key ~= "" and not names.is_label_key(t.key) then bad(at .. ".key", ('"%s" is not a label key'):format(t.key)) end
		if t.tolerationSeconds and t.effect ~= "NoExecute" then bad(at .. ".tolerationSeconds", "goes with effect NoExecute only") end
	end
end

local function check_spread(list, path, bad)
	for i, c in ipairs(list) do
		local at = ("%s[%d]"):format(path, i - 1)
		if c.maxSkew < 1 then bad(at .. ".maxSkew", ("%d is less than 1"):format(c.maxSkew)) end
		if not names.is_label_key(c.topologyKey) then bad(at .. ".topologyKey", ('"%s" is not a label key'):format(c.topologyKey)) end
		if c.labelSelector then metadata.selector(c.labelSelector, at .. ".labelSelector", bad) end
		if c.minDomains and c.whenUnsatisfiable ~= "DoNotSchedule" then bad(at .. ".minDomains", "goes with DoNotSchedule only") end
	end
end

local function check_term(term, path, bad)
	if not names.is_label_key(term.topologyKey) then bad(path .. ".topologyKey", ('"%s" is not a label key'):format(term.topologyKey)) end
	if term.labelSelector then metadata.selector(term.labelSelector, path .. ".labelSelector", bad) end
end

local OPERATORS = { In = true, NotIn = true, Exists = false, DoesNotExist = false, Gt = true, Lt = true }

local function check_node_term(term, path, bad)
	for i, e in ipairs(term.matchExpressions or {}) do
		local at = ("%s.matchExpressions[%d]"):format(path, i - 1)
		local needs = OPERATORS[e.operator]
		if needs and not (e.values and e.values[1]) then bad(at .. ".values", ("%s needs values"):format(e.operator)) end
		if needs == false and e.values and e.values[1] then bad(at .. ".values", ("%s takes none"):format(e.operator)) end
	end
end

local function check_weight(item, at, bad)
	if item.weight < 1 or item.weight > 100 then bad(at .. ".weight", ("%d is not from 1 to 100"):format(item.weight)) end
end

local PREFERRED, REQUIRED = "preferredDuringSchedulingIgnoredDuringExecution", "requiredDuringSchedulingIgnoredDuringExecution"

local function check_affinity(affinity, path, bad)
	for _, kind in ipairs { "podAffinity", "podAntiAffinity" } do
		local a = affinity[kind] or {}
		for i, item in ipairs(a[PREFERRED] or {}) do
			local at = ("%s.%s.%s[%d]"):format(path, kind, PREFERRED, i - 1)
			check_weight(item, at, bad)
			check_term(item.podAffinityTerm, at .. ".podAffinityTerm", bad)
		end
		for i, term in ipairs(a[REQUIRED] or {}) do check_term(term, ("%s.%s.%s[%d]"):format(path, kind, REQUIRED, i - 1), bad) end
	end
	local node = affinity.nodeAffinity or {}
	for i, item in ipairs(node[PREFERRED] or {}) do
		local at = ("%s.nodeAffinity.%s[%d]"):format(path, PREFERRED, i - 1)
		check_weight(item, at, bad)
		check_node_term(item.preference, at .. ".preference", bad)
	end
	local required = node[REQUIRED]
	if required and not required.nodeSelectorTerms[1] then
		bad(("%s.nodeAffinity.%s.nodeSelectorTerms"):format(path, REQUIRED), "is empty")
	end
	for i, term in ipairs(required and required.nodeSelectorTerms or {}) do
		check_node_term(term, ("%s.nodeAffinity.%s.nodeSelectorTerms[%d]"):format(path, REQUIRED, i - 1), bad)
	end
end

local function check_names(spec, path, bad)
	for key, value in sorted.pairs(spec.nodeSelector or {}) do
		if not names.is_label_key(key) or not names.is_label_value(value) then
			bad(path .. ".nodeSelector", ('"%s: %s" is not a label'):format(key, value))
		end
	end
	for _, field in ipairs { "serviceAccountName", "priorityClassName", "runtimeClassName" } do
		if spec[field] and spec[field] ~= "" and not names.is_dns_subdomain(spec[field]) then
			bad(path .. "." .. field, ('"%s" is not a DNS name'):format(spec[field]))
		end
	end
	for i, secret in ipairs(spec.imagePullSecrets or {}) do
		if not names.is_dns_subdomain(secret.name or "") then
			bad(("%s.imagePullSecrets[%d].name"):format(path, i - 1), ('"%s" is not a DNS name'):format(secret.name or ""))
		end
	end
	for _, field in ipairs { "hostname", "subdomain" } do
		if spec[field] and not names.is_dns_label(spec[field]) then
			bad(path .. "." .. field, ('"%s" is not a DNS label of at most 63 characters'):format(spec[field]))
		end
	end
end

--- Check a pod's spec.
-- @tparam table spec of the right types
-- @tparam string path for messages, such as "spec.template.spec"
-- @tparam table claims names of the volume claim templates, as a set
-- @tparam function bad(path, message, level)
-- @tparam function refer(kind, name, path, optional) -> the object when it is among those checked
-- @treturn {[string]=integer} the named ports
return function(spec, path, claims, bad, refer)
	local volumes, seen = {}, {}
	local pod = { bad = bad, refer = refer, volumes = volumes, ports = {} }
	for i, volume in ipairs(spec.volumes or {}) do
		local at = ("%s.volumes[%d]"):format(path, i - 1)
		check_name(volume.name, at, volumes, "volume", bad)
		if claims[volume.name] then bad(at .. ".name", ("a volume claim template is called %s, too"):format(volume.name)) end
		check_volume(volume, at, refer, bad)
	end
	for name in pairs(claims) do volumes[name] = true end
	if not spec.containers[1] then bad(path .. ".containers", "there is no container") end
	for _, list in ipairs { "initContainers", "containers" } do
		for i, c in ipairs(spec[list] or {}) do
			local at = ("%s.%s[%d]"):format(path, list, i - 1)
			check_name(c.name, at, seen, "container", bad)
			container.check(c, at, pod, list == "initContainers")
		end
	end
	check_names(spec, path, bad)
	check_tolerations(spec.tolerations or {}, path .. ".tolerations", bad)
	check_spread(spec.topologySpreadConstraints or {}, path .. ".topologySpreadConstraints", bad)
	check_affinity(spec.affinity or {}, path .. ".affinity", bad)
	podsecurity.contradictions(spec, path, bad)
	local grace = spec.terminationGracePeriodSeconds
	if grace and grace < 1 then
		bad(path .. ".terminationGracePeriodSeconds", ("%d is not a whole number of seconds above 0"):format(grace))
	end
	return pod.ports
end
