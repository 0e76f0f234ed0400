repl job.properties --partitions snapshot.json -e 'print(1)' broken.lua
