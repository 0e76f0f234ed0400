-- SPDX-License-Identifier: Apache-2.0
--- What differs between Samza releases, as named facts. Stages ask for a fact, never for a version.
local M = {}

--- Every release, oldest first.
M.releases = {
	"0.9.1", "0.10.0", "0.10.1", "0.11.0", "0.12.0", "0.13.0", "0.13.1", "0.14.0", "0.14.1",
	"1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.3.1", "1.4.0", "1.5.0", "1.5.1", "1.6.0", "1.7.0", "1.8.0",
}

--- The release taken when `kubernetes.samza.version` is unset: the proof of concept's.
M.default = "0.9.1"

local rank = {}
for i, release in ipairs(M.releases) do rank[release] = i end

-- fact = { release, value, release, value, ... }: the value holds from that release on.
local facts = {
	-- order in which new tasks get changelog partitions (JobCoordinator, JobModelManager)
	changelog_order = { "0.9.1", "scala", "0.10.0", "java", "0.12.0", "sorted" },
	-- JobModel keeps container ids as integers, or as text (ContainerModel)
	container_id_type = { "0.9.1", "integer", "0.13.0", "text" },
	-- Scala's require() puts this before the text of an IllegalArgumentException
	require_prefix = { "0.9.1", "requirement failed: ", "0.10.1", "" },
	-- job.container.count is read, before yarn.container.count (JobConfig)
	reads_job_container_count = { "0.9.1", false, "0.10.0", true },
	-- broadcast inputs are honoured at all, and by GroupBySystemStreamPartition
	broadcast = { "0.9.1", false, "0.10.0", true },
	broadcast_by_ssp = { "0.9.1", false, "0.11.0", true },
	-- a blank value of a list getter is no item, rather than one empty item (Config.getList)
	blank_list_is_empty = { "0.9.1", false, "1.0.0", true },
	-- task.name.grouper.factory is read
	task_grouper_pluggable = { "0.9.1", false, "0.10.0", true },
	-- where task -> changelog partition is kept between runs
	mapping_in = { "0.9.1", "checkpoint topic", "0.10.0", "coordinator stream" },
	-- 0.9's mapping is taken over into the coordinator stream: at the first submission, or by hand
	migration = { "0.9.1", "none", "0.10.0", "marked", "0.11.0", "by hand" },
	-- readers of the coordinator stream (CoordinatorStreamSystemConsumer, from 1.0 on step by step CoordinatorStreamStore):
	-- does a type match in any case?
	changelog_type_any_case = { "0.9.1", true, "1.2.0", false },
	container_type_any_case = { "0.9.1", true, "1.1.0", false },
	host_type_any_case = { "0.9.1", true, "1.0.0", false },
	-- does a tombstone of set-changelog kill the coordinator, and when one of set-container-host-assignment?
	changelog_tombstone_fatal = { "0.9.1", true, "1.2.0", false },
	host_tombstone_fatal = { "0.9.1", "always", "0.11.0", "host affinity", "1.0.0", "never" },
	-- a config value of blanks is left out of what the coordinator serves
	blank_config_dropped = { "0.9.1", false, "1.2.0", true, "1.3.0", false },
	-- how a container fetches its model: any URL, or HTTP only (SamzaContainer.readJobModel)
	model_url = { "0.9.1", "file", "0.10.0", "http" },
	-- where broker addresses are taken from first (KafkaSystemFactory)
	bootstrap_from = { "0.9.1", "producer", "1.0.0", "consumer" },
	client_id_style = { "0.9.1", "samza_admin", "1.0.0", "kafka_admin_consumer" },
	client_id_unique = { "0.9.1", true, "0.11.0", false }, -- time and a counter are part of the client id
	-- a missing coordinator system is fatal; job.default.system is a fallback for it
	needs_coordinator_system = { "0.9.1", false, "0.10.0", true },
	default_system = { "0.9.1", false, "0.13.0", true },
	-- a changelog without a system takes one from this property (StorageConfig)
	changelog_default_system = { "0.9.1", false, "0.12.0", "job.changelog.system", "0.13.0", "job.default.system" },
	-- who creates missing changelog topics
	changelog_maker = { "0.9.1", "container", "0.10.0", "coordinator" },
	-- a changelog topic may have more partitions than the job needs, or not (validateChangelogStream)
	changelog_size = { "0.9.1", "at least", "0.13.0", "exactly" },
	-- a changelog of a system that is not configured is fatal (createChangeLogStreams, ChangelogStreamManager)
	changelog_unknown_system = {
		"0.9.1", false, "0.10.0", "A stream uses system {system}, which is missing from the configuration.", "0.14.1",
		"Error creating changelog. Changelog on store {store} uses system {system}, which is missing from the configuration.",
	},
	-- default of task.shutdown.ms, in ms (TaskConfig, ShutdownConfig)
	shutdown_ms = { "0.9.1", 5000, "0.13.1", 30000 },
	-- logged stores lie below LOGGED_STORE_BASE_DIR (SamzaContainer)
	logged_store_base_dir = { "0.9.1", false, "0.10.0", true },
	-- run-class.sh writes classpath_workspace below the installation
	classpath_workspace = { "0.9.1", false, "1.7.0", true },
	-- run-class.sh writes a jar into the working directory, which need not be the installation
	writes_work_dir = { "0.9.1", false, "1.1.0", true, "1.7.0", false },
	-- run-class.sh adds an option that Java 9 refuses, unless JAVA_OPTS has -Xloggc
	wants_gc_log = { "0.9.1", true, "1.8.0", false },
	-- log4j2-console.xml comes with the scripts
	log4j2 = { "0.9.1", false, "1.0.0", true },
	-- cluster-manager.* keys come before yarn.* ones
	cluster_manager_keys = { "0.9.1", false, "0.11.0", true },
	-- job.name follows app.name (JobPlanner)
	app_name_wins = { "0.9.1", false, "1.1.0", true },
	-- text of the error when there is no name
	missing_name = {
		"0.9.1", "Missing job name.", "1.0.0", "Missing job name", "1.1.0",
		"Samza app name should not be null, Please set either app.name (preferred) or job.name (deprecated) in configs",
	},
	missing_system = { "0.9.1", "Cannot get metadata for unknown system: %s", "0.14.1", "Cannot get systemAdmin for system %s" },
	-- a store without task.checkpoint.factory is fatal (JobCoordinator)
	stores_need_checkpoints = { "0.9.1", true, "0.10.0", false },
	config_loader = { "0.9.1", false, "1.4.0", true },
	matchers = { "0.9.1", false, "0.10.1", true },
	-- the number of containers is parsed before the inputs are read, or when the container grouper is made (JobModelManager)
	count_read = { "0.9.1", "first", "0.10.0", "last", "0.14.0", "first" },
	-- config rewriters: where a rewriter's class is looked up, what a topic that is an input already means, and what the
	-- coordinator runs topic generators again for
	environment_rewriter = { "0.9.1", false, "0.10.0", true },
	rewriter_class_from = { "0.9.1", "original", "1.3.0", "rewritten" },
	regex_match_of_input = { "0.9.1", "error", "1.0.0", "warning" },
	rewriters_again = { "0.9.1", "never", "1.3.0", "inputs", "1.5.0", "config" },
	-- when the regex of a matcher's gate is compiled: whenever there is a matcher, or only with job.factory.class
	matcher_gate_compiled = { "0.9.1", "always", "1.7.0", "with a factory" },
	missing_matcher_config = { "0.9.1", "Missing required configuration '%s'", "1.3.0", "Missing required configuration: '%s'" },
	unknown_class = { "0.9.1", "java.lang.ClassNotFoundException: %s", "1.3.0", "Unable to create instance for class: %s" },
	autosizing = { "0.9.1", false, "1.4.0", true },
	-- the property before yarn.samza.host-affinity.enabled (ClusterManagerConfig)
	host_affinity_key = { "0.9.1", false, "0.11.0", "job.host-affinity.enabled" },
	-- AllSspToSingleTaskGrouper: not there; one task, named by processor.id; a task for each processor
	single_task = { "0.9.1", false, "0.12.0", "processor.id", "0.14.0", "each processor" },
	-- processors that the coordinator counts beyond the containers (JobModelManager.getProcessorLocality)
	extra_processors = { "0.9.1", 0, "1.1.0", 1, "1.3.0", 0 },
	-- GroupByContainerIds: not there; of no use in a cluster; ids in order; ids in the order of a java.util.HashMap
	container_ids = { "0.9.1", false, "0.13.0", "broken", "0.13.1", "ordered", "1.1.0", "hashed" },
	container_ids_parameter = { "0.9.1", "containersIds", "1.1.0", "containerIds" }, -- its name in a message
	-- SingleContainerGrouper: not there; processor.id is an integer; a text, and what stands for none: "-1", or nothing
	single_container = { "0.9.1", false, "0.12.0", "integer", "0.13.0", "-1", "1.0.0", "text" },
	-- GroupByContainerCount starts from the earlier containers: never, always, or with host affinity
	balances = { "0.9.1", "never", "0.10.1", "always", "0.13.1", "host affinity" },
	-- what it does about an earlier container id that is no integer: both give up, in different words; or regroup
	balance_ids = { "0.9.1", "parsed", "0.13.0", "checked", "1.1.0", "any" },
	-- with host affinity GroupByContainerIds places tasks by where they ran
	places_by_host = { "0.9.1", false, "1.1.0", true },
	-- earlier tasks that count: all, those said to be Active, those not said to be Standby
	previous_tasks = { "0.9.1", "all", "1.1.0", "Active", "1.2.0", "not Standby" },
	standby = { "0.9.1", false, "1.1.0", true },
	elasticity = { "0.9.1", false, "1.7.0", true },
	-- when the input expansion proxy works, and whether it puts a text of its own before what went wrong
	expansion = { "0.9.1", "never", "1.1.0", "host affinity", "1.4.0", "stores" },
	expansion_wraps = { "0.9.1", false, "1.4.0", true },
	-- dialects of the JobModel document that its containers read (SamzaObjectMapper)
	dialects = { "0.9.1", "U", "0.10.0", "U N2", "0.13.0", "U N2 N3", "1.0.0", "U N2 N3 S" },
	-- who makes the topics of the job's own records, and what a container does without them
	container_makes_checkpoint_topic = { "0.9.1", true, "0.14.1", false },
	container_makes_changelogs = { "0.9.1", true, "0.10.0", false },
	reads_coordinator_stream = { "0.9.1", false, "1.1.0", true },
	topic_missing = { "0.9.1", "waits for it for ever", "1.0.0", "ends" },
	-- a replication factor over the number of brokers: refused before it is seen that the topic exists, and tried for ever
	replication_first = { "0.9.1", true, "1.1.0", false },
	-- systems.<s>.default.stream.* is read for checkpoint, coordinator and changelog topics (KafkaConfig)
	system_stream_defaults = { "0.9.1", false, "0.13.0", true },
	-- those of the changelog's own system, rather than of job.changelog.system
	changelog_own_defaults = { "0.9.1", false, "1.8.0", true },
	-- a changelog has as many partitions as the model needs, or that many at least; the words of what else is said
	changelog_expected_first = { "0.9.1", false, "1.0.0", true },
	changelog_exact = { "0.9.1", false, "0.13.0", true },
	changelog_misfit = { "0.9.1", "Changelog topic validation failed for topic %s because partition count %s did not match expected partition count of %d",
		"0.13.0", "Topic validation failed for topic %s because partition count %s did not match expected partition count of %d",
		"1.0.0", "Mismatch of partitions for stream %s. Expected %d, got %s. Validation failed." },
	checkpoint_misfit = {
		"0.9.1", "Checkpoint topic validation failed for topic %s because partition count %s did not match expected partition count of 1.",
		"0.10.0", "Validation failed for topic %s because partition count %s did not match expected partition count of 1.",
		"0.14.0", "Topic validation failed for topic %s because partition count %s did not match expected partition count of 1",
		"1.0.0", "Mismatch of partitions for stream %s. Expected 1, got %s. Validation failed." },
	access_log = { "0.9.1", false, "0.13.1", true },
	-- settings of the job's own topics (KafkaConfig): delete.retention.ms of changelogs; those of a batch job expire, too; what
	-- stores.<s>.rocksdb.ttl.ms does to them, if it is no negative number; max.message.bytes; is min.compaction.lag.ms set,
	-- as task.transactional.state.restore.enabled says?
	changelog_delete_retention = { "0.9.1", false, "0.13.0", true },
	changelog_batch = { "0.9.1", false, "0.14.0", true, "0.14.1", false },
	changelog_ttl = { "0.9.1", "ignored", "1.0.0", "any", "1.4.0", "positive" },
	topic_message_size = { "0.9.1", false, "1.3.0", true },
	transactional_restore = { "0.9.1", "never", "1.3.0", "off", "1.5.0", "on" },
	intermediate_streams = { "0.9.1", false, "0.13.0", true }, -- of the high-level API
	intermediate_system_defaults = { "0.9.1", false, "1.0.0", true },
	-- who is said to have written records of the coordinator stream, and which there are
	changelog_source = { "0.9.1", "Job-coordinator", "0.13.0", "JobModelManager", "1.2.0", "SamzaContainer" },
	assignment_source = { "0.9.1", "SamzaTaskAssignmentManager", "1.0.0", "SamzaContainer" },
	writes_containers = { "0.9.1", "never", "0.10.1", "always", "0.13.1", "host affinity", "1.1.0", "always" },
	writes_inputs = { "0.9.1", false, "1.1.0", true }, -- the modes of tasks, and their inputs
	-- config that is kept though it was not submitted (CoordinatorStreamUtil)
	keeps_tracking_url = { "0.9.1", false, "1.6.0", true },
	batch_run_id = { "0.9.1", false, "0.14.0", true }, -- app.mode=BATCH and run.id end the names of topics
	-- zookeeper.connect must be there for every Kafka system (KafkaSystemFactory)
	needs_zookeeper = { "0.9.1", true, "1.2.0", false },
	-- a coordinator does something about inputs that grow (StreamPartitionCountMonitor)
	watches_partitions = { "0.9.1", false, "0.14.1", true },
	-- run-class.sh: options that Java 9 refuses; the class path is made with the JDK's jar tool
	old_gc_options = { "0.9.1", true, "1.8.0", false },
	needs_jar_tool = { "0.9.1", false, "1.1.0", true },
	-- MiB of a JVM outside its heap, measured
	memory_overhead = { "0.9.1", 128, "1.8.0", 160 },
	-- the layout used when none is named
	default_layout = { "0.9.1", "replication-controller", "0.10.0", "statefulset" },
}

local function value_at(fact, release)
	local value
	for i = 1, #fact, 2 do
		if rank[fact[i]] <= rank[release] then value = fact[i + 1] end
	end
	return value
end

--- The full release that a user's text names: "0.10" is the latest 0.10.x.
-- @tparam string text
-- @treturn string|nil
function M.resolve(text)
	local found
	for _, release in ipairs(M.releases) do
		if release == text or release:sub(1, #text + 1) == text .. "." then found = release end
	end
	return found
end

--- The facts of one release; asking for an unknown fact raises.
-- @tparam string release one of `M.releases`
-- @treturn table facts, with `version`
function M.facts(release)
	local result = { version = assert(rank[release] and release, "unknown release") }
	for name, fact in pairs(facts) do result[name] = value_at(fact, release) end
	return setmetatable(result, { __index = function(_, name) error("no such fact: " .. tostring(name), 2) end })
end

return M
