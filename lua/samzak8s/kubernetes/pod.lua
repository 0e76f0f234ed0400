-- SPDX-License-Identifier: Apache-2.0
--- The pod of one Samza container: Samza's scripts as the command, in the directory that they expect, everything they write
-- on volumes, so that it runs for any user and with a read-only root.
local lazy = require("samzak8s.lazy")
local model = require("samzak8s.kubernetes.model")
local parts = require("samzak8s.kubernetes.parts")
local release = require("samzak8s.kubernetes.release")
local security = require("samzak8s.kubernetes.security")
local state = require("samzak8s.kubernetes.state")
local template = lazy("samzak8s.kubernetes.template")

local K = {}

local HOME = "/samza"

--- What a Job does while a pod of its own is still stopping: "Failed" waits; nil where the cluster knows no such choice.
function K.pod_replacement(config)
	return release.facts(config).pod_replacement and "Failed" or nil
end

--- The command of a Samza container: `task.execute` under `/samza`, where the image has Samza's scripts. Kubernetes would
-- replace `$(NAME)` in it, so `$` is doubled.
function K.command(config)
	local command = {}
	for word in (config["task.execute"] or "bin/run-container.sh"):gmatch("%S+") do command[#command + 1] = parts.env_value(word) end
	if command[1] and command[1]:sub(1, 1) ~= "/" then command[1] = HOME .. "/" .. command[1] end
	return command
end

local function by_label(container, config) return not container and release.facts(config).pod_index end

-- What a shell has to do before the command, or nil.
local function preparation(job, container, config)
	local steps = {}
	if not container and not by_label(container, config) then
		steps[#steps + 1] = 'export SAMZA_CONTAINER_ID="${POD_NAME##*-}"'
	end
	if job.delivery == "env" then
		-- printf, not echo: no word splitting, no wildcards, no backslashes
		steps[#steps + 1] = "umask 077"
		steps[#steps + 1] = ('printf %%s "$SAMZA_JOB_CONFIG" >%s/tmp/job-model.json'):format(HOME)
		steps[#steps + 1] = "unset SAMZA_JOB_CONFIG"
		steps[#steps + 1] = "umask 022"
	end
	return #steps > 0 and table.concat(steps, " && ") .. ' && exec "$@"' or nil
end

local function start(job, container, config)
	local command = K.command(config)
	local script = preparation(job, container, config)
	if not script then return command end
	return { "sh", "-c", script, "sh", table.unpack(command) }
end

--- `JAVA_OPTS`: `task.opts`, and the options that the release and the user's other properties need.
-- @treturn string not yet escaped for `env`
function K.java_opts(job, config)
	local own = config["task.opts"] or ""
	local opts = { own ~= "" and own or nil }
	local function add(option) opts[#opts + 1] = option end
	if job.samza.wants_gc_log and not own:find("-Xloggc", 1, true) and not own:find("PrintGCDateStamps", 1, true) then
		add("-Xloggc:" .. HOME .. "/log/gc.log")
	end
	if config["kubernetes.log.stdout"] then
		add("-Dlog4j.configuration=file:" .. HOME .. "/bin/log4j-console.xml")
		if job.samza.log4j2 then add("-Dlog4j.configurationFile=file:" .. HOME .. "/bin/log4j2-console.xml") end
	end
	local port = config["kubernetes.jmx.port"]
	if port then
		add(("-Dcom.sun.management.jmxremote.port=%d -Dcom.sun.management.jmxremote.rmi.port=%d"):format(port, port))
		add("-Dcom.sun.management.jmxremote.authenticate=false -Dcom.sun.management.jmxremote.ssl=false")
		add("-Djava.rmi.server.hostname=127.0.0.1")
	end
	return table.concat(opts, " ")
end

local function container_id(container, config)
	if container then return { name = "SAMZA_CONTAINER_ID", value = container.id } end
	if by_label(container, config) then
		return { name = "SAMZA_CONTAINER_ID",
			valueFrom = { fieldRef = { fieldPath = "metadata.labels['apps.kubernetes.io/pod-index']" } } }
	end
	return { name = "POD_NAME", valueFrom = { fieldRef = { fieldPath = "metadata.name" } } }
end

--- The environment of the Samza container.
-- @tparam Job job
-- @tparam[opt] Container container nil: the pods of one controller, whose ids are the numbers of its pods
-- @tparam Config config
-- @treturn {table,...}
function K.env(job, container, config)
	local env = { container_id(container, config) }
	local function add(name, value) env[#env + 1] = { name = name, value = value } end
	for _, entry in ipairs(model.model_env(job, config)) do env[#env + 1] = entry end
	if job.delivery == "env" then add("SAMZA_COORDINATOR_URL", ("file://%s/tmp/job-model.json"):format(HOME)) end
	add("JAVA_OPTS", parts.env_value(K.java_opts(job, config)))
	add("SAMZA_LOG_DIR", HOME .. "/log")
	if job.samza.logged_store_base_dir then add("LOGGED_STORE_BASE_DIR", HOME .. "/state") end
	if config["task.java.home"] then add("JAVA_HOME", parts.env_value(config["task.java.home"])) end
	return env
end

-- Directories that Samza's scripts and stores write to: volume, mount path.
local function writable(job)
	return { { "log", "/log" }, { "state", "/state" }, { "tmp", "/tmp" },
		job.samza.classpath_workspace and { "classpath", "/classpath_workspace" } or nil }
end

--- The volumes of a pod: logs, state, scratch space, and the model where it is mounted.
-- @tparam Job job
-- @tparam[opt] Container container
-- @tparam Config config
-- @tparam[opt] {claims=boolean} how `claims`: the state volume comes from `volumeClaimTemplates`
-- @treturn {table,...}
function K.volumes(job, container, config, how)
	local volumes = {}
	for _, item in ipairs(writable(job)) do
		if item[1] ~= "state" then
			volumes[#volumes + 1] = { name = item[1], emptyDir = {} }
		elseif not (how and how.claims and config["kubernetes.state.volume"] == "pvc") then
			volumes[#volumes + 1] = state.state_volume(job, container, config)
		end
	end
	for _, volume in ipairs(model.model_volumes(job, config)) do volumes[#volumes + 1] = volume end
	return volumes
end

local function samza(job, container, config)
	local mounts = {}
	for i, item in ipairs(writable(job)) do mounts[i] = { name = item[1], mountPath = HOME .. item[2] } end
	mounts[#mounts + 1] = model.model_mount(job, config)
	local port = config["kubernetes.jmx.port"]
	local read_only = config["kubernetes.security.read.only.root"]
	return { name = job.resource_name, image = config["kubernetes.container.image"],
		imagePullPolicy = config["kubernetes.image.pull.policy"], command = start(job, container, config),
		workingDir = read_only and job.samza.writes_work_dir and HOME .. "/state" or HOME,
		env = K.env(job, container, config), volumeMounts = mounts, resources = parts.resources(config),
		ports = port and { { name = "jmx", containerPort = port, protocol = "TCP" } } or nil,
		securityContext = security.container_security(config, read_only) }
end

-- Containers of one job on many nodes, where that is possible.
local function spread(job)
	return { { maxSkew = 1, topologyKey = "kubernetes.io/hostname", whenUnsatisfiable = "ScheduleAnyway",
		labelSelector = { matchLabels = parts.selector(job, nil, "container") } } }
end

-- A standby container away from the one that it stands by for.
local function apart(job, container)
	local group = container and parts.labels(job, container)["samzak8s.io/standby-group"]
	if not group then return nil end
	local labels = parts.selector(job, nil, "container")
	labels["samzak8s.io/standby-group"] = group
	return { podAntiAffinity = { preferredDuringSchedulingIgnoredDuringExecution = { { weight = 100,
		podAffinityTerm = { topologyKey = "kubernetes.io/hostname", labelSelector = { matchLabels = labels } } } } } }
end

--- The `spec` of a pod that runs one Samza container: what the built-in layouts start from. The user's
-- `kubernetes.pod.template` is merged under it.
-- @tparam Job job
-- @tparam[opt] Container container nil: the pods of one controller, whose ids are the numbers of its pods
-- @tparam Config config
-- @tparam[opt] {claims=boolean,restart=string} how `claims`: the state volume comes from `volumeClaimTemplates`; `restart`:
-- the restart policy of a Job's pods
-- @treturn table to be changed freely
-- @raise table when the pod template contradicts
function K.pod(job, container, config, how)
	local server = model.model_server(job, config)
	local native = server and server.restartPolicy and server or nil
	local account = config["kubernetes.service.account"]
	local spec = { nodeSelector = parts.node_selector(config), volumes = K.volumes(job, container, config, how),
		initContainers = { native or model.model_writer(job, config) },
		containers = { samza(job, container, config), not native and server or nil },
		restartPolicy = how and how.restart, terminationGracePeriodSeconds = parts.grace_period(job, config),
		serviceAccountName = account, imagePullSecrets = parts.pull_secrets(config),
		priorityClassName = config["kubernetes.priority.class"], enableServiceLinks = false,
		securityContext = security.pod_security(config), topologySpreadConstraints = spread(job), affinity = apart(job, container) }
	if not account then spec.automountServiceAccountToken = false end -- Samza has no use for the API
	if job.pod_template then template.merge(spec, "spec", job) end
	if not spec.initContainers[1] then spec.initContainers = nil end
	return spec
end

--- The whole pod template: `metadata` and `spec`.
-- @tparam Job job
-- @tparam[opt] Container container
-- @tparam Config config
-- @tparam table labels
-- @tparam[opt] table how as for `pod`
-- @treturn {metadata=table,spec=table}
function K.template(job, container, config, labels, how)
	local metadata = parts.template_metadata(config, labels)
	if job.pod_template then template.merge(metadata, "metadata", job) end
	return { metadata = metadata, spec = K.pod(job, container, config, how) }
end

return K
