-- SPDX-License-Identifier: Apache-2.0
-- Help for the values that policies and sessions see: { field, type, meaning }. A type that ends in ? may be absent.
return {
	{ name = "Partition", kind = "policy-api", text = "One partition of an input stream.", fields = {
		{ "system", "string", "as in systems.<system>.samza.factory" },
		{ "stream", "string", "the topic" },
		{ "partition", "integer", "from 0" },
		{ "bucket", "integer?", "of a task's partition: the task reads this share of the keys, 0 to job.elasticity.factor - 1" },
		{ "leader", "integer?", "broker id, when known" },
		{ "replicas", "integer[]?", "broker ids, when known" },
		{ "isr", "integer[]?", "ids of the brokers in sync, when known" },
	} },
	{ name = "Task", kind = "policy-api", text = "What one Samza task consumes.", fields = {
		{ "name", "string", 'as "Partition 0"' },
		{ "partitions", "Partition[]", "at least one" },
		{ "shared", "boolean?", "its partitions may be in other shared tasks, too" },
	} },
	{ name = "Container", kind = "policy-api", text = "The tasks of one Samza container.", fields = {
		{ "id", "string", '"0", "1", ...; from Samza 0.13 any of [a-z0-9-]' },
		{ "tasks", "string[]", "names of tasks, at least one" },
	} },
	{ name = "Config", kind = "policy-api",
		text = "The merged properties by key. A property that samzak8s knows has its type (integer, boolean, list) and its default; "
			.. "every other is a string.", fields = {
		{ "[string]", "any", 'as in config["kubernetes.pod.count"]' },
	} },
	{ name = "Context", kind = "policy-api", text = "What a grouper knows beside its input.", fields = {
		{ "samza", "table", "facts about the Samza release in the image" },
		{ "previous", "table?", "what an earlier run decided, as in a --state file" },
		{ "broadcast", "Partition[]?", "what every task reads besides; groupers do not get it" },
		{ "warn", "fun(text: string)", "add a warning to the diagnostics" },
		{ "note", "fun(text: string)", "add a note to the diagnostics" },
	} },
	{ name = "Job", kind = "policy-api", text = "What a layout makes objects of.", fields = {
		{ "name", "string", "job.name" },
		{ "id", "string", "job.id" },
		{ "resource_name", "string", "name for Kubernetes objects: valid, and unlike that of any other job" },
		{ "containers", "Container[]", "sorted by id" },
		{ "model", "string", "the JobModel as JSON; with kubernetes.secret.name its secrets are placeholders" },
		{ "model_digest", "string", "of the model, ten characters" },
		{ "delivery", '"env"|"configmap"|"secret"', "how the model reaches the containers" },
		{ "model_maps", "{name: string, data: table<string, string>}[]?", "the model as data of ConfigMaps, or of Secrets (in Base64)" },
		{ "model_parts", "table[]?", "the pieces of a model that is joined when a pod starts: map, key, file, secret" },
		{ "seed", "boolean", "Samza 0.9, and nothing asked for that the pod of the proof of concept has not (layout replication-controller)" },
		{ "standby", "boolean", "some containers stand by for others: 0-0 and 0-1 for 0" },
		{ "secrets", "string[]", "names of the properties that hold secrets" },
		{ "samza", "table", "facts about the Samza release in the image" },
	} },
}
