-- SPDX-License-Identifier: Apache-2.0
--- The job's input streams, each of a system that is defined.
local inputs = require("samzak8s.samza.inputs")

--- @tparam Config config
-- @tparam Config _ the same
-- @tparam table context
-- @treturn {{system=string,stream=string},...}|nil sorted
-- @treturn table|nil err
return function(config, _, context)
	local facts = context.facts
	if config:get("app.class") and (config:get("task.inputs") or ""):find("^%s*$") then
		return config:fail("app.class", "samza.app-inputs",
			"the inputs of a high-level application are known to its Java code only, and task.inputs is not set",
			"set task.inputs and systems.<s>.* with --config or in one more file: the job's log on YARN prints the planned config")
	end
	local streams, err = inputs.streams(config)
	if not streams then return nil, err end
	for _, stream in ipairs(streams) do
		if config:get("systems." .. stream.system .. ".samza.factory") == nil then
			return config:fail("task.inputs", "samza.unknown-system", facts.missing_system:format(stream.system),
				("set systems.%s.samza.factory, or correct the system in task.inputs"):format(stream.system))
		end
	end
	return streams
end
