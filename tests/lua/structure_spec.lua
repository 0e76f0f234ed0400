-- SPDX-License-Identifier: Apache-2.0
-- What the tree promises: which file may require which, how files begin, how long they are, that examples run.

local function lines(command)
	local found, pipe = {}, assert(io.popen(command))
	for line in pipe:lines() do table.insert(found, line) end
	pipe:close()
	return found
end

local function read(path)
	local file <close> = assert(io.open(path, "rb"))
	return file:read("a")
end

--- Files of the tree, tracked or new; from a tarball, all but the build.
local function files()
	local listed = lines("git ls-files -co --exclude-standard 2>/dev/null")
	if #listed == 0 then listed = lines("find . -type f -not -path './build/*' | sed 's,^./,,'") end
	local present = {}
	for _, path in ipairs(listed) do
		local file = io.open(path, "rb")
		if file and file:read(0) then table.insert(present, path) end
		if file then file:close() end
	end
	return present
end

--- What the modules of a layer may require beside what all share; patterns without the leading "samzak8s.".
-- A file right below lua/samzak8s is shared, and requires only its like and bindings.
local ALLOWED = {
	{ layer = "commands/", { "^commands%.", "^checks%.", "^repl%.", "^plan", "^pipeline$", "^pipeline%.", "^samza%.", "^kubernetes" } },
	{ layer = "repl/", { "^repl%.", "^plan", "^samza%.", "^kubernetes" } },
	{ layer = "plan/", { "^plan%.", "^samza%.", "^kubernetes" } }, -- takes a run of the pipeline, and compares
	{ layer = "checks/", { "^checks%.", "^samza%.", "^kubernetes" } },
	{ layer = "pipeline/init.lua", { "^pipeline%.", "^samza%." } },
	{ layer = "pipeline/", { "^samza%.", "^kubernetes" } },
	{ layer = "samza/", { "^samza%." } },
	{ layer = "kubernetes/", { "^kubernetes" } },
	{ layer = "help/", {} },
	{ layer = "", { "^help%." } },
}

local function shared(name)
	return name:find("^native%.") or not name:find(".", 1, true) and name ~= "pipeline" and name ~= "plan" and name ~= "kubernetes"
end

local function required(path)
	local names = {}
	local text = read(path)
	for _, word in ipairs { "require", "lazy" } do
		for name in text:gmatch(word .. "%s*%(?%s*[\"']samzak8s%.([%w_.]+)[\"']") do table.insert(names, name) end
	end
	return names
end

local function matches(name, patterns)
	for _, pattern in ipairs(patterns) do
		if name:find(pattern) then return true end
	end
	return false
end

describe("the tree", function()
	it("has arrows that point down only", function()
		local wrong = {}
		for _, path in ipairs(lines("find lua/samzak8s -name '*.lua' | LC_ALL=C sort")) do
			for _, rule in ipairs(ALLOWED) do
				local below = "lua/samzak8s/" .. rule.layer
				if path:sub(1, #below) == below then
					for _, name in ipairs(required(path)) do
						if not shared(name) and not matches(name, rule[1]) then
							table.insert(wrong, path .. " requires samzak8s." .. name)
						end
					end
					break
				end
			end
		end
		assert.are.same({}, wrong)
	end)

	it("lets only the way to manifests and back see both Samza and Kubernetes", function()
		local both = { ["lua/samzak8s/pipeline/manifests.lua"] = true, ["lua/samzak8s/pipeline/earlier.lua"] = true }
		local wrong = {}
		for _, path in ipairs(lines("find lua/samzak8s/pipeline -name '*.lua' | LC_ALL=C sort")) do
			local sides = {}
			for _, name in ipairs(required(path)) do sides[name:match("^%w+")] = true end
			if sides.samza and sides.kubernetes and not both[path] then table.insert(wrong, path) end
		end
		assert.are.same({}, wrong)
	end)

	it("gives policies nothing that a user's policy could not require", function()
		local wrong = {}
		for _, path in ipairs(lines("find lua/groupers lua/layouts examples -name '*.lua' 2>/dev/null | LC_ALL=C sort")) do
			for _, name in ipairs(required(path)) do
				if name ~= "kubernetes" and name ~= "samza" then
					table.insert(wrong, path .. " requires samzak8s." .. name)
				end
			end
		end
		assert.are.same({}, wrong)
	end)

	it("starts every source file with its licence", function()
		local wrong = {}
		for _, path in ipairs(files()) do
			local data = read(path)
			local source = path:find("%.[ch]$") or path:find("%.lua$") or path:find("%.py$") or path:find("%.java$")
				or path == "Makefile" or data:sub(1, 2) == "#!"
			local head = data:match("^[^\n]*\n?[^\n]*")        -- behind a first line for the kernel or the editor
			local input = path:find("^tests/repl/") or path:find("^tests/golden/")       -- of cases: read by the program under test
			if source and not input and not head:find("SPDX-License-Identifier: Apache-2.0", 1, true) then
				table.insert(wrong, path)
			end
		end
		assert.are.same({}, wrong)
	end)

	it("has no source file over 600 lines", function()
		local wrong = {}
		for _, path in ipairs(files()) do
			if path:find("%.[ch]$") or path:find("%.lua$") or path:find("%.py$") then
				local _, count = read(path):gsub("\n", "")
				if count > 600 then table.insert(wrong, path .. " has " .. count) end
			end
		end
		assert.are.same({}, wrong)
	end)

	it("has no example policy over 40 lines", function()
		local wrong = {}
		for _, path in ipairs(lines("find examples/policies -name '*.lua' 2>/dev/null")) do
			local _, count = read(path):gsub("\n", "")
			if count > 40 then table.insert(wrong, path .. " has " .. count) end
		end
		assert.are.same({}, wrong)
	end)
end)
