-- SPDX-License-Identifier: Apache-2.0
--- `kubernetes.patch`: a user's Lua files, in order, each given every resource.
local policy = require("samzak8s.policy")

local KEY = "kubernetes.patch"

--- @tparam {table,...} resources of the layout
-- @tparam Job job
-- @tparam Config config
-- @tparam table context
-- @treturn {table,...}|nil resources
-- @treturn {{where=table,resources=table},...}|table what each patch made, for blame; or err
return function(resources, job, config, context)
	local steps = {}
	local paths, err = config:typed(KEY)
	if err then return nil, err end
	for _, path in ipairs(paths or {}) do
		local where
		if not path:find("/", 1, true) then
			return config:fail(KEY, "policy.unknown", ("'%s' is no path"):format(path), ("a file of your own is given with a /, as in ./%s"):format(path))
		end
		where, err = policy.resolve("patches", { key = KEY, value = path, each = true }, config)
		if not where then return nil, err end
		local results
		results, err = policy.run(where, config, context, resources, job)
		if not results then return nil, err end
		resources = {}
		for _, result in ipairs(results) do
			if result then resources[#resources + 1] = result end
		end
		if #resources == 0 then
			return policy.blame(where, config, { code = "policy.result", message = "dropped every resource", hint = "return the resource, changed or not" })
		end
		steps[#steps + 1] = { where = where, resources = resources }
	end
	return resources, steps
end
