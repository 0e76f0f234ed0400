-- SPDX-License-Identifier: Apache-2.0
--- Stores with changelogs (StorageConfig): they make a job's changelog numbering matter.
local M = {}

--- @treturn {string,...} names of the stores, sorted
function M.names(config)
	local names = {}
	for _, key in ipairs(config:keys("stores.")) do
		local name = key:match("^stores%.(.+)%.factory$")
		-- "stores.x.side.inputs.processor.factory" defines no store x.side...
		if name and not name:find("%.side%.inputs%.processor$") then names[#names + 1] = name end
	end
	return names
end

--- @treturn {string,...} names of the stores that have a changelog, sorted
function M.with_changelog(config)
	local found = {}
	for _, name in ipairs(M.names(config)) do
		if config:get("stores." .. name .. ".changelog") then found[#found + 1] = name end
	end
	return found
end

--- @treturn integer number of stores that are kept on disk (StorageConfig.getNumPersistentStores)
function M.persistent(config)
	local count = 0
	for _, name in ipairs(M.names(config)) do
		local class = config:get("stores." .. name .. ".factory")
		if class ~= "org.apache.samza.storage.kv.inmemory.InMemoryKeyValueStorageEngineFactory" then count = count + 1 end
	end
	return count
end

--- The changelog topic of a store: split at the first dot; without a dot the system is named elsewhere.
-- @treturn string|nil system
-- @treturn string topic
function M.changelog(config, facts, name)
	local value = config:get("stores." .. name .. ".changelog")
	local system, topic = value:match("^([^.]*)%.(.*)$")
	if system then return system, topic end
	return config:get("job.changelog.system") or facts.default_system and config:get("job.default.system") or nil, value
end

--- Check the `system.stream` form of every changelog, as Samza does when it builds its Kafka admin.
-- @treturn boolean|nil
-- @treturn table|nil err
function M.check(config, facts)
	for _, name in ipairs(M.with_changelog(config)) do
		local key = "stores." .. name .. ".changelog"
		local value = config:get(key)
		if not value:find(".", 1, true) then
			local hint = "write it as system.stream, as in kafka." .. value
			if not facts.changelog_default_system then
				return config:fail(key, "samza.stream-name", ("No '.' in stream name '%s'. Stream names should be in the form 'system.stream'"):format(value), hint)
			end
			if not (config:get("job.changelog.system") or facts.default_system and config:get("job.default.system")) then
				return config:fail(key, "samza.changelog-system", "changelog system is not defined:" .. value, hint)
			end
		end
	end
	if facts.stores_need_checkpoints and #M.names(config) > 0 and config:get("task.checkpoint.factory") == nil then
		local key = "stores." .. M.names(config)[1] .. ".factory"
		return config:fail(key, "samza.no-checkpoint-manager",
			"Storage factories configured, but no checkpoint manager has been specified.  Unable to start job as there would be no place to store changelog partition mapping.",
			"set task.checkpoint.factory=org.apache.samza.checkpoint.kafka.KafkaCheckpointManagerFactory")
	end
	return true
end

--- Check that the system of every changelog is configured, as Samza does when it creates them, after it has made the model.
-- @treturn boolean|nil
-- @treturn table|nil err
function M.check_systems(config, facts)
	for _, name in ipairs(facts.changelog_unknown_system and M.with_changelog(config) or {}) do
		local key = "stores." .. name .. ".changelog"
		local system = config:get(key):match("^([^.]*)%.")
		if system and config:get("systems." .. system .. ".samza.factory") == nil then
			return config:fail(key, "samza.unknown-system", (facts.changelog_unknown_system:gsub("{(%l+)}", { store = name, system = system })),
				("set systems.%s.samza.factory, or correct the system of the changelog"):format(system))
		end
	end
	return true
end

return M
