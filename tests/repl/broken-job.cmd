repl nowhere.properties
