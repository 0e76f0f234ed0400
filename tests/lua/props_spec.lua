-- SPDX-License-Identifier: Apache-2.0
local props = require("samzak8s.native.props")

describe("props.parse", function()
	it("returns entries in file order, duplicates included, with the line each starts in", function()
		local entries, warnings = props.parse("# a job\njob.name=x\\\n  y\n\na = 1\na = 2\n")
		assert.same({
			{ key = "job.name", value = "xy", line = 2 },
			{ key = "a", value = "1", line = 5 },
			{ key = "a", value = "2", line = 6 },
		}, entries)
		assert.same({}, warnings)
	end)

	it("returns no entry for an empty file", function()
		assert.same({}, (props.parse("")))
	end)

	it("keeps embedded NUL bytes", function()
		assert.same({ { key = "a\0b", value = "\0c", line = 1 } }, (props.parse("a\0b=\0c")))
	end)

	it("gives ISO-8859-1 bytes as UTF-8, without a warning when the file is not UTF-8", function()
		local entries, warnings = props.parse("caf\xE9=\\u20ac")
		assert.same({ { key = "café", value = "€", line = 1 } }, entries)
		assert.same({}, warnings)
	end)

	it("refuses a malformed \\u in Java's words and names its own line, not the entry's", function()
		local entries, err = props.parse("a=1\nb=2\\\n  \\u00zz")
		assert.is_nil(entries)
		assert.equal("properties.malformed", err.code)
		assert.equal("Malformed \\uxxxx encoding.", err.message)
		assert.equal(3, err.line)
		assert.truthy(err.hint)
		assert.equal("Malformed \\uxxxx encoding.", tostring(err))
	end)

	it("warns of UTF-8 text in an entry and says how Samza reads it", function()
		local entries, warnings = props.parse("a=1\nb=é\n")
		assert.equal("Ã©", entries[2].value)
		assert.equal(1, #warnings)
		assert.equal("properties.utf8", warnings[1].code)
		assert.equal("the file is UTF-8, but Samza reads it as ISO-8859-1: é becomes Ã©", warnings[1].message)
		assert.equal(2, warnings[1].line)
	end)

	it("does not warn of UTF-8 in comments, which never reach the model", function()
		assert.same({}, (select(2, props.parse("# é\na=1\n"))))
	end)

	it("warns of a byte order mark once", function()
		local entries, warnings = props.parse("\xEF\xBB\xBFjob.name=x\n")
		assert.equal("ï»¿job.name", entries[1].key)
		assert.equal(1, #warnings)
		assert.equal("properties.mark", warnings[1].code)
		assert.equal(1, warnings[1].line)
	end)

	it("warns once an entry of surrogates that stand alone", function()
		local entries, warnings = props.parse("a=\\uD83D\\uDE00\nb=\\uD83D \\uDE00\n")
		assert.equal("😀", entries[1].value)
		assert.equal("? ?", entries[2].value)
		assert.equal(1, #warnings)
		assert.equal("properties.surrogate", warnings[1].code)
		assert.equal(2, warnings[1].line)
	end)

	it("raises when it is not given a string", function()
		assert.has_error(function() props.parse({}) end)
	end)
end)
