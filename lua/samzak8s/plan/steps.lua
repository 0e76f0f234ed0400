-- SPDX-License-Identifier: Apache-2.0
--- The way from the old objects to the new ones: may pods roll, or must all stop first, and the commands in order. Pure.
local limits = require("samzak8s.kubernetes.limits")
local objects = require("samzak8s.plan.objects")

local M = {}

-- Kinds that hold data or other people's objects: leaving the output is no order to delete them.
local KEPT = { PersistentVolumeClaim = true, PersistentVolume = true, Namespace = true }

-- A word of a shell command.
local function word(text)
	if text:find("^[%w_./:=,@%%+-]+$") then return text end
	return "'" .. text:gsub("'", "'\\''") .. "'"
end
M.word = word

local function namespace_flag(namespace)
	return namespace and " -n " .. word(namespace) or ""
end

-- The value that all objects have for a label, or nil.
local function common(list, label)
	local value
	for _, object in ipairs(list) do
		local own = objects.labels(object)[label]
		if type(own) ~= "string" or value and own ~= value then return nil end
		value = own
	end
	return value
end

-- What finds all workloads of one kind and no other object: labels, else names.
local function selection(kind, list)
	local instance = common(list, "app.kubernetes.io/instance")
	if instance and common(list, "app.kubernetes.io/component") == "container" then
		return ("%s -l app.kubernetes.io/instance=%s,app.kubernetes.io/component=container"):format(kind, instance)
	end
	local app = common(list, "app")
	if app and #list > 1 then
		local all = true
		for _, object in ipairs(list) do all = all and type(objects.labels(object)["container-id"]) == "string" end
		if all then return ("%s -l app=%s,container-id"):format(kind, app) end
	end
	local names = {}
	for i, object in ipairs(list) do names[i] = word(objects.name(object)) end
	return table.concat(names, " ")
end

-- Objects by namespace and kind, in the order of the file: { { kind =, namespace =, list = } }.
local function grouped(list)
	local groups, by_key = {}, {}
	for _, object in ipairs(list) do
		local namespace = objects.namespace(object)
		local kind = tostring(object.kind):lower()
		local key = kind .. "\0" .. (namespace or "")
		if not by_key[key] then
			by_key[key] = { kind = kind, namespace = namespace, list = {} }
			groups[#groups + 1] = by_key[key]
		end
		table.insert(by_key[key].list, object)
	end
	return groups
end

local function workloads(list)
	local found = {}
	for _, object in ipairs(list) do
		if objects.is_workload(object) then found[#found + 1] = object end
	end
	return found
end

--- May the change roll through the pods one after the other?
-- @tparam table|nil diff of the models
-- @tparam table changes of the objects
-- @treturn string "stop", "roll", "apply" (no pod restarts) or "nothing"
-- @treturn {string,...} why all must stop
function M.verdict(diff, changes)
	local why = {}
	local function add(condition, text)
		if condition then why[#why + 1] = text end
	end
	add(#diff.moved > 0, "tasks change hands")
	add(#diff.appeared > 0, "tasks appear")
	add(#diff.vanished > 0, "tasks vanish")
	add(#diff.changed > 0, "tasks get other inputs")
	add(#diff.renumbered > 0, "tasks get other changelog partitions")
	local removed, restarts = #workloads(changes.removed) > 0, false
	add(removed and #why == 0, "containers get objects of other names")
	for _, change in ipairs(changes.changed) do
		if change.restarts then
			restarts = true
			if not objects.rolls(change.object) then
				add(#why == 0, ("a %s would start the next pod before the last one has ended"):format(tostring(change.object.kind)))
				break
			end
		end
	end
	if #why > 0 then return "stop", why end
	if restarts then return "roll", why end
	return #changes.added + #changes.removed + #changes.changed > 0 and "apply" or "nothing", why
end

local function apply_command(after, path)
	local large = false
	for _, object in ipairs(after) do large = large or limits.json_length(object) > limits.last_applied end
	return ("kubectl apply %s-%s %s"):format(large and "--server-side " or "", path:sub(-1) == "/" and "k" or "f", word(path))
end

--- The steps in order.
-- @tparam table plan `verdict`, `before` and `after` (objects), `changes`, `changelogs`, `path` (where the output goes), `generate`
-- (the command that writes it), `brokers` (function(system) -> text), `creates` (must missing changelogs be created by hand?), `wanted` (steps before all others)
-- @treturn {{text=string,command=string|nil},...}
function M.list(plan)
	local steps = {}
	local function add(text, command) steps[#steps + 1] = { text = text, command = command } end
	for _, text in ipairs(plan.wanted) do add(text) end
	if plan.verdict == "nothing" then return steps end
	if plan.verdict == "stop" then
		for _, group in ipairs(grouped(workloads(plan.before))) do
			add("stop all containers, and wait until they are gone",
				("kubectl delete %s%s --cascade=foreground"):format(selection(group.kind, group.list), namespace_flag(group.namespace)))
		end
	end
	for _, log in ipairs(plan.changelogs) do
		local function topic(action, more)
			return ("kafka-topics.sh --bootstrap-server %s --%s --topic %s --partitions %d%s")
				:format(word(plan.brokers(log.system)), action, word(log.topic), log.needs, more)
		end
		if log.verdict == "grow" then
			add(("grow the changelog of store %s"):format(log.store), topic("alter", ""))
		elseif log.verdict == "create" and plan.creates then
			add(("create the changelog of store %s"):format(log.store), topic("create", " --config cleanup.policy=compact"))
		end
	end
	add("write the manifests", plan.generate)
	add(plan.verdict == "stop" and "start the containers" or "apply them", apply_command(plan.after, plan.path))
	if plan.verdict == "roll" then
		for _, object in ipairs(workloads(plan.after)) do
			add("wait until its pod has rolled", ("kubectl rollout status %s%s"):format(word(objects.name(object)), namespace_flag(objects.namespace(object))))
		end
	end
	local leftovers = {}
	for _, object in ipairs(plan.changes.removed) do
		if not objects.is_workload(object) and not KEPT[object.kind] then leftovers[#leftovers + 1] = object end
	end
	for _, group in ipairs(grouped(leftovers)) do
		local names = {}
		for i, object in ipairs(group.list) do names[i] = word(objects.name(object)) end
		add("remove what is no longer used", ("kubectl delete %s%s"):format(table.concat(names, " "), namespace_flag(group.namespace)))
	end
	return steps
end

--- The command that deletes one object.
function M.delete(object)
	return ("kubectl delete %s%s"):format(word(objects.name(object)), namespace_flag(objects.namespace(object)))
end

return M
