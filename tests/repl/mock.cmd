repl job.properties --mock-kafka orders:3,page-views:2,other:1
