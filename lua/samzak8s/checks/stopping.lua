-- SPDX-License-Identifier: Apache-2.0
--- The time between TERM and KILL against the time that Samza gives its tasks.
local pods = require("samzak8s.checks.pods")

local KEY, SHUTDOWN = "kubernetes.pod.termination.grace.period.sec", "task.shutdown.ms"
local MARGIN = 15 -- s, for stores and producers to be flushed

--- @tparam table job
-- @tparam function add(level, err)
return function(job, add)
	local config, told = job.config, {}
	local ms = config:typed(SHUTDOWN) or job.facts.shutdown_ms
	if math.type(ms) ~= "integer" then return end
	local needed = (ms + 999) // 1000
	for _, pod in ipairs(pods.samza(job.resources)) do
		local grace = pod.spec.terminationGracePeriodSeconds or 30
		local level = grace <= needed and "warning" or grace < needed + MARGIN and "note"
		if level and not told[grace] then
			add(level, config:about(KEY, { code = "stopping.grace", hint = ("remove it, or set it to %d or more"):format(needed + MARGIN),
				message = ("a container is killed after %d s, and its tasks may take %d s (%s%s) before stores and producers are flushed")
					:format(grace, needed, SHUTDOWN, config:get(SHUTDOWN) and "" or (", in %s by default"):format(job.facts.version)) }))
		end
		told[grace] = true
	end
end
