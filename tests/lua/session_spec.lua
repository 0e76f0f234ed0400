-- SPDX-License-Identifier: Apache-2.0
local fake_run = require("support.fake_run")
local sessions = require("samzak8s.repl.session")
local complete = require("samzak8s.repl.complete")
local history = require("samzak8s.repl.history")
local backslash = require("samzak8s.repl.backslash")

local PASSWORD = "correct horse $(battery)"

--- A session whose output and diagnostics are kept.
local function open(properties, options)
	local run, said, shown = fake_run(properties), {}, {}
	local reporter = {
		warning = function(_, err) table.insert(said, "warning: " .. err.message) end,
		error = function(_, err)
			table.insert(said, "error: " .. (err.source and err.source .. ": " or "") .. err.message)
			for _, note in ipairs(err.notes or {}) do table.insert(said, "note: " .. note) end
		end,
		flush = function() end,
	}
	local session = sessions.new(run, options or {}, reporter)
	session.exact = true
	session.write = function(_, text) table.insert(shown, text) end
	local function try(text)
		for i = #shown, 1, -1 do shown[i] = nil end
		for i = #said, 1, -1 do said[i] = nil end
		session:evaluate(text, "=stdin", 1)
		return table.concat(shown), table.concat(said, "\n")
	end
	return try, run, session
end

describe("a session", function()
	it("runs a stage when it is first used, and once", function()
		local try, run = open()
		assert.is_nil(run.asked.tasks)
		assert.are.equal("4\n", try("#tasks"))
		assert.are.equal("4\n", try("#tasks"))
		assert.are.equal(1, run.asked.tasks)
		assert.is_nil(run.asked.containers)
	end)

	it("keeps the last value, and the first of several", function()
		local try = open()
		assert.are.equal("1\n2\n", try("1, 2"))
		assert.are.equal("1\n", try("_"))
		assert.are.equal("nil\n", try("nil"))
		assert.are.equal("1\n", try("_"))
		assert.are.equal("", try("x = 3"))
	end)

	it("never lets an assignment reach the pipeline", function()
		local try, run = open()
		try("tasks[1].name = 'mine'; tasks[2] = nil; string.format = nil; config['job.name'] = 'x'")
		assert.are.equal("Partition 0", run.values.tasks[1].name)
		assert.are.equal(4, #run.values.tasks)
		assert.are.equal("page-views", run.values.config:get("job.name"))
		assert.are.equal("1", string.format("%d", 1))
		assert.are.equal('"mine"\n', try("tasks[1].name"))
	end)

	it("says what failed and keeps it as _err; the session goes on", function()
		local try, run = open()
		run.broken.partitions = { code = "kafka.timeout", source = "broker:9092", message = "no answer" }
		local _, said = try("partitions")
		assert.are.equal("error: broker:9092: no answer\nnote: raised at stdin:1", said)
		assert.are.equal('"kafka.timeout"\n', try("_err.code"))
		run.broken.partitions = nil
		assert.are.equal("8\n", try("#partitions"))
	end)

	it("places errors at the line of the session, and keeps the traceback", function()
		local try = open()
		local _, said = try("local a\nreturn a.b")
		assert.are.equal("warning: local a ends with its line\nerror: stdin:2: attempt to index a nil value (local 'a')", said)
		assert.truthy(try("_err.traceback"):find("stack traceback", 1, true))
		_, said = try("x = = 1")
		assert.are.equal("error: stdin:1: unexpected symbol near '='", said)
		_, said = try("error({})")
		assert.are.equal("error: error object: {}\nnote: raised at stdin:1", said)
	end)

	it("names the nearest name for one that is unknown", function()
		local try = open()
		local _, said = try("taskss")
		assert.are.equal("error: stdin:1: unknown name 'taskss' (did you mean 'tasks'?)", said)
		assert.are.equal("nil\n", try("_err and nil"))
	end)

	it("warns of a local at the top, not of one in a block", function()
		local try = open()
		local _, said = try("local function f() end")
		assert.are.equal("warning: local f ends with its line", said)
		_, said = try("do local x = 1 end")
		assert.are.equal("", said)
	end)

	it("asks for more lines as long as the statement needs them", function()
		local _, _, more = sessions.compile("for i = 1, 2 do", "=stdin")
		assert.is_true(more)
		_, _, more = sessions.compile("x = [[a", "=stdin")
		assert.is_true(more)
		_, _, more = sessions.compile("x = )", "=stdin")
		assert.is_false(more)
	end)

	it("forgets a stage and those below on reload", function()
		local try, run = open()
		try("model, partitions, config")
		try("reload('tasks')")
		assert.are.same({ "tasks" }, run.forgotten)
		try("#partitions, #tasks")
		assert.are.equal(1, run.asked.partitions)
		assert.are.equal(1, run.asked.tasks)
		local _, said = try("reload('x')")
		assert.are.equal("error: stdin:1: there is no stage 'x'", said)
	end)

	it("tells where a partition is", function()
		local try = open()
		assert.are.equal('{ container = "1", partition = 3, stream = "kafka.orders", task = "Partition 3" }\n', try("where('kafka.orders', 3)"))
		assert.are.equal("4\n", try("#where('kafka.orders')"))
		local _, said = try("where('kafka.order')")
		assert.are.equal("error: stdin:1: the job has no input 'kafka.order' (did you mean 'kafka.orders'?)", said)
		_, said = try("where('kafka.orders', 9)")
		assert.are.equal("error: stdin:1: no task reads partition 9 of kafka.orders", said)
		_, said = try("where(1)")
		assert.are.equal("error: stdin:1: stream must be a string, not 1", said)
	end)

	it("prints YAML and JSON", function()
		local try = open()
		assert.are.equal('---\na: "1"\n', try("yaml({ a = '1' })"))
		assert.are.equal('{\n  "a": 1\n}\n', (try("json({ a = 1 })"):gsub('": ?1', '": 1')))
		local _, said = try("yaml({ f = print })")
		assert.truthy(said:find("^error: "))
	end)

	it("prints tables of records when asked", function()
		local try, _, session = open()
		session.output = "table"
		assert.are.equal("ID  TASKS\n0   Partition 0,Partition 2\n1   Partition 1,Partition 3\n", try("containers"))
		assert.are.equal("1\n", try("1"))
	end)

	it("explains its functions by value and by name", function()
		local try = open()
		assert.are.equal(try("help(where)"), try("help('where')"))
		assert.truthy(try("help()"):find("where(stream, [partition])", 1, true))
		assert.truthy(try("help('kubernetes.pod.count')"):find("number of containers", 1, true))
		local _, said = try("help('wher')")
		assert.are.equal("error: stdin:1: no help for 'wher' (did you mean 'where'?)", said)
	end)
end)

describe("secrets in a session", function()
	local properties = { ["sensitive.token"] = PASSWORD, ["systems.kafka.producer.ssl.key.password"] = "pw", note = "see pw and " .. PASSWORD }
	local everything = { "config", "model", "resources", "all(config)", "all(model)", "all(resources)", "yaml(resources)", "json(model)",
		"print(config['sensitive.token'], model.config.note)", "for k, v in pairs(config) do print(k, v) end",
		"print(resources[2].spec.env[1].value)", "error(config.note)", "error(model)" }

	it("are masked whichever way they are printed", function()
		local try = open(properties)
		for _, text in ipairs(everything) do
			local shown, said = try(text)
			assert.is_nil((shown .. said):find("correct horse", 1, true), text)
			assert.is_nil((shown .. said):find('"pw"', 1, true), text)
			assert.is_nil((shown .. said):find("aHVudGVyMg==", 1, true), text)
		end
		assert.truthy(try("print(resources[2].spec.env[1].value)"):find('"sensitive.token":"********"', 1, true))
	end)

	it("are shown with --show-secrets", function()
		local try = open(properties, { show_secrets = true })
		assert.truthy(try("config"):find(PASSWORD, 1, true))
		assert.truthy(try("yaml(resources)"):find("aHVudGVyMg==", 1, true))
	end)

	it("keep a statement out of the history", function()
		local _, _, session = open(properties)
		assert.is_true(history.names_secret(session, "config['sensitive.token']"))
		assert.is_true(history.names_secret(session, "x = '" .. PASSWORD .. "'"))
		assert.is_false(history.names_secret(session, "config['job.name']"))
	end)
end)

describe("a backslash command", function()
	it("does what its name says, or names the nearest", function()
		local try, run, session = open()
		assert.is_true(backslash.run(session, "\\output table\n", "stdin:1"))
		assert.are.equal("table", session.output)
		assert.is_true(backslash.run(session, "\\reload", "stdin:1"))
		assert.are.same({ "config" }, run.forgotten)
		assert.are.equal("quit", select(2, backslash.run(session, "\\quit", "stdin:1")))
		try("1")
		assert.is_false(backslash.run(session, "\\output xml", "stdin:3"))
		assert.is_false(backslash.run(session, "\\outpt", "stdin:4"))
		assert.are.equal("unknown command '\\outpt'", session.env._err.message)
		assert.are.equal("did you mean \\output?", session.env._err.hint)
		assert.is_false(backslash.run(session, "\\reload x", "stdin:4"))
		assert.are.equal("there is no stage 'x'", session.env._err.message)
	end)

	it("saves the statements that worked", function()
		local try, _, session = open()
		try("x = 1")
		try("x = nil + 1")
		try("x + 1")
		local path = os.tmpname()
		assert.is_true(backslash.run(session, "\\save " .. path, "stdin:3"))
		local file <close> = assert(io.open(path))
		assert.are.equal("x = 1\nx + 1\n", file:read("a"))
		os.remove(path)
	end)
end)

describe("completion", function()
	local function at(text, session)
		return { complete(session, text) }
	end

	it("completes names of the session and of Lua", function()
		local _, _, session = open()
		assert.are.same({ "", "config      containers" }, at("#con", session))
		assert.are.same({ "re(", "" }, at("whe", session))
		assert.are.same({ "rt(", "" }, at("table.so", session))
		assert.are.same({ "", "" }, at("nosuch.", session))
	end)

	it("runs no stage but config", function()
		local try, run, session = open()
		assert.are.same({ "", "" }, at("tasks[1].", session))
		assert.is_nil(run.asked.tasks)
		assert.are.same({ 'ame"]', "" }, at('config["job.n', session))
		try("tasks")
		assert.are.same({ "", "name        partitions" }, at("tasks[1].", session))
		assert.are.same({ "ame", "" }, at("x = tasks[1].n", session))
		assert.are.same({ "ream", "" }, at("tasks[1].partitions[2].st", session))
	end)

	it("completes inputs in quotes once they are known", function()
		local try, _, session = open()
		assert.are.same({ "", "" }, at('where("', session))
		try("partitions")
		assert.are.same({ "kafka.", "" }, at('where("', session))
		assert.are.same({ 'rders")', "" }, at('where("kafka.o', session))
		assert.are.same({ "iners')", "" }, at("reload('conta", session))
	end)

	it("shows the signature behind a parenthesis", function()
		local _, _, session = open()
		assert.are.same({ "", "where(stream, [partition]) -> {stream, partition, task, container}" }, at("x = where(", session))
	end)

	it("completes backslash commands and their words", function()
		local _, _, session = open()
		assert.are.same({ "utput ", "" }, at("\\o", session))
		assert.are.same({ "able", "" }, at("\\output t", session))
	end)

	it("calls no metamethod", function()
		local _, _, session = open()
		session.env.trap = setmetatable({ plain = 1 }, { __index = function() error("looked") end })
		assert.are.same({ "lain", "" }, at("trap.p", session))
		assert.are.same({ "", "" }, at("trap.x.", session))
	end)
end)
