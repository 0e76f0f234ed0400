return function(job)
	return { { kind = "Deployment" } }
end
