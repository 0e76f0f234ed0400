-- SPDX-License-Identifier: Apache-2.0
--- The pod of the Scala proof of concept, mended: what a job on Samza 0.9 gets that asks for nothing more. The image's
-- entry point does the rest (examples/image). Kept byte for byte.
local K = {}
local parts = require("samzak8s.kubernetes.parts")
local model = require("samzak8s.kubernetes.model")

local MODEL_DIR = model.model_directory

--- The `spec` of the pod.
-- @tparam Job job `delivery` is "env", or the model is in one ConfigMap or Secret
-- @tparam Container container
-- @tparam Config config
-- @treturn table
function K.seed_pod(job, container, config)
	local mounts = { { name = "log", mountPath = "/samza/log" }, { name = "state", mountPath = "/samza/state" } }
	local volumes = { { name = "log", emptyDir = {} }, { name = "state", emptyDir = {} } }
	for _, volume in ipairs(model.model_volumes(job, config)) do
		volumes[#volumes + 1] = volume
		mounts[#mounts + 1] = { name = volume.name, mountPath = MODEL_DIR, readOnly = true }
	end
	local env = model.model_env(job, config)
	table.insert(env, 1, { name = "SAMZA_CONTAINER_ID", value = container.id })
	table.insert(env, { name = "JAVA_OPTS", value = parts.env_value(config["task.opts"] or "") })
	return { nodeSelector = parts.node_selector(config), volumes = volumes,
		containers = { { name = job.resource_name, image = config["kubernetes.container.image"],
			imagePullPolicy = config["kubernetes.image.pull.policy"], env = env, volumeMounts = mounts,
			resources = parts.resources(config) } },
		terminationGracePeriodSeconds = parts.grace_period(job, config),
		serviceAccountName = config["kubernetes.service.account"], imagePullSecrets = parts.pull_secrets(config),
		priorityClassName = config["kubernetes.priority.class"] }
end

return K
