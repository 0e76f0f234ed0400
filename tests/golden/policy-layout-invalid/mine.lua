return function(job)
	return { { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "Bad_Name" } } }
end
