-- SPDX-License-Identifier: Apache-2.0
--- Fifth arrow: containers to the JobModel, with the changelog partition of every task.
local changelog = require("samzak8s.samza.changelog")
local choose_dialect = require("samzak8s.samza.dialect")
local jobmodel = require("samzak8s.native.jobmodel")
local report = require("samzak8s.report")
local sorted = require("samzak8s.sorted")
local standby = require("samzak8s.samza.standby")
local stores = require("samzak8s.samza.stores")

-- A wrong number silently corrupts state: a job that keeps some is not numbered afresh without being told so.
local function check_state(config, context)
	local names = stores.with_changelog(config)
	if #names == 0 or context.previous.numbered then return true end
	return config:fail("stores." .. names[1] .. ".changelog", "state.missing",
		("the job keeps state in %d changelog%s, and its earlier numbering is not known"):format(#names, #names == 1 and "" or "s"),
		"give --state FILE with what an earlier run decided, or --state none when the job is new", context.previous.missing)
end

-- 0.9.x keeps no mapping without a checkpoint manager, so neither do we.
local function previous_ids(config, context)
	local previous = context.state.changelog
	if context.facts.mapping_in == "checkpoint topic" and config:get("task.checkpoint.factory") == nil and next(previous) then
		if not context.given then return {} end
		context.warn { code = "state.ignored", source = context.options.state, key = "task.checkpoint.factory",
			message = "is not set, so Samza " .. context.facts.version .. " keeps no mapping; the changelog member is ignored",
			hint = "set it, or remove the changelog member" }
		return {}
	end
	return previous
end

-- Bytes of --config or of a snapshot that are no text: JSON cannot hold them.
local function blame_bytes(config, err)
	for key, value in sorted.pairs(config.raw) do
		if not utf8.len(key) or not utf8.len(value) then
			return config:fail(key, err.code, "is not valid UTF-8", "write it in UTF-8")
		end
	end
	return report.fail { code = err.code, source = err.path, message = "is not valid UTF-8", hint = "write names in UTF-8" }
end

--- @tparam table input `tasks` and `containers`, as their stages return them
-- @tparam Config config
-- @tparam table context
-- @treturn table|nil json (text), containers ({ id=, tasks={ { name=, changelog=, partitions=, mode= } } }, with those of
-- standby tasks), max_changelog, retired (changelog partitions of tasks that are no more: never given to another)
-- @treturn table|nil err
return function(input, config, context)
	local ok, err = check_state(config, context)
	if not ok then return nil, err end
	local previous = previous_ids(config, context)
	local ids
	ids, err = changelog.assign(input.tasks, previous, context.facts)
	if not ids then return nil, err end
	local by_name, living, max = {}, {}, -1
	for _, task in ipairs(input.tasks) do
		local id = ids[task.name]
		by_name[task.name] = { name = task.name, changelog = id, partitions = task.partitions }
		max, living[id] = math.max(max, id), true
	end
	local retired = {}
	for name, id in next, previous do
		if not by_name[name] and not living[id] and standby.active_name(name) == name then retired[name] = id end
	end
	local containers = {}
	for i, container in ipairs(input.containers) do
		local tasks = {}
		for k, name in ipairs(container.tasks) do tasks[k] = by_name[name] end
		containers[i] = { id = container.id, tasks = tasks }
	end
	containers, err = standby.expand(containers, config, context)
	if not containers then return nil, err end
	ok, err = stores.check_systems(config, context.facts)
	if not ok then return nil, err end
	local dialect
	dialect, err = choose_dialect(containers, context.facts, context.options.dialect)
	if not dialect then return nil, err end
	local json
	json, err = jobmodel.serialize(config.raw, containers, { dialect = dialect })
	if not json then return blame_bytes(config, err) end
	return { json = json, containers = containers, max_changelog = max, retired = retired }
end
