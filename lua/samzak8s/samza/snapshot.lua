-- SPDX-License-Identifier: Apache-2.0
--- Partition snapshots: the JSON that `partitions --save` writes and `--partitions` reads.
local cjson = require("cjson")
local jobmodel = require("samzak8s.native.jobmodel")
local report = require("samzak8s.report")
local sorted = require("samzak8s.sorted")
local files = require("samzak8s.native.system")

local M = {}

local MAX = 2147483647

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

-- The entry of one partition, checked.
local function partition_of(path, at, entry, seen)
	local id = type(entry) == "table" and integer(entry.id)
	if not id or id < 0 or id > MAX then return bad(path, at, "has no id (a whole number from 0)") end
	if seen[id] then return bad(path, at, ("id %d is there twice"):format(id)) end
	seen[id] = true
	local replicas, wrong = integers(entry.replicas)
	local isr, wrong_too = integers(entry.isr)
	local leader = entry.leader ~= nil and integer(entry.leader) or nil
	if wrong or wrong_too or entry.leader ~= nil and not leader then
		return bad(path, at, "leader, replicas and isr are broker ids (whole numbers)")
	end
	return { id = id, leader = leader, replicas = replicas, isr = isr }
end

-- A topic's partitions, sorted; a bare number stays one until the topic is wanted.
local function topic_of(path, where, value)
	if type(value) == "number" then
		local count = integer(value)
		if not count or count < 1 or count > MAX then
			return bad(path, where, ("a number of partitions is 1 to %d, not %.14g"):format(MAX, value))
		end
		return count
	end
	if type(value) ~= "table" or type(value.partitions) ~= "table" then
		return bad(path, where, "a topic is a number of partitions, or an object with an array 'partitions'")
	end
	local partitions, seen = {}, {}
	for i, entry in ipairs(value.partitions) do
		local err
		partitions[i], err = partition_of(path, ("%s.partitions[%d]"):format(where, i), entry, seen)
		if err then return nil, err end
	end
	table.sort(partitions, function(a, b) return a.id < b.id end)
	return partitions
end

local function expand(name, topic)
	if type(topic) == "table" then return { name = name, partitions = topic } end
	local partitions = {}
	for id = 0, topic - 1 do partitions[id + 1] = { id = id } end
	return { name = name, partitions = partitions }
end

local function systems_of(path, document)
	if type(document) ~= "table" or type(document.systems) ~= "table" then return bad(path, "the document", "has no object 'systems'") end
	local systems = {}
	for name, system in sorted.pairs(document.systems) do
		if type(system) ~= "table" or type(system.topics) ~= "table" then return bad(path, "systems." .. tostring(name), "has no object 'topics'") end
		local topics = {}
		for topic, value in sorted.pairs(system.topics) do
			if type(topic) ~= "string" then return bad(path, "systems." .. name .. ".topics", "is an array; an object is wanted") end
			local entry, err = topic_of(path, ("systems.%s.topics.%s"):format(name, topic), value)
			if not entry then return nil, err end
			topics[topic] = entry
		end
		systems[name] = topics
	end
	return systems
end

--- Read and check a snapshot.
-- @treturn function|nil (system, wanted set | nil) -> its topics, sorted by name, as a broker's listing has them; how many there are
-- @treturn table|nil err
function M.load(path)
	local text, err = files.read(path)
	if not text then return nil, err end
	local ok
	ok, err = jobmodel.check(text)
	if not ok then
		return report.fail { code = "snapshot.format", source = err.line and ("%s:%d"):format(path, err.line) or path, message = err.message,
			hint = "a snapshot is JSON as samzak8s partitions --save FILE writes it" }
	end
	local systems
	systems, err = systems_of(path, cjson.decode(text))
	if not systems then return nil, err end
	return function(name, wanted)
		local topics, count = {}, 0
		for topic, value in sorted.pairs(systems[name] or {}) do
			count = count + 1
			if not wanted or wanted[topic] then topics[#topics + 1] = expand(topic, value) end
		end
		return topics, count
	end
end

--- The text of a snapshot.
-- @tparam table systems { [system] = topics, as a listing has them }
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
