-- SPDX-License-Identifier: Apache-2.0
--- Where an output came from, as annotations of its first object only: a run that changes nothing else changes one place.
local names = require("samzak8s.kubernetes.names")
local policy = require("samzak8s.policy")
local keys = require("samzak8s.keys")

local function digest(text) return names.short_hash(require("samzak8s.native.digest").sha256(text)) end

-- All properties but the secret ones.
local function config_text(config)
	local lines = {}
	for _, key in ipairs(config:keys("")) do
		if not keys.secret(key) then lines[#lines + 1] = key .. "=" .. config:get(key) end
	end
	return table.concat(lines, "\n")
end

-- The inputs, as "kafka.orders 4" lines.
local function inputs_text(containers)
	local seen, lines, counts = {}, {}, {}
	for _, container in ipairs(containers) do
		for _, task in ipairs(container.tasks) do
			for _, p in ipairs(task.partitions) do
				local stream = p.system .. "." .. p.stream
				local id = ("%s %d"):format(stream, p.partition)
				if not seen[id] then seen[id], counts[stream] = true, (counts[stream] or 0) + 1 end
			end
		end
	end
	for stream, count in pairs(counts) do lines[#lines + 1] = ("%s %d"):format(stream, count) end
	table.sort(lines)
	return table.concat(lines, "\n")
end

-- The user's own policies, and the pod template.
local function policies_text(config, job)
	local texts = { job.pod_template and job.pod_template.text }
	local function add(kind, key, value)
		local where = value and value:find("/", 1, true) and policy.resolve(kind, { key = key, value = value }, config)
		texts[#texts + 1] = where and where.read(where.file) or nil
	end
	for _, item in ipairs { { "groupers/tasks", "kubernetes.grouper.tasks" },
		{ "groupers/containers", "kubernetes.grouper.containers" }, { "layouts", "kubernetes.layout" } } do
		add(item[1], item[2], config:get(item[2]))
	end
	for _, path in ipairs(config:typed("kubernetes.patch") or {}) do add("patches", "kubernetes.patch", path) end
	return #texts > 0 and table.concat(texts, "\0") or nil
end

--- @tparam {table,...} resources the first one is changed
-- @tparam Job job
-- @tparam {containers=table} model
-- @tparam Config config
-- @tparam string|nil version of this program; "any" where it must not matter
return function(resources, job, model, config, version)
	local metadata = resources[1].metadata
	if type(metadata) ~= "table" then return end
	local annotations = metadata.annotations or {}
	if type(annotations) ~= "table" then return end
	local policies = policies_text(config, job)
	annotations["samzak8s.io/tool-version"] = version
	annotations["samzak8s.io/config-digest"] = digest(config_text(config))
	annotations["samzak8s.io/inputs-digest"] = digest(inputs_text(model.containers))
	-- a case of a policy's author is to pass when a comment changes
	annotations["samzak8s.io/policies-digest"] = policies and (version == "any" and version or digest(policies)) or nil
	metadata.annotations = annotations
end
