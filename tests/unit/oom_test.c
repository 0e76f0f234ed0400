/* SPDX-License-Identifier: Apache-2.0 */
/* Each binding's typical calls with the n-th allocation of Lua failing, n = 0, 1, ..., until nothing fails any more. What a
 * raise leaves behind is for the leak check of the sanitizers to see; descriptors and files are looked after here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "all.h"

/* A chunk gets the path of an empty folder and the address of a Kafka broker as `...`. It may leave files whose names do not
 * start with a dot. */
struct call {
	const char *name;
	const char *chunk;
};

static const struct call calls[] = {
	{ "err", "require('samzak8s.native.err')({ code = 'x', message = 'y' })" },
	{ "jobmodel.serialize", "assert(require('samzak8s.native.jobmodel').serialize({ a = 'b', c = 'd' }, { { id = '1', tasks = {} },"
		"{ id = '0', tasks = { { name = 'b', changelog = 1, partitions = { { system = 'k', stream = 's', partition = 1 },"
		"{ system = 'k', stream = 's', partition = 0 } } }, { name = 'a', changelog = 0, partitions = {} } } } }, { dialect = 'N3' }))" },
	{ "jobmodel.serialize, failing", "assert(not require('samzak8s.native.jobmodel').serialize({ a = '\\xFF' }, {}, { dialect = 'U' }))" },
	{ "jobmodel.encode", "assert(require('samzak8s.native.jobmodel').encode({ a = { 1, 'x', { b = 2.5 } } }, { indent = 2 }))" },
	{ "jobmodel.encode, failing", "assert(not require('samzak8s.native.jobmodel').encode({ a = { 1, print } }))" },
	{ "jobmodel.sort", "assert(require('samzak8s.native.jobmodel').sort({ 'c', 'a', 'b' })[1] == 'a')" },
	{ "jobmodel.check", "assert(not require('samzak8s.native.jobmodel').check('{\"a\":1,\"a\":[2]}'))" },
	{ "jobmodel.hash", "assert(not require('samzak8s.native.jobmodel').hash('\\xFF'))" },
	{ "yaml.emit", "assert(require('samzak8s.native.yaml').emit({ { a = { 1, 'x y', { b = 'c\\nd' } } }, { 1 } }, { order = { 'a' } }))" },
	{ "yaml.emit, failing", "assert(not require('samzak8s.native.yaml').emit({ { a = { 1, print } } }))" },
	{ "yaml.parse", "assert(require('samzak8s.native.yaml').parse('a: [1, x, {b: 2.5}]\\nc: |\\n  d\\n---\\n- e\\n'))" },
	{ "yaml.parse, with lines", "assert(require('samzak8s.native.yaml').parse('a: [1, x, {b: 2.5}]\\nc: d\\n---\\n- e\\n', {}))" },
	{ "yaml.parse, failing", "assert(not require('samzak8s.native.yaml').parse('a: [1, x, {b: *c}]\\n'))" },
	{ "digest.sha256", "assert(require('samzak8s.native.digest').sha256('x'))" },
	{ "digest.base64", "assert(require('samzak8s.native.digest').base64('x'))" },
	{ "digest.pkcs12_certificates", "local f <close> = assert(io.open('tests/lua/support/stores/trust.p12', 'rb'))"
		"assert(require('samzak8s.native.digest').pkcs12_certificates(f:read('a'), 'changeit'))" },
	{ "digest.pkcs12_certificates, failing", "assert(not require('samzak8s.native.digest').pkcs12_certificates('x', 'y'))" },
	{ "regex.compile", "assert(require('samzak8s.native.regex').compile('(a|b)+'):matches('ab'))" },
	{ "regex.compile, failing", "assert(not require('samzak8s.native.regex').compile('(a'))" },
	{ "child.run", "local child = require('samzak8s.native.child') "
		"local v, e = child.run(function() child.emit({ 'note' }) return { a = { 1, 'x' } } end,"
		"{ timeout_ms = 5000, memory = 1048576, result = 'r', host = '@' }) assert(v or e.code == 'policy.memory')" },
	{ "child.run, failing", "local v, e = require('samzak8s.native.child').run(function() return { a = { 1, print } } end,"
		"{ timeout_ms = 5000, memory = 1048576, result = 'r', host = '@' })"
		"assert(not v and (e.code == 'policy.result' or e.code == 'policy.memory'))" },
	{ "client:watermarks", "local _, bootstrap = ..."
		"local c <close> = assert(require('samzak8s.native.kafka').new({ { 'bootstrap.servers', bootstrap } }))"
		"assert(c:watermarks({ topic = 't', partitions = { 0, 1 }, timeout_ms = 5000 })[2].high)" },
	{ "client:write", "local _, bootstrap = ..."
		"local c <close> = assert(require('samzak8s.native.kafka').writer({ { 'bootstrap.servers', bootstrap } }))"
		"assert(c:write({ topic = 't', partition = 1, records = { { key = 'a', value = 'b' }, { key = 'a' } }, timeout_ms = 5000 })[2] > 0)" },
	{ "client:create, failing", "local _, bootstrap = ..."
		"local c <close> = assert(require('samzak8s.native.kafka').new({ { 'bootstrap.servers', bootstrap } }))"
		"assert(not c:create({ topics = { { name = 'x', partitions = 1, replication = 1, configs = { { 'a', 'b' } } } }, timeout_ms = 30 }))" },
	{ "client:configs, failing", "local _, bootstrap = ..."
		"local c <close> = assert(require('samzak8s.native.kafka').new({ { 'bootstrap.servers', bootstrap } }))"
		"assert(not c:configs({ topics = { 't' }, timeout_ms = 30 }))" },
	{ "kafka.new, failing", "assert(not require('samzak8s.native.kafka').new({ { 'no.such', 'x' } }))" },
	{ "kafka.mock", "local m = assert(require('samzak8s.native.kafka').mock({ { name = 't', partitions = 2 } })) assert(m:bootstrap()) m:close()" },
	{ "client:metadata", "local _, bootstrap = ..."
		"local c <close> = assert(require('samzak8s.native.kafka').new({ { 'bootstrap.servers', bootstrap } }))"
		"assert(c:metadata({ timeout_ms = 5000 })) assert(c:log())" },
	{ "zookeeper.connect, failing", "assert(not require('samzak8s.native.zookeeper').connect({ hosts = '127.0.0.1:1', timeout_ms = 10 }))" },
	{ "props.parse", "assert(require('samzak8s.native.props').parse('\\xEF\\xBB\\xBFa=b\\\\\\nc\\nd=\\xC3\\xA9\\\\uD800'))" },
	{ "props.parse, malformed", "assert(not require('samzak8s.native.props').parse('a=1\\nb=\\\\u'))" },
	{ "kafka.metadata", "local k = require('samzak8s.native.kafka') "
		"local c <close> = k.new({ { 'test.mock.num.brokers', '1' }, { 'bootstrap.servers', 'h:1' } }) "
		"assert(c:metadata({ timeout_ms = 9000, topics = { t = true } }).brokers[1])" },
	{ "kafka.metadata, failing", "local k = require('samzak8s.native.kafka') "
		"local c <close> = k.new({ { 'bootstrap.servers', '127.0.0.1:1' } }) assert(not c:metadata({ timeout_ms = 1 })) c:log()" },
	{ "client:read", "local _, bootstrap = ..."
		"local c <close> = assert(require('samzak8s.native.kafka').new({ { 'bootstrap.servers', bootstrap } }))"
		"assert(c:read({ topic = 't', timeout_ms = 5000 }).high == 0)" },
	{ "coordinator.message", "assert(require('samzak8s.native.coordinator').message('[1,\"set-config\",\"k\"]',"
		"'{\"host\":\"\",\"source\":\"\",\"values\":{\"value\":\"v\"},\"username\":\"\",\"timestamp\":1}') == 'set-config')" },
	{ "kafka.new, failing", "assert(not require('samzak8s.native.kafka').new({ { 'bootstrap.servers', 'h:1' }, { 'a', 'b' } }))" },
	{ "system.read", "assert(#require('samzak8s.native.system').read('/proc/self/environ') >= 0)" },
	{ "system.read, failing", "assert(not require('samzak8s.native.system').read((...) .. '/none'))" },
	{ "system.write", "assert(require('samzak8s.native.system').write((...) .. '/f', 'x'))" },
	{ "system.write, failing", "assert(not require('samzak8s.native.system').write((...) .. '/none/f', 'x'))" },
	{ "system.list", "assert(require('samzak8s.native.system').list('/'))" },
	{ "system.environ", "assert(require('samzak8s.native.system').environ())" },
};

struct meter {
	long left;   /* allocations that still succeed */
	long burst;  /* how many fail then */
};

static void *allocate(void *data, void *block, size_t old_size, size_t size)
{
	struct meter *m = data;
	if (size == 0) {
		free(block);
		return NULL;
	}
	if (block == NULL || size > old_size) { /* Lua relies on shrinking */
		if (m->left > 0) {
			m->left--;
		} else if (m->burst > 0) {
			m->burst--;
			return NULL;
		}
	}
	return realloc(block, size);
}

/* The broker: a mock cluster in a state of its own, for all calls, as its end takes a second. */
static lua_State *broker;

/* A state with every module, and the chunk, loaded, on its stack. */
static lua_State *new_state(struct meter *m, const char *chunk)
{
	m->left = LONG_MAX;
	lua_State *L = lua_newstate(allocate, m);
	assert_non_null(L);
	luaL_openlibs(L);
	luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
	for (const struct sk_module *module = sk_modules; module->name != NULL; module++) {
		lua_pushcfunction(L, module->open);
		lua_setfield(L, -2, module->name);
	}
	lua_pop(L, 1);
	if (luaL_loadstring(L, chunk) != LUA_OK)
		fail_msg("%s", lua_tostring(L, -1));
	return L;
}

/* Let the allocation after `left` others fail, `burst` times; whether it came to that. */
static bool run_short(const struct call *call, const char *folder, long left, long burst)
{
	struct meter m = { .burst = 0 };
	lua_State *L = new_state(&m, call->chunk);
	lua_pushstring(L, folder);
	lua_pushstring(L, lua_tostring(broker, -1));
	m.left = left;
	m.burst = burst;
	int status = lua_pcall(L, 2, 0, 0);
	bool failed = m.burst < burst;
	m.burst = 0;
	const char *message = status == LUA_OK ? "" : lua_tostring(L, -1);
	/* luaL_Buffer says it in words of its own, as an ordinary error */
	if (status != LUA_OK && !(failed && message != NULL && strstr(message, "not enough memory") != NULL))
		fail_msg("%s, after %ld allocations: %s", call->name, left, message == NULL ? "not a string" : message);
	lua_close(L);
	return failed;
}

static int lowest_free_descriptor(void)
{
	int fd = dup(0);
	assert_true(fd >= 0);
	close(fd);
	return fd;
}

/* The broker's side of a connection closes a moment after ours. */
static bool descriptors_return_to(int free_descriptor)
{
	const struct timespec moment = { .tv_nsec = 10 * 1000 * 1000 };
	for (int i = 0; i < 200 && lowest_free_descriptor() != free_descriptor; i++)
		nanosleep(&moment, NULL);
	return lowest_free_descriptor() == free_descriptor;
}

/* Remove what is in the folder; false when there was a hidden, so temporary, file. */
static bool clear(const char *folder)
{
	char path[4096];
	bool clean = true;
	DIR *directory = opendir(folder);
	assert_non_null(directory);
	for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		clean = clean && entry->d_name[0] != '.';
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		unlink(path);
	}
	closedir(directory);
	return clean;
}

static void survives_every_failing_allocation(void **state)
{
	const struct call *call = *state;
	/* One that fails for good, and one that fails with its second try, after a collection, but works again in the clean-up. */
	static const long bursts[] = { LONG_MAX, 2 };
	char folder[] = "/tmp/oom_test_XXXXXX";
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < sizeof bursts / sizeof bursts[0]; i++) {
		int free_descriptor = lowest_free_descriptor();
		for (long left = 0; run_short(call, folder, left, bursts[i]); left++)
			assert_true(clear(folder));
		assert_true(clear(folder));
		assert_true(descriptors_return_to(free_descriptor));
	}
	rmdir(folder);
}

static int start_broker(void **state)
{
	static struct meter m;
	(void)state;
	broker = new_state(&m, "local m = assert(require('samzak8s.native.kafka').mock({ { name = 't', partitions = 2 } })) return m, m:bootstrap()");
	return lua_pcall(broker, 0, 2, 0) == LUA_OK ? 0 : -1;
}

static int stop_broker(void **state)
{
	(void)state;
	lua_close(broker);
	return 0;
}

int main(void)
{
	enum { COUNT = sizeof calls / sizeof calls[0] };
	struct CMUnitTest tests[COUNT];
	for (size_t i = 0; i < COUNT; i++) {
		struct call *call = (struct call *)(uintptr_t)&calls[i];
		tests[i] = (struct CMUnitTest){ call->name, survives_every_failing_allocation, NULL, NULL, call };
	}
	return cmocka_run_group_tests_name("oom", tests, start_broker, stop_broker);
}
