return function(tasks)
	local x = nil
	return x.y
end
