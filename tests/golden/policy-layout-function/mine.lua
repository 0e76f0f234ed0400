return function(job)
	return { { apiVersion = "v1", kind = "ConfigMap", metadata = { name = print } } }
end
