-- SPDX-License-Identifier: Apache-2.0
local quantity = require("samzak8s.kubernetes.quantity")

local function nano(text)
	local q = quantity.parse(text)
	return q and (q.negative and "-" or "") .. q.nano
end

-- Equal amounts, whatever the spelling; by the API server's own parser.
local same = {
	{ "1.5", "1500m" }, { ".5", "500m" }, { "5.", "5" }, { "00.5", "500m" }, { "010", "10" }, { "+1", "1" },
	{ "1024Mi", "1Gi" }, { "1.5Gi", "1536Mi" }, { "0.5Mi", "512Ki" }, { "1000m", "1" }, { "1000", "1k" },
	{ "1e3", "1000" }, { "12E6", "12M" }, { "1e+3", "1000" }, { "1e-3", "1m" }, { "1E0", "1" }, { "1E", "1000P" },
	{ "0.1m", "100u" }, { "1n", "0.001u" }, { "100Ei", "9223372036854775807" }, { "8Ei", "9223372036854775807" },
	{ ".", "0" }, { "-0", "0" }, { "0.0000000001", "1n" }, { "1Ki", "1024" }, { "1Pi", "1125899906842624" },
	{ "9.9999999999n", "10n" }, { "1e60", "100Ei" }, { "0e99999", "0" }, { "1e-99999", "1n" },
	{ "1e99999999999999999999", "100Ei" },
}

local refused = { "", "1K", "1ki", "1KI", "1mi", "1MI", "1gi", "1g", "1GB", "1GiB", "1Zi", "1Y", "1i", "1 Gi", " 1", "1 ",
	"1_000", "1,000", "0x10", "1.2.3", "1e", "2ee3", "1e1.5", "Inf", "NaN", "e3", "-", "+", "Gi", "--1", "1Mib", "\0" }

describe("a quantity", function()
	for _, pair in ipairs(same) do
		it(("%s equals %s"):format(pair[1], pair[2]), function()
			assert.equal(nano(pair[2]), nano(pair[1]))
			assert.equal(0, quantity.compare(quantity.parse(pair[1]), quantity.parse(pair[2])))
		end)
	end
	for _, text in ipairs(refused) do
		it(("%q is none"):format(text), function() assert.is_nil(quantity.parse(text)) end)
	end
	it("compares exactly", function()
		local ascending = { "-1Gi", "-1", "-1m", "0", "1n", "1m", "999m", "1", "1.000000001", "1k", "1Ki", "1M", "1Mi",
			"9223372036854775806", "8Ei" }
		for i, a in ipairs(ascending) do
			for j, b in ipairs(ascending) do
				assert.equal(i < j and -1 or i > j and 1 or 0, quantity.compare(quantity.parse(a), quantity.parse(b)), a .. " " .. b)
			end
		end
	end)
end)

describe("a quantity of a container", function()
	local function why(kind, text, zero) return (select(2, quantity.check(kind, text, zero))) end
	it("takes what a user means", function()
		for _, text in ipairs { "1Gi", "512Mi", "1.5Gi", "1e9", "1073741824", "1G", "0.5Ki" } do
			assert.is_nil(why("memory", text), text)
		end
		for _, text in ipairs { "1", "0.5", "500m", "1.5", "2e0", "0.001" } do assert.is_nil(why("cpu", text), text) end
		assert.is_nil(why("cpu", "0", true))
	end)
	it("refuses memory in fractions of a byte", function()
		assert.equal('"512m" counts fractions of a byte ("m" is no megabyte)', why("memory", "512m"))
		assert.equal('"1000m" counts fractions of a byte ("m" is no megabyte)', why("memory", "1000m"))
		assert.equal('"1.1Ki" is not a whole number of bytes', why("memory", "1.1Ki"))
		assert.equal('"1.5" is not a whole number of bytes', why("memory", "1.5"))
		assert.equal('"0.0000000001" is not a whole number of bytes', why("memory", "0.0000000001"))
	end)
	it("refuses a CPU finer than a thousandth", function()
		assert.equal('"0.1m" is finer than a thousandth of a core', why("cpu", "0.1m"))
		assert.equal('"1.0001" is finer than a thousandth of a core', why("cpu", "1.0001"))
	end)
	it("refuses nothing, less than nothing, too much, and text", function()
		assert.equal('"0" is nothing at all', why("memory", "0"))
		assert.equal('"-1" is negative', why("cpu", "-1"))
		assert.equal('"8Ei" is more than 2^63-2', why("memory", "8Ei"))
		assert.equal('"1GB" is not a Kubernetes quantity', why("memory", "1GB"))
		assert.equal('"" is not a Kubernetes quantity', why("cpu", ""))
	end)
	it("says what to write", function()
		assert.equal("write bytes with a suffix, such as 512Mi, 1Gi or 1G", (select(3, quantity.check("memory", "1GB"))))
		assert.equal("write cores or thousandths of a core, such as 1, 0.5 or 500m", (select(3, quantity.check("cpu", "x"))))
	end)
end)
