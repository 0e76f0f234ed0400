-- SPDX-License-Identifier: Apache-2.0
--- Diagnostics: errors as values, and the one place that prints them (stderr, as text, JSON or GitHub commands).
local mark = require("samzak8s.native.err")
local system = require("samzak8s.native.system")

local M = {}

--- An error value: `code` (stable, dotted), `message` (lower case, no full stop, without the fix), `source`
-- ("job.properties:12", a broker, an object), `key`, `text` (the user's own line), `notes` (array), `hint` (the fix; false when
-- there is none to give, not even that of the code).
-- @treturn nil
-- @treturn table err
function M.fail(err)
	return nil, mark(err)
end

local Report = {}
Report.__index = Report

--- @tparam table options `format`, `color`, `quiet`, `verbose` of the command line
function M.new(options)
	local tty = system.isatty(2)
	local color = options.color or "auto"
	return setmetatable({
		format = options.format or "text",
		quiet = options.quiet,
		color = color == "always" or color == "auto" and tty and not system.getenv("NO_COLOR"),
		pending = {}, -- warnings and notes, until the command's end or an error
	}, Report)
end

local function split_source(source)
	if not source then return nil, nil end
	local file, line = source:match("^(.*):(%d+)$")
	-- a broker is host:port, too: only files have lines
	if file and not file:find("/", 1, true) and not file:find("%.%a+$") then return source, nil end
	if file then return file, math.tointeger(tonumber(line)) end
	return source, nil
end

local paint = { error = "\27[1;31m", warning = "\27[1;33m", note = "\27[1;36m" }

-- control characters of a message must not reach the terminal
local function clean(text)
	return (tostring(text):gsub("[%z\1-\8\11-\31\127]", function(c) return ("\\x%02x"):format(c:byte()) end):gsub("\n", "\n  "))
end

local function as_text(level, err, color)
	local lines = {}
	local head = level .. ":"
	if color then head = paint[level] .. head .. "\27[0m" end
	local parts = { "samzak8s: " .. head }
	if err.source then parts[#parts + 1] = clean(err.source) .. ":" end
	if err.key and not (err.source and err.source:sub(-#err.key) == err.key) then parts[#parts + 1] = clean(err.key) .. ":" end
	parts[#parts + 1] = clean(err.message)
	lines[1] = table.concat(parts, " ")
	if err.text then lines[#lines + 1] = "  " .. clean(err.text) end
	for _, note in ipairs(err.notes or {}) do lines[#lines + 1] = "  note: " .. clean(note) end
	if err.hint then lines[#lines + 1] = "  hint: " .. clean(err.hint) end
	return table.concat(lines, "\n") .. "\n"
end

--- One diagnostic as text, without colours.
function M.text(level, err)
	return as_text(level, err, false)
end

--- One diagnostic as the table that JSON is made from.
function M.record(level, err)
	local source, line = split_source(err.source)
	return { level = level, code = err.code, source = source, line = line, key = err.key, message = tostring(err.message),
		notes = require("samzak8s.native.jobmodel").array(err.notes or {}), hint = err.hint or nil }
end

local function as_json(level, err)
	return require("samzak8s.native.jobmodel").encode(M.record(level, err)) .. "\n"
end

-- GitHub's workflow commands: %, CR, LF are escaped, in properties : and , as well
local function as_github(level, err)
	local function data(text) return (tostring(text):gsub("%%", "%%25"):gsub("\r", "%%0D"):gsub("\n", "%%0A")) end
	local function property(text) return (data(text):gsub(":", "%%3A"):gsub(",", "%%2C")) end
	local source, line = split_source(err.source)
	local where = {}
	if source then where[#where + 1] = "file=" .. property(source) end
	if line then where[#where + 1] = "line=" .. line end
	where[#where + 1] = "title=" .. property(err.code or level)
	local text = (err.key and err.key .. ": " or "") .. tostring(err.message) .. (err.hint and "\n" .. err.hint or "")
	return ("::%s %s::%s\n"):format(level == "note" and "notice" or level, table.concat(where, ","), data(text))
end

function Report:print(level, err)
	local text
	if self.format == "json" then text = as_json(level, err)
	elseif self.format == "github" then text = as_github(level, err)
	else text = as_text(level, err, self.color) end
	system.stderr(text)
end

--- Keep a warning or a note; warnings of one code print once, with a count.
function Report:warning(err) self.pending[#self.pending + 1] = { "warning", err } end
function Report:note(err) self.pending[#self.pending + 1] = { "note", err } end

--- Print an error, after the warnings that came before it. One without a hint gets what its code says to do.
function Report:error(err)
	self:flush()
	local known = err.hint == nil and require("samzak8s.codes")[err.code]
	if known then err = setmetatable({ hint = known.hint }, { __index = err }) end
	self:print("error", err)
end

--- Print what is pending.
function Report:flush()
	local pending, count = self.pending, {}
	self.pending = {}
	if self.quiet then return end
	for _, entry in ipairs(pending) do
		local code = entry[2].code or entry[2].message
		if entry[1] == "warning" then count[code] = (count[code] or 0) + 1 end
	end
	for _, entry in ipairs(pending) do
		local level, err = entry[1], entry[2]
		local code = err.code or err.message
		local n = level == "note" and 1 or count[code]
		if n then
			count[code] = nil
			if n > 1 then
				local notes = { table.unpack(err.notes or {}) }
				notes[#notes + 1] = ("and %d more of this kind (%s)"):format(n - 1, code)
				err = setmetatable({ notes = notes }, { __index = err })
			end
			self:print(level, err)
		end
	end
end

--- A line on stderr about what is awaited; at most one a second.
-- @tparam string what "asking broker-1:9092"
-- @tparam integer left ms until the deadline
function Report:waiting(what, left)
	local now = system.now_ms()
	if self.quiet or self.format ~= "text" or self.waited and now - self.waited < 1000 then return end
	self.waited = now
	system.stderr(("samzak8s: %s, %d s left\n"):format(what, (left + 999) // 1000))
end

return M
