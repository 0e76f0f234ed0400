-- SPDX-License-Identifier: Apache-2.0
--- The JobModel in the cluster: its ConfigMaps or Secrets, the volumes that bring it to a pod, and who serves it.
local delivery = require("samzak8s.kubernetes.delivery")
local fill = require("samzak8s.kubernetes.fill")
local parts = require("samzak8s.kubernetes.parts")
local release = require("samzak8s.kubernetes.release")
local security = require("samzak8s.kubernetes.security")

local K = {}

K.model_port = 8090
K.model_directory = "/samza/model"

-- Does the Samza container read a mounted file, rather than over HTTP?
local function reads_file(job, config)
	return job.samza.model_url == "file" and config["kubernetes.model.server"] ~= "service"
end

local function served_inside(job, config)
	return job.delivery ~= "env" and not reads_file(job, config) and config["kubernetes.model.server"] ~= "service"
end

-- The ConfigMaps or Secrets.
local function maps(job, config, kind)
	local objects = {}
	for i, map in ipairs(job.delivery == kind:lower() and job.model_maps or {}) do
		objects[i] = { apiVersion = "v1", kind = kind, type = kind == "Secret" and "Opaque" or nil,
			metadata = parts.metadata(map.name, config, parts.labels(job), parts.annotations(job)), immutable = true, data = map.data }
	end
	return objects
end

local function one(job, config, kind)
	local objects = maps(job, config, kind)
	if #objects > 1 or job.model_parts then
		error(("the model is in %d pieces: use kubernetes.shared(job, config)"):format(#job.model_parts), 3)
	end
	return objects[1]
end

--- The ConfigMap with the model, named by its content, or nil when the model travels otherwise.
-- @raise string when the model is in several pieces
function K.config_map(job, config) return one(job, config, "ConfigMap") end

--- The Secret with the model, named by its content, or nil when the model travels otherwise.
-- @raise string when the model is in several pieces
function K.secret(job, config) return one(job, config, "Secret") end

--- The objects that hold the model, however large: none when it is in the environment.
-- @treturn {table,...} in apply order
function K.model_objects(job, config)
	local objects = maps(job, config, "Secret")
	for _, map in ipairs(maps(job, config, "ConfigMap")) do objects[#objects + 1] = map end
	if job.fill_name then
		objects[#objects + 1] = { apiVersion = "v1", kind = "ConfigMap", metadata = parts.metadata(job.fill_name, config,
			parts.labels(job), parts.annotations(job)), immutable = true, data = { [fill.key] = fill.script } }
	end
	return objects
end

-- A volume of the one piece: a file job-model.json, or index.html of a web server.
local function whole_volume(job, config)
	local items = { { key = delivery.key, path = reads_file(job, config) and delivery.key or "index.html" } }
	local name = job.model_maps[1].name
	if job.delivery == "secret" then
		return { name = "model", secret = { secretName = name, items = items, defaultMode = 420 } }
	end
	return { name = "model", configMap = { name = name, items = items, defaultMode = 420 } }
end

-- A volume of all pieces, one file each; neighbours of one object share a source.
local function parts_volume(job, config)
	local sources, last = {}, nil
	for _, part in ipairs(job.model_parts) do
		local kind = (part.secret or job.delivery == "secret") and "secret" or "configMap"
		local name = part.secret and config["kubernetes.secret.name"] or part.map
		if not last or last.kind ~= kind or last.source.name ~= name then
			last = { kind = kind, source = { name = name, items = {} } }
			sources[#sources + 1] = { [kind] = last.source }
		end
		table.insert(last.source.items, { key = part.secret or part.key, path = part.file })
	end
	if job.fill_name then
		sources[#sources + 1] = { configMap = { name = job.fill_name, items = { { key = fill.key, path = fill.key } } } }
	end
	return { name = "model-parts", projected = { sources = sources, defaultMode = 420 } }
end

-- The volumes that hold the model for whoever serves or reads it. Joined pieces with secrets stay in memory.
local function source_volumes(job, config)
	if not job.model_parts then return { whole_volume(job, config) } end
	local memory = (job.fill_name or job.delivery == "secret") and "Memory" or nil
	return { parts_volume(job, config), { name = "model", emptyDir = { medium = memory } } }
end

--- The volumes of a pod that hold the model: none when it is in the environment, or served from elsewhere.
-- @treturn {table,...}
function K.model_volumes(job, config)
	if job.delivery == "env" or not reads_file(job, config) and not served_inside(job, config) then return {} end
	return source_volumes(job, config)
end

--- How the Samza container mounts the model, where it reads a file.
-- @treturn table|nil an item of `volumeMounts`
function K.model_mount(job, config)
	if job.delivery == "env" or not reads_file(job, config) then return nil end
	return { name = "model", mountPath = K.model_directory, readOnly = true }
end

-- The model server of a job as one Service: a name of its own for every model.
local function server_name(job)
	local name = job.resource_name .. "-model-" .. job.model_digest
	return name:find("^%d") and "m-" .. job.resource_name .. "-" .. job.model_digest or name
end

--- The variables by which the Samza container finds its model.
-- @treturn {{name=string,value=string}}
function K.model_env(job, config)
	if job.delivery == "env" then return { { name = delivery.env_name, value = parts.env_value(job.model) } } end
	local url = ("http://127.0.0.1:%d/"):format(K.model_port)
	if reads_file(job, config) then
		url = ("file://%s/%s"):format(K.model_directory, delivery.key)
	elseif config["kubernetes.model.server"] == "service" then
		url = ("http://%s:%d/"):format(server_name(job), K.model_port)
	end
	return { { name = "SAMZA_COORDINATOR_URL", value = url } }
end

-- The shell command that puts the pieces together.
local function join_command(job, file)
	if job.fill_name then return ("busybox sh /model-parts/%s /model-parts >/model/%s"):format(fill.key, file) end
	return "busybox cat /model-parts/* >/model/" .. file
end

local function server_mounts(job)
	if not job.model_parts then return { { name = "model", mountPath = "/model", readOnly = true } } end
	return { { name = "model-parts", mountPath = "/model-parts", readOnly = true }, { name = "model", mountPath = "/model" } }
end

-- Memory of a helper container: files of an emptyDir in memory count for it.
local function helper_resources(job)
	local in_memory = job.model_parts and (job.fill_name or job.delivery == "secret")
	local mib = 32 + (in_memory and 2 * (#job.model >> 20) + 2 or 0)
	return { limits = { memory = mib .. "Mi", cpu = "100m" } }
end

--- The init container that joins the pieces of a model for Samza 0.9, which reads a file; nil when nothing is to be joined.
-- @treturn table|nil
function K.model_writer(job, config)
	if not job.model_parts or not reads_file(job, config) then return nil end
	return { name = "model-writer", image = config["kubernetes.model.server.image"],
		command = { "busybox", "sh", "-c", join_command(job, delivery.key) },
		resources = helper_resources(job), securityContext = security.container_security(config, true), volumeMounts = server_mounts(job) }
end

-- The container that serves the model at `address`. As process 1 httpd itself would ignore TERM, and every stop would last
-- the whole grace period.
local function server(job, config, address)
	local join = job.model_parts and join_command(job, "index.html") .. " || exit 1; " or ""
	return { name = "model-server", image = config["kubernetes.model.server.image"],
		command = { "busybox", "sh", "-c",
			("%strap 'exit 0' TERM; busybox httpd -f -p %s -h /model & wait"):format(join, address) },
		resources = helper_resources(job), securityContext = security.container_security(config, true), volumeMounts = server_mounts(job) }
end

--- The container that serves the model on 127.0.0.1 to Samza 0.10 and later. On Kubernetes 1.29 and later it goes into
-- `initContainers`, has `restartPolicy` Always, starts before and stops after Samza's; else it is one more of `containers`.
-- @treturn table|nil nil when no server is needed in the pod
function K.model_server(job, config)
	if not served_inside(job, config) then return nil end
	local c = server(job, config, ("127.0.0.1:%d"):format(K.model_port))
	local url = ("http://127.0.0.1:%d/"):format(K.model_port)
	c.startupProbe = { exec = { command = { "busybox", "wget", "-q", "-O", "/dev/null", url } }, periodSeconds = 1,
		failureThreshold = 60 }
	if release.facts(config).sidecar then c.restartPolicy = "Always" end
	return c
end

--- The Service and the Deployment of `kubernetes.model.server=service`. Each model has its own, so that a container that
-- starts again never sees a newer model than those that run beside it.
-- @treturn table|nil Service
-- @treturn table|nil Deployment
function K.model_service(job, config)
	if config["kubernetes.model.server"] ~= "service" or job.delivery == "env" then return nil end
	local labels = parts.labels(job, nil, "model-server")
	labels["samzak8s.io/generation"] = job.model_digest
	local selector = parts.selector(job, nil, "model-server")
	selector["samzak8s.io/generation"] = job.model_digest
	local c = server(job, config, tostring(K.model_port))
	c.ports = { { name = "http", containerPort = K.model_port, protocol = "TCP" } }
	c.readinessProbe = { tcpSocket = { port = K.model_port } }
	local function metadata() return parts.metadata(server_name(job), config, labels, parts.annotations(job)) end
	local service = { apiVersion = "v1", kind = "Service", metadata = metadata(), spec = { type = "ClusterIP", selector = selector,
		ports = { { name = "http", port = K.model_port, targetPort = K.model_port, protocol = "TCP" } } } }
	local deployment = { apiVersion = "apps/v1", kind = "Deployment", metadata = metadata(), spec = { replicas = 1,
		selector = { matchLabels = selector },
		template = { metadata = parts.template_metadata(config, labels), spec = {
			nodeSelector = parts.node_selector(config), volumes = source_volumes(job, config), containers = { c },
			imagePullSecrets = parts.pull_secrets(config), priorityClassName = config["kubernetes.priority.class"],
			securityContext = security.pod_security(config), enableServiceLinks = false, automountServiceAccountToken = false } } } }
	return service, deployment
end

return K
