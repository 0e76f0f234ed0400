-- SPDX-License-Identifier: Apache-2.0
--- Partition snapshots: the JSON that `partitions --save` writes and `--partitions` reads.
local cjson = require("cjson")
local jobmodel = require("samzak8s.native.jobmodel")
local report = require("samzak8s.report")
local sorted = require("samzak8s.sorted")
local system = require("samzak8s.native.system")

local M = {}

local MAX = 2147483647
-- so many partitions in one bare number are a slip of the finger, not a topic
local LARGEST = 10000000

local function bad(path, where, message)
	return report.fail { code = "snapshot.format", source = path, message = where .. ": " .. message,
		hint = 'a snapshot is {"systems":{"kafka":{"topics":{"orders":4}}}}; samzak8s partitions --save FILE writes one' }
end

local function integer(value)
	return type(value) == "number" and math.tointeger(value) or nil
end

local function integers(value)
	if value == nil then return nil end
	if type(value) ~= "table" then return nil, true end
	local result = {}
	for i, item in ipairs(value) do
		result[i] = integer(item)
		if not result[i] then return nil, true end
	end
	return result
end

local function partitions_of(path, where, value)
	local count = integer(value)
	local partitions, seen = {}, {}
	if type(value) == "number" then
		if not count or count < 1 or count > MAX then
			return bad(path, where, ("a number of partitions is 1 to %d, not %s"):format(MAX, tostring(value)))
		end
		if count > LARGEST then return bad(path, where, ("%d partitions are more than the %d that fit into memory"):format(count, LARGEST)) end
		for id = 0, count - 1 do partitions[id + 1] = { id = id } end
		return partitions
	end
	if type(value) ~= "table" or type(value.partitions) ~= "table" then
		return bad(path, where, "a topic is a number of partitions, or an object with an array 'partitions'")
	end
	for i, entry in ipairs(value.partitions) do
		local at = ("%s.partitions[%d]"):format(where, i)
		local id = type(entry) == "table" and integer(entry.id)
		if not id or id < 0 or id > MAX then return bad(path, at, "has no id (a whole number from 0)") end
		if seen[id] then return bad(path, at, ("id %d is there twice"):format(id)) end
		seen[id] = true
		local replicas, wrong = integers(entry.replicas)
		local isr, wrong2 = integers(entry.isr)
		local leader = entry.leader ~= nil and integer(entry.leader) or nil
		if wrong or wrong2 or entry.leader ~= nil and not leader then
			return bad(path, at, "leader, replicas and isr are broker ids (whole numbers)")
		end
		partitions[i] = { id = id, leader = leader, replicas = replicas, isr = isr }
	end
	table.sort(partitions, function(a, b) return a.id < b.id end)
	return partitions
end

--- Read and check a snapshot.
-- @treturn table|nil { [system] = { topics, sorted by name, as kafka's client:metadata gives them } }
-- @treturn table|nil err
function M.load(path)
	local text, err = system.read(path)
	if not text then return nil, err end
	local ok
	ok, err = jobmodel.check(text)
	if not ok then
		return report.fail { code = "snapshot.format", source = err.line and ("%s:%d"):format(path, err.line) or path, message = err.message,
			hint = "a snapshot is JSON as samzak8s partitions --save FILE writes it" }
	end
	local document = cjson.decode(text)
	if type(document) ~= "table" or type(document.systems) ~= "table" then return bad(path, "the document", "has no object 'systems'") end
	local systems = {}
	for name, entry in sorted.pairs(document.systems) do
		if type(entry) ~= "table" or type(entry.topics) ~= "table" then return bad(path, "systems." .. tostring(name), "has no object 'topics'") end
		local topics = {}
		for topic, value in sorted.pairs(entry.topics) do
			if type(topic) ~= "string" then return bad(path, "systems." .. name .. ".topics", "is an array; an object is wanted") end
			local partitions
			partitions, err = partitions_of(path, ("systems.%s.topics.%s"):format(name, topic), value)
			if not partitions then return nil, err end
			topics[#topics + 1] = { name = topic, partitions = partitions }
		end
		systems[name] = topics
	end
	return systems
end

--- The text of a snapshot.
-- @tparam table systems as `load` returns them
function M.encode(systems)
	local out = {}
	for name, topics in sorted.pairs(systems) do
		local entries = {}
		for _, topic in ipairs(topics) do
			local partitions = {}
			for i, p in ipairs(topic.partitions) do
				partitions[i] = { id = p.id, leader = p.leader, replicas = p.replicas and jobmodel.array(p.replicas), isr = p.isr and jobmodel.array(p.isr) }
			end
			entries[topic.name] = { partitions = jobmodel.array(partitions) }
		end
		out[name] = { topics = entries }
	end
	return jobmodel.encode({ systems = out }, { indent = 2 }) .. "\n"
end

return M
