return function(resource)
	local labels = resource.spec.template.labels
	return resource
end
