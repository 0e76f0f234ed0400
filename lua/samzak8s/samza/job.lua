-- SPDX-License-Identifier: Apache-2.0
--- What a job's properties must say before anything is computed from them: its name, its containers, its stores.
local count_containers = require("samzak8s.samza.count")
local report = require("samzak8s.report")
local stores = require("samzak8s.samza.stores")

local M = {}

-- app.name and app.id (JobPlanner): they take the place of job.name and job.id, and must agree with them.
function M.identity(config, facts)
	if facts.app_name_wins then
		for _, part in ipairs { "name", "id" } do
			local app, job = config:get("app." .. part), config:get("job." .. part)
			if app and job and app ~= job then
				return config:fail("job." .. part, "samza.app-name", ("Generated job.%s = %s from app.%s = %s does not match user configured job.%s = %s, please configure job.%s same as app.%s")
					:format(part, app, part, app, part, job, part, part), ("set job.%s and app.%s to the same text, or remove one"):format(part, part))
			end
			if app and not job then config:set("job." .. part, app, config.origin["app." .. part]) end
		end
	end
	if config:get("job.name") == nil then
		return report.fail { code = "config.job-name", key = "job.name", message = facts.missing_name, hint = "set job.name in the properties file, or with --config job.name=NAME" }
	end
	return true
end

--- Check a config, and set what follows from it: `count`, `count_key`, and job.name and job.id from app.name and app.id.
-- @tparam Config config
-- @tparam table context
-- @treturn boolean|nil
-- @treturn table|nil err
function M.check(config, context)
	for _, step in ipairs { M.identity, count_containers, stores.check } do
		local ok, err = step(config, context.facts, context)
		if not ok then return nil, err end
	end
	return true
end

return M
