return function(tasks) return io.open("/etc/passwd") end
