-- SPDX-License-Identifier: Apache-2.0
--- What the manifests need of the config, checked before a broker is asked.
local settings = require("samzak8s.kubernetes.settings")

--- @tparam Config config
-- @tparam Config _ the same
-- @tparam table context
-- @treturn boolean|nil
-- @treturn table|nil err
return function(config, _, context)
	local facts = context.facts
	local image = "kubernetes.container.image"
	if config:get(image) == nil then
		return config:fail(image, "config.image", "no container image defined",
			"set kubernetes.container.image to the image of the job")
	end
	local coordinator = config:get("job.coordinator.system")
		or facts.default_system and config:get("job.default.system") or nil
	if facts.needs_coordinator_system and not coordinator then
		return config:fail("job.coordinator.system", "samza.coordinator-system",
			"Missing job.coordinator.system configuration. Cannot proceed with job execution.",
			("set job.coordinator.system%s to the Kafka system, as in job.coordinator.system=kafka")
				:format(facts.default_system and " or job.default.system" or ""))
	end
	local _, err = config:typed("task.shutdown.ms")
	if err then return nil, err end
	return settings(config)
end
