-- SPDX-License-Identifier: Apache-2.0
--- What the API server would fill in, filled in beforehand, so that tools which compare files with the cluster see no
-- difference. Only what does not depend on the cluster, but for its release.
local release = require("samzak8s.kubernetes.release")

local function fill(t, defaults)
	for k, v in pairs(defaults) do
		if t[k] == nil then t[k] = v end
	end
	return t
end

-- Always for a tag `latest` or none, as the server decides it.
local function pull_policy(image)
	local last = (image or ""):match("[^/]*$")
	if last:find("@", 1, true) then return "IfNotPresent" end
	local tag = last:match(":(.*)$")
	return (tag == nil or tag == "latest") and "Always" or "IfNotPresent"
end

local function probe(p)
	fill(p, { failureThreshold = 3, periodSeconds = 10, successThreshold = 1, timeoutSeconds = 1 })
end

local function container(c)
	fill(c, { imagePullPolicy = pull_policy(c.image), terminationMessagePath = "/dev/termination-log",
		terminationMessagePolicy = "File" })
	for _, entry in ipairs(c.env or {}) do
		if entry.value == "" then entry.value = nil end -- not stored
		if entry.valueFrom and entry.valueFrom.fieldRef then fill(entry.valueFrom.fieldRef, { apiVersion = "v1" }) end
	end
	if c.resources and c.resources.limits then
		c.resources.requests = fill(c.resources.requests or {}, c.resources.limits)
	end
	for _, port in ipairs(c.ports or {}) do fill(port, { protocol = "TCP" }) end
	for _, name in ipairs { "startupProbe", "livenessProbe", "readinessProbe" } do
		if c[name] then probe(c[name]) end
	end
end

local function pod(spec)
	for _, list in ipairs { "initContainers", "containers" } do
		for _, c in ipairs(spec[list] or {}) do container(c) end
	end
	for _, volume in ipairs(spec.volumes or {}) do
		local source = volume.configMap or volume.secret or volume.projected
		if source then fill(source, { defaultMode = 420 }) end
	end
	fill(spec, { dnsPolicy = "ClusterFirst", restartPolicy = "Always", schedulerName = "default-scheduler",
		securityContext = {}, terminationGracePeriodSeconds = 30, serviceAccount = spec.serviceAccountName })
end

local function claim(spec)
	fill(spec, { volumeMode = "Filesystem" })
end

local KINDS = {
	Service = function(spec)
		fill(spec, { internalTrafficPolicy = "Cluster", sessionAffinity = "None", type = "ClusterIP" })
		if spec.clusterIP == "None" then fill(spec, { clusterIPs = { "None" } }) end
	end,
	StatefulSet = function(spec, facts)
		fill(spec, { podManagementPolicy = "OrderedReady", replicas = 1, revisionHistoryLimit = 10,
			persistentVolumeClaimRetentionPolicy = facts.claim_retention and { whenDeleted = "Retain", whenScaled = "Retain" } or nil,
			updateStrategy = { type = "RollingUpdate", rollingUpdate = { partition = 0 } } })
		for _, template in ipairs(spec.volumeClaimTemplates or {}) do claim(template.spec) end
	end,
	Deployment = function(spec)
		fill(spec, { replicas = 1, revisionHistoryLimit = 10, progressDeadlineSeconds = 600,
			strategy = { type = "RollingUpdate", rollingUpdate = { maxSurge = "25%", maxUnavailable = "25%" } } })
	end,
	Job = function(spec)
		fill(spec, { backoffLimit = 6, completionMode = "NonIndexed", completions = 1, parallelism = 1, suspend = false })
	end,
	ReplicationController = function(spec) fill(spec, { replicas = 1 }) end,
	PersistentVolumeClaim = claim,
}

--- Fill a Service, a claim, a workload or its pod template with the server's defaults.
-- @tparam table resource changed in place
-- @tparam[opt] Config config reads `kubernetes.version`
-- @treturn table the resource
return function(resource, config)
	local spec = resource.spec
	if spec and KINDS[resource.kind] then KINDS[resource.kind](spec, release.facts(config or {})) end
	if spec and spec.template then pod(spec.template.spec) end
	return resource
end
