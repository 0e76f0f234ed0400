-- SPDX-License-Identifier: Apache-2.0
--- `kubernetes.pod.template`: a user's YAML, merged under the pods that the layouts make. What is a map is merged, what is a
-- list with a key of its own is merged by that key, as server-side apply does; everything else is ours or theirs, never both.
local sorted = require("samzak8s.sorted")

local M = {}

-- lists by their name: the fields that tell their items apart
local KEYS = {
	containers = { "name" }, initContainers = { "name" }, volumes = { "name" }, env = { "name" }, volumeMounts = { "mountPath" },
	volumeDevices = { "devicePath" }, ports = { "containerPort", "protocol" }, imagePullSecrets = { "name" },
	hostAliases = { "ip" }, topologySpreadConstraints = { "topologyKey", "whenUnsatisfiable" }, resourceClaims = { "name" },
	readinessGates = { "conditionType" }, schedulingGates = { "name" },
}
local APPENDED = { tolerations = true, envFrom = true, sources = true }
local DEFAULTS = { protocol = "TCP" }

-- What to set instead of a field that we set.
local INSTEAD = {
	image = "kubernetes.container.image", imagePullPolicy = "kubernetes.image.pull.policy", memory = "kubernetes.container.memory",
	cpu = "kubernetes.container.cpu.cores", JAVA_OPTS = "task.opts", JAVA_HOME = "task.java.home",
	terminationGracePeriodSeconds = "kubernetes.pod.termination.grace.period.sec", nodeSelector = "kubernetes.node.selector",
	serviceAccountName = "kubernetes.service.account", priorityClassName = "kubernetes.priority.class",
	command = "task.execute", runAsUser = "kubernetes.security.user", fsGroup = "kubernetes.security.user",
	runAsNonRoot = "kubernetes.security.context=none", readOnlyRootFilesystem = "kubernetes.security.read.only.root",
	automountServiceAccountToken = "kubernetes.service.account", sizeLimit = "kubernetes.state.size",
}

--- The name that stands for the job's container, whatever the job is called.
M.container = "samza"

local function place(template, table_, key)
	local line = table_ and (template.lines[table_] or {})[key]
	return line and ("%s:%d"):format(template.source, line) or template.source
end

local function refuse(template, table_, key, message, hint)
	error({ code = "template.contradiction", key = "kubernetes.pod.template", source = place(template, table_, key),
		message = message, hint = hint or "remove it from the template" }, 0)
end

local function is_list(value)
	return #value > 0 or getmetatable(value) ~= nil and next(value) == nil
end

local function copy(value)
	if type(value) ~= "table" then return value end
	local out = {}
	for k, v in pairs(value) do out[k] = copy(v) end
	return setmetatable(out, getmetatable(value))
end

local function id_of(item, fields)
	local id = {}
	for i, field in ipairs(fields) do id[i] = tostring(item[field] == nil and DEFAULTS[field] or item[field]) end
	return table.concat(id, "/")
end

local merge_map

local function merge_list(ours, theirs, path, name, template)
	local fields = KEYS[name]
	local places = {}
	for i, item in ipairs(ours) do places[id_of(item, fields)] = i end
	for i, item in ipairs(theirs) do
		local id = id_of(item, fields)
		local at = places[id]
		if not at then
			ours[#ours + 1] = copy(item)
		elseif name == "env" then
			refuse(template, theirs, i, ("%s: the variable %s is set by the layout"):format(path, id),
				INSTEAD[id] and ("set %s instead"):format(INSTEAD[id]))
		else
			merge_map(ours[at], item, ("%s[%s]"):format(path, id), template)
		end
	end
end

-- A volume has one source.
local function check_volume(ours, theirs, path, template)
	for key in sorted.pairs(theirs) do
		if key ~= "name" and ours[key] == nil then
			refuse(template, theirs, key, ("%s: %s contradicts the layout, which makes this volume otherwise"):format(path, key),
				"use another name, or kubernetes.state.volume")
		end
	end
end

function merge_map(ours, theirs, path, template)
	if path:find("volumes%[[^%]]*%]$") then check_volume(ours, theirs, path, template) end
	for key, value in sorted.pairs(theirs) do
		local mine, where = ours[key], path .. "." .. key
		if mine == nil then
			ours[key] = copy(value)
		elseif type(mine) == "table" and type(value) == "table" and APPENDED[key] then
			for _, item in ipairs(value) do mine[#mine + 1] = copy(item) end
		elseif type(mine) == "table" and type(value) == "table" and KEYS[key] then
			merge_list(mine, value, where, key, template)
		elseif type(mine) == "table" and type(value) == "table" and not is_list(mine) and not is_list(value) then
			merge_map(mine, value, where, template)
		elseif mine ~= value then
			refuse(template, theirs, key, ("%s is set by the layout"):format(where),
				INSTEAD[key] and ("set %s instead"):format(INSTEAD[key]))
		end
	end
end

-- The user's containers, with the job's own name for "samza".
local function renamed(containers, job)
	local list, changed = {}, false
	for i, item in ipairs(containers) do
		list[i] = item
		if item.name == M.container and job.resource_name ~= M.container then
			list[i], changed = {}, true
			for k, v in pairs(item) do list[i][k] = v end
			list[i].name = job.resource_name
			job.pod_template.lines[list[i]] = job.pod_template.lines[item]
		end
	end
	if changed then job.pod_template.lines[list] = job.pod_template.lines[containers] end
	return list
end

--- Merge the part of the job's template under what we made, in place.
-- @tparam table ours
-- @tparam string part "spec" or "metadata"
-- @tparam Job job `pod_template`, or nothing to do
-- @raise table when they contradict
function M.merge(ours, part, job)
	local template = job.pod_template
	local theirs = template and template.value[part]
	if not theirs then return end
	if part == "spec" and theirs.containers then
		local with = {}
		for k, v in pairs(theirs) do with[k] = v end
		with.containers = renamed(theirs.containers, job)
		template.lines[with], theirs = template.lines[theirs], with
	end
	merge_map(ours, theirs, part, template)
end

return M
