-- SPDX-License-Identifier: Apache-2.0
--- One single-replica Deployment per container: it starts anew on another node as soon as its own is lost, without waiting
-- for the lost one to answer. For jobs that bear two copies of a container for a moment.
-- @tparam Job job reads `containers`, `resource_name`, `model`, `delivery`, `samza`
-- @tparam Config config reads what `samzak8s.kubernetes` reads for pods and metadata
-- @treturn {table,...} the model's ConfigMap or Secret, then the Deployments
local K = require("samzak8s.kubernetes")

return function(job, config)
	local resources = { K.config_map(job, config) or K.secret(job, config) }
	for _, container in ipairs(job.containers) do
		local labels = K.labels(job, container)
		table.insert(resources, K.with_defaults {
			apiVersion = "apps/v1",
			kind = "Deployment",
			metadata = K.metadata(K.name(job, container), config, labels, K.annotations(job)),
			spec = {
				replicas = 1,
				strategy = { type = "Recreate" },
				selector = { matchLabels = K.selector(job, container) },
				template = { metadata = K.template_metadata(config, labels), spec = K.pod(job, container, config) },
			},
		})
	end
	return resources
end
