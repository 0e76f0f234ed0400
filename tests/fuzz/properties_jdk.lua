-- SPDX-License-Identifier: Apache-2.0
-- Compares props.parse with java.util.Properties on random files, in TAP: lua properties_jdk.lua [SEED [COUNT]]
-- The JDK makes the files and reads them (PropertiesJdk.java); one pipe brings both here.
local props = require("samzak8s.native.props")

local seed = math.tointeger(arg[1] or 1)
local count = math.tointeger(arg[2] or 100000)
local batch = math.max(1, count // 10)
local folder = arg[0]:match("^(.*)/") or "."

-- What runs PropertiesJdk: compiled classes that the caller names, or the source, which takes a JDK.
local program = os.getenv("PROPERTIES_JDK")
if not program then
	if not os.execute("java --list-modules 2>/dev/null | grep -q '^jdk.compiler'") then
		print("1..1\nok 1 # SKIP no JDK")
		os.exit(0)
	end
	program = ("java %s/PropertiesJdk.java"):format(folder)
end

local pipe = assert(io.popen(("%s %d %d"):format(program, seed, count)))

local function take_int()
	return (string.unpack(">i4", (assert(pipe:read(4), "the records end early"))))
end

local function take_text()
	local length = take_int()
	return length == 0 and "" or pipe:read(length)
end

--- What the JDK makes of the next file.
-- @treturn string the file
-- @treturn table|nil keys and values in turn
-- @treturn string|nil the message when it refuses the file
local function take_record()
	local file = take_text()
	local entries = take_int()
	if entries < 0 then return file, nil, take_text() end
	local texts = {}
	for i = 1, 2 * entries do texts[i] = take_text() end
	return file, texts
end

local function ours(file)
	local entries, err = props.parse(file)
	if not entries then return nil, err.message end
	local texts = {}
	for _, entry in ipairs(entries) do
		texts[#texts + 1] = entry.key
		texts[#texts + 1] = entry.value
	end
	return texts
end

local function shown(texts, message)
	if not texts then return "refused: " .. message end
	local quoted = {}
	for i, text in ipairs(texts) do quoted[i] = ("%q"):format(text):gsub("\n", "n") end
	return table.concat(quoted, " ")
end

--- The one difference we want: JDK 17 makes an empty entry of a last line that is a lone backslash.
local function without_lone_backslash(file, texts)
	local n = #texts
	if n > 0 and texts[n - 1] == "" and texts[n] == "" and file:find("\\[ \t\f\r\n]*$") then
		return { table.unpack(texts, 1, n - 2) }
	end
	return texts
end

local failed, dropped, refused = 0, 0, 0
print(("1..%d"):format((count + batch - 1) // batch))
for first = 1, count, batch do
	local last, wrong = math.min(first + batch - 1, count), 0
	for number = first, last do
		local file, texts, message = take_record()
		local mine = shown(ours(file))
		if not texts then refused = refused + 1 end
		if texts and mine ~= shown(texts) then
			texts, dropped = without_lone_backslash(file, texts), dropped + 1
		end
		if mine ~= shown(texts, message) then
			wrong = wrong + 1
			if wrong <= 3 then
				print(("# file %d: %s\n#   JDK:  %s\n#   ours: %s"):format(number, shown({ file }), shown(texts, message), mine))
			end
		end
	end
	if wrong > 0 then failed = failed + 1 end
	print(("%sok %d - files %d to %d of seed %d read as java.util.Properties reads them"):format(
		wrong > 0 and "not " or "", (first + batch - 1) // batch, first, last, seed))
end
if not pipe:close() then
	print("Bail out! the JDK failed")
	failed = failed + 1
end
print(("# both refused %d files, %d ended in a lone backslash"):format(refused, dropped))
os.exit(failed == 0)
