-- SPDX-License-Identifier: Apache-2.0
--- One single-replica Deployment per container. Its pod starts anew elsewhere as soon as a node is lost or drained, without
-- waiting for the old one: fast, and for a moment two processes may own the same partitions. An update stops the old one first.
-- @tparam Job job reads `resource_name`, `name`, `id`, `containers`, `model`, `delivery`, `samza`
-- @tparam Config config reads what `samzak8s.kubernetes` reads for pods and metadata
-- @treturn {table,...} the model, claims for state, what the job has once, the Deployments
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
