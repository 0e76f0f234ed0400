-- SPDX-License-Identifier: Apache-2.0
--- What earlier runs decided; tasks, containers and model read it as `context.state`.
local previous = require("samzak8s.samza.previous")

--- @tparam Config config
-- @tparam Config _ the same
-- @tparam table context receives `state` and `previous`
-- @treturn table|nil see samza.previous
-- @treturn table|nil err
return function(config, _, context)
	local found, err = previous.find(config, context)
	if not found then return nil, err end
	context.previous, context.state = found, found.state
	return found
end
