-- SPDX-License-Identifier: Apache-2.0
--- Everything that is wrong with Kubernetes objects: types, names, labels, sizes, selectors, references, pods.
-- A server would refuse most of this; some of it it takes, and then no pod ever starts.
local lazy = require("samzak8s.lazy")
local controllers = require("samzak8s.kubernetes.controllers")
local kinds = require("samzak8s.kubernetes.kinds")
local limits = require("samzak8s.kubernetes.limits")
local metadata = require("samzak8s.kubernetes.metadata")
local names = require("samzak8s.kubernetes.names")
local podsecurity = lazy("samzak8s.kubernetes.podsecurity")
local selectors = require("samzak8s.kubernetes.selectors")
local types = require("samzak8s.kubernetes.types")

local number = limits.number
local WORKLOADS = { ReplicationController = true, ReplicaSet = true, Deployment = true, StatefulSet = true, DaemonSet = true,
	Job = true, CronJob = true, Pod = true }
local CLUSTER_WIDE = { Namespace = true }

-- Is it an object at all? Says what is wrong, or nil.
local function shapeless(r)
	if type(r) ~= "table" then return "is a " .. type(r) .. ", not a table" end
	for _, field in ipairs { "apiVersion", "kind" } do
		if type(r[field]) ~= "string" or r[field] == "" then return "has no " .. field end
	end
	if type(r.metadata) ~= "table" or type(r.metadata.name) ~= "string" then return "(" .. r.kind .. ") has no metadata.name" end
end

local function check_metadata(r, bad)
	local ok, why = names.check(r.kind, r.metadata.name)
	local unwise = ok and names.unwise(r.kind, r.metadata.name)
	if not ok then bad("metadata.name", why) elseif unwise then bad("metadata.name", unwise, "warning") end
	local namespace = r.metadata.namespace
	if namespace and not names.is_dns_label(namespace) then
		bad("metadata.namespace", ('"%s" is not a DNS label of at most 63 characters'):format(namespace))
	end
	metadata.check(r.metadata, "metadata", bad)
end

local function check_size(r, bad)
	local most = limits.last_applied - limits.map_length(r.metadata.annotations)
	if limits.json_bound(r) + 64 <= most then return end
	local size = limits.stored_length(r)
	if size > limits.object then
		return bad("", ("the object has %s bytes, the server stores %s"):format(number(size), number(limits.object)))
	end
	size = limits.json_length(r)
	if size > limits.request then
		return bad("", ("the object has %s bytes as JSON, the server takes %s"):format(number(size), number(limits.request)))
	end
	size = limits.last_applied_length(r)
	if size > most then
		bad("", ("has %s bytes as JSON; client-side kubectl apply takes %s"):format(number(size), number(most)), "apply")
	end
end

local function namespaced(r)
	return CLUSTER_WIDE[r.kind] and "" or r.metadata.namespace or ""
end

-- Namespaces among the objects that enforce the level "restricted".
local function restricted_namespaces(list)
	local found = {}
	for _, r in ipairs(list) do
		if r.kind == "Namespace" and (r.metadata.labels or {})["pod-security.kubernetes.io/enforce"] == "restricted" then
			found[r.metadata.name] = true
		end
	end
	return found
end

local function check_one(r, bad, refer)
	check_metadata(r, bad)
	if not types.known(r) then return nil end
	if kinds[r.kind] then kinds[r.kind](r, bad) end
	return WORKLOADS[r.kind] and controllers.check(r, bad, refer) or nil
end

--- Find what is wrong with all objects of one output.
-- @tparam {table,...} resources
-- @tparam table about `ours(r) -> boolean`: must the pods that this object selects, and what it refers to by a name of which
-- `made(r, name)` is true (any when nil), be among the resources?
-- @treturn {table,...} `{ level = "error"|"warning", code, resource = its place, title = "Kind/name", path, message }`
-- @treturn {table,...} the well-formed objects of kinds that are known here, in order
return function(resources, about)
	local findings, list, place, there = {}, {}, {}, {}
	local function add(r, path, message, level, code)
		if level == "apply" then level, code = "warning", "manifest.client-side-apply" end
		findings[#findings + 1] = { level = level or "error", resource = place[r], title = r.kind .. "/" .. r.metadata.name,
			path = path, message = message, code = code or level == "warning" and "manifest.risk" or "manifest.invalid" }
	end
	for i, r in ipairs(resources) do
		local why = shapeless(r)
		if why then
			findings[#findings + 1] = { level = "error", code = "manifest.shape", resource = i, path = "", message = why }
		else
			place[r] = i
			local sound = types.check(r, function(path, message, level) add(r, path, message, level) end)
			local id = ("%s %s %s/%s"):format((r.apiVersion:gsub("/?[^/]*$", "")), r.kind, namespaced(r), r.metadata.name)
			if there[id] then
				add(r, "metadata.name", ("resources %d and %d have this name"):format(place[there[id]], i))
			end
			-- the second of a name takes no part in what objects have to do with each other
			if sound and not there[id] then list[#list + 1] = r end
			there[id] = there[id] or r
		end
	end
	local by_name, ports, workloads, known = {}, {}, {}, {}
	for _, r in ipairs(list) do by_name[("%s %s/%s"):format(r.kind, namespaced(r), r.metadata.name)] = r end
	local restricted = restricted_namespaces(list)
	for _, r in ipairs(list) do
		local function bad(path, message, level) add(r, path, message, level) end
		local function refer(kind, name, path, optional)
			local object = by_name[("%s %s/%s"):format(kind, namespaced(r), name)]
			if not object and not optional and about.ours(r) and (not about.made or about.made(r, name)) then
				bad(path, ("there is no %s %s"):format(kind, name))
			end
			return object
		end
		ports[r] = check_one(r, bad, refer)
		if types.known(r) then known[#known + 1] = r end
		if WORKLOADS[r.kind] and types.known(r) and controllers.template(r) then
			workloads[#workloads + 1] = r
			local template, path = controllers.template(r)
			if restricted[namespaced(r)] and template.spec then
				podsecurity.restricted(template.spec, path == "" and "spec" or path .. ".spec", function(at, message)
					add(r, at, message .. ", and the namespace enforces restricted pods")
				end)
			end
		end
		check_size(r, bad)
	end
	selectors.overlap(workloads, add)
	selectors.others(known, workloads, ports, about.ours, add)
	return findings, known
end
