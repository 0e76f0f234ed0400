repl secret.properties --partitions snapshot.json
