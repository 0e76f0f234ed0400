-- SPDX-License-Identifier: Apache-2.0
--- Changelog topics: do they still have the partitions that the model needs, and what is read again from them? Pure.
local compare = require("samzak8s.plan.compare")
local stores = require("samzak8s.samza.stores")

local M = {}

-- What to do about a topic with `count` partitions (nil: unknown, false: there is no topic).
local function verdict(count, had, needs, facts)
	if count == false then return "create" end
	local size = count or had
	if not size then return "unknown" end
	if size < needs then return "grow" end
	if size > needs and facts.changelog_size == "exactly" then return "too many" end
	return "fits"
end

--- @tparam Config config
-- @tparam table facts
-- @tparam table|nil before model
-- @tparam table after model
-- @tparam {[string]=integer|boolean,...} counts partitions by "system.topic", false where there is no such topic
-- @treturn {table,...} by store: { store, system, topic, had, needs, count, verdict = "fits", "grow", "create", "too many" or "unknown" }
function M.compare(config, facts, before, after, counts)
	local had, needs = before and compare.changelog_partitions(before), compare.changelog_partitions(after)
	local result = {}
	for i, name in ipairs(stores.with_changelog(config)) do
		local system, topic = stores.changelog(config, facts, name)
		local count = counts[("%s.%s"):format(system, topic)]
		result[i] = { store = name, system = system, topic = topic, had = had, needs = needs, count = count or nil,
			verdict = verdict(count, had, needs, facts) }
	end
	return result
end

--- Tasks that read their changelogs from the start.
-- @tparam table|nil before model
-- @tparam table after model
-- @tparam table diff of the two
-- @tparam boolean lost are local stores lost, as every pod is a new one and nothing outlives a pod?
-- @treturn {{task=string,changelog=integer},...} in the order of the containers; tasks that are new have nothing to read
function M.restored(before, after, diff, lost)
	local moved, known, found = {}, {}, {}
	for _, item in ipairs(diff.moved) do moved[item.task] = true end
	for _, container in ipairs(before and before.containers or {}) do
		for _, task in ipairs(container.tasks) do known[task.name] = true end
	end
	for _, container in ipairs(after.containers) do
		for _, task in ipairs(container.tasks) do
			if known[task.name] and (lost or moved[task.name]) then found[#found + 1] = { task = task.name, changelog = task.changelog } end
		end
	end
	return found
end

return M
