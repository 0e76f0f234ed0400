repl job.properties --partitions snapshot.json --config kubernetes.pod.count=9
