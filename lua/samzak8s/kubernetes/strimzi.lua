-- SPDX-License-Identifier: Apache-2.0
--- Topics as KafkaTopic resources, for Strimzi's topic operator to make.
local digest = require("samzak8s.native.digest")

local LONGEST = 253

-- Names of topics may hold what names of objects must not; then a digest keeps different topics apart.
local function object_name(system, topic)
	local name = topic:lower():gsub("[^a-z0-9.-]+", "-"):gsub("^[.-]+", ""):gsub("[.-]+$", ""):gsub("%.[.-]*%-", "-"):gsub("%-+%.", "."):gsub("%.%.+", ".")
	if name == topic and #name <= LONGEST then return name end
	local tail = digest.sha256(system .. "\0" .. topic):sub(1, 6)
	return ((name:sub(1, LONGEST - 7):gsub("[.-]+$", "")) .. "-" .. tail):gsub("^%-", "")
end

-- Whole numbers as such: that is how the operator writes them back.
local function config_map(configs)
	local map = {}
	for _, entry in ipairs(configs) do
		local number = entry[2]:find("^-?%d+$") and math.tointeger(tonumber(entry[2]))
		map[entry[1]] = number or entry[2]
	end
	return next(map) and map or nil
end

--- @tparam {table,...} topics system, topic, partitions, replication, configs
-- @tparam table options `cluster` (nil: the name of the topic's system), `namespace`
-- @treturn {table,...} in the order of `topics`
return function(topics, options)
	local resources = {}
	for i, topic in ipairs(topics) do
		resources[i] = { apiVersion = "kafka.strimzi.io/v1beta2", kind = "KafkaTopic",
			metadata = { name = object_name(topic.system, topic.topic), namespace = options.namespace,
				labels = { ["strimzi.io/cluster"] = options.cluster or topic.system } },
			spec = { topicName = topic.topic, partitions = topic.partitions, replicas = topic.replication.value, config = config_map(topic.configs) } }
	end
	return resources
end
