-- SPDX-License-Identifier: Apache-2.0
-- The tables of grammars, limits and forbidden pairs: one line each, with what is said.
local find = require("samzak8s.kubernetes.findings")

local function pod(change)
	local spec = { volumes = { { name = "v", emptyDir = {} } }, containers = { { name = "c", image = "i:1" } } }
	if change then change(spec, spec.containers[1]) end
	return spec
end

local LABELS = { id = "x" }

local function object(kind, spec, version, name)
	return { apiVersion = version or "v1", kind = kind, metadata = { name = name or "x" }, spec = spec }
end

local function workload(kind, version, change)
	local r = object(kind, { selector = { matchLabels = LABELS }, template = { metadata = { labels = LABELS }, spec = pod() } }, version)
	if kind == "StatefulSet" then r.spec.serviceName = "s" end
	if kind == "ReplicationController" then r.spec.selector = LABELS end
	if kind == "Job" then
		r.spec.selector = nil
		r.spec.template.spec.restartPolicy = "OnFailure"
	end
	if change then change(r.spec, r.spec.template.spec, r.spec.template.spec.containers[1], r) end
	return r
end

local function deployment(change) return workload("Deployment", "apps/v1", change) end
local function statefulset(change) return workload("StatefulSet", "apps/v1", change) end
local function job(change) return workload("Job", "batch/v1", change) end
local function cronjob(change)
	local spec = { schedule = "*/5 * * * *", jobTemplate = { spec = { template = { spec = pod(function(p) p.restartPolicy = "Never" end) } } } }
	if change then change(spec) end
	return object("CronJob", spec, "batch/v1")
end
local function container(change) return deployment(function(_, p, c) change(c, p) end) end
local function template(change) return deployment(function(_, p) change(p) end) end
local function service(change)
	local spec = { selector = { a = "b" }, ports = { { port = 80 } } }
	change(spec)
	return object("Service", spec)
end
local function budget(change)
	local spec = { selector = { matchLabels = LABELS }, maxUnavailable = 1 }
	change(spec)
	return object("PodDisruptionBudget", spec, "policy/v1")
end
local function policy(change)
	local spec = { podSelector = {}, policyTypes = { "Egress" } }
	change(spec)
	return object("NetworkPolicy", spec, "networking.k8s.io/v1")
end
local function claim(change)
	local spec = { accessModes = { "ReadWriteOnce" }, resources = { requests = { storage = "1Gi" } } }
	change(spec)
	return object("PersistentVolumeClaim", spec)
end

local NOBODY = function() return false end
local EVERYBODY = function() return true end

local function said(resources, ours)
	local list = {}
	for i, f in ipairs((find(resources, { ours = ours or NOBODY }))) do
		list[i] = ("%s%s: %s"):format(f.level == "warning" and "warning " or "", f.path, f.message)
	end
	return list
end

-- What is found in one object: nothing when `message` is nil.
local function finds(message, ...)
	assert.same({ message }, said { ... })
end

local function table_of(title, cases)
	for i, case in ipairs(cases) do
		it(("%s %d: %s"):format(title, i, (case[1] or "fine"):sub(1, 70)), function() finds(case[1], case[2]) end)
	end
end

describe("findings", function()
	it("are none in one good object of each kind", function()
		assert.same({}, said { deployment(), statefulset(function(_, _, _, r) r.metadata.name = "y" r.spec.selector = { matchLabels = { id = "y" } }
			r.spec.template.metadata = { labels = { id = "y" } } end), job(function(spec, _, _, r) spec.template.metadata = nil r.metadata.name = "j" end), cronjob(),
			service(function() end), budget(function() end), policy(function() end), claim(function() end),
			object("Pod", pod(), "v1", "p"), object("Namespace", nil), object("ServiceAccount", nil), { apiVersion = "example.com/v1", kind = "Any",
				metadata = { name = "x" }, spec = { whatever = 1 } } })
	end)

	table_of("controllers", {
		{ "spec.strategy.rollingUpdate: must not be there with Recreate", deployment(function(s) s.strategy = { type = "Recreate", rollingUpdate = { maxSurge = 1 } } end) },
		{ nil, deployment(function(s) s.strategy = { type = "RollingUpdate", rollingUpdate = { maxSurge = "25%" } } end) },
		{ 'spec.strategy.type: "Replace" is none of Recreate, RollingUpdate', deployment(function(s) s.strategy = { type = "Replace" } end) },
		{ "spec.updateStrategy.rollingUpdate: must not be there with OnDelete", statefulset(function(s) s.updateStrategy = { type = "OnDelete", rollingUpdate = { partition = 0 } } end) },
		{ 'spec.podManagementPolicy: "parallel" is none of OrderedReady, Parallel', statefulset(function(s) s.podManagementPolicy = "parallel" end) },
		{ "warning spec.serviceName: is missing, which Kubernetes takes from 1.33 only", statefulset(function(s) s.serviceName = nil end) },
		{ "spec.ordinals.start: -1 is less than 0", statefulset(function(s) s.ordinals = { start = -1 } end) },
		{ 'spec.persistentVolumeClaimRetentionPolicy.whenDeleted: "Keep" is none of Retain, Delete', statefulset(function(s) s.persistentVolumeClaimRetentionPolicy = { whenDeleted = "Keep" } end) },
		{ "spec.replicas: -1 is less than 0", deployment(function(s) s.replicas = -1 end) },
		{ 'spec.replicas: is a string, not a whole number', deployment(function(s) s.replicas = "1" end) },
		{ "spec.template.spec.restartPolicy: a Deployment takes Always only, not OnFailure", template(function(p) p.restartPolicy = "OnFailure" end) },
		{ "spec.template.spec.restartPolicy: a Job takes OnFailure or Never, not Always, the default", job(function(_, p) p.restartPolicy = nil end) },
		{ "spec.template.spec.restartPolicy: a Job takes OnFailure or Never, not Always", job(function(_, p) p.restartPolicy = "Always" end) },
		{ "spec.template.spec.activeDeadlineSeconds: a Deployment takes none", template(function(p) p.activeDeadlineSeconds = 5 end) },
		{ "spec.completions: is missing; Indexed needs it", job(function(s) s.completionMode = "Indexed" end) },
		{ "spec.selector: is set by the server; leave it out", job(function(s) s.selector = { matchLabels = LABELS } end) },
		{ "spec.backoffLimit: -1 is less than 0", job(function(s) s.backoffLimit = -1 end) },
		{ 'spec.schedule: "*/5 * * *" is not five fields of cron', cronjob(function(s) s.schedule = "*/5 * * *" end) },
		{ nil, cronjob(function(s) s.schedule = "@daily" end) },
		{ 'spec.concurrencyPolicy: "Never" is none of Allow, Forbid, Replace', cronjob(function(s) s.concurrencyPolicy = "Never" end) },
		{ "spec.template: is missing", deployment(function(s) s.template = nil end) },
		{ "spec.selector: is missing", deployment(function(s) s.selector = {} end) },
		{ "spec.selector.matchExpressions[0].values: Exists takes none", deployment(function(s) s.selector.matchExpressions = { { key = "id", operator = "Exists", values = { "x" } } } end) },
		{ 'spec.selector.matchExpressions[0].operator: "Is" is none of In, NotIn, Exists, DoesNotExist', budget(function(s) s.selector.matchExpressions = { { key = "id", operator = "Is" } } end) },
		{ "spec.selector.matchExpressions: they do not find the template's own labels", deployment(function(s) s.selector = { matchExpressions = { { key = "z", operator = "Exists" } } } end) },
		{ "apiVersion: is extensions/v1beta1; a Deployment has apps/v1", workload("Deployment", "extensions/v1beta1") },
		{ "spec.volumeClaimTemplates[0].spec.accessModes: is missing", statefulset(function(s) s.volumeClaimTemplates = { { metadata = { name = "state" },
			spec = { resources = { requests = { storage = "1Gi" } } } } } end) },
		{ "spec.template.spec.volumes[0].name: a volume claim template is called v, too", statefulset(function(s) s.volumeClaimTemplates = { { metadata = { name = "v" },
			spec = { accessModes = { "ReadWriteOnce" }, resources = { requests = { storage = "1Gi" } } } } } end) },
	})

	table_of("containers", {
		{ "spec.template.spec.containers[0].imagePullPolicy: \"always\" is none of Always, IfNotPresent, Never", container(function(c) c.imagePullPolicy = "always" end) },
		{ 'warning spec.template.spec.containers[0].env[0].name: "1 A" is the name of a variable from Kubernetes 1.32 on only', container(function(c) c.env = { { name = "1 A" } } end) },
		{ 'spec.template.spec.containers[0].env[0].name: "A=" is not the name of an environment variable', container(function(c) c.env = { { name = "A=" } } end) },
		{ "spec.template.spec.containers[0].env[0]: A has both value and valueFrom", container(function(c) c.env = { { name = "A", value = "b", valueFrom = { fieldRef = { fieldPath = "metadata.name" } } } } end) },
		{ "spec.template.spec.containers[0].env[0].valueFrom: names no source", container(function(c) c.env = { { name = "A", valueFrom = {} } } end) },
		{ 'spec.template.spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: "metadata.labels" is no field that a variable can have',
			container(function(c) c.env = { { name = "A", valueFrom = { fieldRef = { fieldPath = "metadata.labels" } } } } end) },
		{ nil, container(function(c) c.env = { { name = "A", valueFrom = { fieldRef = { fieldPath = "metadata.labels['apps.kubernetes.io/pod-index']" } } } } end) },
		{ "spec.template.spec.containers[0].env[0].value: A holds a NUL character", container(function(c) c.env = { { name = "A", value = "a\0b" } } end) },
		{ "spec.template.spec.containers[0].envFrom[0]: takes one of configMapRef and secretRef", container(function(c) c.envFrom = { { prefix = "A" } } end) },
		{ "spec.template.spec.containers[0].volumeMounts[1].mountPath: /a/ is mounted twice", container(function(c) c.volumeMounts = { { name = "v", mountPath = "/a" }, { name = "v", mountPath = "/a/" } } end) },
		{ 'spec.template.spec.containers[0].volumeMounts[0].subPath: "../a" is not a relative path without ".."', container(function(c) c.volumeMounts = { { name = "v", mountPath = "/a", subPath = "../a" } } end) },
		{ "spec.template.spec.containers[0].volumeMounts[0].subPathExpr: must not be there with subPath", container(function(c) c.volumeMounts = { { name = "v", mountPath = "/a", subPath = "a", subPathExpr = "b" } } end) },
		{ "spec.template.spec.containers[0].ports[1].containerPort: port 80/TCP is there twice", container(function(c) c.ports = { { containerPort = 80 }, { containerPort = 80 } } end) },
		{ nil, container(function(c) c.ports = { { containerPort = 53 }, { containerPort = 53, protocol = "UDP" } } end) },
		{ "spec.template.spec.containers[0].ports[0].containerPort: 65536 is no port (1 to 65535)", container(function(c) c.ports = { { containerPort = 65536 } } end) },
		{ 'spec.template.spec.containers[0].ports[0].name: "a-name-of-16-cha" is no name of a port (at most 15 of a-z 0-9 -, a letter among them)',
			container(function(c) c.ports = { { name = "a-name-of-16-cha", containerPort = 1 } } end) },
		{ nil, container(function(c) c.ports = { { name = "a-name-of-15-ch", containerPort = 1 } } end) },
		{ 'spec.template.spec.containers[0].ports[0].name: "9010" is no name of a port (at most 15 of a-z 0-9 -, a letter among them)', container(function(c) c.ports = { { name = "9010", containerPort = 1 } } end) },
		{ "spec.template.spec.containers[0].livenessProbe: has 0 handlers, and takes one of exec, grpc, httpGet, tcpSocket", container(function(c) c.livenessProbe = {} end) },
		{ "spec.template.spec.containers[0].livenessProbe.successThreshold: must be 1 here", container(function(c) c.livenessProbe = { exec = { command = { "a" } }, successThreshold = 2 } end) },
		{ "spec.template.spec.containers[0].readinessProbe.tcpSocket.port: no port of the pod is called jmx", container(function(c) c.readinessProbe = { tcpSocket = { port = "jmx" } } end) },
		{ "spec.template.spec.initContainers[0].startupProbe: must not be there in an init container without restartPolicy: Always",
			container(function(_, p) p.initContainers = { { name = "i", image = "i", startupProbe = { exec = { command = { "a" } } } } } end) },
		{ "spec.template.spec.initContainers[0].lifecycle: must not be there in an init container without restartPolicy: Always",
			container(function(_, p) p.initContainers = { { name = "i", image = "i", lifecycle = { preStop = { exec = { command = { "a" } } } } } } end) },
		{ nil, container(function(_, p) p.initContainers = { { name = "i", image = "i", restartPolicy = "Always", startupProbe = { exec = { command = { "a" } } } } } end) },
		{ 'spec.template.spec.initContainers[0].restartPolicy: "Never" is not Always, which makes it a sidecar', container(function(_, p) p.initContainers = { { name = "i", image = "i", restartPolicy = "Never" } } end) },
		{ "spec.template.spec.containers[0].restartPolicy: belongs to init containers only, and to the pod", container(function(c) c.restartPolicy = "Always" end) },
		{ 'spec.template.spec.containers[0].resources.limits.gpu: "gpu" is no resource (cpu, memory, ephemeral-storage, or a name with a domain)', container(function(c) c.resources = { limits = { gpu = "1" } } end) },
		{ nil, container(function(c) c.resources = { limits = { ["example.com/gpu"] = 1, cpu = 2, memory = "1Gi" } } end) },
		{ 'spec.template.spec.containers[0].resources.limits.memory: "512m" counts fractions of a byte ("m" is no megabyte)', container(function(c) c.resources = { limits = { memory = "512m" } } end) },
		{ "spec.template.spec.containers[0].imagee: there is no such field, did you mean image?", container(function(c) c.imagee = "x" end) },
		{ "spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation: cannot be false with privileged", container(function(c) c.securityContext = { privileged = true, allowPrivilegeEscalation = false } end) },
		{ "spec.template.spec.containers[0].securityContext.runAsUser: is 0, which is root, with runAsNonRoot", container(function(c, p) p.securityContext = { runAsUser = 0 } c.securityContext = { runAsNonRoot = true } end) },
	})

	table_of("pods", {
		{ "spec.template.spec.volumes[0]: has 2 sources, and takes one", template(function(p) p.volumes[1].hostPath = { path = "/" } end) },
		{ "spec.template.spec.volumes[0]: has no source", template(function(p) p.volumes[1].emptyDir = nil end) },
		{ 'spec.template.spec.volumes[0].emptyDir.medium: "memory" is neither "" nor Memory', template(function(p) p.volumes[1].emptyDir.medium = "memory" end) },
		{ "spec.template.spec.volumes[0].secret.defaultMode: 644 is no file mode (0 to 511, which is 0777)", template(function(p) p.volumes[1] = { name = "v", secret = { secretName = "s", defaultMode = 644 } } end) },
		{ 'spec.template.spec.volumes[0].configMap.items[0].path: "/a" is not a relative path without ".."',
			template(function(p) p.volumes[1] = { name = "v", configMap = { name = "m", items = { { key = "k", path = "/a" } } } } end) },
		{ "spec.template.spec.volumes[0].projected.sources[0]: takes exactly one source", template(function(p) p.volumes[1] = { name = "v", projected = { sources = { {} } } } end) },
		{ "spec.template.spec.tolerations[0].value: must not be there with Exists", template(function(p) p.tolerations = { { key = "k", operator = "Exists", value = "v" } } end) },
		{ "spec.template.spec.topologySpreadConstraints[0].maxSkew: 0 is less than 1", template(function(p) p.topologySpreadConstraints = { { maxSkew = 0, topologyKey = "h", whenUnsatisfiable = "DoNotSchedule" } } end) },
		{ "spec.template.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: 101 is not from 1 to 100",
			template(function(p) p.affinity = { podAntiAffinity = { preferredDuringSchedulingIgnoredDuringExecution = { { weight = 101, podAffinityTerm = { topologyKey = "h" } } } } } end) },
		{ 'spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator: "in" is none of DoesNotExist, Exists, Gt, In, Lt, NotIn',
			template(function(p) p.affinity = { nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution = { nodeSelectorTerms = { { matchExpressions = { { key = "k", operator = "in", values = { "v" } } } } } } } } end) },
		{ "spec.template.spec.securityContext.seccompProfile.localhostProfile: is missing", template(function(p) p.securityContext = { seccompProfile = { type = "Localhost" } } end) },
		{ 'spec.template.spec.dnsPolicy: "Cluster" is none of ClusterFirst, ClusterFirstWithHostNet, Default, None', template(function(p) p.dnsPolicy = "Cluster" end) },
	})

	table_of("others", {
		{ "spec.ports: is missing; only a headless Service needs none", service(function(s) s.ports = nil end) },
		{ nil, service(function(s) s.ports, s.clusterIP = nil, "None" end) },
		{ "spec.ports[0].name: is missing; a Service with several ports names them", service(function(s) s.ports[2] = { port = 81, name = "b" } end) },
		{ "spec.ports[1].port: port 80/TCP is there twice", service(function(s) s.ports = { { port = 80, name = "a" }, { port = 80, name = "b" } } end) },
		{ "spec.clusterIP: None does not go with type NodePort", service(function(s) s.clusterIP, s.type = "None", "NodePort" end) },
		{ 'metadata.name: the name "1x" is not a DNS label that begins with a letter (a-z, 0-9 and -, no - at either end)', object("Service", { clusterIP = "None" }, "v1", "1x") },
		{ "spec.maxUnavailable: must not be there with minAvailable", budget(function(s) s.minAvailable = 1 end) },
		{ 'spec.maxUnavailable: "101%" is neither a number of pods nor a percentage', budget(function(s) s.maxUnavailable = "101%" end) },
		{ "spec.selector: is missing", budget(function(s) s.selector = {} end) },
		{ 'spec.egress[0].to[0].ipBlock.cidr: "10.0.0.0" is not an address with a length, as in 10.0.0.0/8', policy(function(s) s.egress = { { to = { { ipBlock = { cidr = "10.0.0.0" } } } } } end) },
		{ "warning spec.egress: no rule lets DNS (port 53, UDP) through: the pods cannot resolve their brokers", policy(function(s) s.egress = { { ports = { { port = 9092, protocol = "TCP" } } } } end) },
		{ nil, policy(function(s) s.egress = { { ports = { { port = 9092 } } }, { ports = { { port = 53, protocol = "UDP" } } } } end) },
		{ "spec.egress[0].ports[0].endPort: goes with a port that is a number and not above it", policy(function(s) s.egress = { { ports = { { port = 53, protocol = "UDP" }, nil } } } s.egress[1].ports[1].endPort = 1 end) },
		{ "spec.resources.requests.storage: is missing", claim(function(s) s.resources = {} end) },
		{ 'spec.resources.requests.storage: "0" is nothing at all', claim(function(s) s.resources.requests.storage = "0" end) },
		{ "spec.accessModes: ReadWriteOncePod goes with no other mode", claim(function(s) s.accessModes = { "ReadWriteOnce", "ReadWriteOncePod" } end) },
		{ "data.a: is not base64", { apiVersion = "v1", kind = "Secret", metadata = { name = "x" }, data = { a = "=abc" } } },
		{ "binaryData: a is in data, too", { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "x" }, data = { a = "x" }, binaryData = { a = "YQ==" } } },
		{ "warning metadata.resourceVersion: is set by the server; leave it out", { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "x", resourceVersion = "1" } } },
		{ "warning status: is set by the server; leave it out", (function() local d = deployment() d.status = {} return d end)() },
		{ "metadata.labels: is a list, not a mapping", { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "x", labels = { "a" } } } },
		{ "spec.ports: is a mapping, not a list", service(function(s) s.ports = { port = 80 } end) },
	})

	describe("at each limit and over it", function()
		local function name_of(kind, version, length, spec)
			local r = object(kind, spec, version, ("a"):rep(length))
			return said { r }
		end

		local MADE = { StatefulSet = statefulset, Job = job, CronJob = cronjob, Deployment = deployment,
			ReplicationController = function() return workload("ReplicationController", "v1") end,
			Service = function() return service(function() end) end, Pod = function() return object("Pod", pod()) end }

		for kind, limit in pairs { StatefulSet = 52, Job = 63, CronJob = 52, Service = 63 } do
			it(("takes %d characters in the name of a %s, and no more"):format(limit, kind), function()
				local r = MADE[kind]()
				r.metadata.name = ("a"):rep(limit)
				finds(nil, r)
				r.metadata.name = ("a"):rep(limit + 1)
				finds(("metadata.name: the name %s has %d characters, a %s may have %d"):format(r.metadata.name, limit + 1, kind, limit), r)
			end)
		end

		for _, kind in ipairs { "Deployment", "ReplicationController", "Pod" } do
			it("warns of more than 63 characters in the name of a " .. kind .. ", and refuses more than 253", function()
				local r = MADE[kind]()
				r.metadata.name = ("a"):rep(63)
				finds(nil, r)
				r.metadata.name = "a.b"
				finds("warning metadata.name: the name a.b is used in the names of pods and hosts, where it should hold no dots", r)
				r.metadata.name = (("a"):rep(63) .. "."):rep(4):sub(1, 253)
				assert.matches("^warning metadata.name: the name a+.* is cut, as it has 253 characters and 63 are the most$", said({ r })[1])
				r.metadata.name = r.metadata.name .. "a"
				assert.matches("^metadata.name: .* has 254 characters, a " .. kind .. " may have 253$", said({ r })[1])
				r.metadata.name = "A"
				assert.matches("^metadata.name: the name \"A\" is not a DNS name", said({ r })[1])
			end)
		end

		it("takes 253 characters in other names, and no more", function()
			local label = ("a"):rep(63)
			local longest = ("%s.%s.%s.%s"):format(label, label, label, ("a"):rep(61))
			assert.equal(253, #longest)
			finds(nil, object("ServiceAccount", nil, "v1", longest))
			assert.matches("has 254 characters, a ServiceAccount may have 253", said({ object("ServiceAccount", nil, "v1", longest .. "a") })[1])
			assert.same({}, name_of("Namespace", "v1", 63))
			assert.matches("has 64 characters, a Namespace may have 63", name_of("Namespace", "v1", 64)[1])
		end)

		it("measures what a variable takes, wherever it comes from", function()
			local map = { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "m" }, data = { k = ("x"):rep(131069) } }
			local d = container(function(c) c.env = { { name = "A", valueFrom = { configMapKeyRef = { name = "m", key = "k" } } } } end)
			assert.same({}, said { map, d })
			map.data.k = map.data.k .. "x"
			assert.same({ "spec.template.spec.containers[0].env[0].value: A takes 131,072 bytes with its name, and Linux starts no program with one over 131,071" }, said { map, d })
			map.data.k = ("x"):rep(131069)
			assert.same({}, said { map, container(function(c) c.envFrom = { { configMapRef = { name = "m" } } } end) })
			assert.same({ "spec.template.spec.containers[0].envFrom[0]: k takes 131,072 bytes with its name, and Linux starts no program with one over 131,071" },
				said { map, container(function(c) c.envFrom = { { prefix = "p", configMapRef = { name = "m" } } } end) })
			local doubled = container(function(c) c.env = { { name = "B", value = ("x"):rep(70000) }, { name = "A", value = "$(B)$(B)" } } end)
			finds("spec.template.spec.containers[0].env[1].value: A takes 140,002 bytes with its name, and Linux starts no program with one over 131,071", doubled)
		end)

		it("counts arguments and variables together", function()
			local map = { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "m" }, data = { k = ("x"):rep(99996) } }
			local function with(last)
				return container(function(c)
					c.args, c.env = { ("x"):rep(last) }, {}
					for i = 1, 20 do c.env[i] = { name = ("E%d"):format(i % 10) .. ("_"):rep(i // 10), valueFrom = { configMapKeyRef = { name = "m", key = "k" } } } end
				end)
			end
			local names = 0
			for i = 1, 20 do names = names + 2 + i // 10 end
			local room = 2097152 - names - 20 * (1 + 99996 + 1) - 1
			assert.same({}, said { map, with(room) })
			assert.same({ "spec.template.spec.containers[0].env: all variables and arguments take 2,097,153 bytes, and Linux starts no program with more than 2,097,152" },
				said { map, with(room + 1) })
			finds("spec.template.spec.containers[0].args[0]: has 131,072 bytes, and Linux starts no program with an argument over 131,071",
				container(function(c) c.args = { ("x"):rep(131072) } end))
		end)

		it("holds all annotations of an object, and of a template, to 262,144 bytes", function()
			local function with(n) return deployment(function(s) s.template.metadata.annotations = { a = ("x"):rep(n) } end) end
			for _, text in ipairs(said { with(262143) }) do assert.matches("^warning : has", text) end
			assert.same("spec.template.metadata.annotations: the annotations have 262,145 bytes, an object may have 262,144", said({ with(262144) })[1])
		end)

		it("holds an object to what etcd and the server take", function()
			local function with(text) return container(function(c) for i = 1, 12 do c.env = c.env or {} c.env[i] = { name = "A" .. i, value = text } end end) end
			assert.matches("^: the object has 1,5%d%d,%d%d%d bytes, the server stores 1,572,864$", said({ with(("x"):rep(131060)) })[1])
			assert.matches("^: the object has 3,%d+,%d+ bytes as JSON, the server takes 3,145,728$", said({ with(("\1"):rep(50000)) })[1])
		end)

		it("holds labels and keys to their lengths", function()
			local function label(key, value) return { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "x", labels = { [key] = value } } } end
			finds(nil, label(("k"):rep(63), ("v"):rep(63)))
			assert.matches("is not a label key", said({ label(("k"):rep(64), "v") })[1])
			assert.matches("is not a label value %(64 characters", said({ label("k", ("v"):rep(64)) })[1])
			finds(nil, { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "x" }, data = { [("k"):rep(253)] = "" } })
			assert.matches("is not a key", said({ { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "x" }, data = { [("k"):rep(254)] = "" } } })[1])
		end)
	end)

	describe("between objects", function()
		it("are references to what is not there", function()
			local d = template(function(p)
				p.volumes = { { name = "a", configMap = { name = "m" } }, { name = "b", secret = { secretName = "s" } },
					{ name = "c", persistentVolumeClaim = { claimName = "p" } }, { name = "d", configMap = { name = "o", optional = true } } }
			end)
			assert.same({ "spec.template.spec.volumes[0].configMap.name: there is no ConfigMap m", "spec.template.spec.volumes[1].secret.secretName: there is no Secret s",
				"spec.template.spec.volumes[2].persistentVolumeClaim.claimName: there is no PersistentVolumeClaim p" }, said({ d }, EVERYBODY))
			assert.same({}, said { d })
		end)

		it("are keys that a map does not have", function()
			local map = { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "m" }, data = { k = "v" } }
			assert.same({ "spec.template.spec.volumes[0].configMap.items[0].key: ConfigMap m has no key z" },
				said { map, template(function(p) p.volumes = { { name = "a", configMap = { name = "m", items = { { key = "z", path = "z" } } } } } end) })
			assert.same({ "spec.template.spec.containers[0].env[0].valueFrom.configMapKeyRef.key: ConfigMap m has no key z" },
				said { map, container(function(c) c.env = { { name = "A", valueFrom = { configMapKeyRef = { name = "m", key = "z" } } } } end) })
		end)

		it("are Services and budgets against the pods that they find", function()
			local d = container(function(c) c.ports = { { name = "http", containerPort = 80 } } end)
			local s = service(function(spec) spec.selector, spec.ports = LABELS, { { port = 80, targetPort = "web" } } end)
			assert.same({ "spec.ports[0].targetPort: no port of Deployment/x is called web" }, said { d, s })
			s.spec.ports[1].targetPort = "http"
			assert.same({}, said { d, s })
			s.spec.selector = { id = "nobody" }
			assert.same({ "spec.selector: it finds no pod of these objects" }, said({ d, s }, EVERYBODY))
			assert.same({ "warning spec: none of its 1 pod may ever be evicted, so no node of theirs can be drained" },
				said { d, budget(function(spec) spec.maxUnavailable, spec.minAvailable = nil, 1 end) })
			local second = budget(function() end)
			second.metadata.name = "y"
			assert.same({ "spec.selector: PodDisruptionBudget/x guards Deployment/x, too; pods of two budgets are never evicted" },
				said { d, budget(function() end), second })
			assert.same({ "warning spec.serviceName: the Service s is not headless (clusterIP: None)" },
				said { statefulset(), object("Service", { ports = { { port = 80 } } }, "v1", "s") })
		end)

		it("are selectors that find the pods of others, told of once", function()
			local a, b = deployment(), deployment()
			b.metadata.name = "y"
			assert.same({ "spec.selector: it finds the pods of Deployment/x as well" }, said { a, b })
			b.metadata.namespace = "other"
			assert.same({}, said { a, b })
			b.metadata.namespace = nil
			b.spec.selector = { matchLabels = LABELS, matchExpressions = { { key = "more", operator = "Exists" } } }
			b.spec.template.metadata = { labels = { id = "x", more = "1" } }
			assert.same({ "spec.selector: it finds the pods of Deployment/y as well" }, said { a, b })
		end)

		it("are pods that their own namespace refuses", function()
			local namespace = object("Namespace", nil, "v1", "n")
			namespace.metadata.labels = { ["pod-security.kubernetes.io/enforce"] = "restricted" }
			local good = template(function(p)
				p.securityContext = { runAsNonRoot = true, seccompProfile = { type = "RuntimeDefault" } }
				p.containers[1].securityContext = { allowPrivilegeEscalation = false, capabilities = { drop = { "ALL" } } }
			end)
			good.metadata.namespace = "n"
			assert.same({}, said { namespace, good })
			local at, why = "spec.template.spec.containers[0].securityContext.", ", and the namespace enforces restricted pods"
			local bad = deployment()
			bad.metadata.namespace = "n"
			assert.same({ at .. "runAsNonRoot: is not true" .. why, at .. "seccompProfile.type: is not RuntimeDefault or Localhost" .. why,
				at .. "allowPrivilegeEscalation: is not false" .. why, at .. "capabilities.drop: does not name ALL" .. why }, said { namespace, bad })
		end)
	end)
end)
