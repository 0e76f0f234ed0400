-- SPDX-License-Identifier: Apache-2.0
-- Manifests of every layout, spoilt at random: what is found may be anything, but looking never raises.
local find = require("samzak8s.kubernetes.findings")
local ownership = require("samzak8s.kubernetes.ownership")
local yaml = require("samzak8s.native.yaml")

local ROUNDS = 40 -- of each file

-- New tables each time: they are spoilt, too.
local function values()
	return { 7, -1, 1.5, true, false, "text", "", "$(A)", { 1 }, { a = "b" }, {}, { { name = "x" } }, { name = "x" } }
end

local function files()
	local found, pipe = {}, assert(io.popen("ls tests/golden/*/out tests/golden/*/*.yaml examples/*/*.yaml"))
	for path in pipe:lines() do
		local file <close> = assert(io.open(path, "rb"))
		local text = file:read("a")
		if #text < 100000 and text:find("^kind:", 1) or text:find("\nkind:", 1, true) then found[#found + 1] = { path = path, text = text } end
	end
	pipe:close()
	return found
end

-- Every table of a value, and the keys in it.
local function places(value, list)
	for key, item in pairs(value) do
		list[#list + 1] = { value, key }
		if type(item) == "table" then places(item, list) end
	end
	return list
end

describe("findings in spoilt manifests", function()
	local seed = os.time()
	math.randomseed(seed)
	local tried = 0

	for _, file in ipairs(files()) do
		if yaml.parse(file.text) then
			it("never raise: " .. file.path, function()
				for _ = 1, ROUNDS do
					local documents = yaml.parse(file.text)
					for _ = 1, math.random(1, 3) do
						local list = places(documents, {})
						local place = list[math.random(#list)]
						local value = values()[math.random(13)]
						if math.random(3) == 1 and type(place[2]) == "string" then value = nil end
						place[1][place[2]] = value
					end
					local ran, why = pcall(function()
						local found, known = find(documents, { ours = function() return true end })
						for _, f in ipairs(found) do assert(type(f.message) == "string" and type(f.path) == "string") end
						ownership(known, function(r, path, message) assert(r.kind and type(path) == "string" and type(message) == "string") end)
					end)
					assert.is_true(ran, ("seed %d: %s"):format(seed, tostring(why)))
					tried = tried + 1
				end
			end)
		end
	end

	it("were looked for", function() assert.is_true(tried > 1000) end)
end)
