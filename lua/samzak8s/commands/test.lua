-- SPDX-License-Identifier: Apache-2.0
--- samzak8s test DIR ...: a policy author's cases. A case is a folder with job.properties and snapshot.json, perhaps
-- state.json, and what is expected: expected.yaml (from `generate`), expected.json (from `model`), expected.err (diagnostics).
local jobmodel = require("samzak8s.native.jobmodel")
local order = require("samzak8s.kubernetes.order")
local output = require("samzak8s.output")
local pipeline = require("samzak8s.pipeline")
local report = require("samzak8s.report")
local system = require("samzak8s.native.system")
local yaml = require("samzak8s.native.yaml")

local EXPECTED = { "expected.yaml", "expected.json", "expected.err" }

-- The cases in a folder: itself, or the folders in it, at any depth.
local function find_cases(directory, found)
	if system.kind(directory .. "/job.properties") then
		found[#found + 1] = directory
		return true
	end
	local names, err = system.list(directory)
	if not names then return nil, err end
	for _, name in ipairs(names) do
		local path = directory .. "/" .. name
		if name:sub(1, 1) ~= "." and system.kind(path) == "directory" then
			local ok
			ok, err = find_cases(path, found)
			if not ok then return nil, err end
		end
	end
	return true
end

-- A reporter that keeps its text; `prefix` is cut from the names of files.
local function recorder(prefix)
	local lines = {}
	local recording = report.new { format = "text", color = "never" }
	function recording.print(_, level, err) lines[#lines + 1] = report.text(level, err) end
	function recording.waiting() end
	function recording.text()
		local text = table.concat(lines)
		local at, parts = 1, {}
		for from, to in function() return text:find(prefix, at, true) end do
			parts[#parts + 1] = text:sub(at, from - 1)
			at = to + 1
		end
		return table.concat(parts) .. text:sub(at)
	end
	return recording
end

-- JSON on many lines, small arrays and objects on one: models as `model` prints them would make one long line to compare.
local function spread(json)
	local out, depth, at = {}, 0, 1
	local function add(text, length)
		out[#out + 1] = text
		at = at + length
	end
	local function line() return "\n" .. ("  "):rep(depth) end
	while at <= #json do
		local c = json:sub(at, at)
		local flat = json:match("^[%[{][^%[%]{}\\]*[%]}]", at)
		if flat and #flat <= 100 and select(2, flat:gsub('"', "")) % 2 == 0 then
			add(flat, #flat)
		elseif c == '"' then
			local last = at
			repeat
				last = json:find('["\\]', last + 1) or #json
				local escaped = json:sub(last, last) == "\\"
				if escaped then last = last + 1 end
			until not escaped or last >= #json
			add(json:sub(at, last), last - at + 1)
		elseif c == "{" or c == "[" then
			depth = depth + 1
			add(c .. line(), 1)
		elseif c == "}" or c == "]" then
			depth = depth - 1
			add(line() .. c, 1)
		elseif c == "," then
			add("," .. line(), 1)
		elseif c:find("%s") then
			at = at + 1
		else
			add(c, 1)
		end
	end
	return table.concat(out) .. "\n"
end

-- Run one case. -> { [expected file] = text }, those that the run gave
local function run_case(directory, options, wanted)
	local recording = recorder(directory .. "/")
	local own = setmetatable({
		files = { { path = directory .. "/job.properties" } },
		partitions = directory .. "/snapshot.json",
		out = "-", -- a case has no earlier output
		tool_version = "any", -- what is expected holds for the next version, too
		state = system.kind(directory .. "/state.json") and directory .. "/state.json" or "none",
	}, { __index = options })
	local run = pipeline.new(own, recording)
	local result = {}
	local model, err = run:get("model")
	if model then
		result["expected.json"] = spread(model.json)
		if wanted["expected.yaml"] or not wanted["expected.json"] and run:get("rewritten"):get("kubernetes.container.image") then
			local resources
			resources, err = run:get("manifests")
			if resources then result["expected.yaml"], err = yaml.emit(resources, { order = order }) end
		end
	end
	if err then recording:error(err) else recording:flush() end
	result.failed = err ~= nil
	result["expected.err"] = recording.text()
	return result
end

local function lines_of(text)
	local lines = {}
	for line in (text:gsub("\n$", "") .. "\n"):gmatch("(.-)\n") do lines[#lines + 1] = line end
	return lines
end

-- TAP comment lines about the first difference.
local function difference(name, expected, got)
	local a, b = lines_of(expected), lines_of(got)
	local at = 1
	while a[at] == b[at] and a[at] do at = at + 1 end
	local shown = { ("# %s, line %d:"):format(name, at) }
	for i = at, math.min(at + 4, #a) do shown[#shown + 1] = "# - " .. a[i] end
	for i = at, math.min(at + 4, #b) do shown[#shown + 1] = "# + " .. b[i] end
	return table.concat(shown, "\n")
end

local function comment(text) return "# " .. text:gsub("\n$", ""):gsub("\n", "\n# ") end

-- Compare with what is expected. -> comment lines about the failure, or nil when all is well
local function judge(result, expected)
	if not next(expected) then return "# there is no expected.yaml, expected.json or expected.err; --update writes one" end
	if result.failed and not expected["expected.err"] then return "# the run failed:\n" .. comment(result["expected.err"]) end
	for _, name in ipairs(EXPECTED) do
		if expected[name] then
			if not result[name] then return ("# %s: the run failed:\n%s"):format(name, comment(result["expected.err"])) end
			if expected[name] ~= result[name] then return difference(name, expected[name], result[name]) end
		end
	end
	if not result.failed and not expected["expected.yaml"] and not expected["expected.json"] then return "# the run succeeded" end
end

-- Write what the run gave over what was expected; a new case gets its manifests, model or error.
local function update(directory, result, expected)
	local wanted = {}
	if result.failed then
		wanted["expected.err"] = true
	else
		for name in next, expected do wanted[name] = true end
		if not wanted["expected.yaml"] and not wanted["expected.json"] then
			wanted[result["expected.yaml"] and "expected.yaml" or "expected.json"] = true
			wanted["expected.err"] = nil
		end
	end
	for _, name in ipairs(EXPECTED) do
		local path, ok, err = directory .. "/" .. name, true, nil
		if wanted[name] then ok, err = system.write(path, result[name])
		elseif expected[name] then ok, err = system.remove(path) end
		if not ok then return nil, err end
	end
	return true
end

local function read_expected(directory)
	local expected = {}
	for _, name in ipairs(EXPECTED) do
		local path = directory .. "/" .. name
		if system.kind(path) then
			local text, err = system.read(path)
			if not text then return nil, err end
			expected[name] = name == "expected.json" and spread(text) or text
		end
	end
	return expected
end

local function test_case(directory, options)
	local expected, err = read_expected(directory)
	if not expected then return nil, err end
	if not system.kind(directory .. "/snapshot.json") then return "# there is no snapshot.json (samzak8s partitions --save writes one)" end
	local result = run_case(directory, options, expected)
	if not options.update then return judge(result, expected) or false end
	local ok
	ok, err = update(directory, result, expected)
	if not ok then return nil, err end
	return false
end

--- @tparam table options `operands`: the folders; `update`
-- @tparam Report reporter
-- @treturn integer exit code: 1 when a case failed
return function(options, reporter)
	local cases = {}
	for _, operand in ipairs(options.operands) do
		local directory = operand:gsub("(.)/+$", "%1")
		local before = #cases
		local ok, err = find_cases(directory, cases)
		if ok and #cases == before then
			_, err = report.fail { code = "test.no-case", source = directory, message = "holds no case: no folder with a job.properties",
				hint = "a case is a folder with job.properties, snapshot.json and an expected.yaml, expected.json or expected.err" }
		end
		if err then
			reporter:error(err)
			return 1
		end
	end
	local lines, failed = { ("1..%d"):format(#cases) }, 0
	for i, directory in ipairs(jobmodel.sort(cases)) do
		local wrong, err = test_case(directory, options)
		if wrong == nil then
			reporter:error(err)
			return 1
		end
		lines[#lines + 1] = ("%s %d - %s"):format(wrong and "not ok" or "ok", i, directory)
		if wrong then
			failed = failed + 1
			lines[#lines + 1] = wrong
		end
	end
	local code = output(table.concat(lines, "\n") .. "\n", reporter)
	return failed > 0 and 1 or code
end
