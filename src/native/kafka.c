/* SPDX-License-Identifier: Apache-2.0 */
/* samzak8s.native.kafka: partitions as the brokers list them, and the records of one, by librdkafka. Never creates a topic
 * but by client:create, and writes by client:write only (kafka_binding.c). */
#include "bind.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "kafka_binding.h"
#include "kafka_client.h"
#include "kafka_mock.h"
#include "kafka_offsets.h"
#include "kafka_read.h"
#include "kafka_tables.h"
#include "kafka_write.h"

#define CLIENT "samzak8s.kafka.client"
#define SCRAM_FIXED 0x02060100 /* librdkafka before 2.6.1 fails at Kafka 4.x */
#define POLL_MS 50             /* how often we hear what the brokers say */
#define WAIT_MS 100            /* how often `wait` is called */
#define GRACE_MS 150           /* past the deadline */
#define NOTE_LINES 3           /* of the log, in an error that no broker explains */

int luaopen_samzak8s_native_kafka(lua_State *L);

struct sk_client {
	struct sk_kafka *k;     /* owned; NULL once closed */
	rd_kafka_conf_t *conf;  /* owned until the handle is made */
	size_t bootstrap_brokers;
	int requests;           /* tells a request that `wait` started another one */
	bool scram;
	bool writer;            /* a producer; else a consumer */
	pid_t process;          /* a forked child has none of the threads */
};

static int client_close(lua_State *L)
{
	struct sk_client *c = luaL_checkudata(L, 1, CLIENT);
	struct sk_kafka *k = c->k;
	if (c->process != getpid())
		return 0;
	c->k = NULL;
	if (c->conf != NULL)
		rd_kafka_conf_destroy(c->conf);
	c->conf = NULL;
	if (!sk_kafka_close(k))
		sk_abandon(L);
	return 0;
}

struct sk_client *sk_client_open(lua_State *L)
{
	struct sk_client *c = luaL_checkudata(L, 1, CLIENT);
	luaL_argcheck(L, c->k != NULL, 1, "the Kafka client is closed");
	return c;
}

struct sk_kafka *sk_client_kafka(struct sk_client *c)
{
	return c->k;
}

void sk_client_role(lua_State *L, const struct sk_client *c, bool writer)
{
	luaL_argcheck(L, c->writer == writer, 1, writer ? "made by kafka.new, which cannot write" : "made by kafka.writer, which cannot read");
}

/* ---------------------------------------------------------------- failures */

/* Append `text` to the array on top of the stack, unless it is there. */
static void add_note(lua_State *L, const char *text)
{
	lua_Integer n = luaL_len(L, -1);
	lua_pushstring(L, text);
	for (lua_Integer i = 1; i <= n; i++) {
		lua_rawgeti(L, -2, i);
		bool same = lua_rawequal(L, -1, -2);
		lua_pop(L, 1);
		if (same) {
			lua_pop(L, 1);
			return;
		}
	}
	lua_rawseti(L, -2, n + 1);
}

/* Add the brokers' words and the hint to the error table on top of the stack; the newest log lines where no broker spoke. */
static void explain(lua_State *L, struct sk_client *c, enum sk_words_kind kind, const char *said)
{
	char text[SK_WORDS_TEXT];
	struct sk_words *w = sk_kafka_words(c->k);
	size_t spoke = 0, first, end;
	lua_newtable(L);
	for (; sk_words_note(w, spoke, text); spoke++)
		add_note(L, text);
	sk_words_lines(w, &first, &end);
	for (size_t i = spoke > 0 ? end : end - first > NOTE_LINES ? end - NOTE_LINES : first; i < end; i++)
		if (sk_words_line(w, i, text))
			add_note(L, text);
	lua_setfield(L, -2, "notes");
	if (kind == SK_WORDS_AUTHENTICATION && c->scram && rd_kafka_version() < SCRAM_FIXED && strstr(said, "invalid credentials") != NULL)
		lua_pushfstring(L, "check user name and password in sasl.jaas.config; if the broker is Kafka 4.x they may be right: this "
			"librdkafka (%s) cannot log in there with SCRAM, 2.6.1 and newer can, and so can PLAIN", rd_kafka_version_str());
	else
		lua_pushstring(L, sk_words_hint(kind, said));
	lua_setfield(L, -2, "hint");
}

int sk_client_failed(lua_State *L, struct sk_client *c, rd_kafka_resp_err_t error, int attempts, lua_Integer late_ms)
{
	static const char *const codes[] = { "kafka.timeout", "kafka.timeout", "kafka.resolve", "kafka.refused", "kafka.protocol",
		"kafka.tls", "kafka.authentication" };
	char said[SK_WORDS_TEXT], brief[SK_WORDS_TEXT];
	enum sk_words_kind kind = sk_words_cause(sk_kafka_words(c->k), said);
	if (kind == SK_WORDS_SILENT) {
		const char *text = rd_kafka_err2str(error);
		memcpy(said, text, strlen(text) + 1);
		/* librdkafka's words for "never connected" and "no answer" say no more than that */
		if (error != RD_KAFKA_RESP_ERR__TRANSPORT && error != RD_KAFKA_RESP_ERR__TIMED_OUT)
			kind = sk_words_kind(error, said);
	}
	size_t length = sk_words_brief(said);
	memcpy(brief, said, length);
	brief[length] = '\0';
	if (kind == SK_WORDS_AUTHENTICATION)
		sk_fail(L, codes[kind], "authentication failed: %s", brief);
	else if (kind == SK_WORDS_TLS)
		sk_fail(L, codes[kind], "no TLS connection: %s", brief);
	else if (late_ms > 0)
		sk_fail(L, codes[kind], "no answer in %d ms: %s", (int)late_ms, brief);
	else if (kind == SK_WORDS_RESOLVE)
		sk_fail(L, codes[kind], "unknown host: %s", brief);
	else
		sk_fail(L, codes[kind], "no answer in %d attempts: %s", attempts, brief);
	explain(L, c, kind, said);
	return 2;
}

/* ---------------------------------------------------------------- settings */

static bool is_secret(const char *name)
{
	return strstr(name, "password") != NULL || strstr(name, "secret") != NULL || strstr(name, ".pem") != NULL ||
		strstr(name, "oauthbearer.config") != NULL;
}

static size_t count_items(const char *list)
{
	size_t n = 0;
	bool inside = false;
	for (const char *p = list; *p != '\0'; p++) {
		n += !inside && *p != ',' && *p != ' ';
		inside = *p != ',' && (inside || *p != ' ');
	}
	return n;
}

static int bad_setting(lua_State *L, const char *name, const char *why)
{
	sk_fail(L, "kafka.config", "librdkafka property %s: %s", name, why);
	lua_pushstring(L, name);
	lua_setfield(L, -2, "property");
	return 2;
}

/* Apply { name, value } at the top of the stack, and pop it. Zero, or the number of results of a failure. */
static int apply(lua_State *L, struct sk_client *c)
{
	char why[SK_WORDS_TEXT];
	size_t name_length, length;
	luaL_argcheck(L, lua_istable(L, -1) && lua_rawgeti(L, -1, 1) == LUA_TSTRING && lua_rawgeti(L, -2, 2) == LUA_TSTRING, 1,
		"settings are arrays of { name, value }, both strings");
	const char *name = lua_tolstring(L, -2, &name_length), *value = lua_tolstring(L, -1, &length);
	if (strlen(name) != name_length || strlen(value) != length)
		return bad_setting(L, name, "has a NUL byte");
	rd_kafka_conf_res_t rc = rd_kafka_conf_set(c->conf, name, value, why, sizeof why);
	if (rc == RD_KAFKA_CONF_INVALID && is_secret(name))
		return bad_setting(L, name, "the value, not shown here, is not accepted");
	if (rc != RD_KAFKA_CONF_OK)
		return bad_setting(L, name, why);
	if (strcmp(name, "bootstrap.servers") == 0 || strcmp(name, "metadata.broker.list") == 0)
		c->bootstrap_brokers = count_items(value);
	else if (strncmp(name, "sasl.mechanism", strlen("sasl.mechanism")) == 0)
		c->scram = strncmp(value, "SCRAM", 5) == 0;
	lua_pop(L, 3);
	return 0;
}

static int make(lua_State *L, bool writer)
{
	char why[SK_WORDS_TEXT] = "";
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	struct sk_client *c = sk_own(L, sizeof *c, CLIENT);
	c->process = getpid();
	c->writer = writer;
	c->k = sk_kafka_new();
	c->conf = rd_kafka_conf_new();
	if (c->k == NULL || c->conf == NULL)
		return luaL_error(L, "not enough memory");
	if (!writer)
		sk_read_configure(c->conf);
	lua_Integer count = luaL_len(L, 1);
	for (lua_Integer i = 1; i <= count; i++) {
		lua_geti(L, 1, i);
		int failed = apply(L, c);
		if (failed != 0)
			return failed;
	}
	rd_kafka_conf_set(c->conf, "allow.auto.create.topics", "false", why, sizeof why);
	if (writer)
		sk_write_configure(c->conf);
	else
		rd_kafka_conf_set(c->conf, "enable.partition.eof", "true", why, sizeof why);
	if (c->bootstrap_brokers == 0)
		return bad_setting(L, "bootstrap.servers", "names no broker");
	if (sk_kafka_open(c->k, writer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER, c->conf, c->bootstrap_brokers, why, sizeof why)) {
		c->conf = NULL;
		return 1;
	}
	sk_fail(L, "kafka.config", "librdkafka: %s", why);
	explain(L, c, SK_WORDS_CONFIG, why);
	return 2;
}

/* new(settings) -> client | nil, err: `settings` are librdkafka properties as { name, value }, later ones win. Nothing is
 * contacted yet. err.property names the property where librdkafka refuses one; err.hint may be missing. */
static int kafka_new(lua_State *L)
{
	return make(L, false);
}

/* writer(settings) -> client | nil, err: a client that writes; it cannot read records. */
static int kafka_writer(lua_State *L)
{
	return make(L, true);
}

/* ---------------------------------------------------------------- requests */

int sk_client_options(lua_State *L, const char *const *keys, const char *wrong, int type)
{
	luaL_checktype(L, 2, LUA_TTABLE);
	lua_settop(L, 2);
	for (lua_pushnil(L); lua_next(L, 2) != 0; lua_pop(L, 1)) {
		bool known = false;
		for (size_t i = 0; keys[i] != NULL && lua_type(L, -2) == LUA_TSTRING; i++)
			known = known || strcmp(lua_tostring(L, -2), keys[i]) == 0;
		if (!known)
			luaL_error(L, "unknown option '%s'", luaL_tolstring(L, -2, NULL));
	}
	int whole;
	lua_getfield(L, 2, "timeout_ms");
	lua_Integer ms = lua_tointegerx(L, 3, &whole);
	luaL_argcheck(L, whole && ms <= INT_MAX / 2, 2, "timeout_ms must be an integer");
	lua_settop(L, 2);
	int found = lua_getfield(L, 2, keys[0]);
	luaL_argcheck(L, found == type || found == LUA_TNIL, 2, wrong);
	luaL_argcheck(L, lua_getfield(L, 2, "wait") == LUA_TFUNCTION || lua_isnil(L, 4), 2, "wait must be a function");
	return ms > 0 ? (int)ms : 0;
}

/* Copy the names of the set at stack 3 to where the thread sees them. */
static void tell_names(lua_State *L, struct sk_client *c)
{
	struct sk_buf *names = sk_kafka_names(c->k);
	names->length = 0;
	if (lua_isnil(L, 3))
		return;
	for (lua_pushnil(L); lua_next(L, 3) != 0; lua_pop(L, 1)) {
		luaL_argcheck(L, lua_type(L, -2) == LUA_TSTRING, 2, "topics must be a set of names");
		sk_buf_append(names, lua_tostring(L, -2), strlen(lua_tostring(L, -2)) + 1);
	}
	if (sk_buf_failed(names))
		luaL_error(L, "not enough memory");
}

/* Call wait(elapsed_ms, left_ms, words): it may raise, close the client, or ask again. */
static void call_wait(lua_State *L, struct sk_client *c, lua_Integer elapsed, lua_Integer left)
{
	char said[SK_WORDS_TEXT];
	int request = c->requests;
	lua_pushvalue(L, 4);
	lua_pushinteger(L, elapsed);
	lua_pushinteger(L, left > 0 ? left : 0);
	if (sk_words_cause(sk_kafka_words(c->k), said) != SK_WORDS_SILENT)
		lua_pushstring(L, said);
	else
		lua_pushnil(L);
	lua_call(L, 3, 0); /* raises */
	if (c->k == NULL || c->requests != request)
		luaL_error(L, "the Kafka client was used inside its own wait function");
}

int sk_client_prepare(lua_State *L, struct sk_client *c, int timeout)
{
	if (timeout == 0)
		return sk_fail(L, "kafka.timeout", "no time left to ask");
	if (!sk_kafka_idle(c->k))
		return sk_fail(L, "kafka.timeout", "an earlier request is still running");
	c->requests++;
	return 0;
}

int sk_client_await(lua_State *L, struct sk_client *c, int64_t start, int timeout)
{
	int64_t next = sk_kafka_now() - start + WAIT_MS;
	while (!sk_kafka_wait(c->k, POLL_MS)) {
		int64_t elapsed = sk_kafka_now() - start;
		if (elapsed >= timeout + GRACE_MS) {
			sk_kafka_stop(c->k);
			sk_abandon(L);
			return sk_client_failed(L, c, RD_KAFKA_RESP_ERR__TIMED_OUT, 1, timeout);
		}
		if (sk_kafka_hopeless(c->k)) {
			sk_kafka_stop(c->k);
			return sk_client_failed(L, c, RD_KAFKA_RESP_ERR__TRANSPORT, 1, 0);
		}
		if (elapsed >= next && !lua_isnil(L, 4)) {
			next = elapsed + WAIT_MS;
			call_wait(L, c, elapsed, timeout - elapsed);
		}
	}
	return 0;
}

/* Ask for metadata and leave it with the client; zero, or the number of results of a failure. */
static int ask(lua_State *L, struct sk_client *c, int64_t start, int timeout)
{
	int attempts;
	rd_kafka_resp_err_t error;
	sk_kafka_ask(c->k, timeout);
	int results = sk_client_await(L, c, start, timeout);
	if (results == 0 && sk_kafka_answer(c->k, &error, &attempts) == NULL)
		results = sk_client_failed(L, c, error, attempts, sk_kafka_now() - start >= timeout ? timeout : 0);
	return results;
}

/* client:metadata{ timeout_ms=, topics={ [name]=true } | nil, wait=function(elapsed_ms, left_ms, words) } -> md | nil, err
 * One request for all topics; md.topics has those of `topics` that exist, or all when it is nil. `wait` is called every
 * 100 ms, `words` being the brokers' words so far or nil. After kafka.authentication and kafka.tls make a new client. md = { brokers={ {id,host,port} }, broker=who answered, topic_count,
 * topics={ {name, error, error_code, partitions={ {id,leader,replicas,isr,error,error_code} }} } }, sorted by id and name. */
static int client_metadata(lua_State *L)
{
	static const char *const keys[] = { "topics", "timeout_ms", "wait", NULL };
	struct sk_client *c = sk_client_open(L);
	int timeout = sk_client_options(L, keys, "topics must be a set of names", LUA_TTABLE), attempts;
	rd_kafka_resp_err_t error;
	int results = sk_client_prepare(L, c, timeout);
	if (results != 0)
		return results;
	tell_names(L, c);
	results = ask(L, c, sk_kafka_now(), timeout); /* a start not later than the thread's, whose end is told from it */
	if (results != 0)
		return results;
	sk_kafka_push(L, sk_kafka_answer(c->k, &error, &attempts), 3);
	sk_kafka_forget(c->k);
	return 1;
}

/* ---------------------------------------------------------------- client:read */

/* Why the topic at stack 3 cannot be read, as the metadata have it; zero when it can. Sets *partitions. */
static int check_topic(lua_State *L, struct sk_client *c, lua_Integer partition, int *partitions)
{
	int attempts;
	rd_kafka_resp_err_t error;
	const char *topic = lua_tostring(L, 3);
	const rd_kafka_metadata_topic_t *t = sk_kafka_topic(sk_kafka_answer(c->k, &error, &attempts), topic);
	if (t == NULL || t->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
		return sk_fail(L, "kafka.no-topic", "there is no topic %s", topic);
	if (t->err != RD_KAFKA_RESP_ERR_NO_ERROR)
		return sk_fail(L, "kafka.read", "topic %s: %s", topic, rd_kafka_err2str(t->err));
	*partitions = t->partition_cnt;
	for (int i = 0; i < t->partition_cnt; i++)
		if (t->partitions[i].id == partition)
			return 0;
	return sk_fail(L, "kafka.read", "topic %s has no partition %d", topic, (int)partition);
}

/* client:read{ topic=, partition=0, timeout_ms=, wait=as for metadata } -> read | nil, err
 * The records that are there now, from the beginning: read = { offsets, keys, values, three arrays of one length; a key or
 * value that a record has not is false; partitions=how many the topic has, low=, high=first offset and the one after the
 * last, cleanup_policy=text | nil }. err.code is kafka.no-topic where there is none; it is not created. All or nothing. */
static int client_read(lua_State *L)
{
	static const char *const keys[] = { "topic", "partition", "timeout_ms", "wait", NULL };
	struct sk_client *c = sk_client_open(L);
	int timeout = sk_client_options(L, keys, "topic must be a name", LUA_TSTRING), partitions = 0, whole;
	lua_getfield(L, 2, "partition");
	lua_Integer partition = lua_isnil(L, 5) ? 0 : lua_tointegerx(L, 5, &whole);
	luaL_argcheck(L, lua_isnil(L, 5) || (whole && partition >= 0 && partition <= INT32_MAX), 2, "partition must be an integer from 0");
	luaL_argcheck(L, lua_isstring(L, 3) && strlen(lua_tostring(L, 3)) == lua_rawlen(L, 3), 2, "topic must be a name");
	sk_client_role(L, c, false);
	int64_t start = sk_kafka_now();
	int results = sk_client_prepare(L, c, timeout);
	if (results != 0)
		return results;
	struct sk_buf *names = sk_kafka_names(c->k);
	names->length = 0;
	sk_buf_append(names, lua_tostring(L, 3), lua_rawlen(L, 3) + 1);
	if (sk_buf_failed(names))
		return luaL_error(L, "not enough memory");
	results = ask(L, c, start, timeout);
	if (results == 0)
		results = check_topic(L, c, partition, &partitions);
	if (results != 0)
		return results;
	struct sk_read *r = sk_read_new(lua_tostring(L, 3), (int32_t)partition);
	if (r == NULL)
		return luaL_error(L, "not enough memory");
	int64_t rest = timeout - (sk_kafka_now() - start);
	sk_kafka_do(c->k, &r->job, rest > 1 ? (int)rest : 1);
	results = sk_client_await(L, c, start, timeout);
	if (results != 0)
		return results;
	if (r->error == RD_KAFKA_RESP_ERR__TIMED_OUT && r->count > 0)
		return sk_fail(L, "kafka.timeout", "topic %s: %d records came in %d ms, and more are there", lua_tostring(L, 3), (int)r->count, timeout);
	if (r->error == RD_KAFKA_RESP_ERR__TIMED_OUT)
		return sk_client_failed(L, c, r->error, 1, timeout);
	if (r->error != RD_KAFKA_RESP_ERR_NO_ERROR)
		return sk_fail(L, "kafka.read", "topic %s: %s", lua_tostring(L, 3), rd_kafka_err2str(r->error));
	sk_kafka_push_read(L, r, partitions);
	sk_kafka_forget(c->k);
	return 1;
}

/* ---------------------------------------------------------------- client:watermarks */

/* Copy the ids of the array at stack 5 to a buffer, which is left on the stack. */
static struct sk_buf *take_partitions(lua_State *L)
{
	luaL_argcheck(L, lua_istable(L, 5) && luaL_len(L, 5) > 0 && luaL_len(L, 5) <= INT_MAX / 8, 2, "partitions must be an array of ids");
	struct sk_buf *ids = sk_own_buf(L);
	lua_Integer count = luaL_len(L, 5);
	for (lua_Integer i = 1; i <= count; i++) {
		int whole;
		lua_geti(L, 5, i);
		lua_Integer id = lua_tointegerx(L, -1, &whole);
		luaL_argcheck(L, whole && id >= 0 && id <= INT32_MAX, 2, "partitions must be an array of ids");
		int32_t narrow = (int32_t)id;
		sk_buf_append(ids, (const char *)&narrow, sizeof narrow);
		lua_pop(L, 1);
	}
	if (sk_buf_failed(ids))
		luaL_error(L, "not enough memory");
	return ids;
}

static void push_watermarks(lua_State *L, const struct sk_offsets *o)
{
	lua_createtable(L, o->low->cnt, 0);
	for (int i = 0; i < o->low->cnt; i++) {
		const rd_kafka_topic_partition_t *low = &o->low->elems[i], *high = &o->high->elems[i];
		lua_createtable(L, 0, 3);
		lua_pushinteger(L, low->partition);
		lua_setfield(L, -2, "id");
		if (low->err == RD_KAFKA_RESP_ERR_NO_ERROR && high->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
			lua_pushinteger(L, low->offset);
			lua_setfield(L, -2, "low");
			lua_pushinteger(L, high->offset);
			lua_setfield(L, -2, "high");
		}
		lua_rawseti(L, -2, i + 1);
	}
}

/* client:watermarks{ topic=, partitions={ids}, timeout_ms=, wait=as for metadata } -> { {id=, low=, high=} } | nil, err
 * The first offset of each partition and the one after its last, in the order asked for; both nil where a partition is unknown
 * to its leader. Ask only for partitions that the metadata list: nothing is created. */
static int client_watermarks(lua_State *L)
{
	static const char *const keys[] = { "topic", "partitions", "timeout_ms", "wait", NULL };
	struct sk_client *c = sk_client_open(L);
	int timeout = sk_client_options(L, keys, "topic must be a name", LUA_TSTRING);
	luaL_argcheck(L, lua_isstring(L, 3) && strlen(lua_tostring(L, 3)) == lua_rawlen(L, 3), 2, "topic must be a name");
	lua_getfield(L, 2, "partitions");
	const struct sk_buf *ids = take_partitions(L);
	int64_t start = sk_kafka_now();
	int results = sk_client_prepare(L, c, timeout);
	if (results != 0)
		return results;
	/* the data of a buffer is aligned as malloc aligns it */
	struct sk_offsets *o = sk_offsets_new(lua_tostring(L, 3), (const int32_t *)(const void *)ids->data, ids->length / sizeof(int32_t));
	if (o == NULL)
		return luaL_error(L, "not enough memory");
	sk_kafka_do(c->k, &o->job, timeout);
	results = sk_client_await(L, c, start, timeout);
	if (results != 0)
		return results;
	/* no partition is known to a leader: the brokers' own words, or that no broker was reached */
	if (o->error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION && sk_kafka_now() - start < timeout)
		return sk_fail(L, "kafka.read", "topic %s: %s", lua_tostring(L, 3), rd_kafka_err2str(o->error));
	if (o->error != RD_KAFKA_RESP_ERR_NO_ERROR)
		return sk_client_failed(L, c, o->error, 1, sk_kafka_now() - start >= timeout ? timeout : 0);
	push_watermarks(L, o);
	sk_kafka_forget(c->k);
	return 1;
}

/* client:log([from]) -> lines, next: what librdkafka logged so far, or from line `from` (0) on; pass `next` to read on. */
static int client_log(lua_State *L)
{
	char text[SK_WORDS_TEXT];
	struct sk_client *c = sk_client_open(L);
	lua_Integer from = luaL_optinteger(L, 2, 0);
	luaL_argcheck(L, from >= 0, 2, "must not be negative");
	size_t first, end;
	sk_words_lines(sk_kafka_words(c->k), &first, &end);
	lua_newtable(L);
	lua_Integer n = 0;
	for (size_t i = (size_t)from > first ? (size_t)from : first; i < end; i++)
		if (sk_words_line(sk_kafka_words(c->k), i, text)) {
			lua_pushstring(L, text);
			lua_rawseti(L, -2, ++n);
		}
	lua_pushinteger(L, (lua_Integer)end);
	return 2;
}

/* version() -> "2.0.2", of the library in use */
static int kafka_version(lua_State *L)
{
	lua_pushstring(L, rd_kafka_version_str());
	return 1;
}

int luaopen_samzak8s_native_kafka(lua_State *L)
{
	static const luaL_Reg methods[] = { { "metadata", client_metadata }, { "read", client_read },
		{ "watermarks", client_watermarks }, { "create", sk_client_create }, { "configs", sk_client_configs },
		{ "write", sk_client_write }, { "log", client_log }, { NULL, NULL } };
	static const luaL_Reg functions[] = { { "new", kafka_new }, { "writer", kafka_writer }, { "mock", sk_kafka_mock }, { "version", kafka_version },
		{ NULL, NULL } };
	sk_type(L, CLIENT, methods, client_close);
	sk_kafka_mock_type(L);
	luaL_newlib(L, functions);
	return 1;
}
