-- SPDX-License-Identifier: Apache-2.0
--- One StatefulSet for the whole job: the pod's number is the container id. The smallest output, and at most one process per
-- container id; but pods are updated one after the other, and ids must be 0, 1, 2 ... without gaps.
-- @tparam Job job reads `resource_name`, `name`, `id`, `containers`, `model`, `delivery`, `samza`
-- @tparam Config config reads what `samzak8s.kubernetes` reads for pods and metadata
-- @treturn {table,...} the model, the Service, what the job has once, the StatefulSet
-- @raise table when container ids are not the numbers of pods
local K = require("samzak8s.kubernetes")

local function check_ids(containers)
	for i, container in ipairs(containers) do
		if container.id ~= tostring(i - 1) then
			error({ code = "layouts.ids", message = ("container ids must be 0 to %d here, and one is %q"):format(#containers - 1, container.id),
				hint = "set kubernetes.layout=statefulset, which takes any id" }, 0)
		end
	end
end

return function(job, config)
	check_ids(job.containers)
	local resources = K.shared(job, config, { service = true })
	local labels = K.labels(job, nil, "container")
	resources[#resources + 1] = K.with_defaults({
		apiVersion = "apps/v1",
		kind = "StatefulSet",
		metadata = K.metadata(job.resource_name, config, labels, K.annotations(job, {})),
		spec = {
			replicas = #job.containers,
			serviceName = K.service_name(job),
			podManagementPolicy = "Parallel",
			selector = { matchLabels = K.selector(job, nil, "container") },
			template = K.template(job, nil, config, labels, { claims = true }),
			volumeClaimTemplates = K.claim_templates(job, config),
		},
	}, config)
	return resources
end
