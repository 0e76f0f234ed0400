-- SPDX-License-Identifier: Apache-2.0
--- One record of the coordinator stream: its type and key, and its values.
--
-- Records as Samza itself writes them are taken apart in C, some ten times faster than by decoding them, which counts where
-- a stream has 100,000. All others are decoded.
local cjson = require("cjson")
local jobmodel = require("samzak8s.native.jobmodel")
local message = require("samzak8s.native.coordinator").message

local check = jobmodel.check

local M = {}

--- The name of the one task that an input's record names, in `values`; no JSON has such a name.
M.TASK = {}

local INPUT = "set-task-partition-assignment"

local function decode(bytes)
	local ok, err = check(bytes)
	if not ok then return nil, err.message end
	return cjson.decode(bytes)
end
M.decode = decode

-- An input as M.take_apart gives it; nil where the text is no input.
local function decode_input(key)
	local ssp = decode(key)
	if type(ssp) ~= "table" or type(ssp.system) ~= "string" or type(ssp.stream) ~= "string" then return nil end
	local id = type(ssp.partition) == "number" and math.tointeger(ssp.partition)
	local bucket = type(ssp.keyBucket) == "number" and math.tointeger(ssp.keyBucket) or -1
	return id and { ssp.system, ssp.stream, id, bucket ~= -1 and bucket or nil, false, 0 }
end

local function decode_key(bytes)
	local array, wrong = decode(bytes)
	if array == nil then return nil, "has a key that is no JSON: " .. wrong end
	if type(array) ~= "table" or bytes:find("^%s*{") then return nil, "has a key that is no array" end
	if #array < 3 then return nil, "has a key of fewer than three parts" end
	local kind, key = array[2], array[3]
	if type(array[1]) ~= "number" then return "", bytes end
	if type(kind) ~= "string" then return nil, "has a key whose type is no text" end
	if kind ~= INPUT then return kind, key end
	local input = type(key) == "string" and decode_input(key)
	if not input then return nil, "gives tasks to an input that is none" end
	return kind, key:gsub('"', '\\"'), input
end

local function decode_values(bytes, needed)
	if bytes == "" then return nil, "has a value of 0 bytes" end
	local object, wrong = decode(bytes)
	if object == nil then return nil, "has a value that is no JSON: " .. wrong end
	if type(object) ~= "table" or bytes:find("^%s*%[") then return nil, "has a value that is no JSON object" end
	local values = object.values
	if needed and (type(values) ~= "table" or next(values) == nil and bytes:find('"values"%s*:%s*%[')) then
		return nil, "has no object \"values\" in its value"
	end
	return values
end

local scratch, used = {}, "value"

--- Take a record apart.
-- @tparam string bytes the record's key
-- @tparam string|false value false in a tombstone
-- @tparam function known (type) -> true when `values` are needed
-- @treturn string|nil type; "" for what is no coordinator message
-- @treturn any key, a text unless the record is damaged; what is wrong when there is no type
-- @treturn table|nil values, nil in a tombstone. The table may be the next call's, too
-- @treturn table|nil the input that a key of set-task-partition-assignment names: { system, stream, partition, bucket | nil },
-- with room for two more
function M.take_apart(bytes, value, known)
	local kind, key, name, text, one_task, system, partition, stream = message(bytes, value or nil)
	if kind then
		if text then
			scratch[used] = nil
			used = one_task and M.TASK or name
			scratch[used] = text
		end
		return kind, key, text and scratch or nil, system and { system, stream, partition, nil, false, 0 } or nil
	end
	local input, values
	kind, key, input = decode_key(bytes)
	if not kind or not value then return kind, key, nil, input end
	local wrong
	values, wrong = decode_values(value, known(kind))
	if wrong then return nil, wrong end
	return kind, key, values, input
end

return M
