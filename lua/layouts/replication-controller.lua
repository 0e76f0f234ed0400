-- SPDX-License-Identifier: Apache-2.0
--- One ReplicationController per container, as the Scala proof of concept for Samza 0.9.1 wrote them, mended: a
-- selector, `$` doubled in the environment, the log volume where the logs are, and a grace period.
--
-- When a node is drained a ReplicationController starts the next pod while the old one is still stopping: for a moment
-- two processes own the same partitions. The statefulset layout does not.
-- @tparam Job job reads `resource_name`, `name`, `id`, `containers`, `model`, `delivery`
-- @tparam Config config reads what `samzak8s.kubernetes` reads for pods and metadata
-- @treturn {table,...} the model's ConfigMap or Secret when it is not in the environment, then the controllers
local K = require("samzak8s.kubernetes")

return function(job, config)
	local resources = { K.config_map(job, config) or K.secret(job, config) }
	for _, container in ipairs(job.containers) do
		local labels = { app = job.resource_name, ["container-id"] = container.id }
		resources[#resources + 1] = {
			apiVersion = "v1",
			kind = "ReplicationController",
			metadata = K.metadata(K.name(job, container), config, labels, K.annotations(job)),
			spec = {
				replicas = 1,
				selector = labels,
				template = { metadata = K.template_metadata(config, labels), spec = K.pod(job, container, config) },
			},
		}
	end
	return resources
end
