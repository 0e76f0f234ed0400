-- SPDX-License-Identifier: Apache-2.0
local jaas = require("samzak8s.samza.jaas")

local PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"

local function options(text)
	local entry, wrong = jaas.parse(PLAIN .. " required " .. text)
	assert.is_nil(wrong)
	return entry.options
end

describe("jaas.parse", function()
	it("reads module, flag and options", function()
		assert.same({ module = PLAIN, flag = "required", options = { username = "alice", password = "s3 cret" } },
			jaas.parse(PLAIN .. ' Required username=alice password="s3 cret" ;'))
	end)
	it("takes the first of several entries", function()
		assert.equal("a.B", jaas.parse("a.B optional x=y; c.D required;").module)
	end)
	it("reads words with digits, dots, dashes, underscores, dollars and letters beyond ASCII", function()
		assert.same({ username = "a-1._$é日" }, options("username=a-1._$é日;"))
	end)
	it("reads both kinds of quotes, with commas, equals signs, slashes and the other quote", function()
		assert.same({ username = "u@x/y", password = [[p,a=s; "q" 'x' \ é]] },
			options([[username='u@x/y' password="p,a=s; \"q\" 'x' \\ é";]]))
	end)
	it("reads Java's escapes", function()
		assert.same({ password = "\n\t\r\b\f\a\vq!A\0" .. "8" .. "?" .. utf8.char(255) .. " 7" },
			options([[password="\n\t\r\b\f\a\v\q\41\101\08\77\377\0407";]]))
	end)
	it("skips comments, of which a bare slash is one", function()
		assert.same({ username = "u", password = "p" }, options("/* x */ username=u // y\npassword=p / z\n;"))
	end)

	local refused = {
		{ "", "Login module not specified in JAAS config" },
		{ " // x", "Login module not specified in JAAS config" },
		{ "'a' ;", "Login module control flag is not available in the JAAS config" },
		{ PLAIN, "Login module control flag not specified in JAAS config" },
		{ PLAIN .. " requierd;", "Invalid login module control flag 'requierd' in JAAS config" },
		{ PLAIN .. " required username", "Value not specified for key 'username' in JAAS config" },
		{ PLAIN .. " required username=;", "Value not specified for key 'username' in JAAS config" },
		{ PLAIN .. " required password=123;", "Value not specified for key 'password' in JAAS config" },
		{ PLAIN .. " required password=-1;", "Value not specified for key 'password' in JAAS config" },
		{ PLAIN .. " required username=u@x;", "Value not specified for key 'null' in JAAS config" },
		{ PLAIN .. " required username=u password=a/b;", "JAAS config entry not terminated by semi-colon" },
		{ PLAIN .. ' required password="p"', "JAAS config entry not terminated by semi-colon" },
		{ PLAIN .. " required; x", "Login module control flag not specified in JAAS config" },
	}
	for _, case in ipairs(refused) do
		it("refuses " .. case[1], function()
			local entry, wrong = jaas.parse(case[1])
			assert.is_nil(entry)
			assert.equal(case[2], wrong)
		end)
	end
	it("ends a quoted text at the end of its line", function()
		assert.same({ password = "p" }, options('password="p\n;'))
	end)
	it("never shows what may be a piece of a password", function()
		for _, text in ipairs { "M required password=hunter two;", 'M "hunter2" x=y;', "M hunter2;", 'M required password=x "hunter2";' } do
			local _, wrong = jaas.parse(text)
			assert.not_matches("hunter", wrong)
			assert.not_matches("two", wrong)
			assert.matches("%*%*%*%*", wrong)
		end
	end)
	it("ends on any input", function()
		local alphabet = { " ", "a", '"', "'", "\\", "/", "*", "\n", "=", ";", "1", "-", ".", "é", "required" }
		local seed = 1
		for _ = 1, 3000 do
			local parts = {}
			for i = 1, 12 do
				seed = (seed * 1103515245 + 12345) % 2147483648
				parts[i] = alphabet[seed // 65536 % #alphabet + 1]
			end
			local entry, wrong = jaas.parse(table.concat(parts))
			assert.is_true((entry == nil) ~= (wrong == nil))
		end
	end)
end)
