/* SPDX-License-Identifier: Apache-2.0 */
/* librdkafka's own cluster of one broker in this process, for demos and tests: --mock-kafka. */
#include "kafka_mock.h"

#include "bind.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define MOCK "samzak8s.kafka.mock"
#define PARTITIONS 10000 /* of one topic */

struct mock {
	rd_kafka_t *rk; /* owned; NULL once closed */
	rd_kafka_mock_cluster_t *cluster; /* belongs to rk: one made for itself often takes librdkafka 2.0.2 a second to end */
	pid_t process;  /* a forked child has none of the threads */
};

static int mock_close(lua_State *L)
{
	struct mock *m = luaL_checkudata(L, 1, MOCK);
	if (m->process != getpid())
		return 0;
	if (m->rk != NULL)
		rd_kafka_destroy(m->rk);
	m->rk = NULL;
	return 0;
}

/* mock:bootstrap() -> "127.0.0.1:40123" */
static int mock_bootstrap(lua_State *L)
{
	struct mock *m = luaL_checkudata(L, 1, MOCK);
	luaL_argcheck(L, m->rk != NULL, 1, "the mock cluster is closed");
	lua_pushstring(L, rd_kafka_mock_cluster_bootstraps(m->cluster));
	return 1;
}

static void no_log(const rd_kafka_t *rk, int level, const char *facility, const char *line)
{
	(void)rk;
	(void)level;
	(void)facility;
	(void)line;
}

static bool start(struct mock *m, char *why, size_t size)
{
	sigset_t all, before;
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_conf_set_log_cb(conf, no_log);
	rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", why, size);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	m->rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, size);
	if (m->rk != NULL)
		m->cluster = rd_kafka_handle_mock_cluster(m->rk);
	else
		rd_kafka_conf_destroy(conf);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return m->cluster != NULL;
}

/* Leave the name and the number of partitions of topic `i` on top of the stack; return the number. */
static lua_Integer check_topic(lua_State *L, lua_Integer i)
{
	int whole;
	luaL_argcheck(L, lua_geti(L, 1, i) == LUA_TTABLE && lua_getfield(L, -1, "name") == LUA_TSTRING, 1, "topics need a name");
	lua_getfield(L, -2, "partitions");
	lua_Integer partitions = lua_tointegerx(L, -1, &whole);
	luaL_argcheck(L, whole, 1, "topics need an integer number of partitions");
	return partitions;
}

/* mock{ {name=, partitions=}, ... } -> mock | nil, err: a cluster with these topics, each with 1 to 10,000 partitions */
int sk_kafka_mock(lua_State *L)
{
	char why[256] = "cannot listen on 127.0.0.1";
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	lua_Integer count = luaL_len(L, 1);
	for (lua_Integer i = 1; i <= count; i++, lua_settop(L, 1)) {
		lua_Integer partitions = check_topic(L, i);
		if (partitions < 1 || partitions > PARTITIONS)
			return sk_fail(L, "kafka.mock", "topic %s: %s partitions, but the mock cluster takes 1 to %d", lua_tostring(L, 3),
				luaL_tolstring(L, 4, NULL), PARTITIONS);
	}
	struct mock *m = sk_own(L, sizeof *m, MOCK);
	m->process = getpid();
	if (!start(m, why, sizeof why))
		return sk_fail(L, "kafka.mock", "no mock cluster: %s", why);
	for (lua_Integer i = 1; i <= count; i++, lua_settop(L, 2)) {
		int partitions = (int)check_topic(L, i);
		const char *name = lua_tostring(L, -2);
		rd_kafka_resp_err_t error = strlen(name) == lua_rawlen(L, -2) && *name != '\0' ?
			rd_kafka_mock_topic_create(m->cluster, name, partitions, 1) : RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION;
		if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
			return sk_fail(L, "kafka.mock", "topic %s: %s", name, rd_kafka_err2str(error));
	}
	return 1;
}

void sk_kafka_mock_type(lua_State *L)
{
	static const luaL_Reg methods[] = { { "bootstrap", mock_bootstrap }, { NULL, NULL } };
	sk_type(L, MOCK, methods, mock_close);
}
