-- SPDX-License-Identifier: Apache-2.0
--- Small parts of `samzak8s.kubernetes`: names, labels, metadata, quantities.
local names = require("samzak8s.kubernetes.names")
local quantity = require("samzak8s.kubernetes.quantity")

local K = {}

local PREFIX = "samzak8s.io/"
local TASKS_SHOWN = 512 -- bytes of task names in an annotation

-- The part of `config` below a prefix, with the prefix taken off.
local function below(config, prefix)
	local found = {}
	for key, value in pairs(config) do
		if type(key) == "string" and #key > #prefix and key:sub(1, #prefix) == prefix then
			found[key:sub(#prefix + 1)] = value
		end
	end
	return found
end

local function merged(...)
	local out = {}
	for i = 1, select("#", ...) do
		for k, v in pairs((select(i, ...)) or {}) do out[k] = v end
	end
	return out
end

local function or_nil(t)
	if next(t) ~= nil then return t end
end

--- A quantity, checked.
-- @tparam string text such as "512Mi"
-- @tparam[opt="memory"] string kind "cpu", or "memory" for anything in bytes
-- @treturn string the text
-- @raise string when it is no amount of that kind
function K.quantity(text, kind)
	local ok, why = quantity.check(kind or "memory", text, true)
	if not ok then error(why, 2) end
	return text
end

--- What a container's object is called: `<resource_name>-<container id>`.
-- @tparam Job job
-- @tparam Container container
-- @treturn string
function K.name(job, container)
	return names.object(job.resource_name, container.id)
end

--- What the job's Service is called: its resource name, which must begin with a letter there.
function K.service_name(job)
	return job.resource_name:find("^%d") and "s-" .. job.resource_name or job.resource_name
end

-- The container that a standby container stands by for, or itself: "0" for "0-1".
local function active_id(container)
	return container.id:match("^(.+)%-%d+$") or container.id
end

--- Labels that say whose an object is; of a job, or of one of its containers.
-- @tparam Job job
-- @tparam[opt] Container container
-- @tparam[opt] string component what the object is, such as "model-server"; "container" where `container` is given
-- @treturn {[string]=string}
function K.labels(job, container, component)
	return { ["app.kubernetes.io/name"] = "samza", ["app.kubernetes.io/instance"] = job.resource_name,
		["app.kubernetes.io/version"] = job.samza.version, ["app.kubernetes.io/part-of"] = job.resource_name,
		["app.kubernetes.io/component"] = component or container and "container" or nil,
		["app.kubernetes.io/managed-by"] = "samzak8s",
		[PREFIX .. "container-id"] = container and container.id or nil,
		[PREFIX .. "standby-group"] = container and job.standby and active_id(container) or nil }
end

--- The labels that find the pods of a job, of one container, or of one component, and nothing else. They never change.
function K.selector(job, container, component)
	return { ["app.kubernetes.io/name"] = "samza", ["app.kubernetes.io/instance"] = job.resource_name,
		["app.kubernetes.io/component"] = component,
		[PREFIX .. "container-id"] = container and container.id or nil }
end

-- Names of tasks for people, in bounded space: the JobModel has them all.
local function task_list(tasks)
	local shown, size = {}, 0
	for i, name in ipairs(tasks) do
		size = size + #name + 2
		if size > TASKS_SHOWN then return ("%s and %d more"):format(table.concat(shown, ", "), #tasks - i + 1) end
		shown[i] = name
	end
	return table.concat(shown, ", ")
end

--- Annotations that say which job an object belongs to, in Samza's own spelling; those of a workload also its model, by which
-- a later run sees whether it is as it was written, and its tasks.
-- @tparam Job job
-- @tparam[opt] Container container whose workload it is; an empty table for a workload of all containers
function K.annotations(job, container)
	local tasks = container and container.tasks or {}
	local digest = job.delivery == "env" or container
	return { [PREFIX .. "job-name"] = job.name, [PREFIX .. "job-id"] = job.id,
		[PREFIX .. "model-digest"] = digest and job.model_digest or nil,
		[PREFIX .. "tasks"] = #tasks > 0 and task_list(tasks) or nil }
end

--- `metadata` of an object: name, namespace, and labels with those that the user adds to everything.
-- @tparam string name
-- @tparam Config config reads `kubernetes.namespace`, `kubernetes.labels.K`, `kubernetes.annotations.K`
-- @tparam[opt] table labels
-- @tparam[opt] table annotations
function K.metadata(name, config, labels, annotations)
	return { name = name, namespace = config["kubernetes.namespace"],
		labels = or_nil(merged(below(config, "kubernetes.labels."), labels)),
		annotations = or_nil(merged(below(config, "kubernetes.annotations."), annotations)) }
end

--- `metadata` of a pod template: no name, and no namespace.
function K.template_metadata(config, labels, annotations)
	local metadata = K.metadata(nil, config, labels, annotations)
	metadata.namespace = nil
	return metadata
end

--- Seconds between TERM and KILL: the user's, else what Samza waits for its tasks and 15 more.
-- @tparam Job job
-- @tparam Config config reads `kubernetes.pod.termination.grace.period.sec`, `task.shutdown.ms`
-- @treturn integer seconds
function K.grace_period(job, config)
	local own = config["kubernetes.pod.termination.grace.period.sec"]
	if own then return math.tointeger(tonumber(own)) end
	local ms = math.tointeger(tonumber(config["task.shutdown.ms"] or job.samza.shutdown_ms))
	return math.max((ms + 999) // 1000, 0) + 15
end

--- How often a container that failed is started again before the job fails: Samza's own keys and default.
-- @tparam Job job
-- @tparam Config config reads `cluster-manager.container.retry.count`, `yarn.container.retry.count`
-- @treturn integer; the largest of 32 bits for ever
function K.retries(job, config)
	local text = job.samza.cluster_manager_keys and config["cluster-manager.container.retry.count"]
		or config["yarn.container.retry.count"] or "8"
	local count = math.tointeger(tonumber(text)) or 8
	return count < 0 and 2147483647 or count
end

--- `kubernetes.node.selector` as a map, or nil.
function K.node_selector(config)
	local text = config["kubernetes.node.selector"]
	if not text then return nil end
	local map, why = names.node_selector(text)
	if not map then error("kubernetes.node.selector: " .. why, 2) end
	return map
end

--- `resources` of a container: limits, and requests where the user sets them apart.
function K.resources(config)
	local requests = or_nil { memory = config["kubernetes.container.memory.request"],
		cpu = config["kubernetes.container.cpu.request"] }
	return { limits = { memory = config["kubernetes.container.memory"], cpu = config["kubernetes.container.cpu.cores"] },
		requests = requests }
end

--- A text for `env[].value`: Kubernetes would replace `$(NAME)` in it, and `$$`.
function K.env_value(text)
	if not text:find("$", 1, true) then return text end
	return (text:gsub("%$", "$$"))
end

--- `kubernetes.image.pull.secrets` as a pod takes them, or nil.
function K.pull_secrets(config)
	local list = {}
	for i, name in ipairs(config["kubernetes.image.pull.secrets"] or {}) do list[i] = { name = name } end
	return or_nil(list)
end

return K
