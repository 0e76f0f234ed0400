-- SPDX-License-Identifier: Apache-2.0
--- samzak8s repl: a Lua session over the job, at a terminal, on a pipe, from -e, or from a script.
local backslash = require("samzak8s.repl.backslash")
local host = require("samzak8s.native.host")
local pipeline = require("samzak8s.pipeline")
local sessions = require("samzak8s.repl.session")
local system = require("samzak8s.native.system")

-- The job's files without FILE.lua, and the scripts.
local function split(options)
	local files, scripts = {}, {}
	for _, file in ipairs(options.files) do
		table.insert(not file.uri and file.path:find("%.lua$") and scripts or files, file)
	end
	return setmetatable({ files = files }, { __index = options }), scripts
end

local function run_script(session, path)
	local text, err = system.read(path)
	if not text then return session:fail(err) end
	if text:sub(1, 1) == "#" then text = "--" .. text end
	local chunk = "@" .. path
	local f, message = load(text, chunk, "t", session.env)
	if not f then
		local source, what = message:match("^(.-:%d+): (.*)$")
		return session:fail({ code = "repl.syntax", source = source or path, message = what or message })
	end
	return session:call(function() f() end, chunk)
end

local function run_batch(session, chunks, scripts)
	session.exact = true
	for _, text in ipairs(chunks or {}) do
		if not session:evaluate(text, "=-e") then return 1 end
	end
	for _, script in ipairs(scripts) do
		if not run_script(session, script.path) then return 1 end
	end
	return 0
end

-- Whether a statement of several lines is one that a TAB or Enter at the prompt would go on with.
local function incomplete(session, text, line)
	local f, _, more = sessions.compile(text, "=stdin", line, session.env)
	return not f and more
end

-- Statements from a pipe: no prompt, no banner, no history; the first error ends it.
local function run_pipe(session)
	session.exact = true
	local number, first, text = 0, 1, nil
	while true do
		local line, why = io.stdin:read("L")
		if not line then
			if why then
				session:fail({ code = "repl.input", source = "stdin", message = why })
				return 1
			end
			break
		end
		number = number + 1
		if not text and line:find("^%s*\\") then
			local ok, quit = backslash.run(session, line, "stdin:" .. number)
			if quit then return 0 end
			if not ok then return 1 end
		else
			if not text then first = number end
			text = (text or "") .. line
			if not incomplete(session, text, first) then
				if not session:evaluate(text, "=stdin", first) then return 1 end
				text = nil
			end
		end
	end
	return text and not session:evaluate(text, "=stdin", first) and 1 or 0
end

local function history_path()
	local path = system.getenv("SAMZAK8S_HISTFILE")
	if path then return path ~= "" and path or nil end
	local state, home = system.getenv("XDG_STATE_HOME"), system.getenv("HOME")
	if state and state:sub(1, 1) == "/" then return state .. "/samzak8s/history" end
	return home and home ~= "" and home .. "/.local/state/samzak8s/history" or nil
end

-- Where the partitions come from, for the prompt.
local function standing(options)
	return options.partitions and "snapshot" or options.mock_kafka and "mock" or options.from or "live"
end

-- "samzak8s page-views (snapshot)> "; the config is cheap, so it is read for this.
local function prompt(session)
	local config = session:known_config()
	session:flush()
	local name = config and config:get("job.name")
	return ("samzak8s %s(%s)> "):format(name and name:gsub("%c", "?") .. " " or "", standing(session.options))
end

-- One statement from the terminal, asking for more lines as long as it needs them.
-- @treturn string|nil|boolean text, nil at the end of input, false when interrupted
local function read_statement(session, reader)
	local first = prompt(session)
	local more = ("."):rep(3) .. (" "):rep(#first - 5) .. "> "
	local text = reader:read(first)
	while text and not text:find("^%s*\\") and incomplete(session, text) do
		local line = reader:read(more)
		if not line then return line end
		text = text .. "\n" .. line
	end
	return text
end

local function run_statement(session, reader, text)
	local ok, err = reader:add(text, not require("samzak8s.repl.history").names_secret(session, text))
	if not ok and not session.history_failed then
		session.history_failed = true
		session.report:warning(err)
	end
	if text:find("^%s*\\") then return select(2, backslash.run(session, text)) end
	session:evaluate(text, "=stdin")
end

local function run_terminal(session)
	local reader, err = require("samzak8s.native.line").open({
		complete = function(text) return require("samzak8s.repl.complete")(session, text) end,
		history = history_path(),
	})
	if not reader then
		session:fail(err)
		return 1
	end
	if not session.options.quiet then
		system.stderr(("samzak8s %s, %s. \\help lists what there is, TAB completes, \\quit leaves.\n"):format(host.version, _VERSION))
	end
	local _, wrong = session:known_config()
	if wrong then session:fail(wrong) end
	local quit = false
	local function turn()
		local text = read_statement(session, reader)
		if text == nil then
			quit = true
		elseif text and text:find("%S") then
			quit = run_statement(session, reader, text) == "quit" or session.broken
		end
	end
	while not quit do
		-- Ctrl-C may arrive between two statements as well
		local ok, raised = pcall(turn)
		if not ok and not (type(raised) == "table" and raised.code == "interrupted") then error(raised, 0) end
	end
	reader:close()
	return session.broken and 1 or 0
end

--- @tparam table options of the command line
-- @tparam Report reporter
-- @treturn integer exit code
return function(options, reporter)
	local job, scripts = split(options)
	local session = sessions.new(pipeline.new(job, reporter), job, reporter)
	if options.eval or #scripts > 0 then return run_batch(session, options.eval, scripts) end
	if system.isatty(0) then return run_terminal(session) end
	return run_pipe(session)
end
