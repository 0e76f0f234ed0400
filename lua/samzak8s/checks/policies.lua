-- SPDX-License-Identifier: Apache-2.0
--- Are the policies that properties name there, before anything is asked of a cluster?
local policy = require("samzak8s.policy")

local POLICIES = { ["kubernetes.grouper.tasks"] = "groupers/tasks", ["kubernetes.grouper.containers"] = "groupers/containers",
	["kubernetes.layout"] = "layouts" }
local ORDER = { "kubernetes.grouper.tasks", "kubernetes.grouper.containers", "kubernetes.layout" }

--- @tparam table job
-- @tparam function add(level, err)
return function(job, add)
	for _, key in ipairs(ORDER) do
		if job.config:get(key) then
			local where, err = policy.resolve(POLICIES[key], key, job.config)
			if where and not where.builtin then
				local text, why = where.read(where.file)
				if not text then
					err = job.config:about(key, { code = "policy.missing", source = where.source, message = why:gsub("^.*: ", "", 1):gsub("^%u", string.lower),
						hint = "a path is relative to the file that sets it" })
				end
			end
			if err then add("error", err) end
		end
	end
end
