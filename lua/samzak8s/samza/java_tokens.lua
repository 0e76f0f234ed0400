-- SPDX-License-Identifier: Apache-2.0
--- The lower half of the Java regex parser: characters, blanks, escapes, character classes. java_regex.lua has the upper half.
local classes = require("samzak8s.samza.java_classes")

local Parser = {}
Parser.__index = Parser

local ESCAPED = { t = 9, n = 10, r = 13, f = 12, a = 7, e = 27 }

-- Refuse the pattern at a token: raises, `M.translate` catches. In the modes where Java reads on across blanks or quotes we
-- stop earlier than Java does, so there it is not said that Java refuses, too.
function Parser:refuse(code, what, at)
	if self.flags.x or self.quoted then code = "regex.unsupported" end
	error({ refusal = true, code = code, what = what, offset = (self.at[at] or self.length + 1) - 1 }, 0)
end

function Parser:syntax(what, at) self:refuse("regex.syntax", what, at or self.pos) end
function Parser:unsupported(what, at) self:refuse("regex.unsupported", what, at or self.pos) end

--- A parser at the start of a pattern, split into characters; those between \Q and \E are literal.
-- @tparam string pattern UTF-8
function Parser.new(pattern)
	local chars = {}
	for _, c in utf8.codes(pattern) do chars[#chars + 1] = c end
	local self = setmetatable({ code = {}, literal = {}, at = {}, length = #chars, flags = {}, quoted = false, pos = 1, groups = 0, names = {},
		open = {},
		behind = 0, reference = 0, out = {}, from = {} }, Parser)
	local function push(i, literal)
		local n = #self.code + 1
		self.code[n], self.literal[n], self.at[n] = chars[i], literal, i
	end
	local i, inside = 1, false
	while i <= #chars do
		local pair = chars[i] == 92 and chars[i + 1]
		if inside and pair == 69 then
			inside, i = false, i + 2
		elseif inside then
			push(i, true)
			i = i + 1
		elseif pair == 81 then
			inside, self.quoted, i = true, true, i + 2
		else
			push(i, false)
			if pair then push(i + 1, false) end
			i = i + (pair and 2 or 1)
		end
	end
	return self
end

-- The character at a token when it is plain ASCII, as text; "" otherwise.
function Parser:sign(at)
	at = at or self.pos
	local c = self.code[at]
	return c and not self.literal[at] and c < 128 and string.char(c) or ""
end

-- `at`: the token that it stands for, when that is not the current one.
function Parser:emit(text, at)
	self.out[#self.out + 1] = text
	self.from[#self.from + 1] = at or self.pos
end

-- Skip what (?x) lets stand for nothing.
function Parser:blanks()
	while self.flags.x do
		local sign = self:sign()
		if sign == "#" then
			repeat
				self.pos = self.pos + 1
				if self.literal[self.pos] then self:unsupported("a quote in a comment") end
				local c = self.code[self.pos]
			until c == nil or c == 10 or not self.flags.d and (c == 13 or c == 0x85 or c == 0x2028 or c == 0x2029)
		elseif sign:find("^[\t-\r ]$") then
			self.pos = self.pos + 1
		else
			return
		end
	end
end

-- What follows holds for ASCII texts: elsewhere Java's releases differ from one another, or from PCRE2.
function Parser:ascii_only(what, at)
	self.ascii = self.ascii or { what = what, offset = self.at[at] - 1 }
end

-- A literal's alternatives as items of a class; `low` to `high`.
function Parser:range_items(low, high, at)
	if low >= 0xD800 and low <= 0xDFFF or high >= 0xD800 and high <= 0xDFFF then self:unsupported("half of a surrogate pair", at) end
	local items = classes.items { { low, high } }
	if not self.flags.i then return items end
	if self.flags.u then
		if high > 127 then self:unsupported("a character beyond ASCII whose case is ignored", at) end
		self:ascii_only("(?iu)", at)
	end
	for c = 65, 90 do
		local upper, lower = low <= c and c <= high, low <= c + 32 and c + 32 <= high
		if upper ~= lower then items = items .. string.char(upper and c + 32 or c) end
	end
	return items
end

function Parser:emit_literal(c, at)
	local items = self:range_items(c, c, at)
	self:emit(items == classes.character(c) and items or "[" .. items .. "]")
end

-- Digits of a base from the current token on, at most `most`.
function Parser:digits(pattern, most)
	local from = self.pos
	while self.pos - from < most and self:sign():find(pattern) do self.pos = self.pos + 1 end
	local text = {}
	for i = from, self.pos - 1 do text[#text + 1] = self:sign(i) end
	return table.concat(text)
end

function Parser:octal(at)
	local digits = self:digits("^[0-7]$", self:sign():find("^[0-3]$") and 3 or 2)
	if digits == "" then self:syntax("\\0 without an octal digit", at) end
	if self.flags.x and #digits < 3 and self:sign():find("^[#%s]$") then self:unsupported("a blank after an octal escape", at) end
	return tonumber(digits, 8)
end

function Parser:hexadecimal(at)
	if self:sign() == "{" then
		self.pos = self.pos + 1
		local digits = self:digits("^%x$", self.length)
		if digits == "" or self:sign() ~= "}" then self:syntax("\\x{ without hexadecimal digits and }", at) end
		self.pos = self.pos + 1
		digits = digits:gsub("^0+", "")
		local c = #digits <= 6 and tonumber("0" .. digits, 16) or 0x110000
		if c > 0x10FFFF then self:syntax("a code point beyond 10FFFF", at) end
		return c
	end
	local digits = self:digits("^%x$", 2)
	if #digits < 2 then self:syntax("\\x without two hexadecimal digits", at) end
	return tonumber(digits, 16)
end

function Parser:unit(at)
	local digits = self:digits("^%x$", 4)
	if #digits < 4 then self:syntax("\\u without four hexadecimal digits", at) end
	return tonumber(digits, 16)
end

function Parser:unicode(at)
	local high = self:unit(at)
	if high < 0xD800 or high > 0xDBFF or self:sign() ~= "\\" or self:sign(self.pos + 1) ~= "u" then return high end
	self.pos = self.pos + 2
	local low = self:unit(at)
	if low < 0xDC00 or low > 0xDFFF then self:unsupported("half of a surrogate pair", at) end
	return 0x10000 + (high - 0xD800) * 0x400 + low - 0xDC00
end

-- The character that the escape at the current token stands for; refuses any other escape.
function Parser:escaped_character()
	local at = self.pos
	local c = self.code[at + 1]
	if not c then self:syntax("a backslash at the end", at) end
	local sign = self:sign(at + 1)
	self.pos = at + 2
	if ESCAPED[sign] then return ESCAPED[sign] end
	if sign == "0" then return self:octal(at) end
	if sign == "x" then return self:hexadecimal(at) end
	if sign == "u" then return self:unicode(at) end
	if sign == "c" then
		local control = self:sign()
		if not self.code[at + 2] then self:syntax("\\c without a character", at) end
		if not control:find("^[!-~]$") then self:unsupported("\\c with this character", at) end
		self.pos = self.pos + 1
		return control:byte() ~ 64
	end
	if sign == "N" or sign == "R" or sign == "X" or sign == "v" then self:unsupported("\\" .. sign, at) end
	if sign:find("^%w$") then self:syntax(("\\%s is no escape"):format(sign), at) end
	return c
end

-- \p{...} or \P{...} at the current token, as items of a class.
function Parser:property()
	local at, negated = self.pos, self:sign(self.pos + 1) == "P"
	local name
	self.pos = at + 2
	if self:sign() == "{" then
		local parts = {}
		repeat
			self.pos = self.pos + 1
			if not self.code[self.pos] then self:syntax("\\p{ without }", at) end
			parts[#parts + 1] = self:sign()
		until self:sign() == "}"
		name = table.concat(parts, "", 1, #parts - 1)
	else
		name = self:sign()
	end
	self.pos = self.pos + 1
	local items, ascii = classes.property(name, negated, self.flags)
	if not items then
		self:unsupported(("\\%s{%s}%s"):format(negated and "P" or "p", name, self.flags.i and " where case is ignored" or ""), at)
	end
	if ascii then self:ascii_only("\\p{" .. name .. "} with (?U)", at) end
	return items
end

-- Items of \d and the like at the current token; nil when it is none.
function Parser:shorthand()
	local sign = self:sign(self.pos + 1)
	local items = sign:find("^[dwshvDWSHV]$") and classes.shorthand(sign)
	if not items then return nil end
	if self.flags.U and sign:find("^[dwsDWS]$") then self:ascii_only("\\" .. sign .. " with (?U)", self.pos) end
	self.pos = self.pos + 2
	return items
end

-- The upper end of a range, behind its hyphen.
function Parser:range_end(low, at)
	self.pos = self.pos + 1
	if self.flags.x and self:sign():find("^[#%s]$") then self:unsupported("a blank in a range", at) end
	local high = self.code[self.pos]
	if not high then self:syntax("a character class without ]", at) end
	if self:sign() == "\\" then
		local sign = self:sign(self.pos + 1)
		if sign:find("^[dwshDWSHV]$") then self:syntax("a range that ends in a class", at) end
		high = self:escaped_character()
	else
		self.pos = self.pos + 1
	end
	if high < low then self:syntax("a range that runs backwards", at) end
	return high
end

-- One item of a class: a character, a range, or a class with a name.
function Parser:set_item()
	local at = self.pos
	local low
	if self:sign() == "\\" then
		local sign = self:sign(at + 1)
		if sign == "p" or sign == "P" then return self:property() end
		if sign == "v" and self:sign(at + 2) == "-" then self:unsupported("\\v in a range") end
		local items = self:shorthand()
		if items then return items end
		low = self:escaped_character()
	else
		low = self.code[at]
		self.pos = at + 1
	end
	self:blanks()
	local high = low
	if self:sign() == "-" and not self:sign(self.pos + 1):find("^[%[%]]$") then high = self:range_end(low, at) end
	return self:range_items(low, high, at)
end

-- The right side of &&: one class, or plain items, up to the class's end.
function Parser:intersection(at)
	if self:sign() == "[" then
		local right = self:set()
		if right.right or self:sign() ~= "]" then self:unsupported("an intersection (&&) of more than two classes", at) end
		return right
	end
	if self:sign():find("^[%]&^]$") then self:unsupported("this intersection (&&)", at) end
	local items = {}
	while self:sign() ~= "]" do
		if not self.code[self.pos] then self:syntax("a character class without ]", at) end
		if self:sign() == "[" or self:sign() == "&" then self:unsupported("this intersection (&&)", at) end
		items[#items + 1] = self:set_item()
	end
	return { items = items }
end

--- A class at the current token: { items =, negated =, right = what && cuts it down to }.
function Parser:set()
	local open = self.pos
	local set = { items = {}, negated = self:sign(open + 1) == "^" }
	self.pos = open + (set.negated and 2 or 1)
	while true do
		self:blanks()
		local sign, at = self:sign(), self.pos
		if not self.code[at] then self:syntax("a character class without ]", open) end
		if sign == "]" and #set.items > 0 then
			self.pos = at + 1
			return set
		elseif sign == "[" then
			local inner = self:set()
			if set.negated or inner.negated or inner.right then self:unsupported("a class in a class, with ^ or &&", at) end
			table.move(inner.items, 1, #inner.items, #set.items + 1, set.items)
		elseif sign == "&" and self.flags.x then
			self:unsupported("& in a class, with (?x)")
		elseif sign == "&" and self:sign(at + 1) == "&" then
			if set.negated or #set.items == 0 then self:unsupported("this intersection (&&)", at) end
			self.pos = at + 2
			set.right = self:intersection(at)
			self.pos = self.pos + 1
			return set
		else
			set.items[#set.items + 1] = self:set_item()
		end
	end
end

return Parser
