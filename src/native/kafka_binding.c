/* SPDX-License-Identifier: Apache-2.0 */
/* The methods of kafka.c's client that change a cluster, and client:configs, which says what they have to change. */
#include "kafka_binding.h"

#include <limits.h>
#include <string.h>

#include "kafka_admin.h"
#include "kafka_write.h"

#define JOB "samzak8s.kafka.job"

/* A job until it is handed over. */
struct loose {
	struct sk_kafka_job *job; /* owned; NULL once handed over */
};

static int loose_close(lua_State *L)
{
	struct loose *l = luaL_checkudata(L, 1, JOB);
	if (l->job != NULL)
		l->job->free(l->job);
	l->job = NULL;
	return 0;
}

static struct loose *own_job(lua_State *L)
{
	sk_type(L, JOB, NULL, loose_close);
	return sk_own(L, sizeof(struct loose), JOB);
}

/* Do the job of `l`; zero, or the number of results of a failure. */
static int run(lua_State *L, struct sk_client *c, struct loose *l, int64_t start, int timeout)
{
	struct sk_kafka_job *job = l->job;
	l->job = NULL;
	sk_kafka_do(sk_client_kafka(c), job, timeout);
	return sk_client_await(L, c, start, timeout);
}

/* A text without NUL bytes at `index`, else raise `wrong`. */
static const char *check_text(lua_State *L, int index, const char *wrong)
{
	luaL_argcheck(L, lua_type(L, index) == LUA_TSTRING && strlen(lua_tostring(L, index)) == lua_rawlen(L, index), 2, wrong);
	return lua_tostring(L, index);
}

/* The integer in `field` of the table on top of the stack. */
static int check_count(lua_State *L, const char *field, lua_Integer max)
{
	int whole;
	lua_getfield(L, -1, field);
	lua_Integer n = lua_tointegerx(L, -1, &whole);
	if (!whole || n < 1 || n > max)
		luaL_error(L, "%s must be an integer from 1 to %I", field, (LUAI_UACINT)max);
	lua_pop(L, 1);
	return (int)n;
}

/* The admin's request as a whole failed: brokers that do not know it, or that said nothing. */
static int request_failed(lua_State *L, struct sk_client *c, const struct sk_admin *a, int64_t start, int timeout)
{
	if (a->error == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE) {
		const char *text = a->answer != NULL ? rd_kafka_event_error_string(a->answer) : rd_kafka_err2str(a->error);
		return sk_fail(L, "kafka.unsupported-request", "the brokers do not know the request: %s", text);
	}
	if (a->error == RD_KAFKA_RESP_ERR_NOT_CONTROLLER)
		return sk_fail(L, "kafka.unsupported-request", "no broker says that it is the controller, as those before 0.10 never do");
	if (a->answer != NULL && a->error != RD_KAFKA_RESP_ERR__TIMED_OUT && a->error != RD_KAFKA_RESP_ERR__TRANSPORT)
		return sk_fail(L, "kafka.admin", "%s", rd_kafka_event_error_string(a->answer));
	return sk_client_failed(L, c, a->error, 1, sk_kafka_now() - start >= timeout || a->answer != NULL ? timeout : 0);
}

/* { name =, error_code =, error = } */
static void push_result(lua_State *L, const char *name, rd_kafka_resp_err_t error, const char *text)
{
	lua_createtable(L, 0, 4);
	lua_pushstring(L, name);
	lua_setfield(L, -2, "name");
	if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
		return;
	lua_pushstring(L, rd_kafka_err2name(error));
	lua_setfield(L, -2, "code");
	lua_pushstring(L, text != NULL && *text != '\0' ? text : rd_kafka_err2str(error));
	lua_setfield(L, -2, "error");
}

/* ---------------------------------------------------------------- client:create */

/* Add the topic on top of the stack, and pop it. */
static void add_topic(lua_State *L, struct sk_admin *a)
{
	char why[128];
	luaL_argcheck(L, lua_istable(L, -1), 2, "topics must be an array of tables");
	int partitions = check_count(L, "partitions", INT_MAX), replication = check_count(L, "replication", INT16_MAX);
	lua_getfield(L, -1, "name");
	const char *name = check_text(L, -1, "a topic's name must be a text");
	if (!sk_admin_add_topic(a, name, partitions, replication, why, sizeof why))
		luaL_error(L, "topic %s: %s", name, why);
	lua_pop(L, 1);
	if (lua_getfield(L, -1, "configs") == LUA_TTABLE) {
		lua_Integer count = luaL_len(L, -1);
		for (lua_Integer i = 1; i <= count; i++) {
			lua_geti(L, -1, i);
			luaL_argcheck(L, lua_istable(L, -1), 2, "configs must be an array of { name, value }");
			lua_geti(L, -1, 1);
			lua_geti(L, -2, 2);
			if (!sk_admin_set(a, check_text(L, -2, "a setting's name must be a text"), check_text(L, -1, "a setting's value must be a text")))
				luaL_error(L, "not enough memory");
			lua_pop(L, 3);
		}
	}
	lua_pop(L, 2);
}

/* client:create{ topics={ {name=, partitions=, replication=, configs={ {name, value} } } }, validate=boolean, timeout_ms=,
 * wait=as for metadata } -> { {name=, code=, error=} } | nil, err
 * One request to the controller; what became of each topic, in the order asked for: `code` (librdkafka's name for it, as in
 * TOPIC_ALREADY_EXISTS) and `error` are nil where it was made. `validate`: nothing is made. err.code is
 * kafka.unsupported-request from brokers before 0.10.1. */
int sk_client_create(lua_State *L)
{
	static const char *const keys[] = { "topics", "validate", "timeout_ms", "wait", NULL };
	struct sk_client *c = sk_client_open(L);
	int timeout = sk_client_options(L, keys, "topics must be an array of tables", LUA_TTABLE);
	luaL_argcheck(L, lua_istable(L, 3) && luaL_len(L, 3) > 0, 2, "topics must be an array of tables");
	lua_getfield(L, 2, "validate");
	bool validate = lua_toboolean(L, -1);
	lua_Integer count = luaL_len(L, 3);
	struct loose *l = own_job(L);
	struct sk_admin *a = sk_admin_create((size_t)count, validate);
	if (a == NULL)
		return luaL_error(L, "not enough memory");
	l->job = &a->job;
	for (lua_Integer i = 1; i <= count; i++) {
		lua_geti(L, 3, i);
		add_topic(L, a);
	}
	int64_t start = sk_kafka_now();
	int results = sk_client_prepare(L, c, timeout);
	if (results == 0)
		results = run(L, c, l, start, timeout);
	if (results == 0 && a->error != RD_KAFKA_RESP_ERR_NO_ERROR)
		results = request_failed(L, c, a, start, timeout);
	if (results != 0)
		return results;
	size_t answered;
	const rd_kafka_topic_result_t **result = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(a->answer), &answered);
	lua_createtable(L, (int)answered, 0);
	for (size_t i = 0; i < answered; i++) {
		push_result(L, rd_kafka_topic_result_name(result[i]), rd_kafka_topic_result_error(result[i]), rd_kafka_topic_result_error_string(result[i]));
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	sk_kafka_forget(sk_client_kafka(c));
	return 1;
}

/* ---------------------------------------------------------------- client:configs */

static void push_configs(lua_State *L, const rd_kafka_ConfigResource_t *resource)
{
	size_t count;
	const rd_kafka_ConfigEntry_t **entry = rd_kafka_ConfigResource_configs(resource, &count);
	lua_createtable(L, 0, (int)count);
	for (size_t i = 0; i < count; i++) {
		const char *value = rd_kafka_ConfigEntry_value(entry[i]);
		if (value == NULL)
			continue;
		lua_pushstring(L, value);
		lua_setfield(L, -2, rd_kafka_ConfigEntry_name(entry[i]));
	}
	lua_setfield(L, -2, "configs");
}

/* client:configs{ topics={names}, timeout_ms=, wait=as for metadata } -> { {name=, code=, error=, configs={[name]=value}} } | nil, err
 * The settings of topics, brokers' defaults included, in the order asked for; `code` and `error` where they are not told.
 * err.code is kafka.unsupported-request from brokers before 0.11. */
int sk_client_configs(lua_State *L)
{
	static const char *const keys[] = { "topics", "timeout_ms", "wait", NULL };
	struct sk_client *c = sk_client_open(L);
	int timeout = sk_client_options(L, keys, "topics must be an array of names", LUA_TTABLE);
	luaL_argcheck(L, lua_istable(L, 3) && luaL_len(L, 3) > 0, 2, "topics must be an array of names");
	lua_Integer count = luaL_len(L, 3);
	struct loose *l = own_job(L);
	struct sk_admin *a = sk_admin_describe((size_t)count);
	if (a == NULL)
		return luaL_error(L, "not enough memory");
	l->job = &a->job;
	for (lua_Integer i = 1; i <= count; i++) {
		lua_geti(L, 3, i);
		if (!sk_admin_add_resource(a, check_text(L, -1, "topics must be an array of names")))
			return luaL_error(L, "not enough memory");
		lua_pop(L, 1);
	}
	int64_t start = sk_kafka_now();
	int results = sk_client_prepare(L, c, timeout);
	if (results == 0)
		results = run(L, c, l, start, timeout);
	if (results == 0 && a->error != RD_KAFKA_RESP_ERR_NO_ERROR)
		results = request_failed(L, c, a, start, timeout);
	if (results != 0)
		return results;
	size_t answered;
	const rd_kafka_ConfigResource_t **resource = rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(a->answer), &answered);
	lua_createtable(L, (int)answered, 0);
	for (size_t i = 0; i < answered; i++) {
		push_result(L, rd_kafka_ConfigResource_name(resource[i]), rd_kafka_ConfigResource_error(resource[i]),
			rd_kafka_ConfigResource_error_string(resource[i]));
		push_configs(L, resource[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	sk_kafka_forget(sk_client_kafka(c));
	return 1;
}

/* ---------------------------------------------------------------- client:write */

/* Add the record on top of the stack, and pop it. */
static void add_record(lua_State *L, struct sk_write *w)
{
	size_t key_length, value_length = 0;
	luaL_argcheck(L, lua_istable(L, -1), 2, "records must be an array of tables");
	luaL_argcheck(L, lua_getfield(L, -1, "key") == LUA_TSTRING, 2, "a record's key must be a text");
	int found = lua_getfield(L, -2, "value");
	luaL_argcheck(L, found == LUA_TSTRING || found == LUA_TNIL, 2, "a record's value must be a text, or nil to delete the key");
	const char *key = lua_tolstring(L, -2, &key_length), *value = lua_tolstring(L, -1, &value_length);
	sk_write_add(w, key, key_length, value, value_length);
	lua_pop(L, 3);
}

/* The write is over, and not all of it was taken. */
static int write_failed(lua_State *L, struct sk_client *c, const struct sk_write *w, int64_t start, int timeout)
{
	rd_kafka_resp_err_t error = w->error;
	size_t written = w->written, count = w->count;
	if (error == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT || error == RD_KAFKA_RESP_ERR__PURGE_QUEUE || error == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT ||
			error == RD_KAFKA_RESP_ERR__TIMED_OUT)
		sk_client_failed(L, c, RD_KAFKA_RESP_ERR__TIMED_OUT, 1, sk_kafka_now() - start >= timeout ? timeout : 0);
	else
		sk_fail(L, "kafka.write", "topic %s: %s", w->topic, rd_kafka_err2str(error));
	lua_pushinteger(L, (lua_Integer)written);
	lua_setfield(L, -2, "written");
	lua_pushinteger(L, (lua_Integer)count);
	lua_setfield(L, -2, "asked");
	return 2;
}

/* client:write{ topic=, partition=0, records={ {key=bytes, value=bytes | nil} }, timeout_ms=, wait=as for metadata } -> offsets | nil, err
 * Of a client made by writer. Records go out in order, and each is acknowledged by all replicas; `offsets` are theirs. A record
 * without a value deletes its key. err.written of err.asked records were acknowledged; those sent last may be there all the same. */
int sk_client_write(lua_State *L)
{
	static const char *const keys[] = { "topic", "partition", "records", "timeout_ms", "wait", NULL };
	struct sk_client *c = sk_client_open(L);
	int timeout = sk_client_options(L, keys, "topic must be a name", LUA_TSTRING), whole;
	sk_client_role(L, c, true);
	const char *topic = check_text(L, 3, "topic must be a name");
	lua_getfield(L, 2, "partition");
	lua_Integer partition = lua_isnil(L, 5) ? 0 : lua_tointegerx(L, 5, &whole);
	luaL_argcheck(L, lua_isnil(L, 5) || (whole && partition >= 0 && partition <= INT32_MAX), 2, "partition must be an integer from 0");
	luaL_argcheck(L, lua_getfield(L, 2, "records") == LUA_TTABLE, 2, "records must be an array of tables");
	lua_Integer count = luaL_len(L, 6);
	struct loose *l = own_job(L);
	struct sk_write *w = sk_write_new(topic, (int32_t)partition, (size_t)count);
	if (w == NULL)
		return luaL_error(L, "not enough memory");
	l->job = &w->job;
	for (lua_Integer i = 1; i <= count; i++) {
		lua_geti(L, 6, i);
		add_record(L, w);
	}
	if (sk_buf_failed(&w->bytes))
		return luaL_error(L, "not enough memory");
	int64_t start = sk_kafka_now();
	int results = sk_client_prepare(L, c, timeout);
	if (results == 0)
		results = run(L, c, l, start, timeout);
	if (results == 0 && w->error != RD_KAFKA_RESP_ERR_NO_ERROR)
		results = write_failed(L, c, w, start, timeout);
	if (results != 0)
		return results;
	lua_createtable(L, (int)w->count, 0);
	for (size_t i = 0; i < w->count; i++) {
		lua_pushinteger(L, w->records[i].offset);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	sk_kafka_forget(sk_client_kafka(c));
	return 1;
}
