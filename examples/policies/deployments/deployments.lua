-- SPDX-License-Identifier: Apache-2.0
--- One single-replica Deployment per container: it starts anew on another node as soon as its own is lost, without waiting
-- for the lost one to answer. For jobs that bear two copies of a container for a moment.
-- @tparam Job job reads `containers`, `resource_name`, `model`, `delivery`, `samza`
-- @tparam Config config reads what `samzak8s.kubernetes` reads for pods and metadata
-- @treturn {table,...} the model, claims for state, and what the job has once; then the Deployments
local K = require("samzak8s.kubernetes")

return function(job, config)
	local resources = K.shared(job, config, { claims = true })
	for _, container in ipairs(job.containers) do
		local labels = K.labels(job, container)
		resources[#resources + 1] = K.with_defaults({
			apiVersion = "apps/v1",
			kind = "Deployment",
			metadata = K.metadata(K.name(job, container), config, labels, K.annotations(job, container)),
			spec = {
				replicas = 1,
				strategy = { type = "Recreate" },
				selector = { matchLabels = K.selector(job, container) },
				template = K.template(job, container, config, labels),
			},
		}, config)
	end
	return resources
end
