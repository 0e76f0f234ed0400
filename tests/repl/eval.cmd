repl job.properties --partitions snapshot.json -e '#tasks' -e 'x = 5' -e 'for i = 1, 2 do print(i + x) end'
