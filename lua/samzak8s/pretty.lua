-- SPDX-License-Identifier: Apache-2.0
--- Values as Lua text that can be pasted back: integers stay integers, keys are sorted, strings quoted.
-- What is left out (depth, rows, cycles, functions) stands in comments, so the text still loads.
local keys = require("samzak8s.keys")
local sorted = require("samzak8s.sorted")

local M = {}

local RESERVED = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat return then true
	until while]]):gmatch("%a+") do
	RESERVED[word] = true
end

--- Whether a string can stand as a table key without brackets.
function M.identifier(name)
	return name:find("^[A-Za-z_][A-Za-z0-9_]*$") ~= nil and not RESERVED[name]
end

local ESCAPES = { ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r", ["\\"] = "\\\\", ['"'] = '\\"' }

local function escape_byte(c)
	return ESCAPES[c] or ("\\x%02X"):format(c:byte())
end

-- Escape what a terminal would act on; `text` is valid UTF-8.
local function escape_utf8(text)
	text = text:gsub('[\0-\31\127\\"]', escape_byte)
	return (text:gsub("\xC2[\x80-\x9F]", function(c) return ("\\u{%X}"):format(utf8.codepoint(c)) end)
		:gsub("\xE2\x80[\x8E\x8F\xA8-\xAE]", function(c) return ("\\u{%X}"):format(utf8.codepoint(c)) end)
		:gsub("\xE2\x81[\xA6-\xA9]", function(c) return ("\\u{%X}"):format(utf8.codepoint(c)) end))
end

--- A string as a Lua literal; bytes that are not UTF-8 and control characters are escaped.
function M.quote(text)
	if utf8.len(text) then return '"' .. escape_utf8(text) .. '"' end
	return '"' .. text:gsub('[\0-\31\127\\"\x80-\xFF]', escape_byte) .. '"'
end

--- A number as a Lua literal that reads back as the same number.
function M.number(n)
	if math.type(n) == "integer" then
		return n == math.mininteger and "math.mininteger" or ("%d"):format(n)
	end
	if n ~= n then return "0/0" end
	if n == math.huge then return "math.huge" end
	if n == -math.huge then return "-math.huge" end
	local text = ("%.14g"):format(n)
	if tonumber(text) ~= n then text = ("%.17g"):format(n) end
	return text:find("[%.eE]") and text or text .. ".0"
end

local function thousands(n)
	local text = ("%d"):format(n)
	return (text:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", ""))
end

local Printer = {}
Printer.__index = Printer

function Printer:string(text)
	local limit = self.bytes
	if not limit or #text <= limit then return M.quote(text) end
	local cut = limit
	while cut > limit - 4 and text:byte(cut + 1) & 0xC0 == 0x80 do cut = cut - 1 end
	self.cut = true
	return ("%s --[[ %s more bytes: all(_) ]]"):format(M.quote(text:sub(1, cut)), thousands(#text - cut))
end

function Printer:scalar(value)
	local kind = math.type(value) or type(value)
	if kind == "integer" or kind == "float" then return M.number(value) end
	if kind == "string" then return self:string(value) end
	if kind == "nil" or kind == "boolean" then return tostring(value) end
	return ("nil --[[ %s ]]"):format(kind)
end

function Printer:key(key)
	if type(key) == "string" and M.identifier(key) then return key end
	if type(key) == "table" or type(key) == "function" or type(key) == "userdata" or type(key) == "thread" then
		return ('["%s"]'):format(type(key))
	end
	return "[" .. (type(key) == "string" and M.quote(key) or self:scalar(key)) .. "]"
end

-- Whether the value under this key is a secret: by the key, or as the value of an { name =, value = } pair (env of a pod).
function Printer:hides(t, key, value)
	if not self.secret or type(value) ~= "string" then return false end
	if type(key) == "string" and self.secret(key) then return true end
	local name = rawget(t, "name")
	return key == "value" and type(name) == "string" and self.secret(name)
end

-- The entries of a table as texts: the array part first, without keys, then the rest by sorted key.
function Printer:entries(t, depth, indent)
	local entries, length, left = {}, rawlen(t), self.rows or math.huge
	local hidden = 0
	for i = 1, length do
		if left == 0 then
			hidden = length - i + 1
			break
		end
		entries[#entries + 1] = self:value(rawget(t, i), depth + 1, indent)
		left = left - 1
	end
	local rest = {}
	for key in next, t do
		if math.type(key) ~= "integer" or key < 1 or key > length then rest[key] = true end
	end
	for _, key in ipairs(sorted.keys(rest)) do
		if left == 0 then
			hidden = hidden + 1
		else
			local value = rawget(t, key)
			local text = self:hides(t, key, value) and M.quote(keys.mask) or self:value(value, depth + 1, indent)
			entries[#entries + 1] = self:key(key) .. " = " .. text
			left = left - 1
		end
	end
	return entries, hidden
end

-- Whether a table is an array of short scalars, which read best several to a line.
local function scalars(t)
	local count = 0
	for _, item in next, t do
		if type(item) == "table" or type(item) == "string" and #item > 40 then return false end
		count = count + 1
	end
	return count == rawlen(t)
end

local function fill(entries, width, indent)
	local lines, line = {}, ""
	for i, entry in ipairs(entries) do
		if i < #entries then entry = entry .. "," end
		if line ~= "" and #line + 1 + #entry > width then
			lines[#lines + 1] = line
			line = entry
		else
			line = line == "" and entry or line .. " " .. entry
		end
	end
	lines[#lines + 1] = line
	return table.concat(lines, "\n" .. indent)
end

function Printer:value(value, depth, indent)
	if type(value) ~= "table" then return self:scalar(value) end
	if next(value) == nil then return "{}" end
	if self.open[value] then return "nil --[[ cycle ]]" end
	if self.depth and depth >= self.depth then
		self.cut = true
		return "{ --[[ ... ]] }"
	end
	self.open[value] = true
	local inner = indent .. "\t"
	local entries, hidden = self:entries(value, depth, inner)
	self.open[value] = nil
	if hidden > 0 then
		self.cut = true
		if depth == 0 then
			self.hidden = hidden
		else
			entries[#entries + 1] = ("--[[ %s more ]]"):format(thousands(hidden))
		end
	end
	local line = "{ " .. table.concat(entries, ", ") .. " }"
	if hidden == 0 and #line + 4 * #indent <= self.width and not line:find("\n", 1, true) then return line end
	local joined = scalars(value) and fill(entries, self.width - 4 * #inner, inner) or table.concat(entries, ",\n" .. inner)
	return "{\n" .. inner .. joined .. "\n" .. indent .. "}"
end

--- Print a value as Lua.
-- @param value anything; tables are read raw, so no metamethod runs
-- @tparam[opt] table options `depth` (levels of tables, default 3), `rows` (entries shown per table, default 40), `bytes`
-- (of one string, default 400), `width` (columns, default 100), `all` (no limits), `secret` (function(key) -> boolean:
-- the value of such a key prints as ********; default `keys.secret`; false shows everything)
-- @treturn string without a final newline; when rows were left out, the last line is `-- 460 more: all(_)`
function M.format(value, options)
	options = options or {}
	local secret = options.secret
	if secret == nil then secret = keys.secret end
	local limited = not options.all
	local printer = setmetatable({
		depth = limited and (options.depth or 3) or nil,
		rows = limited and (options.rows or 40) or nil,
		bytes = limited and (options.bytes or 400) or nil,
		width = options.width or 100,
		secret = secret or nil,
		open = {},
	}, Printer)
	local text = printer:value(value, 0, "")
	if printer.hidden then
		text = ("%s\n-- %s more: all(_)"):format(text, thousands(printer.hidden))
	end
	return text
end

return M
