-- SPDX-License-Identifier: Apache-2.0
--- Last arrow: the job model to Kubernetes objects, by way of a layout and the user's patches. The only stage that sees Samza
-- and Kubernetes.
local build_job = require("samzak8s.kubernetes.job").build
local jobmodel = require("samzak8s.native.jobmodel")
local names = require("samzak8s.kubernetes.names")
local patch = require("samzak8s.kubernetes.patches")
local policy = require("samzak8s.policy")
local provenance = require("samzak8s.kubernetes.provenance")
local validate = require("samzak8s.kubernetes.validate")

local RETIRED = "samzak8s.io/retired-changelogs"

local function program_version(context)
	if context.options.tool_version then return context.options.tool_version end
	local there, host = pcall(require, "samzak8s.native.host")
	return there and host.version or nil
end

-- Changelog partitions of tasks that are no more: the next run must not give them to others.
local function mark_retired(resources, retired)
	if not retired or next(retired) == nil then return end
	local metadata = resources[1].metadata
	metadata.annotations = metadata.annotations or {}
	metadata.annotations[RETIRED] = jobmodel.encode(retired)
end

-- Whose work is wrong: the first of the layout and the patches after which it is.
local function blame(wrong, where, made, steps, about, config)
	local function silent() end
	local template = config:get("kubernetes.pod.template")
	local first = { where = where, resources = made }
	for _, step in ipairs { first, table.unpack(steps) } do
		local ok, err = validate(step.resources, { made = about.made, warn = silent, source = step.where.source })
		if not ok then
			err.notes = err.notes or {}
			if template then table.insert(err.notes, ("%s (kubernetes.pod.template) is part of every pod"):format(template)) end
			return policy.blame(step.where, config, err)
		end
	end
	return policy.blame(where, config, wrong)
end

--- @tparam {json=string,containers={Container,...}} model
-- @tparam Config config
-- @tparam table context
-- @treturn {table,...}|nil Kubernetes objects in apply order, checked
-- @treturn table|nil err
return function(model, config, context)
	local job, err = build_job(model, config, context)
	if not job then return nil, err end
	local made, where = policy.call("layouts",
		{ key = "kubernetes.layout", default = context.facts.default_layout }, config, context, job)
	if made == nil then return nil, where end
	if type(made) ~= "table" or #made == 0 then
		return policy.blame(where, config, { code = "policy.result",
			message = "returned no resources", hint = "a layout returns an array of Kubernetes objects" })
	end
	if type(made[1]) == "table" and type(made[1].metadata) == "table" then
		-- the objects of the proof of concept are kept byte for byte
		local kept = job.seed and type(made[#made]) == "table" and made[#made].kind == "ReplicationController"
		if not kept then provenance(made, job, model, config, program_version(context)) end
		mark_retired(made, model.retired)
	end
	local resources, steps = patch(made, job, config, context)
	if not resources then return nil, steps end
	local function made_here(name) return names.made(job.resource_name, name) end
	local about = { made = made_here, warn = context.warn, source = where.source }
	local ok
	ok, err = validate(resources, about)
	if not ok then return blame(err, where, made, steps, about, config) end
	return resources
end
