repl job.properties script.lua --partitions snapshot.json
