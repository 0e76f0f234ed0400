return function(tasks)
	return { { id = "0", tasks = { tasks[1].name, tasks[2].name } }, { id = "1", tasks = { tasks[2].name, tasks[3].name, tasks[4].name } } }
end
