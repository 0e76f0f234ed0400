-- SPDX-License-Identifier: Apache-2.0
--- One record of the coordinator stream: its type and key, and its values.
--
-- Records as Samza itself writes them are matched as they stand, which is some five times faster than decoding them;
-- that counts where a stream has 100,000. Every pattern here is of a text that `check` found to be JSON, in which no name
-- comes twice, and leaves out whatever holds an escape; all else is decoded.
local cjson = require("cjson")
local jobmodel = require("samzak8s.native.jobmodel")

local check = jobmodel.check

local M = {}

--- The name of the one task that an input's record names, in the values that M.values gives; no JSON has such a name.
M.TASK = {}

local KEY = '^%[1,"([%w-]+)","([^"\\]*)"%]$'
local INPUT = 'set-task-partition-assignment'
local INPUT_KEY = '^%[1,"set%-task%-partition%-assignment","({\\"system\\":\\"([^"\\]*)\\",\\"partition\\":(%d+),'
	.. '\\"stream\\":\\"([^"\\]*)\\"([^}]*)})"%]$'
local BUCKET = ',\\"keyBucket\\":-1'
local HEAD = '^{"host":"[^"\\]*","source":"[^"\\]*","values":{'
local ONE_VALUE = HEAD .. '"([%w-]+)":"([^"\\]*)"}[,}]'
local ONE_TASK = HEAD .. '"taskNames":"%[\\"([^"\\]*)\\"%]"}[,}]'

local function decode(bytes)
	local ok, err = check(bytes)
	if not ok then return nil, err.message end
	return cjson.decode(bytes)
end
M.decode = decode

-- An input as { system, stream, partition, bucket | nil }; nil where the text is no input.
local function decode_input(key)
	local ssp = decode(key)
	if type(ssp) ~= "table" or type(ssp.system) ~= "string" or type(ssp.stream) ~= "string" then return nil end
	local id = type(ssp.partition) == "number" and math.tointeger(ssp.partition)
	local bucket = type(ssp.keyBucket) == "number" and math.tointeger(ssp.keyBucket) or -1
	return id and { ssp.system, ssp.stream, id, bucket ~= -1 and bucket or nil }
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

--- The type of a record and its key.
-- @tparam string bytes the record's key
-- @treturn string|nil type; "" for what is no coordinator message
-- @treturn any key, a text unless the record is damaged; what is wrong when there is no type
-- @treturn table|nil the input that a key of set-task-partition-assignment names: { system, stream, partition, bucket | nil }
function M.key(bytes)
	local kind, key = bytes:match(KEY)
	if not kind then
		local input, system, partition, stream, rest = bytes:match(INPUT_KEY)
		if input and (rest == "" or rest == BUCKET) and #partition < 11 and check(bytes) then
			return INPUT, input, { system, stream, math.tointeger(tonumber(partition)) }
		end
	elseif kind ~= INPUT and check(bytes) then
		return kind, key
	end
	return decode_key(bytes)
end

local scratch, used = {}, "value"

--- The `values` of a record. The table may be the next call's, too.
-- @tparam string bytes the record's value
-- @tparam boolean needed is it an error when there are none?
-- @treturn table|nil values
-- @treturn string|nil what is wrong
function M.values(bytes, needed)
	if check(bytes) then
		local name, value = bytes:match(ONE_VALUE)
		if not name then name, value = M.TASK, bytes:match(ONE_TASK) end
		if value then
			scratch[used] = nil
			scratch[name], used = value, name
			return scratch
		end
	end
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

return M
