return function(job, config)
	return { { apiVersion = "v1", kind = "ConfigMap", metadata = { name = job.resource_name }, data = { count = tostring(#job.containers), image = config["kubernetes.container.image"] } } }
end
