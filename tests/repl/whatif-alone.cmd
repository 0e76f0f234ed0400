repl job.properties --partitions snapshot.json
