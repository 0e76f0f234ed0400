-- SPDX-License-Identifier: Apache-2.0
--- One Job per container, for inputs that end: a container that exits with 0 is not started again. Failures are counted as
-- Samza counts them, and the next pod waits until the last one is gone.
-- @tparam Job job reads `resource_name`, `name`, `id`, `containers`, `model`, `delivery`, `samza`
-- @tparam Config config reads `kubernetes.version`, `cluster-manager.container.retry.count`, and what `samzak8s.kubernetes` reads
-- @tparam Context context
-- @treturn {table,...} the model, claims for state, what the job has once, the Jobs
-- @raise table when the model server would keep the Jobs from ending
local K = require("samzak8s.kubernetes")

return function(job, config, context)
	local server = K.model_server(job, config)
	if server and not server.restartPolicy then
		error({ code = "layouts.sidecar", message = "before Kubernetes 1.29 the sidecar that serves the model never ends, and neither would a Job",
			hint = "set kubernetes.model.server=service" }, 0)
	end
	local replacement = K.pod_replacement(config)
	if not replacement then
		context.warn("before Kubernetes 1.29 a Job starts the next pod while the last one is still stopping")
	end
	local resources = K.shared(job, config, { claims = true })
	for _, container in ipairs(job.containers) do
		local labels = K.labels(job, container)
		resources[#resources + 1] = K.with_defaults({
			apiVersion = "batch/v1",
			kind = "Job",
			metadata = K.metadata(K.name(job, container), config, labels, K.annotations(job, container)),
			spec = {
				backoffLimit = K.retries(job, config),
				podReplacementPolicy = replacement,
				template = K.template(job, container, config, labels, { restart = "OnFailure" }),
			},
		}, config)
	end
	return resources
end
