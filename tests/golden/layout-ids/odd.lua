return function(tasks)
	return { { id = "a", tasks = { tasks[1].name, tasks[2].name } }, { id = "b", tasks = { tasks[3].name, tasks[4].name } } }
end
