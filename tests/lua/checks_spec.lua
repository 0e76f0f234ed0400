-- SPDX-License-Identifier: Apache-2.0
local config_object = require("samzak8s.config")
local topics = require("samzak8s.samza.topics")
local totals = require("samzak8s.checks.totals")
local versions = require("samzak8s.samza.versions")

local ROCKS = "org.apache.samza.storage.kv.RocksDbKeyValueStorageEngineFactory"
local CHECKPOINTS = "org.apache.samza.checkpoint.kafka.KafkaCheckpointManagerFactory"

local function new_config(properties)
	local config = config_object.new()
	config:set("job.name", "page_views", { file = "job.properties", line = 1, bytes = "job.name=page_views\n" })
	for key, value in pairs(properties or {}) do config:set(key, value, { file = "--config" }) end
	return config
end

-- One workload that runs Samza.
local function workload(kind, how)
	local pod = { terminationGracePeriodSeconds = how.grace, containers = { { name = "c", image = "i", resources = { limits = { memory = how.memory, cpu = "500m" } },
		env = { { name = "SAMZA_CONTAINER_ID", value = "0" }, { name = "JAVA_OPTS", value = how.opts } } } } }
	return { apiVersion = kind == "ReplicationController" and "v1" or kind == "Job" and "batch/v1" or "apps/v1", kind = kind, metadata = { name = "x" },
		spec = { replicas = how.replicas, template = { spec = pod } } }
end

-- What a check says, as "level code: message"; a job of the given parts.
local function says(name, job)
	job.config = job.config or new_config(job.properties)
	job.facts = versions.facts(job.version or "1.8.0")
	job.context, job.systems = job.context or {}, job.systems or { "kafka" }
	job.live = job.live or function() end
	local said, hints = {}, {}
	require("samzak8s.checks." .. name)(job, function(level, err)
		said[#said + 1] = ("%s %s: %s"):format(level, err.code, err.message)
		hints[#hints + 1] = err.hint
	end)
	return said, hints
end

describe("the check of memory", function()
	local function said(memory, opts, properties, version)
		return says("memory", { resources = { workload("StatefulSet", { memory = memory, opts = opts }) }, properties = properties, version = version })
	end

	it("wants heap and 128 MiB, 160 for 1.8.0, and 200 for each store", function()
		assert.same({}, said("896Mi", "", nil, "0.14.1"))
		assert.same({ "warning memory.limit: the limit of 895Mi is 1 MiB short of what the container may need" }, said("895Mi", "", nil, "0.14.1"))
		assert.same({}, said("928Mi", nil))
		assert.same({ "warning memory.limit: the limit of 927Mi is 1 MiB short of what the container may need" }, said("927Mi", nil))
		local stores = { ["stores.a.factory"] = ROCKS, ["stores.b.factory"] = ROCKS, ["stores.c.factory"] = "InMemory" }
		assert.same({}, said("1328Mi", "", stores))
		local text, hints = said("1327Mi", "", stores)
		assert.same({ "warning memory.limit: the limit of 1327Mi is 1 MiB short of what the container may need" }, text)
		assert.same({ "set kubernetes.container.memory=1328Mi or more, or a smaller -Xmx in task.opts" }, hints)
	end)

	it("reads -Xmx as the JVM does", function()
		for opts, mib in pairs { ["-Xmx256m"] = 256, ["-Xmx1g -Xmx256M"] = 256, ["-Xmx262144k"] = 256, ["-Xmx268435456"] = 256, ["-XX:MaxHeapSize=256m"] = 256,
			["-Xms4g -Xmx2G"] = 2048 } do
			assert.same({}, said(("%dMi"):format(mib + 160), opts))
			assert.matches("1 MiB short", said(("%dMi"):format(mib + 159), opts)[1])
		end
	end)

	it("calls a heap as large as the limit an error", function()
		assert.same({ "error memory.heap: the heap alone fills the limit of 1Gi: the container is killed when it is used" }, said("1Gi", "-Xmx1g"))
		assert.same({ "error memory.heap: the heap alone fills the limit of 512Mi: the container is killed when it is used" }, said("512Mi", ""))
	end)

	it("counts a larger block cache, and looks at the properties before there are manifests", function()
		assert.same({ "warning memory.limit: the limit of 1Gi is 204 MiB short of what the container may need" }, said("1Gi", "",
			{ ["stores.a.factory"] = ROCKS, ["stores.a.container.cache.size.bytes"] = tostring(200 << 20) }))
		assert.same({ "warning memory.limit: the limit of 1Gi is 104 MiB short of what the container may need" },
			says("memory", { properties = { ["stores.a.factory"] = ROCKS } }))
		assert.same({ "warning memory.no-limit: a pod has no memory limit, so that a leak takes the node with it" }, said(nil, ""))
	end)
end)

describe("the check of stopping", function()
	local function said(grace, properties, version)
		return says("stopping", { resources = { workload("StatefulSet", { grace = grace }) }, properties = properties, version = version })
	end
	it("wants more than task.shutdown.ms, and 15 s to be good", function()
		assert.same({}, said(45))
		assert.matches("^note stopping.grace: a container is killed after 44 s", said(44)[1])
		assert.matches("^warning stopping.grace: a container is killed after 30 s, and its tasks may take 30 s %(task.shutdown.ms, in 1.8.0 by default%)", said(30)[1])
		assert.matches("^warning stopping.grace: a container is killed after 30 s", said(nil)[1])
		assert.same({}, said(20, nil, "0.9.1"))
		assert.matches("may take 61 s %(task.shutdown.ms%)", said(30, { ["task.shutdown.ms"] = "60001" })[1])
	end)
end)

describe("the check of Java", function()
	local function said(opts, version, image)
		local list = says("java", { resources = { workload("StatefulSet", { opts = opts }) }, version = version, properties = { ["kubernetes.container.image"] = image } })
		if list[#list] and list[#list]:find("^note java.jar%-tool") then list[#list] = nil end
		return list
	end
	it("knows the traps of each release", function()
		assert.same({ "warning java.gc-options: run-class.sh of Samza 0.14.1 adds PrintGCDateStamps, with which Java 9 and later do not start" }, said("", "0.14.1"))
		assert.same({}, said("-Xloggc:/samza/log/gc.log", "0.14.1"))
		assert.same({}, said(""))
		assert.same({ "warning java.jar-tool: run-class.sh of Samza 1.1.0 makes its class path with the JDK's tool jar, which a JRE has not" },
			said("-Xloggc:/a", "1.1.0", "eclipse-temurin:17-jre"))
		assert.same({}, said("-Xloggc:/a", "1.0.0", "eclipse-temurin:17-jre"))
	end)
	it("knows options that no JVM, or no script, takes as meant", function()
		assert.same({ "error java.loggc: with -Xloggc:/dev/null and log file rotation the JVM does not start" }, said("-Xloggc:/dev/null"))
		assert.same({ "warning java.option-gone: -XX:MaxPermSize=128m is unknown to Java 17 and later, which does not start with it" }, said("-XX:MaxPermSize=128m"))
		assert.same({ "warning java.option-gone: -d64 is unknown to Java 10 and later, which does not start with it" }, said("-d64"))
		assert.same({ "warning java.percentage: MaxRAMPercentage has no effect, as run-class.sh adds -Xmx768M where there is no -Xmx" }, said("-XX:MaxRAMPercentage=75"))
		assert.same({}, said("-Xmx1g -XX:+UseG1GC -XX:+ExitOnOutOfMemoryError"))
		assert.matches("^warning java.quotes", said("-Da='b c'")[1])
		assert.matches("^warning java.glob: %-Da=%* is expanded", said("-Da=*")[1])
	end)
end)

describe("the check of keys", function()
	local function said(key, value, more)
		local properties = { [key] = value }
		for k, v in pairs(more or {}) do properties[k] = v end
		local list, hints = says("migration", { properties = properties })
		return list[1], hints[1]
	end
	it("says what becomes of each", function()
		assert.matches("^note migration.mapped", said("yarn.container.count", "3"))
		assert.matches("^note migration.ignored", said("yarn.package.path", "hdfs://x"))
		assert.matches("^note migration.ignored", said("yarn.something.new", "x"))
		assert.matches("^note migration.ignored", said("cluster-manager.container.retry.window.ms", "1"))
		assert.matches("^note migration.ignored", said("kube.app.whatever", "1"))
		assert.equal("set kubernetes.container.memory=2048Mi", select(2, said("cluster-manager.container.memory.mb", "2048")))
		assert.equal("set kubernetes.container.cpu.cores=2", select(2, said("yarn.container.cpu.cores", "2")))
		assert.equal("set kubernetes.container.image=a/b:1", select(2, said("kube.app.image", "a/b:1")))
		assert.equal("set kubernetes.state.volume=pvc", select(2, said("kube.app.volume.azure.file-share.enabled", "true")))
		assert.equal("note migration.mapped: kubernetes.namespace takes its place", said("kube.app.namespace", "a", { ["kubernetes.namespace"] = "b" }))
		assert.matches("^warning migration.yours", said("yarn.am.high-availability.enabled", "true"))
		assert.is_nil(said("yarn.am.high-availability.enabled", "false"))
		assert.is_nil(said("job.container.count", "3"))
	end)
end)

describe("the check of brokers", function()
	local function said(key, value)
		return says("brokers", { properties = { ["systems.kafka." .. key] = value } })
	end
	it("warns of addresses that are the machine itself", function()
		for value, host in pairs { ["localhost:9092"] = "localhost", ["a:1, 127.0.0.1:9092"] = "127.0.0.1", ["[::1]:9092"] = "[::1]", ["PLAINTEXT://LocalHost:1"] = "LocalHost",
			["0.0.0.0:1"] = "0.0.0.0" } do
			assert.same({ ("warning brokers.localhost: %s is the pod itself, wherever a container runs"):format(host) }, said("consumer.bootstrap.servers", value))
			assert.equal(1, #said("producer.metadata.broker.list", value))
		end
		assert.equal(1, #said("consumer.zookeeper.connect", "localhost:2181/chroot"))
		assert.same({}, said("consumer.bootstrap.servers", "localhost.example.com:9092,broker:9092,10.127.0.1:9092"))
		assert.same({}, said("consumer.group.id", "localhost:9092"))
	end)
	it("warns of what brokers advertise", function()
		local live = function() return { origin = "b:1", brokers = { { id = 1, host = "localhost", port = 9092 }, { id = 2, host = "b2", port = 9092 } } } end
		assert.same({ "warning brokers.advertised: broker 1 tells its clients to reach it at localhost:9092, which in a pod is the pod itself" }, says("brokers", { live = live }))
	end)
	it("wants ZooKeeper through 1.1", function()
		local properties = { ["systems.kafka.samza.factory"] = "org.apache.samza.system.kafka.KafkaSystemFactory" }
		assert.matches("^error brokers.zookeeper: no zookeeper.connect defined in config", says("brokers", { properties = properties, version = "1.1.0" })[1])
		assert.same({}, says("brokers", { properties = properties, version = "1.2.0" }))
	end)
end)

describe("the topics of a job", function()
	local FULL = { ["job.coordinator.system"] = "kafka", ["task.checkpoint.factory"] = CHECKPOINTS, ["task.checkpoint.system"] = "kafka",
		["stores.s.factory"] = ROCKS, ["stores.s.changelog"] = "kafka.s-log" }

	local function with(more)
		local all = {}
		for _, t in ipairs { FULL, more or {} } do
			for k, v in pairs(t) do all[k] = v end
		end
		return all
	end

	local function wanted(version, more)
		local list = {}
		for i, t in ipairs(topics.wanted(new_config(with(more)), versions.facts(version), 4)) do
			list[i] = ("%s.%s %s %s"):format(t.system, t.topic, t.partitions or "any", t.replication.value)
		end
		return list
	end

	it("have Samza's names, partitions and replication", function()
		assert.same({ "kafka.__samza_checkpoint_ver_1_for_page-views_1 1 3", "kafka.s-log 4 2" }, wanted("0.9.1"))
		assert.same({ "kafka.__samza_checkpoint_ver_1_for_page-views_a-b 1 3", "kafka.__samza_coordinator_page-views_a-b any 3", "kafka.s-log 4 2" },
			wanted("0.10.0", { ["job.id"] = "a_b" }))
		assert.same({ "kafka.__samza_checkpoint_ver_1_for_page-views_1 1 5", "kafka.__samza_coordinator_page-views_1 any 5", "kafka.s-log 4 2" },
			wanted("0.12.0", { ["task.checkpoint.replication.factor"] = "5" }))
		assert.same({ "kafka.__samza_checkpoint_ver_1_for_page-views_1 1 5", "kafka.__samza_coordinator_page-views_1 any 3", "kafka.s-log 4 2" },
			wanted("0.13.0", { ["task.checkpoint.replication.factor"] = "5" }))
		assert.same({ "kafka.__samza_checkpoint_ver_1_for_page-views_1 1 1", "kafka.__samza_coordinator_page-views_1 any 1", "kafka.s-log 4 1" },
			wanted("1.8.0", { ["systems.kafka.default.stream.replication.factor"] = "1" }))
		assert.same({ "kafka.__samza_checkpoint_ver_1_for_page-views_1-r7 1 3", "kafka.__samza_coordinator_page-views_1 any 3", "kafka.s-log-r7 4 2", "kafka.s-log-r7-access-log 4 2" },
			wanted("0.14.0", { ["app.mode"] = "BATCH", ["run.id"] = "r7", ["stores.s.accesslog.enabled"] = "true" }))
	end)

	-- `have`: name -> partitions; `brokers`: their number; `settings` of every topic; `partial`: a snapshot
	local function said(version, have, more)
		local listing = { kind = have.partial and "snapshot" or "kafka", origin = "b:9092", topics = {} }
		local cluster = { brokers = "b:9092", broker_count = have.brokers or 3, topics = {}, close = function() end }
		for name, n in pairs(have) do
			if type(n) == "number" and name ~= "brokers" then
				table.insert(listing.topics, { name = name, partitions = {} })
				for i = 1, n do listing.topics[#listing.topics].partitions[i] = { id = i - 1 } end
				cluster.topics[name] = { partitions = n, replicas = have.replicas and have.replicas.all or 3, settings = have.settings }
			end
		end
		local admin = require("samzak8s.samza.topic_admin")
		local open = admin.open
		admin.open = function() return cluster end
		local list, hints = says("topics", { version = version, properties = with(more), model = { max_changelog = 3 }, live = function() return listing, not have.partial end })
		admin.open = open
		return list, hints
	end

	local CHECKPOINT, COORDINATOR = "__samza_checkpoint_ver_1_for_page-views_1", "__samza_coordinator_page-views_1"

	it("are there, and fit", function()
		assert.same({}, said("1.8.0", { [CHECKPOINT] = 1, [COORDINATOR] = 3, ["s-log"] = 4, brokers = 3 }))
		assert.same({ "note topics.partitions: changelog kafka.s-log has 9 partitions, of which 4 are used" },
			said("0.10.0", { [CHECKPOINT] = 1, [COORDINATOR] = 1, ["s-log"] = 9, brokers = 3 }))
		assert.same({}, said("0.9.1", { brokers = 3 }))
	end)

	it("are missing, which is bad in each release in its own way", function()
		local function missing(version) return table.concat(said(version, {}), "\n") end
		assert.matches("warning topics.missing: the coordinator stream [^\n]* runs without it", missing("0.10.0"))
		assert.matches("error topics.missing: the changelog s%-log is not there %(b:9092%); a container of Samza 0.14.1 waits for it for ever", missing("0.14.1"))
		assert.is_nil(missing("0.14.0"):find("checkpoint", 1, true))
		assert.matches("error topics.missing: the checkpoint topic [^\n]* 1.0.0 ends without it", missing("1.0.0"))
		assert.matches("error topics.missing: the coordinator stream [^\n]* 1.1.0 ends without it", missing("1.1.0"))
		assert.same({}, said("1.8.0", { partial = true }))
	end)

	it("have another number of partitions, in Samza's words", function()
		local function misfit(version, have)
			have.partial = true
			return said(version, have)[1]
		end
		assert.equal("error topics.partitions: Changelog topic validation failed for topic s-log because partition count 3 did not match expected partition count of 4", misfit("0.9.1", { ["s-log"] = 3 }))
		assert.matches("^note topics.partitions", misfit("0.12.0", { ["s-log"] = 5 }))
		assert.equal("error topics.partitions: Topic validation failed for topic s-log because partition count 5 did not match expected partition count of 4", misfit("0.13.0", { ["s-log"] = 5 }))
		assert.equal("error topics.partitions: Mismatch of partitions for stream s-log. Expected 4, got 5. Validation failed.", misfit("1.0.0", { ["s-log"] = 5 }))
		assert.equal("error topics.partitions: Mismatch of partitions for stream " .. CHECKPOINT .. ". Expected 1, got 8. Validation failed.", misfit("1.8.0", { [CHECKPOINT] = 8 }))
	end)

	it("want more replicas than there are brokers", function()
		local one = 1
		local function count(list) return select(2, table.concat(list, "\n"):gsub("topics%.replication", "")) end
		assert.equal(2, count(said("0.9.1", { [CHECKPOINT] = 1, ["s-log"] = 4, brokers = one })))
		assert.equal(1, count(said("0.14.0", { [CHECKPOINT] = 1, [COORDINATOR] = 1, ["s-log"] = 4, brokers = one })))
		assert.equal(0, count(said("1.8.0", { [CHECKPOINT] = 1, [COORDINATOR] = 1, ["s-log"] = 4, brokers = one })))
		assert.equal(3, count(said("1.8.0", { brokers = one })))
		assert.equal(0, count(said("1.8.0", { brokers = one }, { ["systems.kafka.default.stream.replication.factor"] = "1" })))
	end)

	it("have other settings, or fewer replicas, than Samza would have given them", function()
		local list, hints = said("1.8.0", { [COORDINATOR] = 1, [CHECKPOINT] = 1, ["s-log"] = 4, settings = { ["cleanup.policy"] = "delete" }, replicas = { all = 1 } })
		assert.equal("warning topics.cleanup-policy: checkpoint topic kafka." .. CHECKPOINT .. ": cleanup.policy is delete, not compact: what Samza keeps there is deleted with time", list[1])
		assert.equal("kafka-configs.sh --alter --entity-type topics --entity-name " .. CHECKPOINT .. " --add-config 'cleanup.policy=compact'", hints[1])
		assert.equal("warning topics.replicas: checkpoint topic kafka." .. CHECKPOINT .. " has 1 replica, not 3", list[2])
		assert.equal(6, #list)
	end)

	it("have names that Kafka takes", function()
		local list = says("topics", { config = new_config(with { ["job.id"] = "a b" }) })
		assert.equal("error topics.name: the checkpoint topic would be called __samza_checkpoint_ver_1_for_page-views_a b, which is no name of a topic", list[1])
		assert.equal(2, #list)
	end)
end)

describe("the check of drift", function()
	local function said(before, now)
		local tasks, partitions = { { name = "t", partitions = {} } }, {}
		for stream, n in pairs(before) do
			for i = 0, n - 1 do table.insert(tasks[1].partitions, { system = "kafka", stream = stream, partition = i }) end
		end
		for stream, n in pairs(now) do
			for i = 0, n - 1 do table.insert(partitions, { system = "kafka", stream = stream, partition = i }) end
		end
		return says("drift", { context = { earlier = { origin = "job.yaml", containers = { { id = "0", tasks = tasks } } } }, partitions = partitions })
	end
	it("names streams that grew, shrank, came and went", function()
		assert.same({}, said({ a = 2 }, { a = 2 }))
		assert.same({ "warning drift.partitions: kafka.a has 3 partitions, and the running job reads 2: the others are read by nobody" }, said({ a = 2 }, { a = 3 }))
		assert.same({ "warning drift.partitions: kafka.a has 1 partitions, and the running job reads 2: the topic was made anew" }, said({ a = 2 }, { a = 1 }))
		assert.same({ "warning drift.partitions: kafka.a was an input, and is none now", "warning drift.partitions: kafka.b is an input that the running job does not read" },
			said({ a = 1 }, { b = 1 }))
	end)
end)

describe("the check of the layout", function()
	it("says when two processes of one id overlap", function()
		local stores = { ["stores.s.factory"] = ROCKS, ["stores.s.changelog"] = "kafka.s" }
		assert.matches("^note layout.exclusive: .* StatefulSet, run at once: never", says("layout", { resources = { workload("StatefulSet", {}) } })[1])
		assert.matches("^note layout.overlap: .* ReplicationController, run at once: for up to the grace period", says("layout", { resources = { workload("ReplicationController", {}) } })[1])
		assert.matches("^warning layout.overlap", says("layout", { resources = { workload("ReplicationController", {}) }, properties = stores })[1])
	end)
	it("holds what users' layouts return to who runs which container", function()
		local list = table.concat(says("layout", { resources = { workload("Deployment", { replicas = 2 }) } }), "\n")
		assert.matches("error manifest.container%-twice: Deployment/x: spec.replicas: all its 2 pods are container 0", list)
		assert.matches("error manifest.container%-twice: Deployment/x: spec.strategy: a new pod of container 0 starts before the old one has stopped", list)
	end)
end)

describe("totals", function()
	it("count pods, sidecars, init containers, and volumes as a quota does", function()
		local one = workload("StatefulSet", { memory = "1Gi", replicas = 3 })
		local pod = one.spec.template.spec
		pod.containers[1].resources.requests = { memory = "512Mi" }
		pod.initContainers = { { name = "side", image = "i", restartPolicy = "Always", resources = { limits = { memory = "32Mi", cpu = "100m" } } },
			{ name = "once", image = "i", resources = { limits = { memory = "2Gi", cpu = "100m" } } } }
		one.spec.volumeClaimTemplates = { { metadata = { name = "state" }, spec = { resources = { requests = { storage = "10Gi" } } } } }
		local texts = totals.texts(totals.of { one, { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "m" } } })
		assert.same({ pods = 3, claims = 3, storage = "30Gi", requests = { cpu = "1800m", memory = "6240Mi" }, limits = { cpu = "1800m", memory = "6240Mi" } }, texts)
		assert.equal("3 pods: requests cpu 1800m, memory 6240Mi; limits cpu 1800m, memory 6240Mi; 3 volumes of 30Gi together", totals.line(texts))
	end)
end)
