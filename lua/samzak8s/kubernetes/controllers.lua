-- SPDX-License-Identifier: Apache-2.0
--- What makes pods: controllers, Jobs and pods by themselves, and what can be wrong with them around their pods.
local container = require("samzak8s.kubernetes.container")
local metadata = require("samzak8s.kubernetes.metadata")
local names = require("samzak8s.kubernetes.names")
local podspec = require("samzak8s.kubernetes.podspec")
local sorted = require("samzak8s.sorted")

local M = {}

local RUNS_ALWAYS = { ReplicationController = true, ReplicaSet = true, Deployment = true, StatefulSet = true, DaemonSet = true }
local BATCH = { Job = true, CronJob = true }

--- The pod template of a workload.
-- @treturn table|nil with `metadata` and `spec`; nil when the kind has none, or none is there
-- @treturn string|nil its path
function M.template(r)
	if r.kind == "Pod" then return r, "" end
	if r.kind == "CronJob" then
		local job = r.spec.jobTemplate.spec
		return job and job.template, "spec.jobTemplate.spec.template"
	end
	if RUNS_ALWAYS[r.kind] or r.kind == "Job" then return r.spec.template, "spec.template" end
end

--- The selector of a controller, in the form with `matchLabels`; nil when it has none of its own.
function M.selector(r)
	if r.kind == "ReplicationController" then
		-- without one the server takes the template's labels
		return { matchLabels = r.spec.selector or ((r.spec.template or {}).metadata or {}).labels }
	end
	if RUNS_ALWAYS[r.kind] then return r.spec.selector end
end

--- How many pods it keeps running.
function M.replicas(r)
	if r.kind == "Job" then return r.spec.parallelism or 1 end
	if r.kind == "Pod" or r.kind == "CronJob" then return 1 end
	return r.spec.replicas or 1
end

local function check_selector(r, template, bad)
	local selector, labels = M.selector(r), (template.metadata or {}).labels or {}
	if metadata.empty(selector) then return bad("spec.selector", "is missing") end
	if not r.spec.selector then bad("spec.selector", "is missing; the server takes the template's labels", "warning") end
	metadata.selector(selector, "spec.selector", bad)
	for key, value in sorted.pairs(selector.matchLabels or {}) do
		if labels[key] ~= value then
			bad("spec.selector", ("it wants %s=%s, the template has %s"):format(key, value,
				labels[key] and key .. "=" .. labels[key] or "no such label"))
		end
	end
	if not metadata.matches({ matchExpressions = selector.matchExpressions }, labels) then
		bad("spec.selector.matchExpressions", "they do not find the template's own labels")
	end
end

local function check_claims(spec, bad)
	local claims = {}
	for i, claim in ipairs(spec.volumeClaimTemplates or {}) do
		local at, name = ("spec.volumeClaimTemplates[%d]"):format(i - 1), claim.metadata and claim.metadata.name or ""
		if not names.is_dns_label(name) then
			bad(at .. ".metadata.name", ('the volume name "%s" is not a DNS label of at most 63 characters'):format(name))
		end
		if claims[name] then bad(at .. ".metadata.name", ("the volume name %s is there twice"):format(name)) end
		claims[name] = true
		M.claim(claim.spec or {}, at .. ".spec", bad)
	end
	return claims
end

--- The `spec` of a PersistentVolumeClaim.
function M.claim(spec, path, bad)
	if not (spec.accessModes and spec.accessModes[1]) then bad(path .. ".accessModes", "is missing") end
	for _, mode in ipairs(spec.accessModes or {}) do
		if mode == "ReadWriteOncePod" and spec.accessModes[2] then bad(path .. ".accessModes", "ReadWriteOncePod goes with no other mode") end
	end
	local resources = spec.resources or {}
	local storage = resources.requests and resources.requests.storage
	if not storage then bad(path .. ".resources.requests.storage", "is missing") end
	if storage and not tostring(storage):find("[1-9]") then
		bad(path .. ".resources.requests.storage", ('"%s" is nothing at all'):format(storage))
	end
	container.resources(resources, path .. ".resources", bad)
	if spec.storageClassName and spec.storageClassName ~= "" and not names.is_dns_subdomain(spec.storageClassName) then
		bad(path .. ".storageClassName", ('"%s" is not a DNS name'):format(spec.storageClassName))
	end
end

local KINDS = {}

function KINDS.Deployment(spec, bad)
	local strategy = spec.strategy or {}
	if strategy.type == "Recreate" and strategy.rollingUpdate then
		bad("spec.strategy.rollingUpdate", "must not be there with Recreate")
	end
end

function KINDS.DaemonSet(spec, bad)
	local strategy = spec.updateStrategy or {}
	if strategy.type == "OnDelete" and strategy.rollingUpdate then
		bad("spec.updateStrategy.rollingUpdate", "must not be there with OnDelete")
	end
end

function KINDS.StatefulSet(spec, bad, refer)
	KINDS.DaemonSet(spec, bad)
	if (spec.serviceName or "") == "" then
		bad("spec.serviceName", "is missing, which Kubernetes takes from 1.33 only", "warning")
	else
		local service = refer("Service", spec.serviceName, "spec.serviceName")
		if service and service.spec.clusterIP ~= "None" then
			bad("spec.serviceName", ("the Service %s is not headless (clusterIP: None)"):format(spec.serviceName), "warning")
		end
	end
	if spec.ordinals and (spec.ordinals.start or 0) < 0 then
		bad("spec.ordinals.start", ("%d is less than 0"):format(spec.ordinals.start))
	end
	for _, field in ipairs { "whenDeleted", "whenScaled" } do
		local value = (spec.persistentVolumeClaimRetentionPolicy or {})[field]
		if value and value ~= "Retain" and value ~= "Delete" then
			bad("spec.persistentVolumeClaimRetentionPolicy." .. field, ('"%s" is none of Retain, Delete'):format(value))
		end
	end
end

local function check_job(spec, path, bad)
	if spec.completionMode == "Indexed" and not spec.completions then
		bad(path .. ".completions", "is missing; Indexed needs it")
	end
	for _, field in ipairs { "backoffLimit", "parallelism", "completions", "activeDeadlineSeconds", "ttlSecondsAfterFinished" } do
		if spec[field] and spec[field] < 0 then bad(path .. "." .. field, ("%d is less than 0"):format(spec[field])) end
	end
	if spec.selector and not spec.manualSelector then bad(path .. ".selector", "is set by the server; leave it out") end
	if spec.podReplacementPolicy == "TerminatingOrFailed" and spec.podFailurePolicy then
		bad(path .. ".podReplacementPolicy", "must be Failed with podFailurePolicy")
	end
end

local MACROS = { ["@yearly"] = true, ["@annually"] = true, ["@monthly"] = true, ["@weekly"] = true, ["@daily"] = true,
	["@midnight"] = true, ["@hourly"] = true }

function KINDS.CronJob(spec, bad)
	local fields = 0
	for _ in spec.schedule:gmatch("%S+") do fields = fields + 1 end
	if not (fields == 5 and not spec.schedule:find("[^%w%s*/,?#-]")) and not MACROS[spec.schedule]
		and not spec.schedule:find("^@every %S+$") then
		bad("spec.schedule", ('"%s" is not five fields of cron'):format(spec.schedule))
	end
	if spec.schedule:find("TZ=", 1, true) then bad("spec.schedule", "takes no time zone; there is spec.timeZone") end
	if spec.jobTemplate.spec then check_job(spec.jobTemplate.spec, "spec.jobTemplate.spec", bad) else bad("spec.jobTemplate.spec", "is missing") end
end

function KINDS.Job(spec, bad)
	check_job(spec, "spec", bad)
end

local function check_restart(r, pod, path, bad)
	local policy = pod.restartPolicy
	if BATCH[r.kind] and policy ~= "OnFailure" and policy ~= "Never" then
		bad(path .. ".restartPolicy", ("a %s takes OnFailure or Never, not %s"):format(r.kind, policy or "Always, the default"))
	elseif RUNS_ALWAYS[r.kind] and policy ~= nil and policy ~= "Always" then
		bad(path .. ".restartPolicy", ("a %s takes Always only, not %s"):format(r.kind, policy))
	end
	if RUNS_ALWAYS[r.kind] and pod.activeDeadlineSeconds then
		bad(path .. ".activeDeadlineSeconds", ("a %s takes none"):format(r.kind))
	end
end

--- Check a workload.
-- @treturn {[string]=integer}|nil the named ports of its pods
function M.check(r, bad, refer)
	local template, path = M.template(r)
	if not template then return bad("spec.template", "is missing") end
	local spec = r.spec
	if r.kind ~= "Pod" then
		metadata.check(template.metadata or {}, path .. ".metadata", bad)
		path = path .. "."
	end
	if RUNS_ALWAYS[r.kind] then check_selector(r, template, bad) end
	for _, field in ipairs { "replicas", "minReadySeconds", "revisionHistoryLimit" } do
		if type(spec[field]) == "number" and spec[field] < 0 then bad("spec." .. field, ("%d is less than 0"):format(spec[field])) end
	end
	if KINDS[r.kind] then KINDS[r.kind](spec, bad, refer) end
	local claims = check_claims(spec, bad)
	if not template.spec then return bad(path .. "spec", "is missing") end
	check_restart(r, template.spec, path .. "spec", bad)
	return podspec(template.spec, path .. "spec", claims, bad, refer)
end

return M
