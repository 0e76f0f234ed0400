repl job.properties --partitions snapshot.json -e '#tasks' -e 'x.y = 5' -e 'print(1)'
