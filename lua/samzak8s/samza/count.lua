-- SPDX-License-Identifier: Apache-2.0
--- The number of containers: JobConfig.getContainerCount, with `kubernetes.pod.count` before it.

--- Sets `config.count` and `config.count_key`, the property it came from (for messages).
-- @treturn boolean|nil
-- @treturn table|nil err
return function(config, facts, context)
	local candidates = { "kubernetes.pod.count" }
	if facts.autosizing and config:typed("job.autosizing.enabled") then
		candidates[#candidates + 1] = "job.autosizing.container.count"
	end
	if facts.reads_job_container_count then
		candidates[#candidates + 1] = "job.container.count"
	elseif config:get("job.container.count") and not config:get("kubernetes.pod.count") then
		context.warn(config:about("job.container.count", { code = "samza.count-ignored",
			message = "Samza " .. facts.version .. " does not read this property", hint = "set kubernetes.pod.count" }))
	end
	candidates[#candidates + 1] = "yarn.container.count"
	config.count, config.count_key = 1, "kubernetes.pod.count"
	for _, key in ipairs(candidates) do
		if config:get(key) ~= nil then
			local count, err = config:typed(key)
			if not count then return nil, err end
			if count < 1 then
				return config:fail(key, "containers.count", facts.require_prefix .. "Must have at least one container", "set " .. key .. " to 1 or more")
			end
			config.count, config.count_key = count, key
			break
		end
	end
	return true
end
