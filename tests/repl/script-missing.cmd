repl job.properties --partitions snapshot.json nowhere.lua
