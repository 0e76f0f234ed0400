-- SPDX-License-Identifier: Apache-2.0
--- The job's input streams: `task.inputs` and `task.broadcast.inputs` as Samza's TaskConfig reads them.
local jobmodel = require("samzak8s.native.jobmodel")

local M = {}

-- String.split(","): trailing empty items are dropped.
local function split(text)
	local items = {}
	for item in (text .. ","):gmatch("(.-),") do items[#items + 1] = item end
	while #items > 0 and items[#items] == "" do items[#items] = nil end
	return items
end

-- String.trim(): all characters up to U+0020, on both sides
local function trim(text)
	return text:match("^[%z\1-\32]*(.-)[%z\1-\32]*$")
end

local function no_dot(item)
	return ("No '.' in stream name '%s'. Stream names should be in the form 'system.stream'"):format(item)
end

-- "system.stream" at the first dot, or nil
local function system_stream(item)
	return item:match("^([^.]*)%.(.*)$")
end

--- The streams of task.inputs, or of `config.inputs` where a rewriter made a list that the config does not show. Sorted by system, then stream, in Java string order; duplicates collapse.
-- @treturn {{system=string,stream=string},...}|nil
-- @treturn table|nil err
function M.streams(config)
	local key = "task.inputs"
	local found, names = {}, {}
	for _, item in ipairs(split(config.inputs or config:get(key) or "")) do
		local name = trim(item)
		local system, stream = system_stream(name)
		if not system then
			return config:fail(key, "samza.stream-name", no_dot(name), "write every input as system.stream, as in kafka.orders")
		end
		local id = system .. "\0" .. stream
		if not found[id] then
			found[id] = { system = system, stream = stream }
			names[#names + 1] = id
		end
	end
	local streams = {}
	for i, id in ipairs(jobmodel.sort(names)) do streams[i] = found[id] end
	return streams
end

-- Config.getList: split at \s*,\s*, trailing empty items dropped
local function list(text, facts)
	if facts.blank_list_is_empty and text:find("^%s*$") then return {} end
	local items = split((text:gsub("%s*,%s*", ",")))
	if #items == 0 and text == "" then items[1] = "" end
	return items
end

local FORM = "incorrect format in %s. Broadcast stream names should be in the form 'system.stream#partitionId' or 'system.stream#[partitionN-partitionM]'"
local MAX = 2147483647

--- Partitions that every task consumes. They come from the config alone and are never looked up.
-- @treturn {{system=string,stream=string,partition=integer},...}|nil sorted by the order of the config
-- @treturn table|nil err
function M.broadcast(config, facts, warn)
	local key = "task.broadcast.inputs"
	local text = config:get(key)
	if not facts.broadcast or text == nil then return {} end
	local found, result = {}, {}
	for _, item in ipairs(list(text, facts)) do
		local hint = "write each as kafka.topic#0 or kafka.topic#[0-3], separated by commas"
		local name, parts = item:match("^([^#]*)#(.*)$")
		if not name then return config:fail(key, "samza.broadcast", FORM:format(item), hint) end
		local system, stream = system_stream(name)
		if not system then return config:fail(key, "samza.stream-name", no_dot(name), hint) end
		local first = parts:match("^%d+$")
		local last = first
		if not first then first, last = parts:match("^%[(%d+)%-(%d+)%]$") end
		if not first then return config:fail(key, "samza.broadcast", FORM:format(item), hint) end
		for _, number in ipairs { first, last } do
			if #number:gsub("^0+", "") > 10 or tonumber(number) > MAX then
				return config:fail(key, "config.integer", ('For input string: "%s"'):format(number), "partitions are numbered up to " .. MAX)
			end
		end
		first, last = math.tointeger(tonumber(first)), math.tointeger(tonumber(last))
		if last - first >= 1000000 then
			return config:fail(key, "samza.broadcast", ("%s names %d partitions"):format(item, last - first + 1), "name fewer than a million")
		end
		if first > last then
			warn(config:about(key, { code = "samza.broadcast-range", message = ("The starting partition in stream SystemStream [system=%s, stream=%s] is bigger than the ending Partition. No partition is added")
				:format(system, stream) }))
		end
		for partition = first, last do
			local id = ("%s\0%s\0%d"):format(system, stream, partition)
			if not found[id] then
				found[id] = true
				result[#result + 1] = { system = system, stream = stream, partition = partition }
			end
		end
	end
	return result
end

return M
