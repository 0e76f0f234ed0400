/* SPDX-License-Identifier: Apache-2.0 */
#include "kafka_tables.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kafka_client.h"

static int by_id(const void *a, const void *b)
{
	int32_t x = ((const rd_kafka_metadata_partition_t *)a)->id, y = ((const rd_kafka_metadata_partition_t *)b)->id;
	return (x > y) - (x < y);
}

static void set_integer(lua_State *L, const char *key, lua_Integer value)
{
	lua_pushinteger(L, value);
	lua_setfield(L, -2, key);
}

static void set_error(lua_State *L, rd_kafka_resp_err_t error)
{
	if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
		return;
	lua_pushstring(L, rd_kafka_err2str(error));
	lua_setfield(L, -2, "error");
	set_integer(L, "error_code", error);
}

static void set_ids(lua_State *L, const char *key, const int32_t *ids, int count)
{
	lua_createtable(L, count, 0);
	for (int i = 0; i < count; i++) {
		lua_pushinteger(L, ids[i]);
		lua_rawseti(L, -2, i + 1);
	}
	lua_setfield(L, -2, key);
}

static void push_topic(lua_State *L, rd_kafka_metadata_topic_t *t)
{
	if (t->partition_cnt > 0)
		qsort(t->partitions, (size_t)t->partition_cnt, sizeof *t->partitions, by_id);
	lua_createtable(L, 0, 4);
	lua_pushstring(L, t->topic);
	lua_setfield(L, -2, "name");
	set_error(L, t->err);
	lua_createtable(L, t->partition_cnt, 0);
	for (int i = 0; i < t->partition_cnt; i++) {
		const rd_kafka_metadata_partition_t *p = &t->partitions[i];
		lua_createtable(L, 0, p->err == RD_KAFKA_RESP_ERR_NO_ERROR ? 4 : 6);
		set_integer(L, "id", p->id);
		set_integer(L, "leader", p->leader);
		set_ids(L, "replicas", p->replicas, p->replica_cnt);
		set_ids(L, "isr", p->isrs, p->isr_cnt);
		set_error(L, p->err);
		lua_rawseti(L, -2, i + 1);
	}
	lua_setfield(L, -2, "partitions");
}

void sk_kafka_push(lua_State *L, const rd_kafka_metadata_t *md, int asked)
{
	lua_createtable(L, 0, 4);
	lua_createtable(L, md->broker_cnt, 0);
	for (int i = 0; i < md->broker_cnt; i++) {
		lua_createtable(L, 0, 3);
		set_integer(L, "id", md->brokers[i].id);
		lua_pushstring(L, md->brokers[i].host);
		lua_setfield(L, -2, "host");
		set_integer(L, "port", md->brokers[i].port);
		lua_rawseti(L, -2, i + 1);
	}
	lua_setfield(L, -2, "brokers");
	set_integer(L, "topic_count", md->topic_cnt);
	if (md->orig_broker_name != NULL) {
		lua_pushstring(L, md->orig_broker_name);
		lua_setfield(L, -2, "broker");
	}
	lua_newtable(L);
	if (lua_isnil(L, asked)) {
		for (int i = 0; i < md->topic_cnt; i++) {
			push_topic(L, &md->topics[i]);
			lua_rawseti(L, -2, i + 1);
		}
	} else {
		lua_Integer found = 0;
		bool *wanted = memset(lua_newuserdatauv(L, (size_t)md->topic_cnt + 1, 0), 0, (size_t)md->topic_cnt + 1);
		for (lua_pushnil(L); lua_next(L, asked) != 0; lua_pop(L, 1)) {
			const rd_kafka_metadata_topic_t *t = sk_kafka_topic(md, lua_tostring(L, -2));
			if (t != NULL && strlen(t->topic) == lua_rawlen(L, -2))
				wanted[t - md->topics] = true;
		}
		for (int i = 0; i < md->topic_cnt; i++)
			if (wanted[i]) {
				push_topic(L, &md->topics[i]);
				lua_rawseti(L, -3, ++found);
			}
		lua_pop(L, 1);
	}
	lua_setfield(L, -2, "topics");
}

/* A key or value as item `i` of the column on top of the stack; false for none, which is what deletes a key. */
static void set_bytes(lua_State *L, size_t i, const void *bytes, size_t length)
{
	if (bytes == NULL)
		lua_pushboolean(L, 0);
	else
		lua_pushlstring(L, bytes, length);
	lua_rawseti(L, -2, (lua_Integer)i + 1);
}

void sk_kafka_push_read(lua_State *L, const struct sk_read *r, int partitions)
{
	int size = r->count < INT_MAX ? (int)r->count : 0;
	lua_createtable(L, 0, 7);
	/* columns: a table for each of 100,000 records would cost more than to read them */
	lua_createtable(L, size, 0);
	for (size_t i = 0; i < r->count; i++) {
		lua_pushinteger(L, r->messages[i]->offset);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_setfield(L, -2, "offsets");
	lua_createtable(L, size, 0);
	for (size_t i = 0; i < r->count; i++)
		set_bytes(L, i, r->messages[i]->key, r->messages[i]->key_len);
	lua_setfield(L, -2, "keys");
	lua_createtable(L, size, 0);
	for (size_t i = 0; i < r->count; i++)
		set_bytes(L, i, r->messages[i]->payload, r->messages[i]->len);
	lua_setfield(L, -2, "values");
	set_integer(L, "partitions", partitions);
	set_integer(L, "low", r->low);
	set_integer(L, "high", r->high);
	if (r->cleanup_policy[0] != '\0') {
		lua_pushstring(L, r->cleanup_policy);
		lua_setfield(L, -2, "cleanup_policy");
	}
}
