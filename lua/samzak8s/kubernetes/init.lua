-- SPDX-License-Identifier: Apache-2.0
--- The parts that layouts are built from. `require("samzak8s.kubernetes")` in a layout gives this table.
-- Everything here is pure: digests and encodings come ready in `job`.
local names = require("samzak8s.kubernetes.names")
local quantity = require("samzak8s.kubernetes.quantity")
local delivery = require("samzak8s.kubernetes.delivery")

local K = {}

--- Fill a resource with what the server would default, in place: `K.with_defaults(resource) -> resource`.
K.with_defaults = require("samzak8s.kubernetes.defaults")

K.model_port = 8090
local MODEL_DIR = "/samza/model"
local PREFIX = "samzak8s.io/"

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

--- Labels that say whose an object is; of a job, or of one of its containers.
-- @tparam Job job
-- @tparam[opt] Container container
-- @treturn {[string]=string}
function K.labels(job, container)
	return { ["app.kubernetes.io/name"] = "samza", ["app.kubernetes.io/instance"] = job.resource_name,
		["app.kubernetes.io/component"] = container and "container" or nil,
		["app.kubernetes.io/managed-by"] = "samzak8s",
		[PREFIX .. "container-id"] = container and container.id or nil }
end

--- The labels that find the pods of a job, or of one container, and nothing else. They never change.
function K.selector(job, container)
	return { ["app.kubernetes.io/name"] = "samza", ["app.kubernetes.io/instance"] = job.resource_name,
		[PREFIX .. "container-id"] = container and container.id or nil }
end

--- Annotations that say which job an object belongs to, in Samza's own spelling, and what the next run wants to know:
-- whether a model in the environment is as it was written, and which changelog partitions belong to tasks that are no more.
function K.annotations(job)
	return { [PREFIX .. "job-name"] = job.name, [PREFIX .. "job-id"] = job.id,
		[PREFIX .. "model-digest"] = job.delivery == "env" and job.model_digest or nil,
		[PREFIX .. "retired-changelogs"] = job.retired_changelogs }
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
	return (text:gsub("%$", "$$"))
end

--- The ConfigMap with the model, named by its content, or nil when the model travels otherwise.
function K.config_map(job, config)
	if job.delivery ~= "configmap" then return nil end
	return { apiVersion = "v1", kind = "ConfigMap",
		metadata = K.metadata(job.model_name, config, K.labels(job), K.annotations(job)),
		immutable = true, data = { [delivery.key] = job.model } }
end

--- The Secret with the model, named by its content, or nil when the model travels otherwise.
function K.secret(job, config)
	if job.delivery ~= "secret" then return nil end
	return { apiVersion = "v1", kind = "Secret", type = "Opaque",
		metadata = K.metadata(job.model_name, config, K.labels(job), K.annotations(job)),
		immutable = true, data = { [delivery.key] = job.model_base64 } }
end

--- The volume with the model, or nil when it is in the environment. From Samza 0.10 it is `index.html` of a web server.
function K.model_volume(job)
	if job.delivery == "env" then return nil end
	local items = { { key = delivery.key, path = job.samza.model_url == "file" and delivery.key or "index.html" } }
	if job.delivery == "secret" then
		return { name = "model", secret = { secretName = job.model_name, items = items, defaultMode = 420 } }
	end
	return { name = "model", configMap = { name = job.model_name, items = items, defaultMode = 420 } }
end

--- The volumes of a pod: logs, state, and the model where it is mounted.
-- @treturn {table,...}
function K.volumes(job)
	return { { name = "log", emptyDir = {} }, { name = "state", emptyDir = {} }, K.model_volume(job) }
end

--- The environment that makes a container find its model.
-- @treturn {{name=string,value=string},...}
function K.env(job, container, config)
	local env = { { name = "SAMZA_CONTAINER_ID", value = container.id } }
	if job.delivery == "env" then
		env[2] = { name = delivery.env_name, value = K.env_value(job.model) }
	elseif job.samza.model_url == "file" then
		env[2] = { name = "SAMZA_COORDINATOR_URL", value = ("file://%s/%s"):format(MODEL_DIR, delivery.key) }
	else
		env[2] = { name = "SAMZA_COORDINATOR_URL", value = ("http://127.0.0.1:%d/"):format(K.model_port) }
	end
	env[3] = { name = "JAVA_OPTS", value = K.env_value(config["task.opts"] or "") }
	return env
end

--- The command of a Samza container: `task.execute` under `/samza`, where the image has Samza's scripts.
function K.command(config)
	local command = {}
	for word in (config["task.execute"] or "bin/run-container.sh"):gmatch("%S+") do command[#command + 1] = word end
	if command[1] and command[1]:sub(1, 1) ~= "/" then command[1] = "/samza/" .. command[1] end
	return command
end

--- The container that serves the model on 127.0.0.1 to Samza 0.10 and later: it starts before, and stops after Samza's.
-- @treturn table|nil nil when no server is needed
function K.model_server(job, config)
	if job.delivery == "env" or job.samza.model_url == "file" then return nil end
	local url = ("http://127.0.0.1:%d/"):format(K.model_port)
	return { name = "model-server", image = config["kubernetes.model.server.image"], restartPolicy = "Always",
		-- as process 1 httpd itself would ignore TERM, and every stop would last the whole grace period
		command = { "busybox", "sh", "-c",
			("trap 'exit 0' TERM; busybox httpd -f -p 127.0.0.1:%d -h /model & wait"):format(K.model_port) },
		resources = { limits = { memory = "32Mi", cpu = "100m" } },
		startupProbe = { exec = { command = { "busybox", "wget", "-q", "-O", "/dev/null", url } }, periodSeconds = 1,
			failureThreshold = 60 },
		volumeMounts = { { name = "model", mountPath = "/model", readOnly = true } } }
end

--- The `spec` of a pod that runs one Samza container: what both built-in layouts start from.
-- @tparam Job job
-- @tparam Container container
-- @tparam Config config
-- @treturn table to be changed freely
function K.pod(job, container, config)
	local mounts = { { name = "log", mountPath = "/samza/log" }, { name = "state", mountPath = "/samza/state" } }
	local server = K.model_server(job, config)
	if job.delivery ~= "env" and not server then
		mounts[3] = { name = "model", mountPath = MODEL_DIR, readOnly = true }
	end
	local pull_secrets = {}
	for i, name in ipairs(config["kubernetes.image.pull.secrets"] or {}) do pull_secrets[i] = { name = name } end
	return { nodeSelector = K.node_selector(config), volumes = K.volumes(job),
		initContainers = server and { server } or nil,
		containers = { { name = job.resource_name, image = config["kubernetes.container.image"],
			imagePullPolicy = config["kubernetes.image.pull.policy"], env = K.env(job, container, config),
			volumeMounts = mounts, resources = K.resources(config) } },
		terminationGracePeriodSeconds = K.grace_period(job, config),
		serviceAccountName = config["kubernetes.service.account"], imagePullSecrets = or_nil(pull_secrets),
		priorityClassName = config["kubernetes.priority.class"] }
end

return K
