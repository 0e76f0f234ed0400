repl secret.properties --partitions snapshot.json --show-secrets
