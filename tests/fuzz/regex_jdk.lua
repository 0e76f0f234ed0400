-- SPDX-License-Identifier: Apache-2.0
-- Compares samza/java_regex.lua with java.util.regex on random patterns and names, in TAP: lua regex_jdk.lua [SEED [COUNT]]
-- The JDK makes the pairs and matches them (RegexJdk.java). We may refuse a pattern that Java takes, but never the other way
-- round, never say "syntax" of what Java takes, and what we take must match alike.
local java_regex = require("samzak8s.samza.java_regex")

local seed = math.tointeger(arg[1] or 1)
local count = math.tointeger(arg[2] or 20000)
local folder = arg[0]:match("^(.*)/") or "."
local BATCHES = 10

-- What runs RegexJdk: compiled classes that the caller names, or the source, which takes a JDK.
local program = os.getenv("REGEX_JDK")
if not program then
	if not os.execute("java --list-modules 2>/dev/null | grep -q '^jdk.compiler'") then
		print("1..1\nok 1 # SKIP no JDK")
		os.exit(0)
	end
	program = ("java %s/RegexJdk.java"):format(folder)
end

local pipe = assert(io.popen(("%s %d %d"):format(program, seed, count)))

local function take_int()
	return (string.unpack(">i4", (assert(pipe:read(4), "the records end early"))))
end

local function take_text()
	local length = take_int()
	return length == 0 and "" or pipe:read(length)
end

local function shown(text)
	return (("%q"):format(text):gsub("\\\n", "\\n"))
end

local tally = { same = 0, matching = 0, both_refuse = 0, ours_refuses = 0, names_refused = 0 }

-- What is wrong with our answers for one pattern, or nil.
local function compare(pattern, answers)
	local re, err = java_regex.compile(pattern)
	if not answers then
		tally.both_refuse = tally.both_refuse + (re and 0 or 1)
		return re and "the JDK refuses it, we take it as " .. re.translated.text or nil
	end
	if not re then
		tally.ours_refuses = tally.ours_refuses + 1
		return err.code ~= "regex.unsupported" and "the JDK takes it, we say: " .. err.message or nil
	end
	for _, answer in ipairs(answers) do
		local found, wrong = re:matches(answer.name)
		if found == nil then
			tally.names_refused = tally.names_refused + 1
			if wrong.code == "regex.text" then return wrong.message end
		elseif found ~= answer.matches then
			return ("%s: JDK %s, ours %s (%s)"):format(shown(answer.name), answer.matches, found, re.translated.text)
		else
			tally.same = tally.same + 1
			tally.matching = tally.matching + (found and 1 or 0)
		end
	end
end

local function take_record()
	local pattern, names = take_text(), take_int()
	if names < 0 then return pattern end
	local answers = {}
	for i = 1, names do answers[i] = { name = take_text(), matches = pipe:read(1) == "\1" } end
	return pattern, answers
end

print("1.." .. BATCHES)
local failed, patterns = 0, count // BATCHES
for batch = 1, BATCHES do
	local wrong = 0
	for _ = 1, patterns // BATCHES do
		local pattern, answers = take_record()
		local problem = compare(pattern, answers)
		if problem then
			wrong = wrong + 1
			if wrong <= 20 then print(("# %s\n#   %s"):format(shown(pattern), problem)) end
		end
	end
	if wrong > 0 then failed = failed + 1 end
	print(("%sok %d - patterns of seed %d match as java.util.regex says, or are refused"):format(wrong > 0 and "not " or "", batch, seed))
end
pipe:close()
print(("# %d pairs alike, %d of them matches; refused: %d patterns by both, %d by us alone, %d names by us"):format(
	tally.same, tally.matching, tally.both_refuse, tally.ours_refuses, tally.names_refused))
os.exit(failed == 0)
