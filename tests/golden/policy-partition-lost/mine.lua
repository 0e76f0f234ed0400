return function(partitions)
	return { { name = "a", partitions = { partitions[1] } } }
end
