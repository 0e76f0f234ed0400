-- SPDX-License-Identifier: Apache-2.0
--- Last arrow: the job model to Kubernetes objects, by way of a layout. The only stage that sees Samza and Kubernetes.
local delivery = require("samzak8s.kubernetes.delivery")
local jobmodel = require("samzak8s.native.jobmodel")
local keys = require("samzak8s.keys")
local names = require("samzak8s.kubernetes.names")
local policy = require("samzak8s.policy")
local validate = require("samzak8s.kubernetes.validate")

local function sha256(bytes) return require("samzak8s.native.digest").sha256(bytes) end

local why_renamed = {
	empty = "its own has no letter or digit",
	changed = "its own has characters that Kubernetes does not take",
	cut = "its own is too long",
	id = "its id is not 1",
}

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

local function secret_keys(config)
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
		file_url = context.facts.model_url == "file" }
	if not chosen then return config:fail(key, why.code, why.message, why.hint) end
	if why then context.note { code = "delivery.auto", source = config:source(key), key = key, message = why } end
	return chosen
end

-- The plain table that layouts get.
local function build_job(model, config, context)
	local name, err = resource_name(config, model.containers, context)
	if not name then return nil, err end
	local containers = {}
	for i, container in ipairs(model.containers) do
		local tasks = {}
		for j, task in ipairs(container.tasks) do tasks[j] = task.name end
		containers[i] = { id = container.id, tasks = tasks }
	end
	local job = { name = config:get("job.name"), id = config:get("job.id") or "1", resource_name = name,
		containers = containers, model = model.json, secrets = secret_keys(config), samza = context.facts }
	job.delivery, err = choose_delivery(model, config, context, job.secrets)
	if not job.delivery then return nil, err end
	job.model_digest = names.short_hash(sha256(model.json))
	if job.delivery ~= "env" then job.model_name = ("%s-model-%s"):format(name, job.model_digest) end
	job.retired_changelogs = model.retired and next(model.retired) and jobmodel.encode(model.retired) or nil
	if job.delivery == "secret" then job.model_base64 = require("samzak8s.native.digest").base64(model.json) end
	return job
end

--- @tparam {json=string,containers={Container,...}} model
-- @tparam Config config
-- @tparam table context
-- @treturn {table,...}|nil Kubernetes objects in apply order, checked
-- @treturn table|nil err
return function(model, config, context)
	local job, err = build_job(model, config, context)
	if not job then return nil, err end
	local resources, where = policy.call("layouts",
		{ key = "kubernetes.layout", default = context.facts.default_layout }, config, context, job)
	if resources == nil then return nil, where end
	if type(resources) ~= "table" or #resources == 0 then
		return policy.blame(where, config, { code = "policy.result",
			message = "returned no resources", hint = "a layout returns an array of Kubernetes objects" })
	end
	local ok
	ok, err = validate(resources, { prefix = job.resource_name .. "-", warn = context.warn, source = where.source })
	if not ok then return policy.blame(where, config, err) end
	return resources
end
