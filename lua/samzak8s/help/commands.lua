-- SPDX-License-Identifier: Apache-2.0
-- Help for the commands of the command line, in the order of the manual.
return {
	{ name = "generate", kind = "command", signature = "samzak8s [generate] JOB.properties ...",
		returns = "exit 0, or 1 after an error",
		text = "Writes the Kubernetes manifests of a job to kubernetes.resources.out, to -o FILE, or to standard output. "
			.. "Output is complete or absent: an earlier file stays as it was when something fails. -o DIR/ writes one file for each "
			.. "object, and a kustomization.yaml; files of objects that left are removed, those of others are not touched, and unchanged "
			.. "ones keep their times.",
		example = "samzak8s job.properties -o job.yaml" },
	{ name = "partitions", kind = "command", signature = "samzak8s partitions [--all] [--save FILE] JOB.properties ...",
		returns = "exit 0, or 1 after an error",
		text = "Lists the job's input streams with their partitions, leaders, replicas and in-sync replicas. "
			.. "--all: every topic. --save FILE: writes the listing as a snapshot for --partitions.",
		example = "samzak8s partitions job.properties --save snapshot.json" },
	{ name = "model", kind = "command", signature = "samzak8s model [--dialect D] JOB.properties ...", returns = "exit 0, or 1 after an error",
		text = "Prints the JobModel, which Samza's containers read, as JSON. --dialect chooses the form: U, which every release reads "
			.. "(the default, where it can say all), N2 with the number of changelog partitions, N3 with both kinds of container id, "
			.. "S with text ids and standby tasks. A dialect that the job's release does not read is refused.",
		example = "samzak8s model job.properties --partitions snapshot.json" },
	{ name = "state", kind = "command", signature = "samzak8s state JOB.properties ...",
		returns = "exit 0, or 1 after an error or when nothing was found",
		text = "Prints what earlier runs of the job decided, as a file for --state: the changelog partition of every task, and, where "
			.. "they are known, its container, inputs and mode, and the hosts of containers. Notes on standard error say where it was "
			.. "found: in Samza's coordinator stream (from 0.10) or checkpoint topic (0.9), and in the earlier output.",
		example = "samzak8s state job.properties > state.json" },
	{ name = "plan", kind = "command", signature = "samzak8s plan [--against FILE] [--what-if K=V]... [--full] [--exit-zero] JOB.properties ...",
		returns = "exit 0 when nothing would change, 2 when something would, 1 after an error",
		text = "Says what would change against the earlier output (kubernetes.resources.out, -o, or --against FILE): tasks that move, appear or vanish, "
			.. "inputs that grew or shrank, changelog topics that no longer fit, stores that are restored, containers that leave; whether all "
			.. "containers must stop first; and the commands in order. Nothing is written. --what-if containers=8 or "
			.. "partitions.kafka.orders=16: as if it were so. --format json: for scripts.",
		example = "samzak8s plan job.properties --what-if containers=8" },
	{ name = "check", kind = "command", signature = "samzak8s check JOB.properties ...",
		returns = "exit 0 when nothing is wrong, 2 after findings, 1 when something could not be looked at",
		text = "Says everything that is wrong or risky about a job, each with what to do, and writes nothing: memory, stopping, topics and "
			.. "their replication, brokers that pods cannot reach, Java options, keys of YARN and what becomes of them, names, the "
			.. "manifests themselves, and what changed since the earlier output. Findings go to standard error as diagnostics, the "
			.. "totals to standard output; with --format json both, as one document, to standard output as well.",
		example = "samzak8s check job.properties --format github" },
	{ name = "lint", kind = "command", signature = "samzak8s lint FILE.yaml ...",
		returns = "exit 0 when nothing is wrong, 2 after findings, 1 when a file could not be read",
		text = "Checks Kubernetes manifests, ours or hand-written, as generate checks its own: types, names, labels, sizes, references, "
			.. "selectors; and Samza's containers: two with one id, an id that is not in the model, a model that is not the one it says "
			.. "it is. A directory stands for the .yaml, .yml and .json files in it. Needs no cluster.",
		example = "samzak8s lint job.yaml" },
	{ name = "bootstrap", kind = "command", signature = "samzak8s bootstrap [--dry-run] [--as script|kafkatopic] [--quiet-for SECONDS] JOB.properties ...",
		returns = "exit 0, or 1 after an error",
		text = "Makes the topics that Samza's coordinator would have made (coordinator stream, checkpoint topic, changelogs, declared "
			.. "intermediate streams), with the partitions, replicas and settings of the job's release; says how those that are there "
			.. "differ; and writes what a submission and a coordinator write: config, changelog partitions, assignments, or 0.9's "
			.. "mapping. A second run changes nothing, and a run that was interrupted goes on where it ended. --dry-run: says what "
			.. "would happen, having asked the brokers. --as: prints the topics for others to make, and touches nothing. A stream that "
			.. "another program wrote to in the last 30 seconds (--quiet-for), or that holds a record that kills a coordinator, is refused.",
		example = "samzak8s bootstrap job.properties --dry-run" },
	{ name = "repl", kind = "command", signature = "samzak8s repl [-e CHUNK]... JOB.properties ... [FILE.lua]",
		returns = "exit 0, or 1 after the first error that was not typed at a terminal",
		text = "Opens an interactive Lua session over the job. With -e, a script, or a pipe on standard input it runs that and exits.",
		example = "samzak8s repl job.properties -e 'where(\"kafka.orders\", 17)'" },
	{ name = "test", kind = "command", signature = "samzak8s test [--update] DIR ...", returns = "exit 0, or 1 when a case fails",
		text = "Runs a policy author's cases, one folder each: job.properties, snapshot.json, optional state.json, and "
			.. "expected.yaml, expected.json (the model) or expected.err. Prints TAP. --update rewrites what is expected.",
		example = "samzak8s test cases/" },
	{ name = "show", kind = "command", signature = "samzak8s show [NAME]", returns = "exit 0, or 1 when there is no such script",
		text = "Prints a built-in Lua script to start one's own from, or lists them.",
		example = "samzak8s show layouts/statefulset > my-layout.lua" },
	{ name = "explain", kind = "command", signature = "samzak8s explain [NAME] [JOB.properties ...]",
		returns = "exit 0, or 1 when nothing has that name",
		text = "Says what a property, a diagnostic code, a command or a Lua function means; with a job also the property's value and "
			.. "the file and line it came from. A name that ends in a dot lists a family.",
		example = "samzak8s explain kubernetes.pod.count job.properties" },
}
