-- SPDX-License-Identifier: Apache-2.0
--- Twice the memory for the containers that bigger.containers names (a property of one's own, "0,3"): their tasks have the
-- largest partitions.
-- @tparam table resource any object of the output
-- @tparam Job job
-- @tparam Config config reads `bigger.containers`, `kubernetes.container.memory`
-- @treturn table the object
return function(resource, job, config)
	local id = resource.kind == "StatefulSet" and resource.metadata.labels["samzak8s.io/container-id"]
	if not id or not ("," .. config["bigger.containers"] .. ","):find("," .. id .. ",", 1, true) then return resource end
	local amount, unit = config["kubernetes.container.memory"]:match("^(%d+)(.*)$")
	local memory = ("%d%s"):format(2 * amount, unit)
	for _, container in ipairs(resource.spec.template.spec.containers) do
		if container.name == job.resource_name then
			container.resources.limits.memory, container.resources.requests.memory = memory, memory
		end
	end
	return resource
end
