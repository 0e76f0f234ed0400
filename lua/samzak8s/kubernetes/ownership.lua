-- SPDX-License-Identifier: Apache-2.0
--- Who runs which Samza container: two controllers for one id, ids that the model does not know, models that are not what they say.
local cjson = require("cjson")
local controllers = require("samzak8s.kubernetes.controllers")
local delivery = require("samzak8s.kubernetes.delivery")
local digest = require("samzak8s.native.digest")
local earlier = require("samzak8s.kubernetes.earlier")
local expand = require("samzak8s.kubernetes.expansion")
local jobmodel = require("samzak8s.native.jobmodel")
local metadata = require("samzak8s.kubernetes.metadata")
local names = require("samzak8s.kubernetes.names")
local sorted = require("samzak8s.sorted")

local ID, INDEX = "SAMZA_CONTAINER_ID", "metadata.labels['apps.kubernetes.io/pod-index']"
local COMPLETION = "metadata.annotations['batch.kubernetes.io/job-completion-index']"
local JOB_NAME, JOB_ID = "samzak8s.io/job-name", "samzak8s.io/job-id"
local FILLED_IN = '"********"' -- a secret value stands there when the pod runs, so that no digest can be checked
local SHOWN = 5

local function title(r)
	return r.kind .. "/" .. r.metadata.name
end

local function variable(container, name)
	for i, entry in ipairs(container.env or {}) do
		if entry.name == name then return entry, i end
	end
end

-- The container of a pod that runs Samza, its id's variable and the path of that.
local function samza_container(r)
	local template, path = controllers.template(r)
	for i, container in ipairs(template and template.spec and template.spec.containers or {}) do
		local entry, k = variable(container, ID)
		if entry then
			return container, entry, ("%s%sspec.containers[%d].env[%d]%s"):format(path, path == "" and "" or ".", i - 1, k - 1,
				entry.value and ".value" or ""), template
		end
	end
end

-- The ids that a workload runs, as far as they can be told.
local function ids_of(r, entry)
	local field = entry.valueFrom and entry.valueFrom.fieldRef and entry.valueFrom.fieldRef.fieldPath
	local first, count = 0, 0
	if entry.value then return { entry.value } end
	if field == INDEX and r.kind == "StatefulSet" then
		first, count = (r.spec.ordinals or {}).start or 0, controllers.replicas(r)
	elseif field == COMPLETION and r.kind == "Job" then
		count = r.spec.completions or 0
	end
	local ids = {}
	for i = 1, math.min(count, 100000) do ids[i] = tostring(first + i - 1) end
	return ids
end

-- Decoded texts of a ConfigMap or Secret.
local function texts_of(object)
	local texts = {}
	for _, field in ipairs { "data", "stringData", "binaryData" } do
		for key, value in pairs(object[field] or {}) do
			local encoded = field == "binaryData" or field == "data" and object.kind == "Secret"
			texts[key] = encoded and digest.unbase64(value) or value
		end
	end
	return texts
end

local Finder = {}
Finder.__index = Finder

function Finder:get(kind, r, name)
	return self.objects[("%s %s/%s"):format(kind, r.metadata.namespace or "", tostring(name))]
end

-- The model among what a pod mounts, and the object that holds it, or its first piece. Put together once for equal sources.
function Finder:mounted(r, template)
	local objects, ids = {}, {}
	local function add(object)
		objects[#objects + 1] = object
		ids[#ids + 1] = object and self.place[object]
	end
	for _, volume in ipairs(template.spec.volumes or {}) do
		for _, source in ipairs(volume.projected and volume.projected.sources or { volume }) do
			if source.configMap then add(self:get("ConfigMap", r, source.configMap.name)) end
			if source.secret then add(self:get("Secret", r, source.secret.secretName or source.secret.name)) end
		end
	end
	local id = table.concat(ids, " ")
	if not self.joined[id] then
		local texts, origin = {}, nil
		for _, object in ipairs(objects) do
			for key, text in pairs(texts_of(object)) do
				texts[key] = text
				if key:sub(1, #delivery.key) == delivery.key then origin = origin or object end
			end
		end
		self.joined[id] = { texts[delivery.key] or delivery.join(texts), origin }
	end
	return table.unpack(self.joined[id], 1, 2)
end

-- The model behind a Service of these objects: what its pods mount.
function Finder:served(r, container)
	local url = variable(container, "SAMZA_COORDINATOR_URL")
	local host = url and url.value and url.value:match("^http://([%w-]+)[.:/]")
	local service = host and self:get("Service", r, host)
	for _, w in ipairs(service and service.spec.selector and self.workloads or {}) do
		local template = controllers.template(w)
		if metadata.matches({ matchLabels = service.spec.selector }, (template.metadata or {}).labels or {}) and template.spec then
			local text, origin = self:mounted(w, template)
			if text then return text, origin end
		end
	end
end

-- The text of the model that a workload reads, and the object that holds it.
function Finder:text(r, container, template)
	local entry = variable(container, delivery.env_name)
	if entry and entry.value then return expand(entry.value, {}), r end
	local text, origin = self:mounted(r, template)
	if text then return text, origin end
	return self:served(r, container)
end

-- A model's containers and its job, decoded once.
function Finder:model(text, origin)
	if self.models[text] ~= nil then return self.models[text] or nil end
	local ok, wrong = jobmodel.check(text)
	local decoded = ok and cjson.decode(text)
	self.models[text] = false
	if type(decoded) ~= "table" or type(decoded.containers) ~= "table" or type(decoded.config) ~= "table" then
		self.add(origin, "", ok and "its JobModel has no config and containers" or "its JobModel is damaged: " .. wrong.message,
			"error", "manifest.model")
		return nil
	end
	local ids = {}
	for id in pairs(decoded.containers) do ids[id] = true end
	self.models[text] = { ids = ids, running = {}, origin = origin, hash = names.short_hash(digest.sha256(text)),
		filled = text:find(FILLED_IN, 1, true) ~= nil,
		job = ("%s\0%s"):format(tostring(decoded.config["job.name"]), tostring(decoded.config["job.id"] or "1")) }
	return self.models[text]
end

local function listed(set)
	local ids = sorted.keys(set)
	table.sort(ids, function(a, b)
		local x, y = tonumber(a), tonumber(b)
		if x and y and x ~= y then return x < y end
		return a < b
	end)
	local more = #ids - SHOWN
	return table.concat(ids, ", ", 1, math.min(#ids, SHOWN)) .. (more > 0 and (" and %d more"):format(more) or "")
end

-- Which job a workload belongs to: what its model says, else annotations, else labels.
local function job_of(r, template, model)
	if model then return model.job end
	local labels = (template.metadata or {}).labels or {}
	for _, part in ipairs { r.metadata, template.metadata or {} } do
		local annotations = part.annotations or {}
		if annotations[JOB_NAME] then return annotations[JOB_NAME] .. "\0" .. (annotations[JOB_ID] or "1") end
	end
	return labels["app.kubernetes.io/instance"] or labels.app
end

-- Does an annotation, or an object's name, tell of another model than the one that is there?
function Finder:check_digest(r, template, model)
	if model.filled then return end
	for _, part in ipairs { { r.metadata, "metadata" }, { template.metadata or {}, "spec.template.metadata" } } do
		local said = (part[1].annotations or {})[earlier.digest_annotation]
		if said and said ~= model.hash then
			return self.add(r, ("%s.annotations.%s"):format(part[2], earlier.digest_annotation),
				("it is for the model %s, and reads %s, which is %s"):format(said, title(model.origin), model.hash), "error", "manifest.model-foreign")
		end
	end
end

-- Do two processes of one id run at once whenever this workload is changed?
function Finder:check_overlap(r, entry, path)
	if not entry.value then return end
	if controllers.replicas(r) > 1 then
		self.add(r, "spec." .. (r.kind == "Job" and "parallelism" or "replicas"), ("all its %d pods are container %s"):format(controllers.replicas(r), entry.value),
			"error", "manifest.container-twice")
	end
	if r.kind == "Deployment" and (r.spec.strategy or {}).type ~= "Recreate" then
		self.add(r, "spec.strategy", ("a new pod of container %s starts before the old one has stopped"):format(entry.value), "error",
			"manifest.container-twice")
	end
	if r.kind == "DaemonSet" then
		self.add(r, path, ("every node runs container %s"):format(entry.value), "error", "manifest.container-twice")
	end
end

function Finder:check_workload(r)
	local container, entry, path, template = samza_container(r)
	if not container then return end
	local written = variable(container, delivery.env_name)
	if written and written.value and written.value:gsub("%$%$", ""):find("$(", 1, true) then
		self.add(r, path:gsub("%.env.*", ".env"), delivery.env_name .. " holds $(, which Kubernetes takes for the name of a variable", "warning")
	end
	self:check_overlap(r, entry, path)
	local text, origin = self:text(r, container, template)
	local model = text and self:model(text, origin)
	if model then self:check_digest(r, template, model) end
	local job = job_of(r, template, model)
	for _, id in ipairs(ids_of(r, entry)) do
		if model and not model.ids[id] then
			self.add(r, path, ("container %s is not in the model of %s, which has %s"):format(id, title(model.origin), listed(model.ids)),
				"error", "manifest.container-unknown")
		end
		local key = job and ("%s\0%s\0%s"):format(r.metadata.namespace or "", job, id)
		if key and self.owner[key] then
			self.add(r, path, ("container %s is run by %s as well"):format(id, title(self.owner[key])), "error", "manifest.container-twice")
		elseif key then
			self.owner[key] = r
		end
		if model then model.running[id] = true end
	end
end

-- Containers of a model that nobody runs, though others of it are run.
function Finder:check_complete()
	for _, text in ipairs(sorted.keys(self.models)) do
		local model, missing = self.models[text], {}
		for id in pairs(model and next(model.running) and model.ids or {}) do
			if not model.running[id] then missing[id] = true end
		end
		if next(missing) then
			self.add(model.origin, "", ("nobody here runs container %s of its model"):format(listed(missing)), "warning", "manifest.container-missing")
		end
	end
end

-- A ConfigMap or Secret whose name says what it holds.
function Finder:check_named(object)
	local text = (object.kind == "ConfigMap" or object.kind == "Secret") and texts_of(object)[delivery.key]
	local said = text and object.metadata.name:match("%-model%-(%w+)$")
	if not said or #said ~= 10 or not earlier.is_ours(object) then return end
	local hash = names.short_hash(digest.sha256(text))
	if hash ~= said then
		self.add(object, "data." .. delivery.key, ("the name says that the model is %s, and it is %s: it was edited"):format(said, hash), "error",
			"manifest.model-foreign")
	end
end

--- Check well-formed objects.
-- @tparam {table,...} list
-- @tparam function add(r, path, message, level, code)
return function(list, add)
	local finder = setmetatable({ objects = {}, workloads = {}, models = {}, owner = {}, joined = {}, place = {}, add = add }, Finder)
	for i, r in ipairs(list) do
		finder.place[r] = i
		finder.objects[("%s %s/%s"):format(r.kind, r.metadata.namespace or "", r.metadata.name)] = r
		if controllers.template(r) then table.insert(finder.workloads, r) end
	end
	for _, r in ipairs(list) do finder:check_named(r) end
	for _, r in ipairs(finder.workloads) do finder:check_workload(r) end
	finder:check_complete()
end
