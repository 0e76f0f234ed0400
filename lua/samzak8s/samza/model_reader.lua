-- SPDX-License-Identifier: Apache-2.0
--- A JobModel in any dialect, ours or Samza's own, back to containers and to the decisions that a next run keeps.
local cjson = require("cjson")
local jobmodel = require("samzak8s.native.jobmodel")
local sorted = require("samzak8s.sorted")

local M = {}

local MAX = 2147483646

local function bad(where, message)
	return nil, { code = "earlier.model", message = ("its JobModel: %s %s"):format(where, message) }
end

local function integer(value, least)
	local number = type(value) == "number" and math.tointeger(value)
	return number and number >= least and number <= MAX and number or nil
end

local function is_object(value)
	return type(value) == "table" and value[1] == nil
end

local function read_partitions(where, list)
	if type(list) ~= "table" then return bad(where, "has no system-stream-partitions") end
	local partitions = {}
	for i, item in ipairs(list) do
		local at = ("%s.system-stream-partitions[%d]"):format(where, i - 1)
		local id = type(item) == "table" and integer(item.partition, 0)
		if not id or type(item.system) ~= "string" or type(item.stream) ~= "string" then
			return bad(at, "is no input (system, stream, partition)")
		end
		local bucket = integer(item.keyBucket, 0)
		partitions[i] = { system = item.system, stream = item.stream, partition = id, bucket = bucket }
	end
	table.sort(partitions, function(a, b)
		if a.system ~= b.system then return jobmodel.compare(a.system, b.system) end
		if a.stream ~= b.stream then return jobmodel.compare(a.stream, b.stream) end
		if a.partition ~= b.partition then return a.partition < b.partition end
		return (a.bucket or -1) < (b.bucket or -1)
	end)
	return partitions
end

local function read_task(where, name, task)
	if not is_object(task) then return bad(where, "is no object") end
	local changelog = integer(task["changelog-partition"], 0)
	if not changelog then return bad(where, "has no changelog-partition (a whole number from 0)") end
	local mode = task["task-mode"]
	if mode ~= nil and mode ~= "Active" and mode ~= "Standby" then return bad(where, "has a task-mode that is neither Active nor Standby") end
	local partitions, err = read_partitions(where, task["system-stream-partitions"])
	if not partitions then return nil, err end
	return { name = name, changelog = changelog, mode = mode or "Active", partitions = partitions }
end

local function read_container(key, container, owner)
	local where = "containers." .. key
	if not is_object(container) then return bad(where, "is no object") end
	local id = container["processor-id"]
	if type(id) ~= "string" then id = integer(container["container-id"], -MAX) end
	if id == nil then return bad(where, "has neither processor-id nor container-id") end
	if tostring(id) ~= key then return bad(where, ("says that it is container %s"):format(id)) end
	if not is_object(container.tasks) then return bad(where, "has no tasks") end
	local names = {}
	for name in next, container.tasks do names[#names + 1] = name end
	local tasks = {}
	for i, name in ipairs(jobmodel.sort(names)) do
		local task, err = read_task(("%s.tasks.%s"):format(where, name), name, container.tasks[name])
		if not task then return nil, err end
		if owner[name] then return bad(where, ("has task %s, as container %s does"):format(name, owner[name])) end
		owner[name] = key
		tasks[i] = task
	end
	return { id = key, tasks = tasks }
end

-- numbers first, ascending; then texts
local function id_before(a, b)
	local x, y = tonumber(a.id:match("^%d+$")), tonumber(b.id:match("^%d+$"))
	if x and y then return x < y end
	if x or y then return x ~= nil end
	return a.id < b.id
end

--- @tparam string text JSON
-- @treturn table|nil config (key to text), containers ({ id=, tasks={ {name=,changelog=,mode=,partitions=} } }, sorted)
-- @treturn table|nil err
function M.read(text)
	local ok, err = jobmodel.check(text)
	if not ok then return bad("the JSON text", ("is damaged: %s"):format(err.message)) end
	local document = cjson.decode(text)
	if not is_object(document) or not is_object(document.containers) or not is_object(document.config) then
		return bad("the document", "has no config and containers")
	end
	local config, containers, owner = {}, {}, {}
	for key, value in next, document.config do
		if type(value) == "string" then config[key] = value end
	end
	for key, value in sorted.pairs(document.containers) do
		local container
		container, err = read_container(key, value, owner)
		if not container then return nil, err end
		containers[#containers + 1] = container
	end
	table.sort(containers, id_before)
	return { config = config, containers = containers }
end

-- Active tasks never share a changelog partition; a standby task has that of its active one.
local function add_changelog(state, owner, name, id)
	if owner[id] and owner[id] ~= name then
		return bad("changelog partition " .. id, ("belongs to task %s and to task %s"):format(owner[id], name))
	end
	owner[id] = name
	state.changelog[name] = id
	return true
end

--- What a model decided, as a state file says it.
-- @tparam table model as `read` returns it, or a model of the pipeline
-- @tparam[opt] {[string]=integer,...} retired changelog partitions of tasks that are no more
-- @treturn table|nil state
-- @treturn table|nil err
function M.state(model, retired)
	local state, owner = { changelog = {}, containers = {}, partitions = {}, modes = {}, hosts = {} }, {}
	local ok, err
	for _, container in ipairs(model.containers) do
		for _, task in ipairs(container.tasks) do
			state.containers[task.name], state.modes[task.name] = container.id, task.mode or "Active"
			local inputs = {}
			for i, p in ipairs(task.partitions) do inputs[i] = { p.system, p.stream, p.partition, p.bucket } end
			state.partitions[task.name] = inputs
			if state.modes[task.name] == "Active" then
				ok, err = add_changelog(state, owner, task.name, task.changelog)
				if not ok then return nil, err end
			end
		end
	end
	for name, id in sorted.pairs(retired or {}) do
		if state.changelog[name] == nil then
			ok, err = add_changelog(state, owner, name, id)
			if not ok then return nil, err end
		end
	end
	return state
end

return M
