-- SPDX-License-Identifier: Apache-2.0
--- One single-replica StatefulSet per container, behind one headless Service: at most one process per container id, as
-- Kubernetes starts the next pod of a StatefulSet only when the last one is gone.
-- @tparam Job job reads `resource_name`, `name`, `id`, `containers`, `model`, `delivery`, `samza`
-- @tparam Config config reads `task.java.home`, and what `samzak8s.kubernetes` reads for pods and metadata
-- @treturn {table,...} the model's ConfigMap or Secret, the Service, the StatefulSets
local K = require("samzak8s.kubernetes")

-- The pod of both layouts, in the directory that Samza's scripts expect, its stores on the state volume.
local function pod(job, container, config)
	local spec = K.pod(job, container, config)
	local samza = spec.containers[1]
	local function env(name, value) table.insert(samza.env, { name = name, value = value }) end
	samza.workingDir = "/samza"
	if job.delivery ~= "env" then samza.command = K.command(config) end
	env("SAMZA_LOG_DIR", "/samza/log")
	if job.samza.logged_store_base_dir then env("LOGGED_STORE_BASE_DIR", "/samza/state") end
	if config["task.java.home"] then env("JAVA_HOME", K.env_value(config["task.java.home"])) end
	spec.enableServiceLinks = false
	return spec
end

return function(job, config)
	local service = K.service_name(job)
	local resources = { K.config_map(job, config) or K.secret(job, config) }
	resources[#resources + 1] = K.with_defaults {
		apiVersion = "v1",
		kind = "Service",
		metadata = K.metadata(service, config, K.labels(job), K.annotations(job)),
		spec = { clusterIP = "None", publishNotReadyAddresses = true, selector = K.selector(job) },
	}
	for _, container in ipairs(job.containers) do
		local labels = K.labels(job, container)
		resources[#resources + 1] = K.with_defaults {
			apiVersion = "apps/v1",
			kind = "StatefulSet",
			metadata = K.metadata(K.name(job, container), config, labels, K.annotations(job)),
			spec = {
				replicas = 1,
				serviceName = service,
				podManagementPolicy = "Parallel",
				selector = { matchLabels = K.selector(job, container) },
				template = { metadata = K.template_metadata(config, labels), spec = pod(job, container, config) },
			},
		}
	end
	return resources
end
