-- SPDX-License-Identifier: Apache-2.0
--- What only the cluster knows of changelogs: how many partitions there are, and how many messages are in them. What cannot
-- be asked stays unknown; a plan is made all the same.
local job_topic = require("samzak8s.samza.job_topic")
local sources = require("samzak8s.samza.sources")
local sorted = require("samzak8s.sorted")
local stores = require("samzak8s.samza.stores")

local M = {}

local function unknown(context, err)
	context.warn { code = "plan.unknown", source = err.source, key = err.key, message = "changelogs could not be looked at: " .. tostring(err.message), hint = err.hint }
end

-- The topics of stores by system: { [system] = { [topic] = true } }.
local function topics_of(config, facts)
	local systems = {}
	for _, name in ipairs(stores.with_changelog(config)) do
		local system, topic = stores.changelog(config, facts, name)
		if system then
			systems[system] = systems[system] or {}
			systems[system][topic] = true
		end
	end
	return systems
end

--- Partitions of the changelogs. A snapshot knows what it lists; a topic that it leaves out may be there all the same.
-- @treturn {[string]=integer|boolean,...} by "system.topic": a count, or false where there is no such topic
function M.counts(config, context)
	local counts = {}
	for system, topics in sorted.pairs(topics_of(config, context.facts)) do
		local listing, err = sources.listing(system, topics, config, context)
		if listing then
			for topic in next, topics do counts[system .. "." .. topic] = listing.kind ~= "snapshot" and false or nil end
			for _, topic in ipairs(listing.topics) do counts[system .. "." .. topic.name] = #topic.partitions end
		else
			unknown(context, err)
		end
	end
	return counts
end

--- How many messages the restored tasks read from one changelog, at most; nil when nobody can be asked.
-- @tparam table log see samzak8s.plan.changelogs
-- @tparam {{changelog=integer},...} restored
function M.messages(log, restored, config, context)
	if not log.count then return nil end
	local partitions, seen = {}, {}
	for _, task in ipairs(restored) do
		if task.changelog < log.count and not seen[task.changelog] then
			seen[task.changelog] = true
			partitions[#partitions + 1] = task.changelog
		end
	end
	if #partitions == 0 then return nil end
	table.sort(partitions)
	local total, err = job_topic.messages(config, context, log.system, log.topic, partitions)
	if err then unknown(context, err) end
	return total
end

return M
