-- SPDX-License-Identifier: Apache-2.0
--- Earlier decisions: the `--state` file.
local cjson = require("cjson")
local jobmodel = require("samzak8s.native.jobmodel")
local report = require("samzak8s.report")
local sorted = require("samzak8s.sorted")
local standby = require("samzak8s.samza.standby")
local system = require("samzak8s.native.system")

local M = {}

local HINT = 'a state file is {"changelog":{"Partition 0":0},"containers":{"Partition 0":"0"}}'
local MAX = 2147483646

local function bad(path, where, message)
	return report.fail { code = "state.format", source = path, message = where .. ": " .. message, hint = HINT }
end

local check = {}

function check.changelog(path, value)
	local result, owner = {}, {}
	for task, id in sorted.pairs(value) do
		local number = type(id) == "number" and math.tointeger(id)
		local where = ("changelog.%s"):format(tostring(task))
		if not number or number < 0 or number > MAX then
			return bad(path, where, ("%s is no changelog partition (a whole number from 0)"):format(tostring(id)))
		end
		local other = owner[number]
		if other and standby.active_name(other) ~= standby.active_name(task) then
			return bad(path, where, ("changelog partition %d is already task %s's"):format(number, other))
		end
		owner[number], result[task] = task, number
	end
	return result
end

local function texts(path, name, value)
	for key, text in sorted.pairs(value) do
		if type(text) ~= "string" then return bad(path, name .. "." .. tostring(key), "is no text") end
	end
	return value
end

function check.containers(path, value) return texts(path, "containers", value) end
function check.hosts(path, value) return texts(path, "hosts", value) end

function check.modes(path, value)
	for task, mode in sorted.pairs(value) do
		if mode ~= "Active" and mode ~= "Standby" then return bad(path, "modes." .. tostring(task), "is neither Active nor Standby") end
	end
	return value
end

function check.partitions(path, value)
	for task, inputs in sorted.pairs(value) do
		local where = "partitions." .. tostring(task)
		if type(inputs) ~= "table" then return bad(path, where, "is no array") end
		for i, input in ipairs(inputs) do
			local id = type(input) == "table" and type(input[3]) == "number" and math.tointeger(input[3])
			if not id or type(input[1]) ~= "string" or type(input[2]) ~= "string" then
				return bad(path, ("%s[%d]"):format(where, i), "is no [system, stream, partition]")
			end
			input[3] = id
			input[4] = input[4] and math.tointeger(input[4])
		end
	end
	return value
end

--- Read and check a state file.
-- @treturn table|nil changelog (task to changelog partition), containers, partitions, modes, hosts, those that are there
-- @treturn table|nil err
function M.load(path)
	local text, err = system.read(path)
	if not text then return nil, err end
	local ok
	ok, err = jobmodel.check(text)
	if not ok then
		return report.fail { code = "state.format", source = err.line and ("%s:%d"):format(path, err.line) or path, message = err.message, hint = HINT }
	end
	local document = cjson.decode(text)
	if type(document) ~= "table" then return bad(path, "the document", "is no object") end
	local state = {}
	for name, value in sorted.pairs(document) do
		if not check[name] then
			if name ~= "format" then return bad(path, tostring(name), "is no member of a state file") end
		elseif type(value) ~= "table" or #value > 0 then
			return bad(path, name, "is no object")
		else
			state[name], err = check[name](path, value)
			if err then return nil, err end
		end
	end
	return state
end

return M
