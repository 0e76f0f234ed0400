return function(resource)
	if resource.kind ~= "PodDisruptionBudget" then return resource end
end
