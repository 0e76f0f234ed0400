-- SPDX-License-Identifier: Apache-2.0
--- One session: compile, run and print statements; keep `_` and `_err`. Where the text comes from is the command's business.
local help = require("samzak8s.help")
local jobmodel = require("samzak8s.native.jobmodel")
local order = require("samzak8s.kubernetes.order")
local mask = require("samzak8s.repl.mask")
local pretty = require("samzak8s.pretty")
local text_table = require("samzak8s.text_table")
local yaml = require("samzak8s.native.yaml")

local Session = {}
Session.__index = Session

local M = {}

-- A stage's name in the session -> in the pipeline, from the top down.
M.STAGES = {
	{ name = "config", stage = "config" },
	{ name = "previous", stage = "previous" },
	{ name = "partitions", stage = "partitions" },
	{ name = "tasks", stage = "tasks" },
	{ name = "containers", stage = "containers" },
	{ name = "model", stage = "model" },
	{ name = "resources", stage = "manifests" },
}

local STAGE = {}
for _, entry in ipairs(M.STAGES) do STAGE[entry.name] = entry.stage end

--- Whether a name is a stage of the session.
function Session.is_stage(name)
	return STAGE[name] ~= nil
end

-- What ends the session when standard output is gone; main.c reports it.
local BROKEN = setmetatable({}, { __tostring = function() return "standard output cannot be written" end })

--- @tparam table run the pipeline
-- @tparam table options of the command line
-- @tparam table report
-- @treturn Session
function M.new(run, options, report)
	local session = setmetatable({
		run = run, options = options, report = report,
		output = "lua", -- how values print: lua, table, json, yaml
		copies = {}, -- results of stages, as handed to the session
		saved = {}, -- statements that worked, for \save
		exact = false, -- whether the text has a place of its own (a pipe, a script): the first error ends it, with that place
	}, Session)
	session.env = require("samzak8s.repl.environment").new(session)
	return session
end

--- Write to standard output.
function Session:write(text)
	if self.broken or not io.stdout:write(text) then
		self.broken = true
		error(BROKEN, 0)
	end
end

function Session:flush()
	if not self.broken and not io.stdout:flush() then self.broken = true end
	self.report:flush()
end

local function integers(value)
	if math.type(value) == "float" then return math.tointeger(value) or value end
	if type(value) == "table" then
		for key, item in next, value do value[key] = integers(item) end
	end
	return value
end

-- The pipeline's value of a stage as plain tables.
local function plain(name, value)
	if name == "config" then return value:values() end
	if name == "previous" then return value.state end
	if name == "model" then return integers(require("cjson").decode(value.json)) end
	return value
end

--- A function that makes masked copies; needs the config, as that says what the secrets are.
function Session:copier()
	if not self.copy then
		local config, err = self.run:get("config")
		if not config then return nil, err end
		self.copy = mask.new(config.raw, self.options.show_secrets)
	end
	return self.copy
end

-- Below the config, values may hold secrets that a rewriter brought in.
function Session:wider(copy, name)
	if name == "config" or self.widened then return self.copy end
	local rewritten = self.run:get("rewritten")
	self.widened = true
	if rewritten == self.run:get("config") then return copy end
	local more = mask.new(rewritten.raw, self.options.show_secrets)
	self.copy = function(item) return more(copy(item)) end
	return self.copy
end

--- The config, if it can be had: tried once, and again after a reload or when a statement needs it.
-- @treturn Config|nil
-- @treturn table|nil err of the first try
function Session:known_config()
	local err
	if not self.copy and not self.tried then
		self.tried = true
		err = select(2, self:copier())
	end
	return self.copy and self.run:get("config"), err
end

--- Whether a stage has run, so that looking at it costs nothing.
function Session:loaded(name)
	return self.copies[name] ~= nil
end

--- The session's copy of a stage's result; runs the stage when needed.
-- @raise the stage's error
function Session:stage(name)
	local found = self.copies[name]
	if found ~= nil then return found end
	local copy, err = self:copier()
	if not copy then error(err, 0) end
	local value
	value, err = self.run:get(STAGE[name])
	if value == nil then error(err, 0) end
	found = self:wider(copy, name)(plain(name, value))
	self.copies[name] = found
	return found
end

--- The session's copy of a computed value; raises `err` when there is none.
function Session:plain_copy(value, err)
	local copy
	if value ~= nil then copy, err = self:copier() end
	if not copy then error(err, 0) end
	return copy(value)
end

--- Forget a stage and all below it.
function Session:forget(name)
	local below = false
	for _, entry in ipairs(M.STAGES) do
		below = below or entry.name == name
		if below then self.copies[entry.name] = nil end
	end
	if name == "config" then self.copy, self.tried, self.widened = nil, nil, nil end
	self.run:forget(name == "previous" and "earlier" or STAGE[name]) -- with the file that it was read from
end

-- A value as YAML. Raises when it has no YAML form.
function Session.as_yaml(value)
	local documents = value
	if type(value) ~= "table" or type(value[1]) ~= "table" or value[1].apiVersion == nil then documents = { value } end
	local text, err = yaml.emit(documents, { order = order })
	if not text then error(err, 0) end
	return text
end

-- A value as JSON. Raises when it has no JSON form.
function Session.as_json(value)
	local text, err = jobmodel.encode(value, { indent = 2 })
	if not text then error(err, 0) end
	return text:sub(-1) == "\n" and text or text .. "\n"
end

--- Print a value in the form that \output chose.
function Session:print(value)
	if self.output == "yaml" then return self:write(Session.as_yaml(value)) end
	if self.output == "json" then return self:write(Session.as_json(value)) end
	if self.output == "table" and text_table.fits(value) then
		local rows, more = value, #value - 40
		local footer = ""
		if more > 0 then
			rows = table.move(value, 1, 40, 1, {})
			footer = ("-- %d more: all(_)\n"):format(more)
		end
		return self:write(text_table.format(rows) .. footer)
	end
	local named = type(value) == "function" and self.env_names[value]
	if named then return self:write(("-- %s; help(%s) says more\n"):format(help.find(named, "function").signature, named)) end
	self:write(pretty.format(value, { secret = self.options.show_secrets and false or nil }) .. "\n")
end

--- Compile a statement: first as an expression, then as it stands.
-- @tparam string text
-- @tparam string chunk its name in messages, with Lua's leading = or @
-- @tparam[opt=1] integer line the line of its first character
-- @treturn function|nil
-- @treturn string|nil message
-- @treturn boolean|nil whether more text could complete it
function M.compile(text, chunk, line, env)
	local above = ("\n"):rep((line or 1) - 1)
	-- not "return f()", which is a tail call: errors that blame the caller would then blame us
	local expression = load(above .. "return nil, " .. text, chunk, "t", env)
	if expression then return function() return select(2, expression()) end end
	local f, message = load(above .. text, chunk, "t", env)
	if f then return f end
	return nil, message, message:sub(-5) == "<eof>"
end

-- Where a chunk of the session stood when it raised: "stdin:3".
local function position(chunks)
	for level = 3, 60 do
		local info = debug.getinfo(level, "Sl")
		if not info then return nil end
		if chunks[info.source] and info.currentline > 0 then return ("%s:%d"):format(info.short_src, info.currentline) end
	end
end

local function as_error(raised)
	if type(raised) == "table" and type(raised.message) == "string" then return raised end
	if type(raised) ~= "string" then
		return { code = "repl.error", message = "error object: " .. pretty.format(raised, { rows = 5, depth = 2 }) }
	end
	local source, message = raised:match("^([^\n]-:%d+): (.*)$")
	return { code = "repl.error", source = source, message = message or raised }
end

-- Runs where the error was raised, so that traceback and position are its own.
local function handler(session, chunk)
	return function(raised)
		if raised == BROKEN then return raised end
		local where = position({ [chunk] = true })
		local err = {}
		for key, value in next, as_error(raised) do err[key] = value end
		if type(raised) == "string" and not session.options.show_secrets and session.copy then
			err.message = session.copy(err.message)
		end
		if session.exact and where and err.source ~= where then
			err.notes = { table.unpack(err.notes or {}) }
			err.notes[#err.notes + 1] = "raised at " .. where
		end
		err.traceback = debug.traceback(nil, 2)
		return err
	end
end

-- Errors of the user's own Lua: the message says it all.
local PLAIN = { ["repl.error"] = true, ["repl.syntax"] = true, interrupted = true }

--- Report an error and keep it as `_err`.
function Session:fail(err)
	self:flush()
	if err.code == "interrupted" and not self.exact then io.stderr:write("\n") end -- the terminal has just shown ^C
	rawset(self.env, "_err", err)
	self.report:error(err.hint == nil and PLAIN[err.code] and setmetatable({ hint = false }, { __index = err }) or err)
	if self.options.verbose and err.traceback then io.stderr:write(err.traceback, "\n") end
	return false
end

--- Run a function in the session: print what it returns, keep the first value as `_`, report what it raises.
-- @treturn boolean whether it ended well
function Session:call(f, chunk)
	self.run.context.restart_deadline()
	local function run()
		local results = table.pack(f())
		for i = 1, results.n do self:print(results[i]) end
		if results[1] ~= nil then rawset(self.env, "_", results[1]) end
	end
	local ok, err = xpcall(run, handler(self, chunk))
	if self.broken then return false end
	self:flush()
	if not ok and self.exact and err.code == "interrupted" then error(err, 0) end
	return ok or self:fail(err)
end

--- Compile and run one complete statement.
-- @treturn boolean
function Session:evaluate(text, chunk, line)
	if not text:find("%S") then return true end
	local f, message = M.compile(text, chunk, line, self.env)
	if not f then
		local err = as_error(message)
		err.code = "repl.syntax"
		return self:fail(err)
	end
	local name = text:match("^%s*local%s+([%a_][%w_]*)")
	if name == "function" then name = text:match("^%s*local%s+function%s+([%a_][%w_]*)") end
	if name then
		self.report:warning({ code = "repl.local", source = ("%s:%d"):format(chunk:sub(2), line or 1),
			message = ("local %s ends with its line"):format(name), hint = "leave out local to keep it for the session" })
	end
	local ok = self:call(f, chunk)
	if ok then self.saved[#self.saved + 1] = text end
	return ok
end

return M
