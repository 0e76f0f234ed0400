-- SPDX-License-Identifier: Apache-2.0
local codes = require("samzak8s.codes")
local sorted = require("samzak8s.sorted")

local function text_of(command)
	local pipe = assert(io.popen(command))
	local text = pipe:read("a")
	pipe:close()
	return text
end

describe("diagnostic codes", function()
	local sources = text_of("cat $(find lua/samzak8s lua/groupers lua/layouts src -name '*.lua' -o -name '*.c' | grep -v lua/samzak8s/codes.lua | LC_ALL=C sort)")
	it("are all explained", function()
		local missing = {}
		local function want(code)
			if not codes[code] then missing[code] = true end
		end
		for code in sources:gmatch('code = "([%l.%-]+)"') do
			if code:find(".", 1, true) and not code:find("%.$") then want(code) end
		end
		for code in sources:gmatch('sk_fail%(L, "([%l.%-]+)"') do want(code) end
		for code in sources:gmatch(':fail%([^,]+, "([%l]+%.[%l.%-]+)"') do want(code) end
		assert.same({}, missing)
	end)
	it("are all used", function()
		local unused = {}
		for name in sorted.pairs(codes) do
			local used = sources:find('"' .. name .. '"', 1, true) or name:find("^policy%.[nw]")
			if not used then unused[#unused + 1] = name end
		end
		assert.same({}, unused)
	end)
	it("have a meaning and a remedy, in lower case and without a full stop", function()
		for name, entry in sorted.pairs(codes) do
			for _, text in ipairs { entry.means, entry.remedy } do
				assert.is_nil(text:find("%.$"), name)
			end
		end
	end)
end)
