/* SPDX-License-Identifier: Apache-2.0 */
/* samzak8s.native.coordinator: records of the coordinator stream, as Samza itself writes them, taken apart at once. */
#include "bind.h"

#include <string.h>

#include "utf8.h"

int luaopen_samzak8s_native_coordinator(lua_State *L);

#define INPUT "set-task-partition-assignment"

struct text {
	const char *bytes;
	size_t length;
};

/* What is left to scan; `end` is not part of it. */
struct scan {
	const char *at, *end;
	bool ascii;
};

static bool literal(struct scan *s, const char *text)
{
	size_t length = strlen(text);
	if ((size_t)(s->end - s->at) < length || memcmp(s->at, text, length) != 0)
		return false;
	s->at += length;
	return true;
}

/* The inside of a JSON string up to its end, without any escape. */
static bool plain(struct scan *s, struct text *out)
{
	const char *p = s->at;
	while (p < s->end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20) {
		s->ascii = s->ascii && (unsigned char)*p < 0x80;
		p++;
	}
	*out = (struct text){ s->at, (size_t)(p - s->at) };
	s->at = p;
	return p < s->end;
}

/* A JSON number from 0, without a fraction. */
static bool digits(struct scan *s, lua_Integer *out)
{
	const char *first = s->at;
	*out = 0;
	while (s->at < s->end && *s->at >= '0' && *s->at <= '9' && s->at - first < 18)
		*out = *out * 10 + (*s->at++ - '0');
	return s->at > first && (*first != '0' || s->at == first + 1);
}

struct message {
	struct text kind, key, name, value, system, stream;
	lua_Integer partition;
	bool input, one_task;
};

/* [1,"TYPE","KEY"]; the key of set-task-partition-assignment is the JSON of an input. */
static bool scan_key(struct scan *s, struct message *m)
{
	if (!literal(s, "[1,\"") || !plain(s, &m->kind) || !literal(s, "\",\""))
		return false;
	const char *key = s->at;
	m->input = m->kind.length == strlen(INPUT) && memcmp(m->kind.bytes, INPUT, m->kind.length) == 0;
	if (m->input && !literal(s, "{\\\"system\\\":\\\""))
		return false;
	if (!m->input)
		return plain(s, &m->key) && literal(s, "\"]") && s->at == s->end;
	if (!plain(s, &m->system) || !literal(s, "\\\",\\\"partition\\\":") || !digits(s, &m->partition) ||
			!literal(s, ",\\\"stream\\\":\\\"") || !plain(s, &m->stream) || !literal(s, "\\\""))
		return false;
	(void)literal(s, ",\\\"keyBucket\\\":-1");
	if (!literal(s, "}"))
		return false;
	m->key = (struct text){ key, (size_t)(s->at - key) };
	return literal(s, "\"]") && s->at == s->end;
}

/* {"host":"H","source":"S","values":{"NAME":"VALUE"},"username":"U","timestamp":N}; that of an input
 * may be the JSON of one task's name. */
static bool scan_value(struct scan *s, struct message *m)
{
	struct text skipped;
	lua_Integer time;
	if (!literal(s, "{\"host\":\"") || !plain(s, &skipped) || !literal(s, "\",\"source\":\"") || !plain(s, &skipped) ||
			!literal(s, "\",\"values\":{\"") || !plain(s, &m->name) || !literal(s, "\":\""))
		return false;
	m->one_task = m->input && literal(s, "[\\\"");
	return plain(s, &m->value) && (!m->one_task || literal(s, "\\\"]")) && literal(s, "\"},\"username\":\"") && plain(s, &skipped) &&
		literal(s, "\",\"timestamp\":") && digits(s, &time) && literal(s, "}") && s->at == s->end;
}

static bool whole(const struct scan *s, const char *bytes, size_t length)
{
	return s->ascii || sk_utf8_check(bytes, length) == length;
}

static void push(lua_State *L, struct text t)
{
	lua_pushlstring(L, t.bytes, t.length);
}

/* message(key, value | nil) -> type, key, name, value, one_task, system, partition, stream | nothing
 * Nothing is returned of a record that is spelled in any other way. `name` and `value` are its one value, both nil in a
 * tombstone; with `one_task` the value is a JSON array that holds a task's name, and this is the name. Of the key of an input
 * there are also its parts, and quotes in it stay escaped. */
static int coordinator_message(lua_State *L)
{
	struct message m = { .input = false };
	size_t key_length, value_length = 0;
	const char *key = luaL_checklstring(L, 1, &key_length);
	const char *value = luaL_optlstring(L, 2, NULL, &value_length);
	struct scan s = { key, key + key_length, true };
	if (!scan_key(&s, &m) || !whole(&s, key, key_length))
		return 0;
	if (value != NULL) {
		s = (struct scan){ value, value + value_length, true };
		if (!scan_value(&s, &m) || !whole(&s, value, value_length))
			return 0;
	}
	push(L, m.kind);
	push(L, m.key);
	if (value == NULL) {
		lua_pushnil(L);
		lua_pushnil(L);
	} else {
		push(L, m.name);
		push(L, m.value);
	}
	lua_pushboolean(L, m.one_task);
	if (!m.input)
		return 5;
	push(L, m.system);
	lua_pushinteger(L, m.partition);
	push(L, m.stream);
	return 8;
}

int luaopen_samzak8s_native_coordinator(lua_State *L)
{
	static const luaL_Reg functions[] = { { "message", coordinator_message }, { NULL, NULL } };
	luaL_newlib(L, functions);
	return 1;
}
