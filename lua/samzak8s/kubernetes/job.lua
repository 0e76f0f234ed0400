-- SPDX-License-Identifier: Apache-2.0
--- The record `job` that layouts get: names, containers, and the JobModel ready to be delivered.
local delivery = require("samzak8s.kubernetes.delivery")
local fill = require("samzak8s.kubernetes.fill")
local jobmodel = require("samzak8s.native.jobmodel")
local keys = require("samzak8s.keys")
local names = require("samzak8s.kubernetes.names")

-- libcrypto is loaded only when a digest is needed
local function sha256(bytes) return require("samzak8s.native.digest").sha256(bytes) end

local M = {}

local why_renamed = {
	empty = "its own has no letter or digit",
	changed = "its own has characters that Kubernetes does not take",
	cut = "its own is too long",
	id = "its id is not 1",
}

-- Whoever sets one of these asks for more than the pod of the proof of concept.
local MORE = { "kubernetes.version", "kubernetes.model.server", "kubernetes.secret.name", "kubernetes.state.volume",
	"kubernetes.state.size", "kubernetes.security.context", "kubernetes.security.user", "kubernetes.security.read.only.root",
	"kubernetes.jmx.port", "kubernetes.log.stdout", "kubernetes.pod.template" }

-- The name of the job in Kubernetes, with a note when it is not plainly job.name.
local function resource_name(config, containers, context)
	local key = "job.name"
	local name, id = config:get(key), config:get("job.id") or "1"
	local longest = ""
	for _, container in ipairs(containers) do
		if #container.id > #longest then longest = container.id end
	end
	local result, why = names.resource_name(name, id, sha256, #longest)
	if not result then
		return config:fail(key, "names.container-id", ("the container id %s has %d characters, names in Kubernetes have room for %d")
			:format(longest, #longest, names.object_max - 9), "give containers shorter ids")
	end
	if why then
		context.note(config:about(why == "id" and "job.id" or key, { code = "names.changed",
			message = ("the job is called %s in Kubernetes, as %s"):format(result, why_renamed[why]) }))
	elseif name:find("_", 1, true) then
		context.warn(config:about(key, { code = "names.underscore",
			message = ("the job is called %s in Kubernetes, as a job %s would be"):format(result, result),
			hint = "make sure that no other job has that name; they would share Samza's own topics, too" }))
	end
	return result
end

--- The properties that hold a secret, in the order of the JobModel.
-- @tparam Config config
-- @treturn {string,...}
function M.secret_keys(config)
	local found = {}
	for _, key in ipairs(config:keys("")) do
		if keys.secret(key) and config:get(key) ~= "" then found[#found + 1] = key end
	end
	return found
end

local function choose_delivery(model, config, context, secrets)
	local key = "kubernetes.delivery"
	local wanted, err = config:typed(key)
	if not wanted then return nil, err end
	local chosen, why = delivery.choose { wanted = wanted, size = #model.json, secrets = secrets,
		file_url = context.facts.model_url == "file", secret_name = config:get("kubernetes.secret.name") }
	if not chosen then return config:fail(key, why.code, why.message, why.hint) end
	if why then context.note { code = "delivery.auto", source = config:source(key), key = key, message = why } end
	return chosen
end

-- Secrets of the model to placeholders, when the user keeps them in a Secret. -> text, cuts
local function without_secrets(model, config, context, secrets)
	local key = "kubernetes.secret.name"
	local name = config:get(key)
	if not name or #secrets == 0 then return model.json, {} end
	local taken = {}
	for i, property in ipairs(secrets) do
		if not names.is_data_key(property) then
			return config:fail(property, "delivery.secret-key", "no Secret can have a key of this name",
				"remove kubernetes.secret.name: the whole model then goes into a Secret")
		end
		taken[i] = { key = property, name = jobmodel.encode(property), value = jobmodel.encode(config:get(property)) }
	end
	context.note(config:about(key, { code = "delivery.secret-name",
		message = ("the pods start when the Secret %s has the keys %s"):format(name, table.concat(secrets, ", ")) }))
	return delivery.take_out(model.json, taken)
end

-- The model as data of ConfigMaps or Secrets.
local function deliver(job, cuts)
	if job.delivery == "env" then return end
	job.model_name = ("%s-model-%s"):format(job.resource_name, job.model_digest)
	job.model_maps, job.model_parts = delivery.pack(job.model, cuts, job.model_name)
	if #cuts > 0 then job.fill_name = ("%s-fill-%s"):format(job.resource_name, names.short_hash(sha256(fill.script))) end
	if job.delivery ~= "secret" then return end
	local base64 = require("samzak8s.native.digest").base64
	for _, map in ipairs(job.model_maps) do
		for key, text in pairs(map.data) do map.data[key] = base64(text) end
	end
end

local function read_template(config)
	local key = "kubernetes.pod.template"
	local path = config:get(key)
	if not path then return nil end
	if path:sub(1, 1) ~= "/" and config:directory(key) ~= "." then path = config:directory(key) .. "/" .. path end
	local text, err = require("samzak8s.native.system").read(path)
	local template
	if text then template, err = require("samzak8s.kubernetes.template_file")(text, path) end
	if template then return template end
	err.key, err.notes = key, config:source(key) and { ("%s is set at %s"):format(key, config:source(key)) } or nil
	return nil, err
end

-- Would the pod of the proof of concept do?
local function is_seed(job, config)
	if job.samza.model_url ~= "file" or job.model_parts then return false end
	for _, key in ipairs(MORE) do
		if config:get(key) ~= nil then return false end
	end
	return true
end

--- @tparam {json=string,containers={Container,...}} model
-- @tparam Config config
-- @tparam table context
-- @treturn Job|nil
-- @treturn table|nil err
function M.build(model, config, context)
	local name, err = resource_name(config, model.containers, context)
	if not name then return nil, err end
	local containers = {}
	for i, container in ipairs(model.containers) do
		local tasks = {}
		for j, task in ipairs(container.tasks) do tasks[j] = task.name end
		containers[i] = { id = container.id, tasks = tasks }
	end
	local job = { name = config:get("job.name"), id = config:get("job.id") or "1", resource_name = name,
		containers = containers, secrets = M.secret_keys(config), samza = context.facts }
	job.delivery, err = choose_delivery(model, config, context, job.secrets)
	if not job.delivery then return nil, err end
	local cuts
	job.model, cuts = without_secrets(model, config, context, job.secrets)
	if not job.model then return nil, cuts end
	job.model_digest = names.short_hash(sha256(job.model))
	deliver(job, cuts)
	job.standby = context.facts.standby and (tonumber(config:get("job.standbytasks.replication.factor")) or 1) > 1
	job.seed = is_seed(job, config)
	job.pod_template, err = read_template(config)
	if err then return nil, err end
	return job
end

return M
