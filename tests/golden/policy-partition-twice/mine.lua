return function(partitions)
	return { { name = "a", partitions = partitions }, { name = "b", partitions = { partitions[1] } } }
end
