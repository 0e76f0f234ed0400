-- SPDX-License-Identifier: Apache-2.0
--- The volume of a container's stores: scratch space that goes with the pod, or a claim that follows the container id.
local parts = require("samzak8s.kubernetes.parts")

local K = {}

local DEFAULT_SIZE = "10Gi"

local function wants_claim(config) return config["kubernetes.state.volume"] == "pvc" end

local function claim_spec(config)
	return { accessModes = { config["kubernetes.state.access.mode"] or "ReadWriteOnce" },
		resources = { requests = { storage = config["kubernetes.state.size"] or DEFAULT_SIZE } },
		storageClassName = config["kubernetes.state.storage.class"] }
end

local function claim_name(job, container) return parts.name(job, container) .. "-state" end

--- The volume `state` of a pod.
-- @tparam Job job
-- @tparam Container container
-- @tparam Config config reads `kubernetes.state.volume`, `kubernetes.state.size`
function K.state_volume(job, container, config)
	if wants_claim(config) then
		return { name = "state", persistentVolumeClaim = { claimName = claim_name(job, container) } }
	end
	return { name = "state", emptyDir = { sizeLimit = config["kubernetes.state.size"] } }
end

--- The claim of one container, for controllers that have no `volumeClaimTemplates`, or nil.
-- @treturn table|nil a PersistentVolumeClaim
function K.state_claim(job, container, config)
	if not wants_claim(config) then return nil end
	return { apiVersion = "v1", kind = "PersistentVolumeClaim", metadata = parts.metadata(claim_name(job, container), config,
		parts.labels(job, container), parts.annotations(job)), spec = claim_spec(config) }
end

--- `volumeClaimTemplates` of a StatefulSet, or nil. Nothing in them ever changes by itself: the field is immutable.
-- @treturn {table}|nil
function K.claim_templates(job, config)
	if not wants_claim(config) then return nil end
	return { { apiVersion = "v1", kind = "PersistentVolumeClaim",
		metadata = { name = "state", labels = parts.selector(job) }, spec = claim_spec(config) } }
end

return K
