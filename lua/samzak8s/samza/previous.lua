-- SPDX-License-Identifier: Apache-2.0
--- What earlier runs of the job decided, from everywhere it may be written, as one state.
--
-- A source is a function (config, context) -> found | nothing | nil, err. `found` is { origin = where, for messages,
-- state = as samza.state.load gives it }; `nothing` is { missing = why, a clause }. One that knows no changelog partitions
-- may say so in `missing`, too.
local lazy = require("samzak8s.lazy")
local durable = lazy("samzak8s.samza.durable")
local report = require("samzak8s.report")
local samza = require("samzak8s.samza")
local sorted = require("samzak8s.sorted")
local stores = require("samzak8s.samza.stores")
local standby = require("samzak8s.samza.standby")

local M = {}

local MEMBERS = { "changelog", "containers", "partitions", "modes", "hosts" }

local function given(_, context)
	local state, path = context.given, context.options.state
	return state and { origin = path, state = state, missing = not state.changelog and path .. " has no member changelog" or nil }
end

local function earlier_output(_, context)
	return context.earlier
end

-- Is anything read for this job? Asking costs time, and rights that a job without state need not have.
local function wanted(config, context)
	local command = context.options.command
	return command == "state" or command == "bootstrap" or #stores.names(config) > 0 or samza.host_affinity(config.raw, context.facts)
end

-- A source among Samza's own topics.
local function kept(name)
	return function(config, context)
		if wanted(config, context) then return durable[name](config, context) end
	end
end

-- The last word first: where two sources know the containers, say, the first of them counts. --state is said instead of
-- the others, or because they are wrong.
local SOURCES = { earlier_output, kept("from_coordinator"), kept("from_checkpoints") }

local function conflict(message, found, other)
	return report.fail { code = "state.conflict", source = found.origin, message = message, notes = { "read from " .. other.origin .. " and " .. found.origin },
		hint = "find out which is right; then give it with --state FILE, and move a wrong output away" }
end

-- What speaks against a task's partition: who says otherwise.
local function against(ids, owner, task, id)
	local before, other = ids[task], owner[id]
	if before and before.id ~= id then return before.found end
	if other and standby.active_name(other.task) ~= standby.active_name(task) then return other.found, other.task end
end

-- Add the changelog partitions of a source to those of the sources before it; `owner`: id -> { task, found }.
local function add_changelog(ids, owner, found)
	local wrong = false
	for task, id in next, found.state.changelog do wrong = wrong or against(ids, owner, task, id) end
	if wrong then
		for task, id in sorted.pairs(found.state.changelog) do
			local other, holder = against(ids, owner, task, id)
			if holder then
				return conflict(("changelog partition %d is task %q's here, but task %q's in %s"):format(id, task, holder, other.origin), found, other)
			elseif other then
				return conflict(("the changelog partition of task %q is %d here, but %d in %s"):format(task, id, ids[task].id, other.origin), found, other)
			end
		end
	end
	for task, id in next, found.state.changelog do
		ids[task] = ids[task] or { id = id, found = found }
		owner[id] = owner[id] or { task = task, found = found }
	end
	return true
end

--- Make one state of what the sources found. Changelog partitions are put together, and must agree; of every other
-- member the first source that has it counts, as parts of two runs make no whole.
-- @tparam {table,...} found in the order of precedence
-- @treturn table|nil state, with every member
-- @treturn table|nil err
function M.merge(found)
	local state, numbered = {}, {}
	for _, source in ipairs(found) do
		if source.state.changelog then numbered[#numbered + 1] = source end
		for _, name in ipairs(MEMBERS) do
			local value = source.state[name]
			if not state[name] and value and next(value) then state[name] = value end
		end
	end
	for _, name in ipairs(MEMBERS) do state[name] = state[name] or {} end
	if #numbered < 2 then return state end
	local ids, owner = {}, {}
	for _, source in ipairs(numbered) do
		local ok, err = add_changelog(ids, owner, source)
		if not ok then return nil, err end
	end
	state.changelog = {}
	for task, entry in next, ids do state.changelog[task] = entry.id end
	return state
end

--- Read the `--state` file, before anything else is done.
-- @treturn boolean|nil
-- @treturn table|nil err
function M.check(context)
	local path = context.options.state
	context.given = nil
	if not path or path == "none" then return true end
	local state, err = require("samzak8s.samza.state").load(path)
	context.given = state
	return state and true, err
end

--- Ask every source.
-- @tparam Config config
-- @tparam table context
-- @treturn table|nil state (every member there), found (the sources that had something), missing (why others had not),
--   numbered (is it known how changelogs were numbered, be it by --state none?)
-- @treturn table|nil err
function M.find(config, context)
	local result = { found = {}, missing = {}, numbered = context.options.state == "none" }
	for _, source in ipairs(result.numbered and {} or context.given and { given } or SOURCES) do
		local found, err = source(config, context)
		if err then return nil, err end
		if found and found.state then
			result.found[#result.found + 1] = found
			result.numbered = result.numbered or found.state.changelog ~= nil
		end
		if found then result.missing[#result.missing + 1] = found.missing end
	end
	local err
	result.state, err = M.merge(result.found)
	if not result.state then return nil, err end
	return result
end

return M
