-- SPDX-License-Identifier: Apache-2.0
--- A plan: from an earlier model and its objects to those of a run of the pipeline.
local changelogs = require("samzak8s.plan.changelogs")
local compare = require("samzak8s.plan.compare")
local live = require("samzak8s.plan.live")
local model_reader = require("samzak8s.samza.model_reader")
local objects = require("samzak8s.plan.objects")
local order = require("samzak8s.kubernetes.order")
local steps = require("samzak8s.plan.steps")
local stores = require("samzak8s.samza.stores")
local what_if = require("samzak8s.plan.what_if")
local yaml = require("samzak8s.native.yaml")

local M = {}

local NONE = { containers = {}, config = {}, objects = {} }

-- Resources as a reader of the file sees them, to compare like with like.
local function as_read(resources)
	local text, err = yaml.emit(resources, { order = order })
	if not text then return nil, err end
	return yaml.parse(text)
end

local function model_of(run)
	local model, err = run:get("model")
	if not model then return nil, err end
	return { containers = model.containers, config = run:get("rewritten").raw, retired = model.retired }
end

--- The present model and objects of a run, to be held against another one.
-- @treturn table|nil origin, containers, config, objects
-- @treturn table|nil err
function M.present(run)
	local model, err = model_of(run)
	if not model then return nil, err end
	local resources
	resources, err = run:get("manifests")
	if resources then model.objects, err = as_read(resources) end
	if not model.objects then return nil, err end
	model.origin = "the job as it is"
	return model
end

--- What became of the tasks, without Kubernetes: for sessions.
-- @tparam table before containers, config
-- @tparam table run
-- @treturn table|nil see samzak8s.plan.compare
-- @treturn table|nil err
function M.diff(before, run)
	local after, err = model_of(run)
	return after and compare.compare(before, after), err
end

-- Where the output goes, and the command that writes it there.
local function generate_command(options, config)
	local words, path = { "samzak8s" }, options.out or config:get("kubernetes.resources.out")
	for _, file in ipairs(options.files) do words[#words + 1] = (file.uri and "--config-path " or "") .. steps.word(file.path) end
	for _, pair in ipairs(options.config or {}) do
		if not pair.from then words[#words + 1] = "--config " .. steps.word(require("samzak8s.keys").secret(pair.key) and pair.key .. "=..." or pair.key .. "=" .. pair.value) end
	end
	for _, name in ipairs { "state", "against", "partitions" } do
		if options[name] then words[#words + 1] = ("--%s %s"):format(name, steps.word(options[name])) end
	end
	if not path or path == "-" then path = "job.yaml" end
	if path ~= config:get("kubernetes.resources.out") then words[#words + 1] = "-o " .. steps.word(path) end
	return table.concat(words, " "), path
end

local function brokers_of(config)
	return function(system)
		for _, side in ipairs { "consumer", "producer" } do
			local servers = config:get(("systems.%s.%s.bootstrap.servers"):format(system, side))
			if servers then return servers end
		end
		return "BROKER:9092"
	end
end

-- Containers that leave, each with what removes it.
local function leaving(ids, removed)
	local result = {}
	for i, id in ipairs(ids) do
		result[i] = { id = id }
		for _, object in ipairs(removed) do
			if objects.container_id(object) == id then
				result[i].object, result[i].command = objects.name(object), steps.delete(object)
			end
		end
	end
	return result
end

local function names_of(list)
	local names = {}
	for i, object in ipairs(list) do names[i] = objects.name(object) end
	return names
end

local function change_items(changed)
	local items = {}
	for i, change in ipairs(changed) do items[i] = { object = objects.name(change.object), paths = change.paths } end
	return items
end

-- What each store reads again.
local function restore_items(plan, restored, config, context)
	local items = {}
	for _, log in ipairs(#restored > 0 and plan.changelogs or {}) do
		local item = { store = log.store, topic = log.system .. "." .. log.topic, tasks = #restored }
		item.messages = live.messages(log, restored, config, context)
		items[#items + 1] = item
	end
	return items
end

-- What a name carries with it.
local function notes_of(before, config)
	local old = before and before.config
	if not old or old["job.name"] == config:get("job.name") and (old["job.id"] or "1") == (config:get("job.id") or "1") then return {} end
	return { ("checkpoints go by the job's name: as %s it has none yet, and begins where its inputs' offset settings say"):format(config:get("job.name")) }
end

--- @tparam table|boolean before origin, containers, config, objects; false when there is no earlier output
-- @tparam table run of the pipeline
-- @tparam[opt] table changes that the run assumes, see samzak8s.plan.what_if
-- @treturn table|nil the plan, as its JSON form has it
-- @treturn table|nil err
function M.make(before, run, changes)
	local present, err = M.present(run)
	if not present then return nil, err end
	local config, context, old = run:get("rewritten"), run.context, before or NONE
	local diff, change = compare.compare(old, present), objects.compare(old.objects, present.objects)
	if #stores.with_changelog(config) == 0 then diff.renumbered = {} end -- numbers of nothing
	local verdict, why = "first", {}
	if before then verdict, why = steps.verdict(diff, change) end
	local plan = { job = { name = config:get("job.name"), id = config:get("job.id") or "1" }, against = before and before.origin or nil,
		what_if = changes and what_if.words(changes) or nil, verdict = verdict, why = why, differs = verdict ~= "nothing", notes = notes_of(before, config), inputs = diff.inputs,
		tasks = { moved = diff.moved, appeared = diff.appeared, vanished = diff.vanished, changed = diff.changed, renumbered = diff.renumbered },
		containers = { count = #present.containers, joined = diff.joined, left = leaving(diff.left, change.removed) },
		config = before and diff.config or {}, objects = { added = names_of(change.added), removed = names_of(change.removed), changed = change_items(change.changed) } }
	plan.changelogs = changelogs.compare(config, context.facts, before or nil, present, live.counts(config, context))
	local restarts = verdict == "stop" or verdict == "roll"
	local restored = changelogs.restored(before or nil, present, diff, restarts and not objects.has_volumes(present.objects))
	plan.restore = restore_items(plan, restored, config, context)
	local generate, path = generate_command(run.options, config)
	plan.steps = steps.list { verdict = verdict, before = old.objects, after = present.objects, changes = change, changelogs = plan.changelogs,
		path = path, generate = generate, brokers = brokers_of(config), creates = context.facts.changelog_maker == "coordinator",
		wanted = plan.what_if or {} }
	return plan
end

-- The run that assumes the changes. Without an earlier output, the present model is what its tasks keep to.
local function assumed(run, earlier, present, changes)
	if earlier then return run:what_if(changes) end
	local state, err = model_reader.state(present, present.retired)
	if not state then return nil, err end
	return run:what_if(changes, state)
end

--- The plan of a what-if: against the earlier output, or without one against the job as it is.
-- @tparam table run
-- @tparam table|boolean earlier the run's earlier output, or false
-- @tparam table changes see samzak8s.plan.what_if
-- @treturn table|nil plan
-- @treturn table|nil err
function M.assume(run, earlier, changes)
	local before, err = earlier, nil
	if not before then before, err = M.present(run) end
	if not before then return nil, err end
	local other
	other, err = assumed(run, earlier, before, changes)
	if not other then return nil, err end
	return M.make(before, other, changes)
end

--- What a what-if does to the tasks, without Kubernetes: for sessions.
-- @treturn table|nil see samzak8s.plan.compare
-- @treturn table|nil err
function M.what_if(run, changes)
	local earlier, err = run:get("earlier")
	if earlier == nil then return nil, err end
	local before = earlier
	if not before then before, err = model_of(run) end
	if not before then return nil, err end
	local other
	other, err = assumed(run, earlier, before, changes)
	if not other then return nil, err end
	return M.diff(before, other)
end

return M
