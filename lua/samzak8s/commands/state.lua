-- SPDX-License-Identifier: Apache-2.0
--- samzak8s state: what earlier runs decided, as a --state file; where it was found goes to stderr.
local jobmodel = require("samzak8s.native.jobmodel")
local output = require("samzak8s.output")
local pipeline = require("samzak8s.pipeline")
local sorted = require("samzak8s.sorted")
local stores = require("samzak8s.samza.stores")

local MEMBERS = {
	{ "changelog", "changelog partition%s" }, { "containers", "task%s in containers" }, { "partitions", "task%s with inputs" },
	{ "modes", "mode%s of tasks" }, { "hosts", "host%s of containers" },
}

local function count(map)
	local n = 0
	for _ in next, map do n = n + 1 end
	return n
end

-- "8 changelog partitions, 8 tasks in containers"
local function summary(state)
	local parts = {}
	for _, member in ipairs(MEMBERS) do
		local name, text = table.unpack(member)
		local n = count(state[name] or {})
		if n > 0 or name == "changelog" and state.changelog then parts[#parts + 1] = n .. " " .. text:format(n == 1 and "" or "s") end
	end
	return #parts > 0 and table.concat(parts, ", ") or "nothing"
end

local function document(previous)
	local members = { format = "samzak8s.state/1" }
	for name, value in sorted.pairs(previous.state) do
		if next(value) ~= nil then members[name] = value end
	end
	if previous.numbered and not members.changelog then members.changelog = {} end
	return members
end

return function(options, reporter)
	local run = pipeline.new(options, reporter)
	local previous, err = run:get("previous")
	if not previous then
		reporter:error(err)
		return 1
	end
	local config = run:get("rewritten")
	local members = document(previous)
	if count(members) == 1 then
		reporter:error { code = "state.none", key = "job.name", source = config:source("job.name"), text = config:line("job.name"),
			message = "no decision of an earlier run was found", notes = previous.missing }
		return 1
	end
	for _, found in ipairs(previous.found) do
		reporter:note { code = "state.found", source = found.origin, message = summary(found.state) .. (found.brokers and (" (%s)"):format(found.brokers) or "") }
	end
	if not previous.numbered and #stores.with_changelog(config) > 0 then
		reporter:warning { code = "state.missing", message = "the numbering of the job's changelogs was not found", notes = previous.missing }
	end
	return output(jobmodel.encode(members, { indent = 2 }) .. "\n", reporter)
end
