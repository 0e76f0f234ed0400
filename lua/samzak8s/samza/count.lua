-- SPDX-License-Identifier: Apache-2.0
--- The number of containers: JobConfig.getContainerCount, with `kubernetes.pod.count` before it.

local function candidates(config, facts, context)
	local keys = {}
	if facts.autosizing and config:typed("job.autosizing.enabled") then keys[1] = "job.autosizing.container.count" end
	if facts.reads_job_container_count then
		keys[#keys + 1] = "job.container.count"
	elseif config:get("job.container.count") and not config:get("kubernetes.pod.count") then
		context.warn(config:about("job.container.count", { code = "samza.count-ignored",
			message = "Samza " .. facts.version .. " does not read this property", hint = "set kubernetes.pod.count" }))
	end
	keys[#keys + 1] = "yarn.container.count"
	return keys
end

--- Sets `config.count` and `config.count_key`, the property it came from (for messages). Where the release parses it only when
-- it makes the container grouper, `config.count_error` is what is wrong with it. A number below 1 is left to the grouper.
-- @treturn boolean|nil
-- @treturn table|nil err
return function(config, facts, context)
	config.count, config.count_key = 1, "kubernetes.pod.count"
	local keys = candidates(config, facts, context)
	table.insert(keys, 1, "kubernetes.pod.count")
	for _, key in ipairs(keys) do
		if config:get(key) ~= nil then
			local count, err = config:typed(key)
			if not count and (facts.count_read == "first" or key == "kubernetes.pod.count") then return nil, err end
			config.count, config.count_key, config.count_error = count or 1, key, err
			return true
		end
	end
	return true
end
