-- SPDX-License-Identifier: Apache-2.0
--- Objects that a job has once: budget, network policy, and all that comes before its workloads.
local defaults = require("samzak8s.kubernetes.defaults")
local model = require("samzak8s.kubernetes.model")
local parts = require("samzak8s.kubernetes.parts")
local release = require("samzak8s.kubernetes.release")
local state = require("samzak8s.kubernetes.state")

local K = {}

-- The labels of the job's own containers; the proof of concept's pods have no others.
local function containers_of(job, seed)
	return seed and { app = job.resource_name } or parts.selector(job, nil, "container")
end

-- An object as the proof of concept's have labels.
local function with_old_labels(object)
	object.metadata.labels["app.kubernetes.io/version"], object.metadata.labels["app.kubernetes.io/part-of"] = nil, nil
	return object
end

--- The headless Service that StatefulSets want.
-- @treturn table
function K.headless_service(job, config)
	return { apiVersion = "v1", kind = "Service",
		metadata = parts.metadata(parts.service_name(job), config, parts.labels(job), parts.annotations(job)),
		spec = { clusterIP = "None", publishNotReadyAddresses = true, selector = parts.selector(job, nil, "container") } }
end

--- One budget for the job, or nil: how many containers a node drain may stop at once.
-- @tparam Job job
-- @tparam Config config reads `kubernetes.disruption.budget`
-- @tparam[opt] boolean seed the pods are the proof of concept's
-- @treturn table|nil a PodDisruptionBudget
function K.disruption_budget(job, config, seed)
	local most = config["kubernetes.disruption.budget"]
	if not most then return nil end
	return { apiVersion = "policy/v1", kind = "PodDisruptionBudget",
		metadata = parts.metadata(job.resource_name, config, parts.labels(job), parts.annotations(job)),
		spec = { maxUnavailable = most, selector = { matchLabels = containers_of(job, seed) },
			unhealthyPodEvictionPolicy = release.facts(config).eviction_policy and "AlwaysAllow" or nil } }
end

--- The TCP ports that the job's configuration names: brokers, ZooKeeper, and `kubernetes.network.policy.ports`.
-- @tparam Config config
-- @treturn {integer,...} ascending
function K.outgoing_ports(config)
	local seen, ports = {}, {}
	local function add(text)
		local port = math.tointeger(tonumber(text))
		if port and port > 0 and port < 65536 and not seen[port] then
			seen[port] = true
			ports[#ports + 1] = port
		end
	end
	for key, value in pairs(config) do
		if type(key) == "string" and type(value) == "string" and (key:find("^systems%..+bootstrap%.servers$")
			or key:find("^systems%..+zookeeper%.connect$") or key:find("^systems%..+metadata%.broker%.list$")) then
			for port in value:gmatch(":(%d+)") do add(port) end
		end
	end
	for _, port in ipairs(config["kubernetes.network.policy.ports"] or {}) do add(port) end
	table.sort(ports)
	return ports
end

--- One network policy for the job, or nil. Pods of the job may always reach its model server.
-- @tparam Job job
-- @tparam Config config reads `kubernetes.network.policy` and what `outgoing_ports` reads
-- @tparam[opt] boolean seed the pods are the proof of concept's
-- @treturn table|nil a NetworkPolicy
function K.network_policy(job, config, seed)
	local kind = config["kubernetes.network.policy"]
	if kind == nil or kind == "none" then return nil end
	local all = { matchLabels = seed and { app = job.resource_name } or parts.selector(job) }
	local spec = { podSelector = all, policyTypes = { "Ingress" } }
	local serves = config["kubernetes.model.server"] == "service"
	local function tcp(port) return { protocol = "TCP", port = port } end
	if serves then spec.ingress = { { from = { { podSelector = all } }, ports = { tcp(model.model_port) } } } end
	if kind == "egress" then
		local ports = {}
		for i, port in ipairs(K.outgoing_ports(config)) do ports[i] = tcp(port) end
		spec.policyTypes[2] = "Egress"
		spec.egress = { { ports = { { protocol = "UDP", port = 53 }, tcp(53) } } }
		if ports[1] then table.insert(spec.egress, { ports = ports }) end
		if serves then table.insert(spec.egress, { to = { { podSelector = all } }, ports = { tcp(model.model_port) } }) end
	end
	return { apiVersion = "networking.k8s.io/v1", kind = "NetworkPolicy",
		metadata = parts.metadata(job.resource_name, config, parts.labels(job), parts.annotations(job)), spec = spec }
end

--- Everything before the workloads, in apply order: model, Services, claims, budget, network policy, model server.
-- @tparam Job job
-- @tparam Config config
-- @tparam[opt] {service=boolean,claims=boolean,seed=boolean} how `service`: a headless Service; `claims`: a claim for each
-- container's state, where the workloads have no `volumeClaimTemplates`; `seed`: the pods are the proof of concept's
-- @treturn {table,...}
function K.shared(job, config, how)
	how = how or {}
	local objects = {}
	local function add(object)
		if object then objects[#objects + 1] = how.seed and with_old_labels(object) or defaults(object, config) end
	end
	for _, object in ipairs(model.model_objects(job, config)) do add(object) end
	if how.service then add(K.headless_service(job, config)) end
	local service, deployment = model.model_service(job, config)
	add(service)
	for _, container in ipairs(how.claims and job.containers or {}) do add(state.state_claim(job, container, config)) end
	add(K.disruption_budget(job, config, how.seed))
	add(K.network_policy(job, config, how.seed))
	add(deployment)
	return objects
end

return K
