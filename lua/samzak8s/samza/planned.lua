-- SPDX-License-Identifier: Apache-2.0
--- `--config-from-coordinator`: the config of a job that runs on YARN, as its planner wrote it into the coordinator stream.
local lazy = require("samzak8s.lazy")
local durable = lazy("samzak8s.samza.durable")
local report = require("samzak8s.report")
local sorted = require("samzak8s.sorted")

local M = {}

-- Addresses of a coordinator that is running: its own records, no config of the job.
local LIVE = { ["yarn.am.tracking.url"] = true, ["samza.autoscaling.server.url"] = true }

local function none(config, context, notes)
	local key = "kubernetes.samza.version"
	if context.facts.mapping_in ~= "coordinator stream" then
		return config:fail(key, "coordinator.no-config", ("Samza %s keeps no config: there is no coordinator stream before 0.10"):format(context.facts.version),
			"set kubernetes.samza.version to the release of the running job, or give its properties file")
	end
	return report.fail { code = "coordinator.no-config", source = "--config-from-coordinator", message = "no config of the job was found", notes = notes }
end

--- Set every property of the stream that the user's files and --config do not set. Those win: they say how to connect from
-- here, and what is to be other than on YARN.
-- @tparam Config config the user's files and --config
-- @tparam table context
-- @treturn boolean|nil
-- @treturn table|nil err
function M.load(config, context)
	local facts = context.facts
	if facts.mapping_in ~= "coordinator stream" then return none(config, context) end
	local found, err = durable.coordinator(config, context)
	if not found then return nil, err end
	if found.missing then return none(config, context, { found.missing }) end
	local taken, kept = 0, {}
	for key, value in sorted.pairs(found.config) do
		if not LIVE[key] and not (facts.blank_config_dropped and value:find("^%s*$")) then
			if config:get(key) == nil then
				config:set(key, value, { file = ("coordinator stream, offset %d"):format(found.offsets[key]) })
				taken = taken + 1
			elseif config:get(key) ~= value then
				kept[#kept + 1] = key
			end
		end
	end
	if next(found.config) == nil then return none(config, context, { ("%s holds no config (%d records)"):format(found.origin, found.records) }) end
	local more = #kept > 5 and (" and %d more"):format(#kept - 5) or ""
	context.note { code = "config.from-coordinator", source = found.origin, message = ("%d properties are taken from the stream"):format(taken),
		notes = #kept > 0 and { "the user's own win: " .. table.concat(kept, ", ", 1, math.min(5, #kept)) .. more } or nil }
	return true
end

return M
