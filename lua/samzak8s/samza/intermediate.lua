-- SPDX-License-Identifier: Apache-2.0
--- Streams between the parts of a high-level application, as far as the properties declare them: which there are besides, only
-- its Java code knows.
local samza = require("samzak8s.samza")

local M = {}

local PARTITIONS = "job.intermediate.stream.partitions"
local MOST = 256 -- partitions that Samza gives such a stream by itself

local function replication(config, facts, prefix, system)
	local keys = { prefix .. "replication.factor" }
	if facts.intermediate_system_defaults then keys[2] = ("systems.%s.default.stream.replication.factor"):format(system) end
	for _, key in ipairs(keys) do
		if config:get(key) then return { value = samza.integer(config:get(key)), key = key } end
	end
	return { value = 2, key = keys[1], default = true }
end

--- @treturn {table,...} like those of samza.topics.wanted, with kind "intermediate", `prefix` of its properties, and no partitions
function M.declared(config, facts)
	local found = {}
	for _, key in ipairs(facts.intermediate_streams and config:keys("streams.") or {}) do
		local id = key:match("^streams%.(.+)%.samza%.intermediate$")
		if id and config:get(key):lower() == "true" then
			local prefix = ("streams.%s."):format(id)
			local system = config:get(prefix .. "samza.system") or config:get("job.default.system")
			if system then
				found[#found + 1] = { kind = "intermediate", system = system, key = key, prefix = prefix,
					topic = config:get(prefix .. "samza.physical.name") or id, replication = replication(config, facts, prefix, system) }
			end
		end
	end
	return found
end

--- The number of partitions of streams that are still to be made.
-- @tparam Config config
-- @tparam integer most partitions that an input of the job has
-- @treturn integer|nil
-- @treturn table|nil err
function M.partitions(config, most)
	local text = config:get(PARTITIONS)
	if not text then return math.max(1, math.min(most, MOST)) end
	local count = samza.integer(text)
	if count and count > 0 then return count end
	return config:fail(PARTITIONS, "config.integer", ('For input string: "%s"'):format(text), "give a number of partitions, 1 or more")
end

return M
