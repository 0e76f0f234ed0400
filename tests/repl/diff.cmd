repl job.properties --partitions snapshot.json --against earlier.yaml --config kubernetes.pod.count=3
