-- SPDX-License-Identifier: Apache-2.0
--- The checkpoint topic of Samza 0.9: one record holds the changelog partitions of all tasks, beside the checkpoints.
local cjson = require("cjson")
local jobmodel = require("samzak8s.native.jobmodel")
local report = require("samzak8s.report")
local sorted = require("samzak8s.sorted")
local topic_name = require("samzak8s.samza.topic_name")

local M = {}

local MAX = 2147483646
local MAPPING = "changelog-partition-mapping"

--- The only checkpoint manager whose topic this is.
M.factory = "org.apache.samza.checkpoint.kafka.KafkaCheckpointManagerFactory"

--- @treturn string the topic of a job
function M.topic(config)
	return topic_name("__samza_checkpoint_ver_1_for_", config)
end

local function object(bytes)
	if not bytes or not jobmodel.check(bytes) or not bytes:find("^%s*{") then return nil end
	return cjson.decode(bytes)
end

local function read_mapping(mapping, offset, origin)
	local result, owner = {}, {}
	for task, id in sorted.pairs(mapping) do
		if type(id) == "string" and #id <= 11 and id:find("^%+?%d+$") then id = tonumber(id) end
		local number = type(id) == "number" and math.tointeger(id)
		if not number or number < 0 or number > MAX then
			return report.fail { code = "checkpoint.record", source = origin,
				message = ("the record at offset %d gives task %q the changelog partition %s, which is no whole number"):format(offset, task, tostring(id)) }
		end
		if owner[number] then
			return report.fail { code = "checkpoint.record", source = origin,
				message = ("the record at offset %d gives tasks %q and %q the same changelog partition %d"):format(offset, owner[number], task, number) }
		end
		owner[number], result[task] = task, number
	end
	return result
end

--- Read the records of partition 0, in their order. What Samza 0.9 skips is skipped, so that the mapping before it counts.
-- @tparam table read offsets, keys, values, as the Kafka client gives them
-- @tparam string origin where they come from, for messages
-- @treturn table|nil changelog (task -> partition; nil when there is no mapping), offset (of the mapping), records (all of
--   them), skipped (offsets of mappings that cannot be read)
-- @treturn table|nil err
function M.parse(read, origin)
	local last, offset, skipped = nil, nil, {}
	for i, at in ipairs(read.offsets) do
		if not read.keys[i] then
			return report.fail { code = "checkpoint.record", source = origin, message = ("the record at offset %d has no key"):format(at),
				notes = { "Samza stops here: Encountered message without key." } }
		end
		local key = object(read.keys[i])
		if key and key.type == MAPPING then
			local mapping = object(read.values[i])
			if mapping then
				last, offset = mapping, at
			else
				skipped[#skipped + 1] = at
			end
		end
	end
	if not last then return { records = #read.offsets, skipped = skipped } end
	local changelog, err = read_mapping(last, offset, origin)
	if not changelog then return nil, err end
	return { changelog = changelog, offset = offset, records = #read.offsets, skipped = skipped }
end

return M
