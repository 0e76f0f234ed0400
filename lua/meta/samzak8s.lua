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
---@field model string the JobModel as JSON
---@field delivery "env"|"configmap"|"secret" how the model reaches the containers
---@field model_name? string name of the ConfigMap or Secret, made from its content
---@field model_base64? string the model in Base64, when the delivery is a Secret
---@field secrets string[] names of the properties that hold secrets
---@field samza table facts about the Samza release in the image

---A task grouper: one Lua file that returns this function, named by kubernetes.grouper.tasks. Every partition must be in exactly one task, unless all of its tasks are shared, or every bucket of its keys in one.
---@alias TaskGrouper fun(partitions: Partition[], config: Config, context: Context): Task[]

---A container grouper, named by kubernetes.grouper.containers. Every task must be in exactly one container, and no container may be empty.
---@alias ContainerGrouper fun(tasks: Task[], config: Config, context: Context): Container[]

---A layout, named by kubernetes.layout: the Kubernetes objects that run the job.
---@alias Layout fun(job: Job, config: Config, context: Context): table[]

local kubernetes = {}

---The port of the model server.
---unit: TCP port
---@type integer
kubernetes.model_port = nil

---The spec of a pod that runs one Samza container: what the built-in layouts start from. Yours to change.
---raises: when kubernetes.node.selector is malformed
---@param job Job
---@param container Container
---@param config Config
---@return table
function kubernetes.pod(job, container, config) end

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
---@return table<string, string>
function kubernetes.labels(job, container) end

---The labels that find the pods of a job, or of one container, and no others. They never change.
---@param job Job
---@param container? Container
---@return table<string, string>
function kubernetes.selector(job, container) end

---Annotations that name the job in Samza's own spelling.
---@param job Job
---@return table<string, string>
function kubernetes.annotations(job) end

---The volumes of a pod: logs, state, and the model where it is mounted.
---@param job Job
---@return table[]
function kubernetes.volumes(job) end

---The volume that holds the model, or nil when the model is in the environment.
---@param job Job
---@return table?
function kubernetes.model_volume(job) end

---The environment of the Samza container: its id, the way to its model, and JAVA_OPTS.
---@param job Job
---@param container Container
---@param config Config
---@return {name: string, value: string}[]
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
---@param job Job
---@param config Config
---@return table?
function kubernetes.config_map(job, config) end

---The Secret that holds the model, named by its content, or nil when the model travels otherwise.
---@param job Job
---@param config Config
---@return table?
function kubernetes.secret(job, config) end

---The init container that serves the model on 127.0.0.1 to Samza 0.10 and later, or nil when none is needed.
---@param job Job
---@param config Config
---@return table?
function kubernetes.model_server(job, config) end

---Fills an object, in place, with what the API server would default, so that kubectl diff stays empty.
---@param resource table
---@return table
function kubernetes.with_defaults(resource) end

return kubernetes
