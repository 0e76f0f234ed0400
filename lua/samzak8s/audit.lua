-- SPDX-License-Identifier: Apache-2.0
--- What `check` and `lint` find: each finding once, with a remedy, then a summary and the exit code.
local codes = require("samzak8s.codes")
local jobmodel = require("samzak8s.native.jobmodel")
local output = require("samzak8s.output")
local report = require("samzak8s.report")

local Audit = {}
Audit.__index = Audit

local M = {}

--- @tparam table options `format`, `quiet`
-- @tparam Report reporter
-- @tparam string name of the command
function M.new(options, reporter, name)
	return setmetatable({ options = options, reporter = reporter, name = name, findings = {}, seen = {},
		count = { error = 0, warning = 0, note = 0 }, failed = false }, Audit)
end

--- Add a finding. Errors and warnings make the exit code 2, notes do not.
-- @tparam string level "error", "warning" or "note"
-- @tparam table err as in `report.fail`; without a hint it gets the remedy of its code
function Audit:add(level, err)
	local id = table.concat({ tostring(err.code), tostring(err.source), tostring(err.key), tostring(err.message) }, "\0")
	if self.seen[id] then return end
	self.seen[id] = true
	local known = not err.hint and codes[err.code]
	if known then err = setmetatable({ hint = known.remedy }, { __index = err }) end
	self.count[level] = self.count[level] + 1
	table.insert(self.findings, { level = level, err = err })
end

--- Something could not be looked at: exit code 1.
function Audit:fail(err)
	self.failed = true
	self:add("error", err)
end

local function plural(n, word)
	return ("%d %s%s"):format(n, word, n == 1 and "" or "s")
end

function Audit:summary()
	local parts = {}
	for _, level in ipairs { "error", "warning", "note" } do
		if self.count[level] > 0 then parts[#parts + 1] = plural(self.count[level], level) end
	end
	return #parts > 0 and table.concat(parts, ", ") or "nothing found"
end

--- Print the findings and the summary.
-- @tparam table facts what else the JSON document holds
-- @tparam {string,...} lines what else is said as text, before the counts
-- @tparam string subject what was looked at, before the counts on their line
-- @treturn integer exit code
function Audit:finish(facts, lines, subject)
	local records = {}
	for i, finding in ipairs(self.findings) do
		if finding.level ~= "note" or not self.options.quiet then self.reporter:print(finding.level, finding.err) end
		records[i] = report.record(finding.level, finding.err)
	end
	local text
	if self.options.format == "json" then
		local document = { format = ("samzak8s.%s/1"):format(self.name), findings = jobmodel.array(records) }
		for key, value in pairs(facts) do document[key] = value end
		text = jobmodel.encode(document, { indent = 2 }) .. "\n"
	elseif not self.options.quiet then
		lines[#lines + 1] = subject .. self:summary()
		text = table.concat(lines, "\n") .. "\n"
	end
	if text and output(text, self.reporter) ~= 0 then return 1 end
	if self.failed then return 1 end
	return self.count.error + self.count.warning > 0 and 2 or 0
end

return M
