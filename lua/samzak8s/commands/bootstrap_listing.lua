-- SPDX-License-Identifier: Apache-2.0
--- What `bootstrap` did, or would do, as a table and as JSON.
local jobmodel = require("samzak8s.native.jobmodel")
local sorted = require("samzak8s.sorted")
local text_table = require("samzak8s.text_table")

local M = {}

-- What became of a topic.
local function action(topic, job, dry_run)
	if not job.clusters[topic.system] then return "not Kafka" end
	if topic.found then return topic.drift and "differs" or "exists" end
	return dry_run and "would make" or "made"
end

-- kind -> { written =, deleted = }
local function count(records)
	local counts = {}
	for _, record in ipairs(records) do
		local c = counts[record.kind] or { written = 0, deleted = 0 }
		counts[record.kind] = c
		local what = record.value and "written" or "deleted"
		c[what] = c[what] + 1
	end
	return counts
end

local function settings_text(topic)
	local parts = {}
	for i, entry in ipairs(topic.configs) do parts[i] = entry[1] .. "=" .. entry[2] end
	return table.concat(parts, ",")
end

--- @tparam table job
-- @tparam table plan records of samza.bootstrap
-- @tparam boolean|nil dry_run
-- @treturn string
function M.text(job, plan, dry_run)
	local rows = {}
	for i, topic in ipairs(job.topics) do
		rows[i] = { action(topic, job, dry_run), topic.system .. "." .. topic.topic, tostring(topic.found and topic.found.partitions or topic.partitions),
			tostring(topic.found and topic.found.replicas or topic.replication.value), settings_text(topic) }
	end
	local lines = { #rows > 0 and text_table.format(rows, { "TOPIC IS", "NAME", "PARTITIONS", "REPLICAS", "SETTINGS" }) or "this job has no topics of its own\n" }
	local counts, parts = count(plan.records), {}
	for kind, c in sorted.pairs(counts) do
		if c.written > 0 then parts[#parts + 1] = ("%d %s"):format(c.written, kind) end
		if c.deleted > 0 then parts[#parts + 1] = ("%d %s to delete a key"):format(c.deleted, kind) end
	end
	if plan.topic then
		local name = plan.topic.system .. "." .. plan.topic.topic
		if #parts == 0 then
			lines[#lines + 1] = ("%s holds every record already\n"):format(name)
		else
			lines[#lines + 1] = ("records %s %s: %s\n"):format(dry_run and "that would be written to" or "written to", name, table.concat(parts, ", "))
		end
	end
	return table.concat(lines)
end

--- The same as JSON, `samzak8s.bootstrap/1`; of records the types and keys, not the values.
function M.json(job, plan, dry_run)
	local list, entries, changed = {}, {}, #plan.records > 0
	for i, topic in ipairs(job.topics) do
		local configs = {}
		for _, entry in ipairs(topic.configs) do configs[entry[1]] = entry[2] end
		list[i] = { action = action(topic, job, dry_run):gsub(" ", "-"), kind = topic.kind, system = topic.system, topic = topic.topic,
			partitions = topic.found and topic.found.partitions or topic.partitions, replication = topic.found and topic.found.replicas or topic.replication.value,
			configs = configs, differs = topic.drift and jobmodel.array(topic.drift) or nil }
		changed = changed or not topic.found and job.clusters[topic.system] ~= false
	end
	for i, record in ipairs(plan.records) do entries[i] = { type = record.kind, key = record.id, deleted = not record.value or nil } end
	return jobmodel.encode({ format = "samzak8s.bootstrap/1", dry_run = dry_run or false, changed = changed, topics = jobmodel.array(list),
		records = { topic = plan.topic and plan.topic.topic, system = plan.topic and plan.topic.system, entries = jobmodel.array(entries) } }, { indent = 2 }) .. "\n"
end

return M
