-- SPDX-License-Identifier: Apache-2.0
-- One Deployment per container, never two pods at once.
local K = require("samzak8s.kubernetes")

return function(job, config)
	local resources = { K.config_map(job, config) or K.secret(job, config) }
	for _, container in ipairs(job.containers) do
		local labels = K.labels(job, container)
		resources[#resources + 1] = { apiVersion = "apps/v1", kind = "Deployment",
			metadata = K.metadata(K.name(job, container), config, labels, K.annotations(job)),
			spec = { replicas = 1, strategy = { type = "Recreate" },
				selector = { matchLabels = K.selector(job, container) },
				template = { metadata = K.template_metadata(config, labels), spec = K.pod(job, container, config) } } }
	end
	return resources
end
