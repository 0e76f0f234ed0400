/* SPDX-License-Identifier: Apache-2.0 */
/* The words of the command line. `--help` and shell completion are made from these tables. */
#include "options.h"

const struct sk_command sk_command_table[] = {
	{ "generate", "JOB.properties ...", "write the manifests (to kubernetes.resources.out, -o, or stdout)" },
	{ "partitions", "JOB.properties ...", "list the job's input streams: partitions, leaders, replicas" },
	{ "model", "JOB.properties ...", "print the JobModel as JSON" },
	{ "state", "JOB.properties ...", "print what earlier runs decided, as a --state file" },
	{ "repl", "JOB.properties ...", "inspect the job interactively, in Lua" },
	{ "test", "DIR ...", "run a policy author's cases, one folder each" },
	{ "show", "[NAME]", "print a built-in Lua script, or list them" },
	{ "explain", "[NAME] [JOB ...]", "say what a property, diagnostic code, command or Lua function means" },
	{ NULL, NULL, NULL },
};

const struct sk_option sk_option_table[] = {
	{ "config", 0, SK_PAIR, "config", "K=V", NULL, "set one property; wins over files; repeatable" },
	{ "config-path", 0, SK_LIST, "config_path", "FILE", NULL, "another properties file, a path or a file: URI" },
	{ "config-factory", 0, SK_TEXT, "config_factory", "CLASS", NULL, "as in Samza; only PropertiesConfigFactory is known" },
	{ "output", 'o', SK_TEXT, "out", "FILE", NULL, "write there instead of kubernetes.resources.out ('-': stdout)" },
	{ "partitions", 0, SK_TEXT, "partitions", "FILE", NULL, "take partitions from a snapshot; no network at all" },
	{ "mock-kafka", 0, SK_LIST, "mock_kafka", "TOPIC:N,...", NULL, "an in-process Kafka stands in for every Kafka system" },
	{ "from", 0, SK_CHOICE, "from", "kafka|zookeeper", NULL, "where to ask for partitions" },
	{ "state", 0, SK_TEXT, "state", "FILE|none", NULL, "what an earlier run decided; 'none': the job is new" },
	{ "against", 0, SK_TEXT, "against", "FILE", NULL, "the earlier output, where it is not the file that is written" },
	{ "config-from-coordinator", 0, SK_FLAG, "config_from_coordinator", NULL, NULL, "take the config of the running job from its coordinator stream" },
	{ "timeout", 0, SK_SECONDS, "timeout_ms", "SECONDS", NULL, "deadline of all network work together (30)" },
	{ "script-timeout", 0, SK_SECONDS, "script_timeout_ms", "SECONDS", NULL, "deadline of each policy script (10)" },
	{ "script-memory", 0, SK_MEBIBYTE, "script_memory", "MIB", NULL, "memory of each policy script (256)" },
	{ "format", 0, SK_CHOICE, "format", "text|json|github", NULL, "form of listings and diagnostics" },
	{ "show-secrets", 0, SK_FLAG, "show_secrets", NULL, NULL, "do not mask passwords in what is shown" },
	{ "X", 'X', SK_PAIR, "x", "K=V", NULL, "set any librdkafka property; has the last word" },
	{ "verbose", 'v', SK_FLAG, "verbose", NULL, NULL, "also what the Kafka and ZooKeeper libraries say" },
	{ "quiet", 'q', SK_FLAG, "quiet", NULL, NULL, "errors only" },
	{ "color", 0, SK_CHOICE, "color", "auto|always|never", NULL, "colours on stderr (NO_COLOR is honoured)" },
	{ "lua-dir", 0, SK_TEXT, "lua_dir", "DIR", NULL, "take built-in Lua from there first (for developers)" },
	{ "help", 'h', SK_FLAG, "help", NULL, NULL, "this text; behind a command, its own" },
	{ "version", 0, SK_FLAG, "version", NULL, NULL, "the version of this program and its libraries" },
	{ "all", 0, SK_FLAG, "all", NULL, "partitions", "partitions: every topic, not only the job's inputs" },
	{ "save", 0, SK_TEXT, "save", "FILE", "partitions", "partitions: write what is listed as a snapshot" },
	{ "dialect", 0, SK_CHOICE, "dialect", "auto|U|N2|N3|S", "model", "model: the form of the document (spoken by Samza 0.9.1+, 0.10+, 0.13+, 1.0+)" },
	{ "e", 'e', SK_LIST, "eval", "CHUNK", "repl", "repl: run CHUNK and exit; repeatable" },
	{ "update", 0, SK_FLAG, "update", NULL, "test", "test: rewrite the expected files" },
	{ NULL, 0, SK_FLAG, NULL, NULL, NULL, NULL },
};
