-- SPDX-License-Identifier: Apache-2.0
local run = require("support.manifest_run")

local a = ("a"):rep(300)

local function made(...)
	local resources, err, said = run(...)
	assert.is_nil(err and err.message)
	return resources, said
end

local function env_of(resource)
	local env = {}
	for _, entry in ipairs(resource.spec.template.spec.containers[1].env) do env[entry.name] = entry.value end
	return env
end

local function titles(resources)
	local list = {}
	for i, r in ipairs(resources) do list[i] = r.kind .. "/" .. r.metadata.name end
	return table.concat(list, " ")
end

describe("the replication-controller layout", function()
	it("is the seed's, mended", function()
		local resources, said = made({ ["task.opts"] = "-Xmx512m -Dhome=$(HOME)", ["kubernetes.node.selector"] = "disk:ssd" },
			{ json = '{"a":"$$ $(B)"}' })
		assert.equal("ReplicationController/page-views-0 ReplicationController/page-views-1", titles(resources))
		assert.same({
			apiVersion = "v1", kind = "ReplicationController",
			metadata = { name = "page-views-0", labels = { app = "page-views", ["container-id"] = "0" },
				annotations = { ["samzak8s.io/job-name"] = "page-views", ["samzak8s.io/job-id"] = "1",
					["samzak8s.io/model-digest"] = "f6bf467h47" } },
			spec = {
				replicas = 1,
				selector = { app = "page-views", ["container-id"] = "0" },
				template = {
					metadata = { labels = { app = "page-views", ["container-id"] = "0" } },
					spec = {
						nodeSelector = { disk = "ssd" },
						volumes = { { name = "log", emptyDir = {} }, { name = "state", emptyDir = {} } },
						containers = { {
							name = "page-views", image = "registry/page-views:1",
							env = { { name = "SAMZA_CONTAINER_ID", value = "0" },
								{ name = "SAMZA_JOB_CONFIG", value = '{"a":"$$$$ $$(B)"}' },
								{ name = "JAVA_OPTS", value = "-Xmx512m -Dhome=$$(HOME)" } },
							volumeMounts = { { name = "log", mountPath = "/samza/log" },
								{ name = "state", mountPath = "/samza/state" } },
							resources = { limits = { memory = "1Gi", cpu = "1" } },
						} },
						terminationGracePeriodSeconds = 20,
					},
				},
			},
		}, resources[1])
		assert.same({}, said)
	end)
	it("takes every setting of the pod", function()
		local r = made({ ["kubernetes.namespace"] = "streams", ["kubernetes.labels.team"] = "data",
			["kubernetes.annotations.x.io/y"] = "any text", ["kubernetes.service.account"] = "samza",
			["kubernetes.image.pull.policy"] = "Always", ["kubernetes.image.pull.secrets"] = "one, two",
			["kubernetes.priority.class"] = "high", ["kubernetes.container.memory"] = "2Gi",
			["kubernetes.container.memory.request"] = "1Gi", ["kubernetes.container.cpu.request"] = "500m",
			["kubernetes.pod.termination.grace.period.sec"] = "90" })[2]
		local template, pod = r.spec.template, r.spec.template.spec
		assert.equal("streams", r.metadata.namespace)
		assert.is_nil(template.metadata.namespace)
		assert.equal("data", r.metadata.labels.team)
		assert.same({ app = "page-views", ["container-id"] = "1", team = "data" }, template.metadata.labels)
		assert.same({ app = "page-views", ["container-id"] = "1" }, r.spec.selector)
		assert.same({ ["x.io/y"] = "any text" }, template.metadata.annotations)
		assert.equal("samza", pod.serviceAccountName)
		assert.same({ { name = "one" }, { name = "two" } }, pod.imagePullSecrets)
		assert.equal("high", pod.priorityClassName)
		assert.equal(90, pod.terminationGracePeriodSeconds)
		assert.equal("Always", pod.containers[1].imagePullPolicy)
		assert.same({ limits = { memory = "2Gi", cpu = "1" }, requests = { memory = "1Gi", cpu = "500m" } },
			pod.containers[1].resources)
	end)
	it("waits as long as task.shutdown.ms and 15 s more", function()
		for ms, seconds in pairs { ["0"] = 15, ["1"] = 16, ["30000"] = 45, ["30001"] = 46 } do
			local r = made({ ["task.shutdown.ms"] = ms })[1]
			assert.equal(seconds, r.spec.template.spec.terminationGracePeriodSeconds)
		end
		local r = made({}, { version = "1.8.0" })
		assert.equal(45, r[#r].spec.template.spec.terminationGracePeriodSeconds)
	end)
	it("mounts a large model once, as a file", function()
		local resources, said = made({}, { json = '"' .. ("x"):rep(32767) .. '"' })
		assert.equal("ConfigMap ReplicationController ReplicationController", (titles(resources):gsub("/%S+", "")))
		local map, pod = resources[1], resources[2].spec.template.spec
		assert.matches("^page%-views%-model%-[%w]+$", map.metadata.name)
		assert.is_true(map.immutable)
		assert.equal(32769, #map.data["job-model.json"])
		assert.same({ name = "model", configMap = { name = map.metadata.name, defaultMode = 420,
			items = { { key = "job-model.json", path = "job-model.json" } } } }, pod.volumes[3])
		assert.same({ name = "model", mountPath = "/samza/model", readOnly = true }, pod.containers[1].volumeMounts[3])
		assert.equal("file:///samza/model/job-model.json", env_of(resources[2]).SAMZA_COORDINATOR_URL)
		assert.is_nil(env_of(resources[2]).SAMZA_JOB_CONFIG)
		assert.same({ "note delivery.auto: the model goes into a ConfigMap, as it has 32,769 bytes (env up to 32,768)" }, said)
	end)
	it("keeps a model with secrets in a Secret", function()
		local resources, said = made({ ["systems.kafka.consumer.ssl.key.password"] = "x" }, { json = '{"a":1}' })
		assert.same({ ["job-model.json"] = "eyJhIjoxfQ==" }, resources[1].data)
		assert.equal("Secret", resources[1].kind)
		assert.equal(resources[1].metadata.name, resources[2].spec.template.spec.volumes[3].secret.secretName)
		assert.equal(1, #said)
	end)
	it("serves the model over HTTP from 0.10", function()
		local resources = made({ ["kubernetes.layout"] = "replication-controller" }, { version = "0.10.1" })
		local pod = resources[2].spec.template.spec
		assert.equal("http://127.0.0.1:8090/", env_of(resources[2]).SAMZA_COORDINATOR_URL)
		assert.equal("Always", pod.initContainers[1].restartPolicy)
		assert.equal("index.html", pod.volumes[4].configMap.items[1].path)
		assert.equal(3, #pod.containers[1].volumeMounts)
	end)
end)

describe("the statefulset layout", function()
	it("makes one StatefulSet per container behind a headless Service", function()
		local resources = made({ ["task.java.home"] = "/opt/$(x)" }, { version = "1.8.0", containers = { "0", "10" } })
		assert.equal("ConfigMap Service/page-views StatefulSet/page-views-0 StatefulSet/page-views-10",
			(titles(resources):gsub("ConfigMap/%S+", "ConfigMap")))
		local service, set = resources[2], resources[4]
		assert.equal("None", service.spec.clusterIP)
		assert.equal("page-views", set.spec.serviceName)
		assert.equal("Parallel", set.spec.podManagementPolicy)
		assert.same({ ["app.kubernetes.io/name"] = "samza", ["app.kubernetes.io/instance"] = "page-views",
			["samzak8s.io/container-id"] = "10" }, set.spec.selector.matchLabels)
		local pod = set.spec.template.spec
		assert.equal("/samza", pod.containers[1].workingDir)
		assert.same({ "/samza/bin/run-container.sh" }, pod.containers[1].command)
		assert.is_false(pod.enableServiceLinks)
		assert.same({ SAMZA_CONTAINER_ID = "10", SAMZA_COORDINATOR_URL = "http://127.0.0.1:8090/",
			SAMZA_LOG_DIR = "/samza/log", LOGGED_STORE_BASE_DIR = "/samza/state", JAVA_HOME = "/opt/$$(x)" }, env_of(set))
	end)
	it("writes a model from the environment to a file, whatever the image does", function()
		local resources = made({ ["kubernetes.layout"] = "statefulset" })
		local samza = resources[2].spec.template.spec.containers[1]
		assert.same({ "sh", "-c", 'umask 077 && printf %s "$SAMZA_JOB_CONFIG" >/samza/tmp/job-model.json && unset SAMZA_JOB_CONFIG '
			.. '&& umask 022 && exec "$@"', "sh", "/samza/bin/run-container.sh" }, samza.command)
		assert.equal('{"config":{}}', env_of(resources[2]).SAMZA_JOB_CONFIG)
		assert.equal("file:///samza/tmp/job-model.json", env_of(resources[2]).SAMZA_COORDINATOR_URL)
		assert.is_nil(env_of(resources[2]).LOGGED_STORE_BASE_DIR)
	end)
	it("fills in what the server would", function()
		local r = made({ ["kubernetes.container.image"] = "reg:5000/a/b", ["kubernetes.service.account"] = "s",
			["kubernetes.container.cpu.request"] = "250m" }, { version = "1.8.0" })[3]
		local pod = r.spec.template.spec
		assert.equal("Always", pod.containers[1].imagePullPolicy)
		assert.equal("IfNotPresent", pod.initContainers[1].imagePullPolicy)
		assert.same({ memory = "1Gi", cpu = "250m" }, pod.containers[1].resources.requests)
		assert.equal("s", pod.serviceAccount)
		assert.equal("default-scheduler", pod.schedulerName)
		assert.equal(10, r.spec.revisionHistoryLimit)
	end)
	it("gives the Service a letter to begin with", function()
		local resources = made({ ["job.name"] = "7-up" }, { version = "1.8.0" })
		assert.equal("s-7-up", resources[2].metadata.name)
		assert.equal("s-7-up", resources[3].spec.serviceName)
		assert.equal("7-up-0", resources[3].metadata.name)
	end)
end)

describe("the manifests stage", function()
	local function refuses(properties, how, code, message, key)
		local resources, err = run(properties, how)
		assert.is_nil(resources)
		assert.equal(message, err.message)
		assert.equal(code, err.code)
		assert.equal(key, err.key)
		assert.is_string(err.hint)
		if key and properties[key] then assert.equal("job.properties:7", err.source) end
	end
	it("wants an image", function()
		refuses({ ["kubernetes.container.image"] = false }, nil, "config.image", "no container image defined",
			"kubernetes.container.image")
		refuses({ ["kubernetes.container.image"] = "a b" }, nil, "config.image", '"a b" is not an image reference',
			"kubernetes.container.image")
	end)
	it("wants a coordinator system from 0.10, and takes the default system from 0.13", function()
		local text = "Missing job.coordinator.system configuration. Cannot proceed with job execution."
		local without = { ["job.coordinator.system"] = false }
		local default = { ["job.coordinator.system"] = false, ["job.default.system"] = "kafka" }
		made(without, { version = "0.9.1" })
		refuses(without, { version = "0.10.0" }, "samza.coordinator-system", text, "job.coordinator.system")
		refuses(default, { version = "0.12.0" }, "samza.coordinator-system", text, "job.coordinator.system")
		refuses(without, { version = "0.13.0" }, "samza.coordinator-system", text, "job.coordinator.system")
		made(default, { version = "0.13.0" })
	end)
	it("checks quantities, and requests against limits", function()
		refuses({ ["kubernetes.container.memory"] = "512m" }, nil, "config.quantity",
			'"512m" counts fractions of a byte ("m" is no megabyte)', "kubernetes.container.memory")
		refuses({ ["kubernetes.container.cpu.cores"] = "0" }, nil, "config.quantity", '"0" is nothing at all',
			"kubernetes.container.cpu.cores")
		refuses({ ["kubernetes.container.memory.request"] = "1025Mi" }, nil, "config.quantity",
			"1025Mi is more than the limit of 1Gi (kubernetes.container.memory)", "kubernetes.container.memory.request")
		made { ["kubernetes.container.memory.request"] = "1024Mi", ["kubernetes.container.cpu.request"] = "0" }
	end)
	it("checks the selector, labels, annotations and names", function()
		refuses({ ["kubernetes.node.selector"] = "a:b:c" }, nil, "config.selector",
			'"a:b:c" is no node selector: "a:b:c" has more than one colon', "kubernetes.node.selector")
		refuses({ ["kubernetes.labels.app"] = "x" }, nil, "config.label", "the label app is set by the layouts",
			"kubernetes.labels.app")
		refuses({ ["kubernetes.labels.a b"] = "x" }, nil, "config.label", '"a b" is not a label key', "kubernetes.labels.a b")
		refuses({ ["kubernetes.labels.a"] = "x y" }, nil, "config.label", '"x y" is not a label value (3 characters)',
			"kubernetes.labels.a")
		refuses({ ["kubernetes.annotations./a"] = "x" }, nil, "config.annotation", '"/a" is not an annotation key',
			"kubernetes.annotations./a")
		refuses({ ["kubernetes.annotations.samzak8s.io/job-id"] = "x" }, nil, "config.annotation",
			"the annotation samzak8s.io/job-id is set by the layouts", "kubernetes.annotations.samzak8s.io/job-id")
		refuses({ ["kubernetes.namespace"] = "A" }, nil, "config.name", '"A" is not the name of a namespace', "kubernetes.namespace")
		refuses({ ["kubernetes.service.account"] = "A" }, nil, "config.name", '"A" is not the name of a Kubernetes object',
			"kubernetes.service.account")
		refuses({ ["kubernetes.image.pull.secrets"] = "a,B" }, nil, "config.name", '"B" is not the name of a Secret',
			"kubernetes.image.pull.secrets")
	end)
	it("says what a job is called, and why", function()
		local _, said = made { ["job.name"] = "a_b" }
		assert.same({ "warning names.underscore: the job is called a-b in Kubernetes, as a job a-b would be" }, said)
		_, said = made { ["job.name"] = "Orders" }
		assert.same({ "note names.changed: the job is called orders-13dcda in Kubernetes, "
			.. "as its own has characters that Kubernetes does not take" }, said)
		local resources = made { ["job.name"] = a, ["job.id"] = "7" }
		assert.is_true(#resources[1].metadata.name <= 52)
		assert.equal(a, resources[1].metadata.annotations["samzak8s.io/job-name"])
		assert.equal("7", resources[1].metadata.annotations["samzak8s.io/job-id"])
	end)
	it("refuses container ids that leave no room for the job's name", function()
		refuses({ ["job.name"] = "A" }, { containers = { a:sub(1, 60) } }, "names.container-id",
			("the container id %s has 60 characters, names in Kubernetes have room for 43"):format(a:sub(1, 60)), "job.name")
	end)
	it("warns of objects that client-side kubectl apply cannot take", function()
		local _, said = made({}, { json = '"' .. ("x"):rep(262144) .. '"' })
		assert.matches("^warning manifest.client%-side%-apply: ConfigMap/page%-views%-model%-%w+ has 262,%d+ bytes as JSON; "
			.. "client%-side kubectl apply takes 262,0%d+$", said[2])
	end)
	it("blames a layout that returns nothing", function()
		local _, err = run({}, { resources = function() return {} end })
		assert.equal("returned no resources", err.message)
		assert.equal("my_layout.lua", err.source)
	end)
end)
