-- SPDX-License-Identifier: Apache-2.0
--- The records that a job's own topic must hold, as its submission and its coordinator write them, and those of them that are
-- not there yet. Keys are Samza's to the byte, as compaction goes by them.
local jobmodel = require("samzak8s.native.jobmodel")
local record = require("samzak8s.samza.coordinator_record")
local samza = require("samzak8s.samza")
local sorted = require("samzak8s.sorted")

local M = {}

--- Said to be the user that wrote what this program writes, so that it knows its own records again.
M.USERNAME = "samzak8s"

local MAPPING = '{"type":"changelog-partition-mapping"}'

local SHORT = { ["\b"] = "\\b", ["\t"] = "\\t", ["\n"] = "\\n", ["\f"] = "\\f", ["\r"] = "\\r", ['"'] = '\\"', ["\\"] = "\\\\" }

-- As Jackson writes a text: other than JSON's own escapes, control characters only.
local function quote(text)
	return '"' .. text:gsub('[%z\1-\31"\\]', function(c) return SHORT[c] or ("\\u%04X"):format(c:byte()) end) .. '"'
end

local function array(texts)
	local quoted = {}
	for i, text in ipairs(texts) do quoted[i] = quote(text) end
	return "[" .. table.concat(quoted, ",") .. "]"
end

local function key_of(kind, key)
	return ('[1,"%s",%s]'):format(kind, quote(key))
end

--- The key of an input in set-task-partition-assignment: the order of its members is Samza's.
function M.input_key(p, facts)
	local bucket = facts.elasticity and (',"keyBucket":%d'):format(p.bucket or -1) or ""
	return ('{"system":%s,"partition":%d,"stream":%s%s}'):format(quote(p.system), p.partition, quote(p.stream), bucket)
end

-- kind, key, name and text of the one value (nil: the key is deleted), and who is said to write it.
local function add(list, kind, key, name, text, source)
	list[#list + 1] = { kind = kind, id = key, key = key_of(kind, key), name = name, text = text, source = source }
end

-- Config that stays although it was not submitted.
local function kept(key, config, facts)
	if facts.autosizing and key:sub(1, 15) == "job.autosizing." and (config:get("job.autosizing.enabled") or ""):lower() == "true" then return true end
	return facts.keeps_tracking_url and key == "yarn.am.tracking.url"
		and (config:get("yarn.am.high-availability.enabled") or ""):lower() == "true"
end

-- First all that is set, then what is no more: who reads in between has too much rather than too little.
local function add_config(list, config, facts, stored)
	for _, key in ipairs(config:keys("")) do add(list, "set-config", key, "value", config:get(key), "job-runner") end
	for key in sorted.pairs(stored.config) do
		if config:get(key) == nil and not kept(key, config, facts) then add(list, "set-config", key) end
	end
end

local function tasks_of(model)
	local tasks = {}
	for _, container in ipairs(model.containers) do
		for _, task in ipairs(container.tasks) do
			tasks[#tasks + 1] = { name = task.name, container = container.id, mode = task.mode or "Active", changelog = task.changelog, partitions = task.partitions }
		end
	end
	table.sort(tasks, function(a, b) return jobmodel.compare(a.name, b.name) end)
	return tasks
end

local function add_containers(list, tasks, config, facts, stored)
	local when = facts.writes_containers
	if when == "never" or when == "host affinity" and not samza.host_affinity(config.raw, facts) then return end
	local living = {}
	for _, task in ipairs(tasks) do living[task.name] = true end
	for name in sorted.pairs(stored.containers) do
		if not living[name] then add(list, "set-task-container-assignment", name) end
	end
	for name in sorted.pairs(facts.writes_inputs and stored.modes or {}) do
		if not living[name] then add(list, "set-task-mode-assignment", name) end
	end
	for _, task in ipairs(tasks) do
		add(list, "set-task-container-assignment", task.name, "containerId", task.container, facts.assignment_source)
		if facts.writes_inputs then add(list, "set-task-mode-assignment", task.name, "taskMode", task.mode, facts.assignment_source) end
	end
end

-- Inputs to the tasks that read them. Those that are inputs no more Samza leaves alone, too.
local function add_inputs(list, tasks, facts)
	if not facts.writes_inputs then return end
	local readers, order = {}, {}
	for _, task in ipairs(tasks) do
		for _, p in ipairs(task.partitions) do
			local key = M.input_key(p, facts)
			if not readers[key] then
				readers[key] = {}
				order[#order + 1] = key
			end
			table.insert(readers[key], task.name)
		end
	end
	for _, key in ipairs(order) do add(list, "set-task-partition-assignment", key, "taskNames", array(readers[key]), facts.assignment_source) end
end

-- The ids of all tasks that there ever were: those of the model, and earlier ones.
local function numbering(tasks, previous)
	local ids = {}
	for name, id in next, previous do ids[name] = id end
	for _, task in ipairs(tasks) do ids[task.name] = task.changelog end
	return ids
end

local function add_changelog(list, ids, facts)
	for _, name in ipairs(jobmodel.sort(sorted.keys(ids))) do
		add(list, "set-changelog", name, "Partition", ("%d"):format(ids[name]), facts.changelog_source)
	end
end

-- The values that exact keys have now.
local function current(read)
	local values = {}
	for i, key in ipairs(read.keys) do
		if key then values[key] = read.values[i] end
	end
	return values
end

-- Is this what the stream says already, by its exact key and for its readers?
local function is_stored(entry, values, stored)
	if not entry.text then return false end
	local bytes = values[entry.key]
	local value = bytes and record.decode(bytes)
	local found = type(value) == "table" and type(value.values) == "table" and value.values[entry.name]
	if found ~= entry.text then return false end
	if entry.kind == "set-config" then return stored.config[entry.id] == entry.text end
	if entry.kind == "set-task-container-assignment" then return stored.containers[entry.id] == entry.text end
	return true
end

local function bytes_of(entry, now)
	if not entry.text then return nil end
	return ('{"host":"","source":%s,"values":{%s:%s},"username":"%s","timestamp":%d}'):format(quote(entry.source), quote(entry.name),
		quote(entry.text), M.USERNAME, now)
end

--- What is still to be written to a coordinator stream, in order: config, assignments, changelog partitions.
-- @tparam Config config
-- @tparam table facts
-- @tparam table model
-- @tparam {[string]=integer,...} previous changelog partitions
-- @tparam table stored what samza.coordinator parsed
-- @tparam table read what it was parsed from: keys, values
-- @tparam integer now ms since 1970
-- @treturn {{kind=string,id=string,key=string,value=string|nil},...} those without a value delete their keys
function M.coordinator(config, facts, model, previous, stored, read, now)
	local wanted, tasks = {}, tasks_of(model)
	add_config(wanted, config, facts, stored)
	if facts.migration == "marked" and not stored.migrated
		and config:get("task.checkpoint.factory") == "org.apache.samza.checkpoint.kafka.KafkaCheckpointManagerFactory" then
		add(wanted, "set-migration-info", "migration-info", "CheckpointMigration09to10", "true", "CHECKPOINTMIGRATION")
	end
	add_containers(wanted, tasks, config, facts, stored)
	add_inputs(wanted, tasks, facts)
	add_changelog(wanted, numbering(tasks, previous), facts)
	local values, missing = current(read), {}
	for _, entry in ipairs(wanted) do
		if not is_stored(entry, values, stored) then
			missing[#missing + 1] = { kind = entry.kind, id = entry.id, key = entry.key, value = bytes_of(entry, now) }
		end
	end
	return missing
end

--- What is still to be written to 0.9's checkpoint topic: the mapping of all tasks, as one record, or nothing.
-- @tparam table model
-- @tparam {[string]=integer,...} previous
-- @tparam {[string]=integer,...}|nil stored mapping that the topic holds
-- @treturn {Record,...}
function M.mapping(model, previous, stored)
	local ids = numbering(tasks_of(model), previous)
	local names, parts, same = jobmodel.sort(sorted.keys(ids)), {}, stored ~= nil
	for i, name in ipairs(samza.hash_order(names)) do
		parts[i] = ("%s:%d"):format(quote(name), ids[name])
		same = same and stored[name] == ids[name]
	end
	if same then return {} end
	return { { kind = "changelog-partition-mapping", id = "", key = MAPPING, value = "{" .. table.concat(parts, ",") .. "}" } }
end

-- Kinds that only submissions and coordinators write.
local function is_coordinators(kind)
	kind = kind:lower()
	return kind == "set-config" or kind == "set-changelog" or kind:find("^set%-task%-") ~= nil or kind == "set-job-coordinator-metadata"
end

--- The last record of a submission or a coordinator.
-- @tparam table read offsets, keys, values
-- @tparam integer from offset
-- @tparam boolean others leave out what this program wrote, and what does not say who did
-- @treturn table|nil offset, kind, timestamp (ms since 1970, nil where it does not say)
function M.last(read, from, others)
	for i = #read.offsets, 1, -1 do
		local offset, key = read.offsets[i], read.keys[i] and record.decode(read.keys[i])
		if offset < from then return nil end
		local kind = type(key) == "table" and type(key[2]) == "string" and key[2] or nil
		if kind and is_coordinators(kind) then
			local value = read.values[i] and record.decode(read.values[i])
			local known = type(value) == "table"
			if not others or known and value.username ~= M.USERNAME then
				local time = known and value.timestamp
				return { offset = offset, kind = kind, timestamp = type(time) == "number" and time or nil }
			end
		end
	end
end

return M
