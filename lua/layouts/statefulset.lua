-- SPDX-License-Identifier: Apache-2.0
--- One single-replica StatefulSet per container, behind one headless Service: at most one process per container id, as
-- Kubernetes starts the next pod of a StatefulSet only when the last one is gone.
-- @tparam Job job reads `resource_name`, `name`, `id`, `containers`, `model`, `delivery`, `samza`
-- @tparam Config config reads what `samzak8s.kubernetes` reads for pods and metadata
-- @treturn {table,...} the model, the Service, what the job has once, the StatefulSets
local K = require("samzak8s.kubernetes")

return function(job, config)
	local resources = K.shared(job, config, { service = true })
	for _, container in ipairs(job.containers) do
		local labels = K.labels(job, container)
		resources[#resources + 1] = K.with_defaults({
			apiVersion = "apps/v1",
			kind = "StatefulSet",
			metadata = K.metadata(K.name(job, container), config, labels, K.annotations(job, container)),
			spec = {
				replicas = 1,
				serviceName = K.service_name(job),
				podManagementPolicy = "Parallel",
				selector = { matchLabels = K.selector(job, container) },
				template = K.template(job, container, config, labels, { claims = true }),
				volumeClaimTemplates = K.claim_templates(job, config),
			},
		}, config)
	end
	return resources
end
