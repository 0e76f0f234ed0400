-- SPDX-License-Identifier: Apache-2.0
-- What all layouts share: security, state, spreading, objects that a job has once; and what each promises.
local defaults = require("samzak8s.kubernetes.defaults")
local layouts = require("samzak8s.kubernetes.layouts")
local run = require("support.manifest_run")

local ALL = { "statefulset", "statefulset-indexed", "deployment", "job", "replication-controller" }

local function made(properties, how)
	local resources, err, said = run(properties, how)
	assert.is_nil(err and err.message)
	return resources, said
end

local function of_kind(resources, kind)
	local found = {}
	for _, r in ipairs(resources) do
		if r.kind == kind then found[#found + 1] = r end
	end
	return found
end

-- The pod templates of a layout's containers.
local function templates(layout, properties, how)
	local config = { ["kubernetes.layout"] = layout }
	for key, value in pairs(properties or {}) do config[key] = value end
	local found = {}
	for _, r in ipairs(made(config, how or { version = "1.8.0" })) do
		if type(r.spec) == "table" and r.spec.template then found[#found + 1] = r.spec.template end
	end
	return found
end

local function each(test, properties, how)
	for _, layout in ipairs(ALL) do
		for _, template in ipairs(templates(layout, properties, how)) do test(template.spec, layout, template) end
	end
end

local function env_of(pod)
	local env = {}
	for _, entry in ipairs(pod.containers[1].env) do env[entry.name] = entry.value or entry.valueFrom and entry.valueFrom.fieldRef.fieldPath end
	return env
end

describe("every layout", function()
	it("has a restricted security context, and no service links or token", function()
		each(function(pod)
			assert.same({ runAsNonRoot = true, runAsUser = 1000, runAsGroup = 0, fsGroup = 1000,
				fsGroupChangePolicy = "OnRootMismatch", seccompProfile = { type = "RuntimeDefault" } }, pod.securityContext)
			for _, list in ipairs { pod.initContainers or {}, pod.containers } do
				for _, c in ipairs(list) do
					assert.is_false(c.securityContext.allowPrivilegeEscalation)
					assert.same({ drop = { "ALL" } }, c.securityContext.capabilities)
				end
			end
			assert.is_false(pod.enableServiceLinks)
			assert.is_false(pod.automountServiceAccountToken)
		end)
	end)
	it("leaves security to the cluster when asked to", function()
		each(function(pod)
			assert.same({}, pod.securityContext)
			assert.is_nil(pod.containers[1].securityContext)
		end, { ["kubernetes.security.context"] = "none" })
	end)
	it("runs on a read-only root: what Samza writes to is a volume", function()
		each(function(pod)
			local samza = pod.containers[1]
			assert.is_true(samza.securityContext.readOnlyRootFilesystem)
			local mounts = {}
			for _, mount in ipairs(samza.volumeMounts) do mounts[#mounts + 1] = mount.mountPath end
			assert.equal("/samza/log /samza/state /samza/tmp /samza/classpath_workspace", table.concat(mounts, " "))
			assert.equal("/samza", samza.workingDir)
		end, { ["kubernetes.security.read.only.root"] = "true" })
		-- these releases write a jar into the working directory
		each(function(pod) assert.equal("/samza/state", pod.containers[1].workingDir) end,
			{ ["kubernetes.security.read.only.root"] = "true" }, { version = "1.4.0" })
	end)
	it("spreads its containers over nodes", function()
		each(function(pod, _, template)
			local wanted = pod.topologySpreadConstraints[1].labelSelector.matchLabels
			for key, value in pairs(wanted) do assert.equal(value, template.metadata.labels[key]) end
		end)
	end)
	it("keeps a standby container away from the one it stands by for", function()
		local pods = templates("statefulset", { ["job.standbytasks.replication.factor"] = "2" },
			{ version = "1.8.0", containers = { "0", "0-0", "1" } })
		local groups = {}
		for i, template in ipairs(pods) do
			local term = template.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[1].podAffinityTerm
			groups[i] = term.labelSelector.matchLabels["samzak8s.io/standby-group"]
			assert.equal(groups[i], template.metadata.labels["samzak8s.io/standby-group"])
		end
		assert.same({ "0", "0", "1" }, groups)
		assert.is_nil(templates("statefulset")[1].spec.affinity)
	end)
	it("adds the option that Java 17 needs, where the release needs it", function()
		for version, opts in pairs { ["0.9.1"] = "-Xmx1g -Xloggc:/samza/log/gc.log", ["1.7.0"] = "-Xmx1g -Xloggc:/samza/log/gc.log",
			["1.8.0"] = "-Xmx1g" } do
			each(function(pod) assert.equal(opts, env_of(pod).JAVA_OPTS) end,
				{ ["task.opts"] = "-Xmx1g", ["kubernetes.security.context"] = "restricted" }, { version = version })
		end
		each(function(pod) assert.equal("-Xloggc:/x", env_of(pod).JAVA_OPTS) end, { ["task.opts"] = "-Xloggc:/x" }, { version = "0.14.1" })
	end)
	it("opens a fixed JMX port, and logs to stdout, when asked to", function()
		each(function(pod)
			local opts = env_of(pod).JAVA_OPTS
			assert.matches("%-Dcom%.sun%.management%.jmxremote%.port=9010 %-Dcom%.sun%.management%.jmxremote%.rmi%.port=9010 ", opts)
			assert.matches("%-Dlog4j%.configurationFile=file:/samza/bin/log4j2%-console%.xml", opts)
			assert.same({ { name = "jmx", containerPort = 9010, protocol = "TCP" } }, pod.containers[1].ports)
		end, { ["kubernetes.jmx.port"] = "9010", ["kubernetes.log.stdout"] = "true" })
		each(function(pod) assert.not_matches("log4j2", env_of(pod).JAVA_OPTS) end, { ["kubernetes.log.stdout"] = "true" },
			{ version = "0.14.1" })
	end)
	it("keeps state on a claim that follows the container", function()
		local properties = { ["kubernetes.state.volume"] = "pvc", ["kubernetes.state.size"] = "5Gi", ["kubernetes.state.storage.class"] = "fast",
			["kubernetes.state.access.mode"] = "ReadWriteOncePod" }
		local spec = { accessModes = { "ReadWriteOncePod" }, resources = { requests = { storage = "5Gi" } }, storageClassName = "fast",
			volumeMode = "Filesystem" }
		for _, layout in ipairs(ALL) do
			properties["kubernetes.layout"] = layout
			local resources = made(properties, { version = "1.8.0" })
			if layout:find("^statefulset") then
				local set = of_kind(resources, "StatefulSet")[1]
				assert.same(spec, set.spec.volumeClaimTemplates[1].spec)
				assert.equal("state", set.spec.volumeClaimTemplates[1].metadata.name)
			else
				local claims = of_kind(resources, "PersistentVolumeClaim")
				assert.equal(2, #claims)
				assert.same(spec, claims[2].spec)
				assert.equal("page-views-1-state", claims[2].metadata.name)
				local volumes = resources[#resources].spec.template.spec.volumes
				assert.same({ name = "state", persistentVolumeClaim = { claimName = "page-views-1-state" } }, volumes[2])
			end
		end
	end)
	it("limits the scratch space of state when a size is given", function()
		each(function(pod) assert.same({ name = "state", emptyDir = { sizeLimit = "2Gi" } }, pod.volumes[2]) end,
			{ ["kubernetes.state.size"] = "2Gi" })
	end)
	it("has one budget and one network policy for the job, when asked to", function()
		for _, layout in ipairs(ALL) do
			local resources = made({ ["kubernetes.layout"] = layout, ["kubernetes.disruption.budget"] = "1",
				["kubernetes.network.policy"] = "egress", ["kubernetes.network.policy.ports"] = "443",
				["systems.kafka.consumer.bootstrap.servers"] = "a:9092,b:9093",
				["systems.kafka.consumer.zookeeper.connect"] = "z:2181/x" }, { version = "1.8.0" })
			local budget, policy = of_kind(resources, "PodDisruptionBudget"), of_kind(resources, "NetworkPolicy")
			assert.equal(1, #budget)
			assert.equal(1, budget[1].spec.maxUnavailable)
			assert.equal(1, #policy)
			local ports = {}
			for _, rule in ipairs(policy[1].spec.egress) do
				for _, port in ipairs(rule.ports) do ports[#ports + 1] = port.protocol .. port.port end
			end
			assert.equal("UDP53 TCP53 TCP443 TCP2181 TCP9092 TCP9093", table.concat(ports, " "))
		end
	end)
	it("gives the proof of concept's pods a budget that finds them", function()
		local resources = made { ["kubernetes.disruption.budget"] = "1", ["kubernetes.network.policy"] = "ingress" }
		assert.same({ app = "page-views" }, resources[1].spec.selector.matchLabels)
		assert.same({ matchLabels = { app = "page-views" } }, resources[2].spec.podSelector)
		assert.same({ "Ingress" }, resources[2].spec.policyTypes)
	end)
	it("says where it came from, in one place", function()
		local resources = made({ ["job.id"] = "7" }, { version = "1.8.0" })
		local first = resources[1].metadata.annotations
		assert.matches("^%w+$", first["samzak8s.io/config-digest"])
		assert.matches("^%w+$", first["samzak8s.io/inputs-digest"])
		for i = 2, #resources do assert.is_nil(resources[i].metadata.annotations["samzak8s.io/config-digest"]) end
		local set = of_kind(resources, "StatefulSet")[2]
		assert.equal("Partition 1", set.metadata.annotations["samzak8s.io/tasks"])
		assert.is_nil(set.spec.template.metadata.annotations)
		assert.equal("1.8.0", set.metadata.labels["app.kubernetes.io/version"])
	end)
	it("does not let a secret into the digest of the configuration", function()
		local function digest(password)
			return made({ ["systems.kafka.consumer.ssl.key.password"] = password }, { version = "1.8.0" })[1]
				.metadata.annotations["samzak8s.io/config-digest"]
		end
		assert.equal(digest("a"), digest("b"))
	end)
	it("shows as many tasks as fit", function()
		local tasks = {}
		for i = 1, 300 do tasks[i] = "Partition " .. i end
		local K = require("samzak8s.kubernetes")
		local text = K.annotations({ name = "a", id = "1" }, { id = "0", tasks = tasks })["samzak8s.io/tasks"]
		assert.is_true(#text < 540)
		assert.matches("^Partition 1, Partition 2, .* and %d+ more$", text)
	end)
end)

describe("the command", function()
	it("is task.execute below /samza, and nothing in it is replaced", function()
		local pod = templates("statefulset", { ["task.execute"] = "bin/run $(HOME) $$x /abs" })[1].spec
		assert.same({ "/samza/bin/run", "$$(HOME)", "$$$$x", "/abs" }, pod.containers[1].command)
	end)
end)

describe("the statefulset-indexed layout", function()
	it("is one StatefulSet whose pods' numbers are the ids", function()
		local resources = made({ ["kubernetes.layout"] = "statefulset-indexed" }, { version = "1.8.0", containers = { "0", "1", "2" } })
		local set = of_kind(resources, "StatefulSet")[1]
		assert.equal(3, set.spec.replicas)
		assert.equal("page-views", set.metadata.name)
		assert.equal("metadata.labels['apps.kubernetes.io/pod-index']", env_of(set.spec.template.spec).SAMZA_CONTAINER_ID)
	end)
	it("takes ids from pod names before Kubernetes 1.28", function()
		local pod = templates("statefulset-indexed", { ["kubernetes.version"] = "1.27" })[1].spec
		assert.equal("metadata.name", env_of(pod).POD_NAME)
		assert.is_nil(env_of(pod).SAMZA_CONTAINER_ID)
		assert.same({ "sh", "-c", 'export SAMZA_CONTAINER_ID="${POD_NAME##*-}" && exec "$@"', "sh", "/samza/bin/run-container.sh" },
			pod.containers[1].command)
	end)
	it("refuses ids that are not 0 to n-1", function()
		for _, ids in ipairs { { "0", "2" }, { "1" }, { "0", "0-0" } } do
			local ok, err = pcall(run, { ["kubernetes.layout"] = "statefulset-indexed" }, { version = "1.8.0", containers = ids })
			assert.is_false(ok)
			assert.equal("layouts.ids", err.code)
		end
	end)
end)

describe("the deployment layout", function()
	it("stops the old pod before it starts the new one", function()
		local r = made({ ["kubernetes.layout"] = "deployment" }, { version = "1.8.0" })
		assert.same({ type = "Recreate" }, r[#r].spec.strategy)
	end)
end)

describe("the job layout", function()
	it("waits for the last pod, and counts failures as Samza does", function()
		local function spec(properties, version)
			properties["kubernetes.layout"] = "job"
			local r = made(properties, { version = version })
			return r[#r].spec
		end
		local job = spec({}, "1.8.0")
		assert.equal("Failed", job.podReplacementPolicy)
		assert.equal("OnFailure", job.template.spec.restartPolicy)
		assert.equal(8, job.backoffLimit)
		assert.equal(3, spec({ ["cluster-manager.container.retry.count"] = "3", ["yarn.container.retry.count"] = "4" }, "1.8.0").backoffLimit)
		assert.equal(4, spec({ ["cluster-manager.container.retry.count"] = "3", ["yarn.container.retry.count"] = "4" }, "0.10.1").backoffLimit)
		assert.equal(2147483647, spec({ ["yarn.container.retry.count"] = "-1" }, "1.8.0").backoffLimit)
	end)
	it("refuses a sidecar that never ends", function()
		local ok, err = pcall(run, { ["kubernetes.layout"] = "job", ["kubernetes.version"] = "1.28" }, { version = "1.8.0" })
		assert.is_false(ok)
		assert.equal("layouts.sidecar", err.code)
		local r = made({ ["kubernetes.layout"] = "job", ["kubernetes.version"] = "1.28", ["kubernetes.model.server"] = "service" },
			{ version = "1.8.0" })
		assert.is_nil(r[#r].spec.podReplacementPolicy)
	end)
end)

describe("the facts about layouts", function()
	it("hold for what the layouts make: the default never overlaps", function()
		local overlaps = {}
		for _, layout in ipairs(ALL) do
			local resources = made({ ["kubernetes.layout"] = layout }, { version = "1.8.0" })
			overlaps[layout] = layouts.overlap(resources[#resources])
		end
		assert.same({ statefulset = false, ["statefulset-indexed"] = false, job = false, deployment = true,
			["replication-controller"] = true }, overlaps)
		assert.equal(#ALL, #layouts.list)
	end)
end)

describe("defaults", function()
	it("know what a release does not know", function()
		local function set() return { kind = "StatefulSet", spec = { template = { spec = { containers = {} } } } } end
		assert.is_table(defaults(set(), {}).spec.persistentVolumeClaimRetentionPolicy)
		assert.is_nil(defaults(set(), { ["kubernetes.version"] = "1.26" }).spec.persistentVolumeClaimRetentionPolicy)
	end)
end)

describe("the properties of layouts", function()
	local function refuses(properties, code, message, key)
		local resources, err = run(properties, { version = "1.8.0" })
		assert.is_nil(resources)
		assert.same({ code, message, key }, { err.code, err.message, err.key })
	end
	it("are checked", function()
		refuses({ ["kubernetes.version"] = "2.0" }, "config.value", '"2.0" is no release of Kubernetes', "kubernetes.version")
		refuses({ ["kubernetes.version"] = "1.20" }, "config.value", "manifests are written for Kubernetes 1.21 and later", "kubernetes.version")
		refuses({ ["kubernetes.jmx.port"] = "80" }, "config.integer", "80 is not from 1024 to 65535", "kubernetes.jmx.port")
		refuses({ ["kubernetes.security.user"] = "0" }, "config.integer", "0 is not from 1 to 2147483647", "kubernetes.security.user")
		refuses({ ["kubernetes.log.stdout"] = "yes" }, "config.value", '"yes" is neither true nor false', "kubernetes.log.stdout")
		refuses({ ["kubernetes.state.volume"] = "disk" }, "config.choice", "'disk' is none of emptydir, pvc", "kubernetes.state.volume")
		refuses({ ["kubernetes.state.size"] = "5g" }, "config.quantity", '"5g" is not a Kubernetes quantity', "kubernetes.state.size")
		refuses({ ["kubernetes.state.storage.class"] = "fast" }, "config.alone", "says nothing without kubernetes.state.volume=pvc",
			"kubernetes.state.storage.class")
		refuses({ ["kubernetes.network.policy"] = "egress", ["kubernetes.network.policy.ports"] = "443,x" }, "config.value",
			'"x" is no TCP port', "kubernetes.network.policy.ports")
		refuses({ ["kubernetes.jmx.port"] = "9010", ["task.opts"] = "-Dcom.sun.management.jmxremote.port=1" }, "config.twice",
			"task.opts sets com.sun.management.jmxremote.port already", "kubernetes.jmx.port")
	end)
	it("take every way to write a release", function()
		for _, text in ipairs { "1.28", "v1.28", "1.28.4", "v1.28.4-gke.100", "1.28+" } do
			assert.equal(28, require("samzak8s.kubernetes.release").minor(text))
		end
	end)
end)
