-- SPDX-License-Identifier: Apache-2.0
--- Java's character classes as items of a PCRE2 class, spelled out so that no option of PCRE2 changes what they mean.
local M = {}

local MAX = 0x10FFFF

local ranges = {
	ASCII = { { 0, 127 } }, Alpha = { { 65, 90 }, { 97, 122 } }, Digit = { { 48, 57 } }, Lower = { { 97, 122 } }, Upper = { { 65, 90 } },
	Alnum = { { 48, 57 }, { 65, 90 }, { 97, 122 } }, Blank = { { 9, 9 }, { 32, 32 } }, Cntrl = { { 0, 31 }, { 127, 127 } },
	Graph = { { 33, 126 } }, Print = { { 32, 126 } }, Punct = { { 33, 47 }, { 58, 64 }, { 91, 96 }, { 123, 126 } },
	Space = { { 9, 13 }, { 32, 32 } }, XDigit = { { 48, 57 }, { 65, 70 }, { 97, 102 } },
}

-- What the letters d, w, s, h and v stand for after a backslash, in small and (negated) in capital.
local shorthands = {
	d = ranges.Digit, s = ranges.Space, w = { { 48, 57 }, { 65, 90 }, { 95, 95 }, { 97, 122 } },
	h = { { 9, 9 }, { 32, 32 }, { 0xA0, 0xA0 }, { 0x1680, 0x1680 }, { 0x180E, 0x180E }, { 0x2000, 0x200A }, { 0x202F, 0x202F },
		{ 0x205F, 0x205F }, { 0x3000, 0x3000 } },
	v = { { 10, 13 }, { 0x85, 0x85 }, { 0x2028, 0x2029 } },
}

-- Same members among ASCII characters with and without UNICODE_CHARACTER_CLASS.
local same_in_unicode = { Alpha = true, Digit = true, Lower = true, Upper = true, Alnum = true, Space = true, XDigit = true }

local categories = {}
for name in ("L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp Cc Cf Co"):gmatch("%S+") do
	categories[name] = name
end
categories.LC = "L&"

local scripts = {}
for name in ([[Arabic Armenian Bengali Bopomofo Braille Cherokee Common Coptic Cyrillic Devanagari Ethiopic Georgian Gothic Greek
	Gujarati Gurmukhi Han Hangul Hebrew Hiragana Kannada Katakana Khmer Lao Latin Malayalam Mongolian Myanmar Ogham Oriya Runic
	Sinhala Syriac Tamil Telugu Thaana Thai Tibetan]]):gmatch("%a+") do
	scripts[name:lower()] = name
end

-- Classes of one case, which Java's releases extend differently when case is ignored.
local cased = { Lower = true, Upper = true, Lu = true, Ll = true, Lt = true }

--- A character of a PCRE2 pattern, inside a class or not.
-- @tparam integer c code point
-- @treturn string
function M.character(c)
	local text = c < 128 and string.char(c)
	if text and text:find("^[%w_]$") then return text end
	return ("\\x{%x}"):format(c)
end

--- Items of a class: every range.
-- @tparam {{integer,integer},...} list ascending, apart
-- @treturn string
function M.items(list)
	local parts = {}
	for i, range in ipairs(list) do
		parts[i] = M.character(range[1]) .. (range[2] > range[1] and "-" .. M.character(range[2]) or "")
	end
	return table.concat(parts)
end

local function complement(list)
	local rest, from = {}, 0
	for _, range in ipairs(list) do
		if range[1] > from then rest[#rest + 1] = { from, range[1] - 1 } end
		from = range[2] + 1
	end
	if from <= MAX then rest[#rest + 1] = { from, MAX } end
	return rest
end

local function items_of(list, negated)
	return M.items(negated and complement(list) or list)
end

--- \d, \W and their like.
-- @tparam string letter
-- @treturn string|nil items; nil when it is no such letter
function M.shorthand(letter)
	local list = shorthands[letter:lower()]
	return list and items_of(list, letter:find("%u"))
end

local function script_name(name)
	local script = scripts[name:lower()]
	if not script then return nil end
	-- since PCRE2 10.40 the bare name includes characters that several scripts share
	local major, minor = require("samzak8s.native.regex").version():match("^(%d+)%.(%d+)")
	local bare = tonumber(major) == 10 and tonumber(minor) < 40
	return (bare and "" or "sc:") .. script
end

--- \p{name} and, negated, \P{name}.
-- @tparam string name
-- @tparam boolean negated
-- @tparam table flags `i`, `U` as in Java's (?iU)
-- @treturn string|nil items; nil when it has no exact counterpart
-- @treturn boolean whether that holds for ASCII texts only
function M.property(name, negated, flags)
	local bare = name:gsub("^Is", "")
	if flags.i and cased[bare] then return nil end
	if ranges[name] then
		if flags.U and not same_in_unicode[name] then return nil end
		return items_of(ranges[name], negated), flags.U
	end
	if name == "L1" then return items_of({ { 0, 255 } }, negated), false end
	local property, value = name:match("^(%w+)=(%w+)$")
	property = property and property:lower()
	local found
	if property == "sc" or property == "script" then
		found = script_name(value)
	elseif property == "gc" or property == "general_category" then
		found = not (flags.i and cased[value]) and categories[value]
	elseif not property then
		found = categories[bare] or name ~= bare and script_name(bare)
	end
	if not found then return nil end
	return ("\\%s{%s}"):format(negated and "P" or "p", found), false
end

return M
