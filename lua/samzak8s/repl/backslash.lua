-- SPDX-License-Identifier: Apache-2.0
--- Backslash commands: { name, args, help, run }. `run(session, argument)` returns "quit" to end the session.
local help = require("samzak8s.help")
local nearest = require("samzak8s.nearest")
local system = require("samzak8s.native.system")

local M = {}

local FORMS = { "lua", "table", "json", "yaml" }

M.list = {
	{ name = "help", args = "[NAME]", run = function(session, name) session.functions.help(name) end },
	{ name = "output", args = table.concat(FORMS, "|"), words = FORMS, run = function(session, form)
		for _, known in ipairs(FORMS) do
			if form == known then
				session.output = form
				return
			end
		end
		error({ code = "repl.command", message = ("\\output takes one of %s"):format(table.concat(FORMS, ", ")) }, 0)
	end },
	{ name = "reload", args = "[STAGE]", run = function(session, stage) session.functions.reload(stage) end },
	{ name = "save", args = "FILE", run = function(session, path)
		if not path then error({ code = "repl.command", message = "\\save takes the name of a file" }, 0) end
		local text = table.concat(session.saved, "\n")
		local ok, err = system.write(path, #session.saved > 0 and text .. "\n" or "")
		if not ok then error(err, 0) end
	end },
	{ name = "quit", args = "", run = function() return "quit" end },
}

local by_name, names = {}, {}
for i, command in ipairs(M.list) do
	command.help = help.find("\\" .. command.name, "backslash").text
	by_name[command.name] = command
	names[i] = command.name
end

--- Run a line that begins with a backslash.
-- @tparam Session session
-- @tparam string line
-- @tparam string source where the line stands, for messages
-- @treturn boolean whether it ended well
-- @treturn string|nil "quit"
function M.run(session, line, source)
	local name, argument = line:match("^%s*\\(%S*)%s*(.-)%s*$")
	local command = by_name[name]
	if not command then
		local meant = nearest(name, names)
		return session:fail({ code = "repl.command", source = source, message = ("unknown command '\\%s'"):format(name),
			hint = meant and ("did you mean \\%s?"):format(meant) or "\\help lists the commands; all else is Lua" })
	end
	if argument == "" then argument = nil end
	local ok, result = pcall(command.run, session, argument)
	session:flush()
	if ok then return true, result end
	if session.broken then return false end
	local err = { code = "repl.command", message = tostring(result):gsub("^%S+%.lua:%d+: ", "") }
	if type(result) == "table" then
		for key, value in next, result do err[key] = value end
	end
	err.source = err.source or source
	return session:fail(err)
end

return M
