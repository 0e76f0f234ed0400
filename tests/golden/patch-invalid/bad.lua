return function(resource)
	if resource.kind == "StatefulSet" then resource.spec.template.spec.containers[1].resources.requests.memory = "9Gi" end
	return resource
end
