return function(tasks)
	local all = {}
	for i, task in ipairs(tasks) do all[i] = task.name end
	return { { id = "0", tasks = all }, { id = "1", tasks = {} } }
end
