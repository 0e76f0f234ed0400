-- SPDX-License-Identifier: Apache-2.0
---@meta samzak8s.kubernetes
-- Made from the help texts by lua/meta/generate.lua; change those.

---One partition of an input stream.
---@class Partition
---@field system string as in systems.<system>.samza.factory
---@field stream string the topic
---@field partition integer from 0
---@field bucket? integer of a task's partition: the task reads this share of the keys, 0 to job.elasticity.factor - 1
---@field leader? integer broker id, when known
---@field replicas? integer[] broker ids, when known
---@field isr? integer[] ids of the brokers in sync, when known

---What one Samza task consumes.
---@class Task
---@field name string as "Partition 0"
---@field partitions Partition[] at least one
---@field shared? boolean its partitions may be in other shared tasks, too

---The tasks of one Samza container.
---@class Container
---@field id string "0", "1", ...; from Samza 0.13 any of [a-z0-9-]
---@field tasks string[] names of tasks, at least one

---The merged properties by key. A property that samzak8s knows has its type (integer, boolean, list) and its default; every other is a string.
---@class Config
---@field [string] any as in config["kubernetes.pod.count"]

---What a grouper knows beside its input.
---@class Context
---@field samza table facts about the Samza release in the image
---@field previous? table what an earlier run decided, as in a --state file
---@field broadcast? Partition[] what every task reads besides; groupers do not get it
---@field warn fun(text: string) add a warning to the diagnostics
---@field note fun(text: string) add a note to the diagnostics

---What a layout makes objects of.
---@class Job
---@field name string job.name
---@field id string job.id
---@field resource_name string name for Kubernetes objects: valid, and unlike that of any other job
---@field containers Container[] sorted by id
---@field model string the JobModel as JSON; with kubernetes.secret.name its secrets are placeholders
---@field model_digest string of the model, ten characters
---@field delivery "env"|"configmap"|"secret" how the model reaches the containers
---@field model_maps? {name: string, data: table<string, string>}[] the model as data of ConfigMaps, or of Secrets (in Base64)
---@field model_parts? table[] the pieces of a model that is joined when a pod starts: map, key, file, secret
---@field seed boolean Samza 0.9, and nothing asked for that the pod of the proof of concept has not (layout replication-controller)
---@field standby boolean some containers stand by for others: 0-0 and 0-1 for 0
---@field secrets string[] names of the properties that hold secrets
---@field samza table facts about the Samza release in the image

---A task grouper: one Lua file that returns this function, named by kubernetes.grouper.tasks. Every partition must be in exactly one task, unless all of its tasks are shared, or every bucket of its keys in one.
---@alias TaskGrouper fun(partitions: Partition[], config: Config, context: Context): Task[]

---A container grouper, named by kubernetes.grouper.containers. Every task must be in exactly one container, and no container may be empty.
---@alias ContainerGrouper fun(tasks: Task[], config: Config, context: Context): Container[]

---A layout, named by kubernetes.layout: the Kubernetes objects that run the job.
---@alias Layout fun(job: Job, config: Config, context: Context): table[]

---A patch, one of the files that kubernetes.patch lists: it is given every resource that the layout and the patches before it made, and returns it, changed or not; nil drops it.
---@alias Patch fun(resource: table, job: Job, config: Config, context: Context): table?

local kubernetes = {}

---The port of the model server.
---unit: TCP port
---@type integer
kubernetes.model_port = nil

---The spec of a pod that runs one Samza container, with kubernetes.pod.template merged under it: what the built-in layouts start from. Yours to change. how.claims: the state volume comes from volumeClaimTemplates; how.restart: its restartPolicy.
---raises: when kubernetes.pod.template contradicts it
---@param job Job
---@param container? Container nil: the pod's number is the container id
---@param config Config
---@param how? table claims, restart
---@return table
function kubernetes.pod(job, container, config, how) end

---The whole pod template: metadata with these labels, and the spec that kubernetes.pod makes.
---@param job Job
---@param container? Container
---@param config Config
---@param labels table
---@param how? table
---@return table
function kubernetes.template(job, container, config, labels, how) end

---The pod of the Scala proof of concept, for jobs with job.seed; the image's entry point does the rest.
---@param job Job
---@param container Container
---@param config Config
---@return table
function kubernetes.seed_pod(job, container, config) end

---Everything before the workloads, in apply order: the model, Services, claims, budget, network policy, model server. how.service: a headless Service; how.claims: a claim for the state of each container; how.seed: the pods are those of kubernetes.seed_pod.
---reads: kubernetes.model.server, kubernetes.state.*, kubernetes.disruption.budget, kubernetes.network.policy
---@param job Job
---@param config Config
---@param how? table service, claims, seed
---@return table[]
function kubernetes.shared(job, config, how) end

---The metadata of an object: name, namespace, your labels, and those that the user adds to everything.
---reads: kubernetes.namespace, kubernetes.labels.*, kubernetes.annotations.*
---@param name string
---@param config Config
---@param labels? table
---@param annotations? table
---@return table
function kubernetes.metadata(name, config, labels, annotations) end

---The metadata of a pod template: as kubernetes.metadata, without name and namespace.
---@param config Config
---@param labels? table
---@param annotations? table
---@return table
function kubernetes.template_metadata(config, labels, annotations) end

---What the object of a container is called: <resource_name>-<container id>.
---@param job Job
---@param container Container
---@return string
function kubernetes.name(job, container) end

---What the job's Service is called: its resource name, made to begin with a letter.
---@param job Job
---@return string
function kubernetes.service_name(job) end

---Labels that say whose an object is: of a job, or of one of its containers.
---@param job Job
---@param container? Container
---@param component? string as "model-server"
---@return table<string, string>
function kubernetes.labels(job, container, component) end

---The labels that find the pods of a job, or of one container, and no others. They never change.
---@param job Job
---@param container? Container
---@param component? string "container": the job's own containers only
---@return table<string, string>
function kubernetes.selector(job, container, component) end

---Annotations that name the job in Samza's own spelling; of a workload also the digest of its model, and its tasks.
---@param job Job
---@param container? Container whose workload it is
---@return table<string, string>
function kubernetes.annotations(job, container) end

---The volumes of a pod: what Samza writes to, and the model where it is mounted.
---@param job Job
---@param container? Container
---@param config Config
---@param how? table
---@return table[]
function kubernetes.volumes(job, container, config, how) end

---The volumes that hold the model; none when it is in the environment, or served from elsewhere.
---@param job Job
---@param config Config
---@return table[]
function kubernetes.model_volumes(job, config) end

---The ConfigMaps or Secrets that hold the model, however large; none when it is in the environment.
---@param job Job
---@param config Config
---@return table[]
function kubernetes.model_objects(job, config) end

---The Service and, as a second value, the Deployment that serve the model to the whole job, or nil (kubernetes.model.server=service).
---@param job Job
---@param config Config
---@return table?
function kubernetes.model_service(job, config) end

---The PersistentVolumeClaim of a container's state, or nil.
---reads: kubernetes.state.*
---@param job Job
---@param container Container
---@param config Config
---@return table?
function kubernetes.state_claim(job, container, config) end

---The volumeClaimTemplates of a StatefulSet, or nil.
---reads: kubernetes.state.*
---@param job Job
---@param config Config
---@return table[]?
function kubernetes.claim_templates(job, config) end

---The headless Service that StatefulSets name.
---@param job Job
---@param config Config
---@return table
function kubernetes.headless_service(job, config) end

---One PodDisruptionBudget for the job, or nil.
---reads: kubernetes.disruption.budget
---@param job Job
---@param config Config
---@param seed? boolean
---@return table?
function kubernetes.disruption_budget(job, config, seed) end

---One NetworkPolicy for the job, or nil.
---reads: kubernetes.network.policy, .ports, and the addresses of Kafka and ZooKeeper
---@param job Job
---@param config Config
---@param seed? boolean
---@return table?
function kubernetes.network_policy(job, config, seed) end

---The securityContext of a pod, or nil.
---reads: kubernetes.security.context, kubernetes.security.user
---@param config Config
---@return table?
function kubernetes.pod_security(config) end

---The securityContext of a container, or nil; read_only: with a read-only root.
---reads: kubernetes.security.context
---@param config Config
---@param read_only? boolean
---@return table?
function kubernetes.container_security(config, read_only) end

---The podReplacementPolicy of a Job that waits until the last pod is gone, or nil where the cluster knows none.
---reads: kubernetes.version
---@param config Config
---@return string?
function kubernetes.pod_replacement(config) end

---How often a container that failed is started again before the job fails; 2147483647 is for ever.
---reads: cluster-manager.container.retry.count, yarn.container.retry.count
---unit: starts
---@param job Job
---@param config Config
---@return integer
function kubernetes.retries(job, config) end

---The environment of the Samza container: its id, the way to its model, JAVA_OPTS, directories.
---@param job Job
---@param container? Container
---@param config Config
---@return table[]
function kubernetes.env(job, container, config) end

---A text for env[].value with $ doubled, as Kubernetes replaces $(NAME) there.
---@param text string
---@return string
function kubernetes.env_value(text) end

---The command of the Samza container, below /samza.
---reads: task.execute
---@param config Config
---@return string[]
function kubernetes.command(config) end

---Limits, and requests where the user sets them apart.
---reads: kubernetes.container.memory, .memory.request, .cpu.cores, .cpu.request
---@param config Config
---@return table
function kubernetes.resources(config) end

---The node selector as a map, or nil.
---reads: kubernetes.node.selector
---raises: when it is malformed
---@param config Config
---@return table<string, string>?
function kubernetes.node_selector(config) end

---The time a pod has between TERM and KILL: the user's, else what Samza waits for its tasks, and 15 s.
---reads: kubernetes.pod.termination.grace.period.sec, task.shutdown.ms
---unit: s
---@param job Job
---@param config Config
---@return integer
function kubernetes.grace_period(job, config) end

---Checks a quantity and returns its text.
---raises: when the text is no amount of that kind
---unit: Kubernetes quantity
---@param text string as "512Mi"
---@param kind? string "cpu", or "memory" (the default)
---@return string
function kubernetes.quantity(text, kind) end

---The ConfigMap that holds the model, named by its content, or nil when the model travels otherwise.
---raises: when the model is in several pieces
---@param job Job
---@param config Config
---@return table?
function kubernetes.config_map(job, config) end

---The Secret that holds the model, named by its content, or nil when the model travels otherwise.
---raises: when the model is in several pieces
---@param job Job
---@param config Config
---@return table?
function kubernetes.secret(job, config) end

---The container that serves the model on 127.0.0.1 to Samza 0.10 and later, or nil when none is needed in the pod. With a restartPolicy (Kubernetes 1.29 and later) it is an init container, else one more container.
---@param job Job
---@param config Config
---@return table?
function kubernetes.model_server(job, config) end

---Fills an object, in place, with what the API server would default, so that kubectl diff stays empty.
---@param resource table
---@param config? Config
---@return table
function kubernetes.with_defaults(resource, config) end

return kubernetes
