-- SPDX-License-Identifier: Apache-2.0
-- Two controllers that find each other's pods.
local K = require("samzak8s.kubernetes")

return function(job, config)
	local resources = {}
	for i = 1, 2 do
		resources[i] = { apiVersion = "apps/v1", kind = "Deployment", metadata = K.metadata("half-" .. i, config),
			spec = { selector = { matchLabels = K.selector(job) },
				template = { metadata = { labels = K.labels(job) }, spec = K.pod(job, job.containers[1], config) } } }
	end
	return resources
end
