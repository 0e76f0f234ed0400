repl rewriters.properties --mock-kafka orders-a:2,clicks:1
