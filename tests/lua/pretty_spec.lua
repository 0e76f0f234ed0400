-- SPDX-License-Identifier: Apache-2.0
local pretty = require("samzak8s.pretty")

local function back(text)
	return assert(load("return " .. text))()
end

describe("the printer", function()
	it("keeps integers integers and floats floats", function()
		assert.are.equal("{ 1, 1.0, 0.1, -3 }", pretty.format({ 1, 1.0, 0.1, -3 }))
		for _, n in ipairs({ 0, 2 ^ 53, 1 / 3, 1e300, math.mininteger, math.maxinteger, math.huge, -math.huge }) do
			assert.are.equal(n, back(pretty.number(n)))
			assert.are.equal(math.type(n), math.type(back(pretty.number(n))))
		end
	end)

	it("sorts keys and quotes those that are no identifiers", function()
		assert.are.equal('{ a = 1, b = 2, ["end"] = 3, ["job.name"] = "x" }',
			pretty.format({ ["end"] = 3, b = 2, a = 1, ["job.name"] = "x" }))
	end)

	it("prints what can be pasted back, whatever bytes a string has", function()
		for _, text in ipairs({ "", "a\"b\\c", "line\nline\r\t", "\0\1\27[31m", "grüße", "\xff\xfe", "\u{85}\u{202E}", "1\0012" }) do
			local shown = pretty.quote(text)
			assert.are.equal(text, back(shown))
			assert.is_nil(shown:find("%c"))
		end
	end)

	it("cuts at depth 3 with a comment, so that the text still loads", function()
		local text = pretty.format({ { { { 1 } } } })
		assert.are.equal("{ { { { --[[ ... ]] } } } }", text)
		assert.are.same({ { { {} } } }, back(text))
	end)

	it("shows 40 rows and says how many more there are", function()
		local rows = {}
		for i = 1, 500 do rows[i] = { name = "Partition " .. i } end
		local text = pretty.format(rows)
		assert.are.equal("-- 460 more: all(_)", text:match("[^\n]*$"))
		assert.are.equal(40, #back(text))
		assert.are.equal(500, #back(pretty.format(rows, { all = true })))
	end)

	it("cuts long strings between characters", function()
		local text = pretty.format(("ü"):rep(1000), { bytes = 101 })
		assert.are.equal(('"%s" --[[ 1,900 more bytes: all(_) ]]'):format(("ü"):rep(50)), text)
	end)

	it("marks cycles, and prints a table twice when it is there twice", function()
		local t = { name = "a" }
		t.self = t
		assert.are.equal('{ name = "a", self = nil --[[ cycle ]] }', pretty.format(t))
		local shared = { 1 }
		assert.are.equal("{ { 1 }, { 1 } }", pretty.format({ shared, shared }))
	end)

	it("masks the values of secret keys, also in pairs of name and value", function()
		assert.are.equal('{ ["sensitive.x"] = "********", ["ssl.key.password"] = "********" }',
			pretty.format({ ["sensitive.x"] = "hunter2", ["ssl.key.password"] = "hunter2" }))
		assert.are.equal('{ name = "sensitive.x", value = "********" }', pretty.format({ name = "sensitive.x", value = "hunter2" }))
		assert.are.equal('{ ["sensitive.x"] = "hunter2" }', pretty.format({ ["sensitive.x"] = "hunter2" }, { secret = false }))
	end)

	it("runs no metamethod", function()
		local t = setmetatable({ 1 }, { __index = error, __len = error, __pairs = error, __tostring = error })
		assert.are.equal("{ 1 }", pretty.format(t))
	end)

	it("breaks long tables into lines", function()
		local text = pretty.format({ ("a"):rep(60), ("b"):rep(60) })
		assert.are.equal(('{\n\t"%s",\n\t"%s"\n}'):format(("a"):rep(60), ("b"):rep(60)), text)
	end)

	it("fills lines with short scalars", function()
		local numbers = {}
		for i = 1, 30 do numbers[i] = i * 1000 end
		local text = pretty.format(numbers)
		assert.are.equal(4, select(2, text:gsub("\n", "")))
		assert.are.same(numbers, back(text))
	end)

	it("prints functions as nil with a comment", function()
		assert.are.equal("{ f = nil --[[ function ]] }", pretty.format({ f = print }))
	end)
end)
