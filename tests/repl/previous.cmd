repl job.properties --partitions snapshot.json --state state.json
