-- SPDX-License-Identifier: Apache-2.0
local text_table = require("samzak8s.text_table")

describe("a text table", function()
	it("aligns columns, numbers to the right, and leaves no blanks at line ends", function()
		local text = text_table.format({ { name = "orders", partitions = 4 }, { name = "payments-large", partitions = 128 } },
			{ "name", "partitions" })
		assert.are.equal("NAME            PARTITIONS\norders                   4\npayments-large         128\n", text)
	end)

	it("counts characters, not bytes", function()
		assert.are.equal("NAME   X\ngrüße  1\nabcde  1\n",
			text_table.format({ { name = "grüße", x = "1" }, { name = "abcde", x = "1" } }, { "name", "x" }))
	end)

	it("takes arrays of cells with titles", function()
		assert.are.equal("SYSTEM  STREAM\nkafka   orders\n", text_table.format({ { "kafka", "orders" } }, { "SYSTEM", "STREAM" }))
	end)

	it("prints the header alone when there are no rows", function()
		assert.are.equal("SYSTEM  STREAM\n", text_table.format({}, { "SYSTEM", "STREAM" }))
	end)

	it("guesses columns, what names a record first", function()
		assert.are.equal("ID  TASKS\n0   Partition 0,Partition 1\n1\n",
			text_table.format({ { tasks = { "Partition 0", "Partition 1" }, id = "0" }, { id = "1" } }))
	end)

	it("counts nested records, and keeps control characters out", function()
		assert.are.equal("NAME  PARTITIONS\na b   2 items\n", text_table.format({ { name = "a\nb", partitions = { {}, {} } } }))
	end)

	it("knows what can be laid out", function()
		assert.is_true(text_table.fits({ { a = 1 } }))
		for _, value in ipairs({ {}, { 1 }, { { 1 } }, { a = { b = 1 } }, { { a = 1 }, x = { a = 1 } }, "text" }) do
			assert.is_false(text_table.fits(value))
		end
	end)
end)
