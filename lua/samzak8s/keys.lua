-- SPDX-License-Identifier: Apache-2.0
--- Every property that this program reads: type, default, unit, meaning. `explain`, the manual and validation use it.
--
-- `name` may hold <s> (one part, as in systems.<s>.samza.factory) or end in <k> (any rest).
-- `type`: text, integer (with `min`, and `bits` = 64 for a long), boolean, list, choice (with `values`), quantity, selector, path, policy.
-- `default`: the typed default; `default_text` says it in words where it depends.
local nearest = require("samzak8s.nearest")

local M = {}

M.list = {
	{ name = "kubernetes.container.image", type = "text", default_text = "required", lands = "image of the job's container in every pod", doc = "image of the job" },
	{ name = "kubernetes.container.memory", type = "quantity", default = "1Gi", unit = "quantity, as 512Mi or 1Gi", lands = "resources.limits.memory (and requests) of the job's container", doc = "memory limit of each container, and its request unless kubernetes.container.memory.request is set" },
	{ name = "kubernetes.container.memory.request", type = "quantity", default_text = "the limit", unit = "quantity", lands = "resources.requests.memory of the job's container", doc = "memory request of each container" },
	{ name = "kubernetes.container.cpu.cores", type = "quantity", default = "1", unit = "quantity, as 2 or 500m", lands = "resources.limits.cpu (and requests) of the job's container", doc = "CPU limit of each container, and its request unless kubernetes.container.cpu.request is set" },
	{ name = "kubernetes.container.cpu.request", type = "quantity", default_text = "the limit", unit = "quantity", lands = "resources.requests.cpu of the job's container", doc = "CPU request of each container" },
	{ name = "kubernetes.pod.count", type = "integer", min = 1, default_text = "what the release reads: job.container.count (from 0.10), yarn.container.count, 1", unit = "containers", lands = "the number of controllers, one for each container", doc = "number of containers; wins over Samza's own keys" },
	{ name = "kubernetes.node.selector", type = "selector", default_text = "none", unit = "key:value,key:value", lands = "spec.nodeSelector of every pod", doc = "labels that a node must have to run a container" },
	{ name = "kubernetes.resources.out", type = "path", default_text = "stdout", doc = "output file; '-' is stdout; with a / at its end a directory that gets one file for each object, a kustomization.yaml and an index" },
	{ name = "kubernetes.pod.termination.grace.period.sec", type = "integer", min = 1, default_text = "task.shutdown.ms in seconds, rounded up, and 15", unit = "s", lands = "spec.terminationGracePeriodSeconds of every pod", doc = "time a container has to stop before it is killed" },
	{ name = "kubernetes.samza.version", type = "text", default_text = "0.9.1 and a note", doc = "the Samza release in the image: 0.9.1 to 1.8.0; a short form such as 0.10 is its latest" },
	{ name = "kubernetes.layout", type = "policy", default_text = "replication-controller for 0.9.x, else statefulset", doc = "Kubernetes objects to make: a built-in name, or the path of a Lua file (with a /), relative to the file that sets it" },
	{ name = "kubernetes.grouper.tasks", type = "policy", default_text = "what job.systemstreampartition.grouper.factory names", doc = "partitions to tasks: a built-in name, or the path of a Lua file" },
	{ name = "kubernetes.grouper.containers", type = "policy", default_text = "what task.name.grouper.factory names", doc = "tasks to containers: a built-in name, or the path of a Lua file" },
	{ name = "kubernetes.rewriters.skip", type = "list", default_text = "none", unit = "name,name", doc = "config rewriters to go on without, as they are Java code or their result is in the properties already" },
	{ name = "kubernetes.namespace", type = "text", default_text = "none is written", lands = "metadata.namespace of every object", doc = "namespace of every object" },
	{ name = "kubernetes.labels.<k>", type = "text", lands = "metadata.labels of every object and pod", doc = "one more label on every object" },
	{ name = "kubernetes.annotations.<k>", type = "text", lands = "metadata.annotations of every object and pod", doc = "one more annotation on every object" },
	{ name = "kubernetes.service.account", type = "text", default_text = "the namespace's default", lands = "spec.serviceAccountName of every pod", doc = "service account of the pods" },
	{ name = "kubernetes.image.pull.policy", type = "choice", values = { "Always", "IfNotPresent", "Never" }, default_text = "Kubernetes' own", lands = "imagePullPolicy of the job's container", doc = "when nodes pull the image" },
	{ name = "kubernetes.image.pull.secrets", type = "list", default_text = "none", unit = "name,name", lands = "spec.imagePullSecrets of every pod", doc = "secrets for the image registry" },
	{ name = "kubernetes.priority.class", type = "text", default_text = "none", lands = "spec.priorityClassName of every pod", doc = "priority class of the pods" },
	{ name = "kubernetes.delivery", type = "choice", values = { "auto", "env", "configmap", "secret" }, default = "auto", doc = "how the JobModel reaches the containers; auto: env up to 32 KiB on 0.9.x, else a ConfigMap, and a Secret when the config holds secrets" },
	{ name = "kubernetes.version", type = "text", default_text = "1.30", unit = "release, as 1.28 or v1.29.4", lands = "below 1.29 the model server is a plain container; below 1.28 statefulset-indexed takes ids from pod names", doc = "release of the Kubernetes cluster" },
	{ name = "kubernetes.model.server", type = "choice", values = { "sidecar", "service" }, default = "sidecar", lands = "the container model-server of every pod, or one Deployment and Service for the job", doc = "who serves the JobModel over HTTP: a sidecar in every pod (from Samza 0.10), or one server for the job" },
	{ name = "kubernetes.model.server.image", type = "text", default = "busybox:1.36.1", lands = "image of the sidecar model-server", doc = "image of the sidecar that serves the JobModel on 127.0.0.1 (from Samza 0.10)" },

{ name = "kubernetes.secret.name", type = "text", default_text = "none: a model with secrets goes into a Secret of its own", lands = "a source of the volume model-parts", doc = "a Secret that you keep, with one key for each property that holds a secret (samzak8s explain kubernetes.secret.name JOB lists them); the values are put into the JobModel when a pod starts, byte for byte" },
	{ name = "kubernetes.state.volume", type = "choice", values = { "emptydir", "pvc" }, default = "emptydir", lands = "the volume state at /samza/state", doc = "where stores live: emptydir is lost with the pod, pvc is a claim that follows the container id" },
	{ name = "kubernetes.state.size", type = "quantity", default_text = "10Gi for pvc; no limit for emptydir", unit = "quantity, as 20Gi", lands = "resources.requests.storage of the claim, or sizeLimit of the emptyDir (a pod that passes it is evicted)", doc = "size of the state volume" },
	{ name = "kubernetes.state.storage.class", type = "text", default_text = "the cluster's default", lands = "spec.storageClassName of the claim", doc = "storage class of the state volume (pvc)" },
	{ name = "kubernetes.state.access.mode", type = "choice", values = { "ReadWriteOnce", "ReadWriteOncePod" }, default = "ReadWriteOnce", lands = "spec.accessModes of the claim", doc = "access mode of the state volume (pvc); ReadWriteOncePod lets one pod at a time mount it, a second fence against two processes with one id" },
	{ name = "kubernetes.security.context", type = "choice", values = { "restricted", "none" }, default = "restricted", default_text = "restricted; none for the pod of the proof of concept (Samza 0.9 and nothing else asked for)", lands = "securityContext of pods and containers", doc = "restricted satisfies the Pod Security level of that name; none leaves users and rights to the images and the cluster" },
	{ name = "kubernetes.security.user", type = "integer", min = 1, default = 1000, unit = "uid", lands = "runAsUser and fsGroup of every pod; the group is 0", doc = "user that the containers run as" },
	{ name = "kubernetes.security.read.only.root", type = "boolean", default = false, lands = "readOnlyRootFilesystem of the job's container", doc = "mount the image read-only; state, log and tmp are volumes and stay writable" },
	{ name = "kubernetes.disruption.budget", type = "integer", min = 1, default_text = "no budget", unit = "pods", lands = "maxUnavailable of one PodDisruptionBudget for the job", doc = "how many containers a node drain may stop at once" },
	{ name = "kubernetes.network.policy", type = "choice", values = { "none", "ingress", "egress" }, default = "none", lands = "one NetworkPolicy for the job", doc = "ingress: nothing may connect to the pods; egress: they may connect to nothing but DNS and the ports of Kafka and ZooKeeper either" },
	{ name = "kubernetes.network.policy.ports", type = "list", default_text = "none", unit = "port,port", lands = "egress of the NetworkPolicy", doc = "more TCP ports that the pods may connect to (with kubernetes.network.policy=egress)" },
	{ name = "kubernetes.jmx.port", type = "integer", min = 1024, default_text = "none", unit = "TCP port", lands = "JAVA_OPTS, and a port named jmx of the job's container", doc = "fixed port of the JVM's own JMX agent; reach it with kubectl port-forward" },
	{ name = "kubernetes.log.stdout", type = "boolean", default = false, lands = "JAVA_OPTS", doc = "log to stdout, with log4j-console.xml (log4j2-console.xml) of Samza's scripts" },
	{ name = "kubernetes.pod.template", type = "path", default_text = "none", lands = "every pod of the job", doc = "YAML file with metadata (labels, annotations) and spec of a pod, merged under ours by the keys of Kubernetes' lists; the container named samza is the job's. Relative to the file that sets it" },
	{ name = "kubernetes.patch", type = "list", default_text = "none", unit = "path,path", doc = "Lua files, in order, each given every resource last: (resource, job, config) -> resource, or nil to drop it. Relative to the file that sets it" },
	{ name = "kubernetes.strimzi.cluster", type = "text", default_text = "the name of the topic's system", lands = "the label strimzi.io/cluster of every KafkaTopic", doc = "Kafka cluster of Strimzi that bootstrap --as kafkatopic is for" },
	{ name = "kubernetes.strimzi.namespace", type = "text", default_text = "none is written", lands = "metadata.namespace of every KafkaTopic", doc = "namespace that Strimzi's topic operator watches" },

	{ name = "job.name", type = "text", default_text = "required", doc = "name of the job" },
	{ name = "job.id", type = "text", default = "1", doc = "second half of the job's identity" },
	{ name = "app.name", type = "text", default_text = "none", doc = "from 1.1.0 takes the place of job.name" },
	{ name = "app.id", type = "text", default_text = "none", doc = "from 1.1.0 takes the place of job.id" },
	{ name = "app.class", type = "text", default_text = "none", doc = "high-level application; its inputs are known to its Java code only" },
	{ name = "job.container.count", type = "integer", min = 1, default_text = "yarn.container.count", unit = "containers", doc = "number of containers, from 0.10.0" },
	{ name = "yarn.container.count", type = "integer", min = 1, default = 1, unit = "containers", doc = "number of containers; deprecated from 0.10.0" },
	{ name = "job.autosizing.enabled", type = "boolean", default = false, doc = "from 1.4.0: job.autosizing.container.count wins" },
	{ name = "job.autosizing.container.count", type = "integer", min = 1, default_text = "none", unit = "containers", doc = "number of containers when job.autosizing.enabled is true" },
	{ name = "job.host-affinity.enabled", type = "boolean", default_text = "yarn.samza.host-affinity.enabled", doc = "tasks stay in the containers and on the hosts where they ran (from 0.11.0; up to 0.13.0 they do in any case)" },
	{ name = "yarn.samza.host-affinity.enabled", type = "boolean", default = false, doc = "read where job.host-affinity.enabled is not set, from 0.10.1" },
	{ name = "job.elasticity.factor", type = "integer", default = 1, unit = "tasks", doc = "from 1.7.0: splits every task into so many, by key" },
	{ name = "job.standbytasks.replication.factor", type = "integer", default = 1, unit = "copies", doc = "from 1.1.0: copies of every task, the active one included; each but that in a standby container" },
	{ name = "job.systemstreampartition.input.expansion.enabled", type = "boolean", default = true, doc = "from 1.4.0, for jobs with stores: when inputs grow, keys stay with the task that has their state" },
	{ name = "job.system.stream.partition.mapper.factory", type = "text", default = "org.apache.samza.container.grouper.stream.HashSystemStreamPartitionMapperFactory", doc = "class that says which partition a new one grew from, from 1.1.0" },
	{ name = "processor.id", type = "text", default_text = "none", doc = "names the only container of SingleContainerGrouper, and up to 0.13.1 the only task of AllSspToSingleTaskGrouper" },
	{ name = "task.inputs", type = "list", default_text = "no inputs", unit = "system.stream,system.stream", doc = "input streams" },
	{ name = "task.broadcast.inputs", type = "list", default_text = "none", unit = "system.stream#0,system.stream#[0-3]", doc = "partitions that every task consumes, from 0.10.0" },
	{ name = "task.opts", type = "text", default = "", lands = "the variable JAVA_OPTS of the job's container", doc = "JVM options of the containers (JAVA_OPTS)" },
	{ name = "task.java.home", type = "text", default_text = "none", lands = "the variable JAVA_HOME of the job's container", doc = "JAVA_HOME of the containers" },
	{ name = "task.execute", type = "text", default = "bin/run-container.sh", lands = "command of the job's container", doc = "command of the containers, below /samza; the pod of the proof of concept leaves it to the image" },
	{ name = "task.shutdown.ms", type = "integer", bits = 64, min = 0, default_text = "5000 up to 0.13.0, then 30000", unit = "ms", doc = "time Samza gives its tasks to stop" },
	{ name = "task.checkpoint.factory", type = "text", default_text = "none", doc = "class that keeps checkpoints" },
	{ name = "task.checkpoint.system", type = "text", default_text = "none", doc = "system of the checkpoint topic" },
	{ name = "job.coordinator.system", type = "text", default_text = "job.default.system from 0.13", doc = "system of the coordinator stream; required from 0.10.0" },
	{ name = "job.default.system", type = "text", default_text = "none", doc = "system taken where none is named, from 0.13.0" },
	{ name = "job.changelog.system", type = "text", default_text = "job.default.system", doc = "system of changelogs whose name has none, from 0.12.0" },
	{ name = "job.systemstreampartition.grouper.factory", type = "text", default = "org.apache.samza.container.grouper.stream.GroupByPartitionFactory", doc = "class that groups partitions into tasks" },
	{ name = "task.name.grouper.factory", type = "text", default = "org.apache.samza.container.grouper.task.GroupByContainerCountFactory", doc = "class that groups tasks into containers, from 0.10.0" },
	{ name = "stores.<s>.factory", type = "text", doc = "defines a store" },
	{ name = "stores.<s>.changelog", type = "text", unit = "system.stream", doc = "changelog of a store" },
	{ name = "systems.<s>.samza.factory", type = "text", doc = "class of a system" },
	{ name = "systems.<s>.consumer.bootstrap.servers", type = "text", unit = "host:port,host:port", doc = "brokers of a Kafka system" },
	{ name = "systems.<s>.producer.bootstrap.servers", type = "text", unit = "host:port,host:port", doc = "brokers of a Kafka system, when the consumer names none" },
	{ name = "systems.<s>.consumer.zookeeper.connect", type = "text", unit = "host:port,host:port/chroot", doc = "ZooKeeper of a Kafka cluster; asked with --from zookeeper, or when no brokers are named" },
	{ name = "systems.<s>.consumer.<k>", type = "text", doc = "settings of Kafka's consumer; the security settings are used to ask for partitions" },
	{ name = "job.config.rewriters", type = "text", default_text = "none", unit = "name,name", doc = "config rewriters, run in this order; blanks count" },
	{ name = "job.config.rewriter.<s>.class", type = "text", doc = "class of a config rewriter: RegExTopicGenerator or EnvironmentConfigRewriter of org.apache.samza.config" },
	{ name = "job.config.rewriter.<s>.regex", type = "text", doc = "Java regex; topics whose whole name it matches become inputs (RegExTopicGenerator)" },
	{ name = "job.config.rewriter.<s>.system", type = "text", doc = "system whose topics are listed (RegExTopicGenerator)" },
	{ name = "job.config.rewriter.<s>.config.<k>", type = "text", lands = "systems.<s>.streams.<topic>.<k> for every topic that matches", doc = "a property for each of the topics (RegExTopicGenerator)" },
	{ name = "job.factory.class", type = "text", default_text = "none", doc = "class that starts the job; here it only decides whether a matcher runs" },
	{ name = "job.systemstreampartition.matcher.class", type = "text", default_text = "none", doc = "class that picks partitions of the inputs, from 0.10.1" },
	{ name = "job.systemstreampartition.matcher.config.ranges", type = "text", unit = "0,2-4", doc = "partitions that RangeSystemStreamPartitionMatcher picks" },
	{ name = "job.systemstreampartition.matcher.config.regex", type = "text", doc = "Java regex of the partitions that RegexSystemStreamPartitionMatcher picks" },
	{ name = "job.systemstreampartition.matcher.config.job.factory.regex", type = "text", default_text = "Samza's local process and thread factories", doc = "Java regex that job.factory.class must match, or the matcher is ignored" },
	{ name = "job.config.loader.factory", type = "text", default_text = "none", doc = "from 1.4.0: class that loads the full config" },
	{ name = "job.config.loader.properties.path", type = "text", default_text = "none", doc = "file loaded below the given properties, from 1.4.0" },
}

local exact, patterns = {}, {}
for _, entry in ipairs(M.list) do
	if entry.name:find("<", 1, true) then
		local pattern = entry.name:gsub("[%.%-]", "%%%0"):gsub("<s>", "[^.]+"):gsub("<k>", ".+")
		patterns[#patterns + 1] = { pattern = "^" .. pattern .. "$", entry = entry }
	else
		exact[entry.name] = entry
	end
end

--- The entry of a property, or nil.
function M.find(name)
	if exact[name] then return exact[name] end
	for _, p in ipairs(patterns) do
		if name:find(p.pattern) then return p.entry end
	end
end

--- The known property nearest to a mistyped one.
function M.nearest(name)
	local names = {}
	for _, entry in ipairs(M.list) do names[#names + 1] = entry.name end
	return nearest(name, names)
end

local secret_ends = { "password", "sasl%.jaas%.config", "%.secret", "%.sas%.token", "ssl%.keystore%.key", "%.access%-?key" }

--- Must the value of this property not be shown? One list for messages, REPL and delivery.
-- @tparam string name
-- @treturn boolean
function M.secret(name)
	if name:sub(1, 10) == "sensitive." then return true end
	local lower = name:lower()
	for _, ending in ipairs(secret_ends) do
		if lower:find(ending .. "$") then return true end
	end
	return false
end

M.mask = "********"

-- Integer.parseInt and Long.parseLong: one sign, digits, 32 or 64 bits, no blanks
local function integer(text, bits)
	local sign, digits = text:match("^([+-]?)0*(%d+)$")
	local n = digits and #digits <= 19 and math.tointeger(tonumber(digits))
	if not n then return nil end
	if sign == "-" then n = -n end
	if bits == 64 or n >= -2147483648 and n <= 2147483647 then return n end
end

local function list(text)
	local items = {}
	for item in (text .. ","):gmatch("(.-),") do items[#items + 1] = item:match("^%s*(.-)%s*$") end
	while items[#items] == "" do items[#items] = nil end
	return items
end

--- Turn a property's text into its typed value.
-- @tparam table entry of `M.list`
-- @tparam string text
-- @return value, or nil and what is wrong with the text, and the hint
function M.convert(entry, text)
	if entry.type == "integer" then
		local n = integer(text, entry.bits)
		if not n then return nil, ('For input string: "%s"'):format(text), "give a whole number without blanks" end
		return n
	elseif entry.type == "boolean" then
		return text:lower() == "true"
	elseif entry.type == "list" then
		return list(text)
	elseif entry.type == "choice" then
		for _, value in ipairs(entry.values) do
			if value == text then return value end
		end
		return nil, ("'%s' is none of %s"):format(text, table.concat(entry.values, ", "))
	end
	return text
end

return M
