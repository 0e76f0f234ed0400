return function(resource, job, config)
	resource.metadata.annotations["example.com/owner"] = job.name .. "@" .. config["kubernetes.pod.count"]
	return resource
end
