-- SPDX-License-Identifier: Apache-2.0
--- One ReplicationController per container, as the Scala proof of concept for Samza 0.9.1 wrote them, mended: a
-- selector, `$` doubled in the environment, the log volume where the logs are, and a grace period.
--
-- When a node is drained a ReplicationController starts the next pod while the old one is still stopping: for a moment
-- two processes own the same partitions. The statefulset layout does not.
-- @tparam Job job reads `resource_name`, `name`, `id`, `containers`, `model`, `delivery`, `seed`
-- @tparam Config config reads what `samzak8s.kubernetes` reads for pods and metadata
-- @treturn {table,...} the model where it is not in the environment, claims for state, then the controllers
local K = require("samzak8s.kubernetes")

-- Labels and pod of the proof of concept, or those of every other layout with its labels kept.
local function parts(job, container, config)
	local labels = { app = job.resource_name, ["container-id"] = container.id }
	if job.seed then return labels, { metadata = K.template_metadata(config, labels), spec = K.seed_pod(job, container, config) } end
	for key, value in pairs(K.labels(job, container)) do labels[key] = value end
	return labels, K.template(job, container, config, labels)
end

return function(job, config)
	local resources = K.shared(job, config, { claims = true, seed = job.seed })
	for _, container in ipairs(job.containers) do
		local labels, template = parts(job, container, config)
		local controller = {
			apiVersion = "v1",
			kind = "ReplicationController",
			metadata = K.metadata(K.name(job, container), config, labels, K.annotations(job, not job.seed and container or nil)),
			spec = {
				replicas = 1,
				selector = { app = job.resource_name, ["container-id"] = container.id },
				template = template,
			},
		}
		resources[#resources + 1] = job.seed and controller or K.with_defaults(controller, config)
	end
	return resources
end
