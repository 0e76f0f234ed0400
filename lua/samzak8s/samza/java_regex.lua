-- SPDX-License-Identifier: Apache-2.0
--- Java's regular expressions (java.util.regex.Pattern), translated for PCRE2 where both mean the same, else refused.
--
-- The parser follows that of Java 8 to 17. What it emits is spelled out (literals as themselves or as \x{...}, flags expanded),
-- so nothing of a pattern reaches PCRE2 unread.
local Parser = require("samzak8s.samza.java_tokens")
local report = require("samzak8s.report")

local M = {}

local LINE_END = "\\n\\r\\x{85}\\x{2028}\\x{2029}"
local MAX_REPEAT = 65535

-- What ^, $, \Z and . are, by the flags m (multiline), d (Unix lines) and s (dot matches all).
local BEGIN = { [false] = "(?:\\A)", m = "(?:(?!\\z)(?:\\A|(?<=[\\n\\x{85}\\x{2028}\\x{2029}])|(?<=\\r)(?!\\n)))", md = "(?:(?!\\z)(?:\\A|(?<=\\n)))" }
local END = { [false] = "(?:(?=\\r\\n\\z|(?<!\\r)\\n\\z|[\\r\\x{85}\\x{2028}\\x{2029}]\\z|\\z))", d = "(?:(?=\\n\\z|\\z))",
	m = "(?:(?=(?<!\\r)\\n|[\\r\\x{85}\\x{2028}\\x{2029}]|\\z))", md = "(?:(?=\\n|\\z))" }
local function set_text(set)
	return ("[%s%s]"):format(set.negated and "^" or "", table.concat(set.items))
end

-- \1 and \k<name>.
function Parser:emit_reference(number, at)
	if self.flags.i then self:unsupported("a back reference where case is ignored", at) end
	if self.behind > 0 then self:unsupported("a back reference in a look-behind", at) end
	if self.open[number] then self:unsupported("a back reference in its own group", at) end
	self.reference = math.max(self.reference, number)
	self.reference_at = at
	self:emit(("\\g{%d}"):format(number))
end

function Parser:numbered_reference()
	local at, number = self.pos, 0
	self.pos = at + 1
	repeat
		number = number * 10 + tonumber(self:sign())
		self.pos = self.pos + 1
		local more = self:sign():match("^%d$")
	until not more or number * 10 + tonumber(more) > self.groups
	if self.flags.x and self.groups > 9 then self:unsupported("a back reference with (?x)", at) end
	self:emit_reference(number, at)
end

function Parser:named_reference()
	local at = self.pos
	self.pos = at + 2
	if self:sign() ~= "<" then self:syntax("\\k without <name>", at) end
	self.pos = self.pos + 1
	local name = self:digits("^%w$", self.length)
	if self:sign() ~= ">" or not self.names[name] then self:syntax("\\k without the name of an earlier group", at) end
	self.pos = self.pos + 1
	self:emit_reference(self.names[name], at)
end

-- An escape outside of classes.
function Parser:escape()
	local at, sign = self.pos, self:sign(self.pos + 1)
	if sign == "p" or sign == "P" then return self:emit("[" .. self:property() .. "]") end
	if sign:find("^[1-9]$") then return self:numbered_reference() end
	if sign == "k" then return self:named_reference() end
	local items = self:shorthand()
	if items then return self:emit("[" .. items .. "]") end
	if sign == "b" or sign == "B" then
		if sign == "b" and self:sign(at + 2) == "{" then self:unsupported("\\b{") end
		self:ascii_only("\\" .. sign, at)
		self:emit("(?:\\" .. sign .. ")")
	elseif sign == "A" or sign == "G" then
		self:emit("(?:\\A)")
	elseif sign == "z" then
		self:emit("(?:\\z)")
	elseif sign == "Z" then
		self:emit(END[self.flags.d and "d" or false])
	else
		return self:emit_literal(self:escaped_character(), at)
	end
	self.pos = at + 2
end

-- {n}, {n,} or {n,m} at the current token.
function Parser:counts()
	local at = self.pos
	self.pos = at + 1
	local low = self:digits("^%d$", self.length)
	if low == "" then self:syntax("{ that is no quantifier", at) end
	local text, high = "{" .. low, low
	if self:sign() == "," then
		self.pos = self.pos + 1
		high = self:digits("^%d$", self.length)
		text = text .. "," .. high
	end
	if self:sign() ~= "}" then self:syntax("a quantifier without }", at) end
	self.pos = self.pos + 1
	local function number(digits) return #digits > 9 and 1e9 or tonumber(digits) end
	if number(low) > MAX_REPEAT or high ~= "" and number(high) > MAX_REPEAT then self:unsupported("more than 65535 repetitions", at) end
	if high ~= "" and number(high) < number(low) then self:syntax("a quantifier that runs backwards", at) end
	return text .. "}"
end

function Parser:quantifier()
	self:blanks()
	local sign = self:sign()
	local text
	if sign == "?" or sign == "*" or sign == "+" then
		text = sign
		self.pos = self.pos + 1
	elseif sign == "{" then
		text = self:counts()
	else
		return
	end
	self:blanks()
	sign = self:sign()
	if sign == "?" or sign == "+" then
		self.final = self.final or sign == "+"
		text = text .. sign
		self.pos = self.pos + 1
	end
	self:emit(text)
end

-- Letters of (?idmsux-idmsux) up to : or ); the flags that they give.
function Parser:inline_flags(open)
	local flags, value = setmetatable({}, { __index = self.flags }), true
	while true do
		local sign = self:sign()
		self.pos = self.pos + 1
		if sign == ":" or sign == ")" then return flags, sign end
		if sign == "-" and value then
			value = false
		elseif sign == "U" and value then
			flags.U, flags.u = true, true
		elseif sign == "U" or sign == "c" then
			self:unsupported(("(?%s%s)"):format(value and "" or "-", sign), open)
		elseif sign:find("^[idmsux]$") then
			flags[sign] = value
		else
			self:syntax("an unknown kind of group", open)
		end
	end
end

function Parser:capture(open)
	self.groups = self.groups + 1
	local sign = self:sign()
	if sign ~= "" and self.naming then
		local name = self:digits("^%w$", self.length)
		if not name:find("^%a") or self:sign() ~= ">" then self:syntax("a group's name is letters and digits, then >", open) end
		if self.names[name] then self:syntax("a second group of this name", open) end
		self.names[name] = self.groups
		self.pos = self.pos + 1
	end
	self.naming = false
	return "(", ")"
end

local PLAIN = { [":"] = { "(?:", ")" }, ["="] = { "(?:(?=", "))" }, ["!"] = { "(?:(?!", "))" }, [">"] = { "(?>", ")" } }
local BEHIND = { ["="] = { "(?:(?<=", "))" }, ["!"] = { "(?:(?<!", "))" } }

-- What opens a group at the current token: how it begins and ends, its flags, whether it looks behind. nil for (?flags).
function Parser:opening()
	local open = self.pos
	self.pos = open + 1
	self:blanks()
	if self:sign() ~= "?" then return { self:capture(open) }, self.flags end
	local sign = self:sign(self.pos + 1)
	if PLAIN[sign] then
		self.pos = self.pos + 2
		return PLAIN[sign], self.flags
	elseif sign == "<" then
		local behind = BEHIND[self:sign(self.pos + 2)]
		self.pos = self.pos + (behind and 3 or 2)
		self.naming = not behind
		return behind or { self:capture(open) }, self.flags, behind ~= nil
	end
	self.pos = self.pos + 1
	local flags, stop = self:inline_flags(open)
	if stop == ":" then return PLAIN[":"], flags end
	self.flags = flags
end

--- A group at the current token.
-- @treturn boolean whether a quantifier may follow
function Parser:group()
	local open = self.pos
	local parts, flags, behind = self:opening()
	if not parts then return false end
	local saved = self.flags
	self.flags = flags
	self.final = self.final or parts[1]:find("^%(%?[^:]") or parts[1]:find("^%(%?:%(")
	self:emit(parts[1], open)
	self.behind = self.behind + (behind and 1 or 0)
	local number = parts[1] == "(" and self.groups
	if number then self.open[number] = true end
	self:expression()
	if number then self.open[number] = nil end
	self.behind = self.behind - (behind and 1 or 0)
	if self:sign() ~= ")" then self:syntax("a group without )", open) end
	self.pos = self.pos + 1
	self:emit(parts[2])
	self.flags = saved
	return true
end

function Parser:dot()
	if self.flags.s then return "(?s:.)" end
	return self.flags.d and "[^\\n]" or "[^" .. LINE_END .. "]"
end

-- One thing that a quantifier may follow; false for (?flags).
function Parser:atom(sign)
	local at = self.pos
	if sign == "(" then return self:group() end
	if sign == "{" then
		self:emit("(?:)") -- what Java repeats here, as in a{2}{3}
		return true
	elseif sign == "[" then
		local set = self:set()
		self:emit(set.right and ("(?:(?=%s)%s)"):format(set_text(set.right), set_text(set)) or set_text(set))
		return true
	elseif sign == "\\" then
		self:escape()
		return true
	end
	if sign == "*" or sign == "?" or sign == "+" then self:syntax(sign .. " with nothing to repeat") end
	if sign == "^" then
		self:emit(BEGIN[self.flags.m and (self.flags.d and "md" or "m") or false])
	elseif sign == "$" then
		self:emit(END[(self.flags.m and "m" or "") .. (self.flags.d and "d" or "")] or END[false])
	elseif sign == "." then
		self:emit(self:dot())
	else
		self:emit_literal(self.code[at], at)
	end
	self.pos = at + 1
	return true
end

function Parser:expression()
	while true do
		self:blanks()
		local sign = self:sign()
		if not self.code[self.pos] or sign == ")" then return end
		if sign == "|" then
			self:emit("|")
			self.pos = self.pos + 1
		elseif self:atom(sign) then
			self:quantifier()
		end
	end
end

function Parser:pattern()
	self:expression()
	if self.code[self.pos] then self:syntax(") without a group") end
	-- Java keeps what a group held in a part that was given up later
	if self.reference > 0 and self.final then
		self:unsupported("a back reference beside possessive quantifiers, (?> or look-around", self.reference_at)
	end
	if self.reference > self.groups then self:unsupported("a reference to a group that is not there", self.reference_at) end
	return self
end

-- An error about a place in the pattern.
local function place(code, pattern, offset, what)
	local text = {
		["regex.syntax"] = "java regex '%s': character %d: %s",
		["regex.unsupported"] = "java regex '%s': character %d: %s has no exact counterpart here",
		["regex.ascii"] = "java regex '%s': character %d: %s is exact for ASCII names only",
	}
	return report.fail { code = code, offset = offset, message = text[code]:format(pattern, offset + 1, what) }
end

--- Translate a pattern for PCRE2.
-- @tparam string pattern UTF-8
-- @treturn table|nil text (of PCRE2), ascii ({ what =, offset = } of what is exact for ASCII texts only), places
-- @treturn table|nil err code "regex.syntax" (Java refuses it, too) or "regex.unsupported", offset: characters before the place
function M.translate(pattern)
	local ok, parser = pcall(function() return Parser.new(pattern):pattern() end)
	if not ok then
		local refusal = parser
		if type(refusal) ~= "table" or not refusal.refusal then error(refusal, 0) end
		return place(refusal.code, pattern, refusal.offset, refusal.what)
	end
	local function source(offset)
		local seen = 0
		for i, text in ipairs(parser.out) do
			seen = seen + #text
			if seen >= offset then return (parser.at[parser.from[i]] or parser.length + 1) - 1 end
		end
		return parser.length
	end
	return { text = table.concat(parser.out), ascii = parser.ascii, source = source }
end

local Regex = {}
Regex.__index = Regex

--- Does the whole text match, as String.matches says?
-- @tparam string text UTF-8
-- @treturn boolean|nil
-- @treturn table|nil err code "regex.limit", "regex.ascii" or "regex.text"
function Regex:matches(text)
	local ascii = self.translated.ascii
	if ascii and text:find("[\128-\255]") then return place("regex.ascii", self.pattern, ascii.offset, ascii.what) end
	local found, err = self.compiled:matches(text)
	if found ~= nil then return found end
	return report.fail { code = err.code, message = ("java regex '%s' on '%s': %s"):format(self.pattern, text, err.message) }
end

--- Compile a pattern.
-- @tparam string pattern UTF-8
-- @treturn Regex|nil
-- @treturn table|nil err as of `translate`
function M.compile(pattern)
	local translated, err = M.translate(pattern)
	if not translated then return nil, err end
	local compiled
	compiled, err = require("samzak8s.native.regex").compile(translated.text)
	if not compiled then return place("regex.unsupported", pattern, translated.source(err.offset), "this (" .. err.message .. ")") end
	return setmetatable({ pattern = pattern, translated = translated, compiled = compiled }, Regex)
end

return M
