-- SPDX-License-Identifier: Apache-2.0
local java_regex = require("samzak8s.samza.java_regex")

local function matches(pattern, text)
	local re, err = java_regex.compile(pattern)
	assert(re, err and err.message)
	local found, wrong = re:matches(text)
	assert(found ~= nil, wrong and wrong.message)
	return found
end

local function refusal(pattern)
	local re, err = java_regex.compile(pattern)
	assert.is_nil(re, pattern)
	return err
end

-- Each: pattern, a name that it matches, a name that it does not.
local ACCEPTED = {
	{ "orders-.*", "orders-eu", "orders" },
	{ "orders", "orders", "orders-eu" },
	{ "a|ab", "ab", "abc" },
	{ "[a-z&&[^bc]]+", "axz", "abz" },
	{ "[a-z&&c-e]", "d", "f" },
	{ "[a[b-d]x]", "c", "e" },
	{ "[[:alpha:]]", "p", "b" },
	{ "[]a]", "]", "[" },
	{ "[a-]", "-", "b" },
	{ "\\p{Digit}+", "42", "4x" },
	{ "\\P{Punct}", "a", "!" },
	{ "\\pL", "é", "1" },
	{ "\\p{IsLatin}\\p{script=Greek}", "éα", "αé" },
	{ "\\u0061\\x62\\x{63}\\0144", "abcd", "abce" },
	{ "\\uD83D\\uDE00", "\u{1F600}", "x" },
	{ "\\cA", "\1", "A" },
	{ "\\Qa.b\\E*", "a.bb", "axb" },
	{ "\\Qa.b", "a.b", "axb" },
	{ "(?i)ab[c-e]", "ABD", "ABF" },
	{ "a(?i:b)c", "aBc", "aBC" },
	{ "(?x) a\\ b # a comment\n [c d]", "a bd", "a b " },
	{ "(?s).", "\n", "" },
	{ ".", "x", "\u{2028}" },
	{ "(?d).", "\r", "\n" },
	{ "(?<n>a|b)\\k<n>(.)\\2", "aaxx", "abxx" },
	{ "a{2}{3}", "aa", "aaaaaa" },
	{ "a{2,}+", "aaa", "a" },
	{ "(?>a|ab)c|d", "ac", "abc" },
	{ "(?=a).(?!c).(?<=b)", "ab", "ac" },
	{ "}]", "}]", "}" },
	{ "(?U)\\w\\d", "a1", "a" },
	{ "\\ba\\Bb\\b-", "ab-", "a-b-" },
}

-- Each: pattern, code, characters before the place.
local REFUSED = {
	{ "a{", "syntax", 1 }, { "a{x}", "syntax", 1 }, { "a**", "syntax", 2 }, { "*a", "syntax", 0 }, { "a{2,1}", "syntax", 1 },
	{ "(a", "syntax", 0 }, { "a)", "syntax", 1 }, { "[a", "syntax", 0 }, { "[b-a]", "syntax", 1 }, { "a\\", "syntax", 1 },
	{ "ab\\K", "syntax", 2 }, { "\\C", "syntax", 0 }, { "\\g1", "syntax", 0 }, { "\\o{61}", "syntax", 0 }, { "\\E", "syntax", 0 },
	{ "(?P<n>a)", "syntax", 0 }, { "(?R)", "syntax", 0 }, { "(?1)", "syntax", 0 }, { "(?|a)", "syntax", 0 }, { "(*F)", "syntax", 1 },
	{ "(?#c)", "syntax", 0 }, { "(?(1)a)", "syntax", 0 }, { "\\x6", "syntax", 0 }, { "\\u006", "syntax", 0 }, { "\\08", "syntax", 0 },
	{ "(?<n>a)(?<n>b)", "syntax", 7 }, { "\\k<n>(?<n>a)", "syntax", 0 }, { "(?<1n>a)", "syntax", 0 }, { "[a-\\d]", "syntax", 1 },
	{ "[^a[b]]", "unsupported", 3 }, { "[a[^b]]", "unsupported", 2 }, { "[^a&&b]", "unsupported", 3 }, { "[a&&b&&c]", "unsupported", 2 },
	{ "\\p{InGreek}", "unsupported", 0 }, { "x\\p{javaLowerCase}", "unsupported", 1 }, { "(?i)\\p{Lu}", "unsupported", 4 },
	{ "\\R", "unsupported", 0 }, { "\\X", "unsupported", 0 }, { "\\N{DIGIT ONE}", "unsupported", 0 }, { "\\b{g}", "unsupported", 0 },
	{ "(?c)a", "unsupported", 0 }, { "(a\\1)", "unsupported", 2 }, { "\\1", "unsupported", 0 }, { "(?i)(a)\\1", "unsupported", 7 },
	{ "(?iu)é", "unsupported", 5 }, { "a{70000}", "unsupported", 1 }, { "é(?<=a|b{1,2})", "unsupported", 1 },
}

describe("Java regexes", function()
	for _, case in ipairs(ACCEPTED) do
		it("mean the same here: " .. case[1], function()
			assert.is_true(matches(case[1], case[2]))
			assert.is_false(matches(case[1], case[3]))
		end)
	end

	for _, case in ipairs(REFUSED) do
		it("are refused with the place: " .. case[1], function()
			local err = refusal(case[1])
			assert.equal("regex." .. case[2], err.code)
			assert.equal(case[3], err.offset)
		end)
	end

	it("are quoted in messages, with the place counted from 1 in characters", function()
		assert.equal("java regex 'é[a&&b&&c]': character 4: this intersection (&&) has no exact counterpart here",
			refusal("é[a&&b&&c]").message)
	end)

	it("match ASCII names only, where Java's releases differ beyond", function()
		local re = java_regex.compile("a\\b.*")
		assert.is_true(re:matches("a-b"))
		local found, err = re:matches("aé")
		assert.is_nil(found)
		assert.equal("regex.ascii", err.code)
		assert.equal("java regex 'a\\b.*': character 2: \\b is exact for ASCII names only", err.message)
	end)

	it("end with an error where they would take for ever", function()
		local found, err = java_regex.compile("(a+)+b"):matches(("a"):rep(60))
		assert.is_nil(found)
		assert.equal("regex.limit", err.code)
		assert.equal("java regex '(a+)+b' on '" .. ("a"):rep(60) .. "': match limit exceeded", err.message)
	end)
end)
