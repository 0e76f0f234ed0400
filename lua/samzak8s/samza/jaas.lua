-- SPDX-License-Identifier: Apache-2.0
--- Kafka's `sasl.jaas.config`, read as Kafka's JaasConfig reads it: with a java.io.StreamTokenizer.
local M = {}

local FLAGS = { required = true, requisite = true, sufficient = true, optional = true }
local LIKE_FLAGS = { req = true, suf = true, opt = true } -- slips of these may be shown; any other word may be a secret
local ESCAPES = { a = 7, b = 8, f = 12, n = 10, r = 13, t = 9, v = 11 }
local EOF, MASK = -1, "********"

-- Option names that may be shown; any other word may be a piece of a password that was not quoted.
local OPTIONS = {}
for name in ([[username password tokenauth serviceName keyTab principal useKeyTab storeKey useTicketCache
	refreshKrb5Config debug clientId clientSecret scope]]):gmatch("%S+") do OPTIONS[name] = true end

local function is_word_start(c)
	return c >= 0x61 and c <= 0x7A or c >= 0x41 and c <= 0x5A or c == 0x5F or c == 0x24 or c >= 0xA0
end

local function is_digit(c)
	return c >= 0x30 and c <= 0x39
end

local function is_octal(c)
	return c >= 0x30 and c <= 0x37
end

local function is_line_end(c)
	return c == 10 or c == 13 or c == EOF
end

--- Read one quoted text whose opening quote is at `at`; it ends at the same quote or at the end of the line.
local function quoted(chars, at)
	local quote, out = chars[at], {}
	at = at + 1
	while chars[at] ~= quote and not is_line_end(chars[at]) do
		local c = chars[at]
		at = at + 1
		if c == 0x5C then
			c = chars[at]
			at = at + 1
			if is_octal(c) then
				local first, digits = c, 1
				c = c - 0x30
				while is_octal(chars[at]) and digits < (first <= 0x33 and 3 or 2) do
					c = c * 8 + chars[at] - 0x30
					at = at + 1
					digits = digits + 1
				end
			elseif c == EOF then
				break
			else
				c = ESCAPES[utf8.char(c)] or c
			end
		end
		out[#out + 1] = utf8.char(c)
	end
	return table.concat(out), chars[at] == quote and at + 1 or at
end

--- The tokens of a text: { text = } for words and quoted texts, { sign = } for single characters, { sign = "" } for numbers.
local function tokens(text)
	local chars, found, at = {}, {}, 1
	for _, c in utf8.codes(text, true) do chars[#chars + 1] = c end
	chars[#chars + 1] = EOF
	setmetatable(chars, { __index = function() return EOF end })
	local function skip_line()
		while not is_line_end(chars[at]) do at = at + 1 end
	end
	while chars[at] ~= EOF do
		local c = chars[at]
		if c <= 32 then
			at = at + 1
		elseif c == 0x2F and chars[at + 1] == 0x2A then
			at = at + 2
			while chars[at] ~= EOF and not (chars[at] == 0x2A and chars[at + 1] == 0x2F) do at = at + 1 end
			at = at + 2
		elseif c == 0x2F then
			skip_line()
		elseif c == 0x22 or c == 0x27 then
			local value
			value, at = quoted(chars, at)
			found[#found + 1] = { text = value }
		elseif is_digit(c) or c == 0x2E or c == 0x2D and (is_digit(chars[at + 1]) or chars[at + 1] == 0x2E) then
			local dot = false
			if c == 0x2D then at = at + 1 end
			while is_digit(chars[at]) or chars[at] == 0x2E and not dot do
				dot = dot or chars[at] == 0x2E
				at = at + 1
			end
			found[#found + 1] = { sign = "" }
		elseif is_word_start(c) then
			local from = at
			while is_word_start(chars[at]) or is_digit(chars[at]) or chars[at] == 0x2E or chars[at] == 0x2D do at = at + 1 end
			found[#found + 1] = { text = utf8.char(table.unpack(chars, from, at - 1)) }
		else
			found[#found + 1] = { sign = utf8.char(c) }
			at = at + 1
		end
	end
	return found
end

--- Parse a JAAS configuration; of several entries the first one counts, but all must be well formed.
-- @tparam string text the property's value
-- @treturn table|nil { module =, flag =, options = { [name] = value } }
-- @treturn string|nil what is wrong, in Kafka's words; never a value, which may be a password
function M.parse(text)
	local list, at, first = tokens(text), 1, nil
	if #list == 0 then return nil, "Login module not specified in JAAS config" end
	while list[at] do
		local module, flag = list[at].text, list[at + 1]
		if not module then return nil, "Login module not specified in JAAS config" end
		if not flag then return nil, "Login module control flag not specified in JAAS config" end
		if not flag.text then return nil, "Login module control flag is not available in the JAAS config" end
		if not FLAGS[flag.text:lower()] then
			return nil, ("Invalid login module control flag '%s' in JAAS config"):format(LIKE_FLAGS[flag.text:sub(1, 3):lower()] and flag.text or MASK)
		end
		local entry = { module = module, flag = flag.text:lower(), options = {} }
		at = at + 2
		while list[at] and list[at].sign ~= ";" do
			local key, equals, value = list[at].text, list[at + 1], list[at + 2]
			if not equals or equals.sign ~= "=" or not value or not value.text then
				return nil, ("Value not specified for key '%s' in JAAS config"):format(not key and "null" or OPTIONS[key] and key or MASK)
			end
			entry.options[key or "null"] = value.text
			at = at + 3
		end
		if not list[at] then return nil, "JAAS config entry not terminated by semi-colon" end
		at = at + 1
		first = first or entry
	end
	return first
end

return M
