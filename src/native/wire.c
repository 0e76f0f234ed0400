/* SPDX-License-Identifier: Apache-2.0 */
#include "wire.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

/* A value is a tag and its payload in the machine's own byte order; a table is its array size, then key, value, ..., END. */
enum tag { NIL = 'n', TRUE = 't', FALSE = 'f', INTEGER = 'i', FLOAT = 'd', STRING = 's', TABLE = '{', END = '}' };

struct writer {
	lua_State *L;
	struct sk_buf *out;
	size_t limit;
	int root; /* stack index of the whole value; the key at depth d is at root + 1 + 2d, its value above it */
	const char *name;
	struct sk_buf *why;
};

static void put(struct sk_buf *out, enum tag tag, const void *payload, size_t size)
{
	sk_buf_char(out, (char)tag);
	sk_buf_append(out, payload, size);
}

static void put_string(struct sk_buf *out, const char *s, size_t length)
{
	uint64_t n = length;
	put(out, STRING, &n, sizeof n);
	sk_buf_append(out, s, length);
}

static bool is_name(const char *s, size_t length)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
	return length > 0 && strspn(s, letters) == length && (s[0] < '0' || s[0] > '9');
}

static void path_key(const struct writer *w, int index)
{
	char text[64];
	size_t length;
	switch (lua_type(w->L, index)) {
	case LUA_TSTRING: {
		const char *s = lua_tolstring(w->L, index, &length);
		if (is_name(s, length)) {
			sk_buf_char(w->why, '.');
			sk_buf_append(w->why, s, length);
		} else {
			sk_buf_text(w->why, "[\"");
			sk_buf_append(w->why, s, length > 200 ? 200 : length);
			sk_buf_text(w->why, "\"]");
		}
		break;
	}
	case LUA_TNUMBER:
		if (lua_isinteger(w->L, index))
			snprintf(text, sizeof text, "[%lld]", (long long)lua_tointeger(w->L, index));
		else
			snprintf(text, sizeof text, "[%.14g]", lua_tonumber(w->L, index));
		sk_buf_text(w->why, text);
		break;
	default:
		sk_buf_text(w->why, lua_toboolean(w->L, index) ? "[true]" : "[false]");
	}
}

/* Write "name.key[1]" for the value at `depth`, and what is wrong with it. */
static bool refuse(const struct writer *w, int depth, const char *problem, const char *what)
{
	sk_buf_text(w->why, w->name);
	for (int d = 0; d < depth; d++)
		path_key(w, w->root + 1 + 2 * d);
	sk_buf_text(w->why, problem);
	sk_buf_text(w->why, what);
	return false;
}

static bool write_value(const struct writer *w, int index, int depth);

static bool write_table(const struct writer *w, int index, int depth)
{
	lua_State *L = w->L;
	for (int d = 0; d < depth; d++)
		if (lua_topointer(L, w->root + 2 * d) == lua_topointer(L, index))
			return refuse(w, depth, " contains itself", "");
	if (depth == SK_WIRE_DEPTH || !lua_checkstack(L, 4))
		return refuse(w, depth, " is nested deeper than 32 tables", "");
	uint64_t items = lua_rawlen(L, index);
	put(w->out, TABLE, &items, sizeof items);
	lua_pushnil(L);
	while (lua_next(L, index)) {
		int key = lua_type(L, -2);
		if (key != LUA_TSTRING && key != LUA_TNUMBER && key != LUA_TBOOLEAN)
			return refuse(w, depth, " has a key that is a ", lua_typename(L, key));
		if (!write_value(w, lua_gettop(L) - 1, depth + 1) || !write_value(w, lua_gettop(L), depth + 1))
			return false;
		lua_pop(L, 1);
	}
	put(w->out, END, NULL, 0);
	return true;
}

static bool write_value(const struct writer *w, int index, int depth)
{
	lua_State *L = w->L;
	size_t length;
	if (w->out->length > w->limit || sk_buf_failed(w->out)) {
		char text[64];
		snprintf(text, sizeof text, "%zu MiB", w->limit >> 20);
		return refuse(w, 0, " is larger than ", text);
	}
	switch (lua_type(L, index)) {
	case LUA_TNIL:
		put(w->out, NIL, NULL, 0);
		return true;
	case LUA_TBOOLEAN:
		put(w->out, lua_toboolean(L, index) ? TRUE : FALSE, NULL, 0);
		return true;
	case LUA_TNUMBER:
		if (lua_isinteger(L, index)) {
			lua_Integer i = lua_tointeger(L, index);
			put(w->out, INTEGER, &i, sizeof i);
		} else {
			lua_Number n = lua_tonumber(L, index);
			put(w->out, FLOAT, &n, sizeof n);
		}
		return true;
	case LUA_TSTRING: {
		const char *s = lua_tolstring(L, index, &length);
		put_string(w->out, s, length);
		return true;
	}
	case LUA_TTABLE:
		return write_table(w, index, depth);
	default:
		return refuse(w, depth, " is a ", luaL_typename(L, index));
	}
}

bool sk_wire_write(lua_State *L, int index, struct sk_buf *out, size_t limit, const char *name, struct sk_buf *why)
{
	int top = lua_gettop(L);
	if (!lua_checkstack(L, 4))
		return false;
	lua_pushvalue(L, index);
	struct writer w = { .L = L, .out = out, .limit = limit, .root = lua_gettop(L), .name = name, .why = why };
	bool ok = write_value(&w, w.root, 0) && !sk_buf_failed(out);
	lua_settop(L, top);
	return ok;
}

void sk_wire_fields(struct sk_buf *out, size_t count, const char *const *fields)
{
	uint64_t items = 0;
	put(out, TABLE, &items, sizeof items);
	for (size_t i = 0; i < 2 * count; i++)
		put_string(out, fields[i], strlen(fields[i]));
	put(out, END, NULL, 0);
}

struct reader {
	lua_State *L;
	const char *at, *end;
};

static bool take(struct reader *r, void *payload, size_t size)
{
	if ((size_t)(r->end - r->at) < size)
		return false;
	memcpy(payload, r->at, size);
	r->at += size;
	return true;
}

static bool read_value(struct reader *r, int depth);

static bool read_table(struct reader *r, int depth)
{
	lua_State *L = r->L;
	uint64_t items;
	/* An element takes two bytes at the least, so the size asked for stays in proportion to what was received. */
	if (depth == SK_WIRE_DEPTH || !take(r, &items, sizeof items) || items > (size_t)(r->end - r->at) / 2)
		return false;
	luaL_checkstack(L, 4, "reply of a script");
	lua_createtable(L, items > INT32_MAX ? 0 : (int)items, 0);
	for (;;) {
		if (r->at == r->end)
			return false;
		if (*r->at == END) {
			r->at++;
			return true;
		}
		if (*r->at == NIL || !read_value(r, depth + 1) || !read_value(r, depth + 1))
			return false;
		if (lua_type(L, -2) == LUA_TTABLE || (lua_type(L, -2) == LUA_TNUMBER && lua_tonumber(L, -2) != lua_tonumber(L, -2)))
			return false;
		lua_rawset(L, -3);
	}
}

static bool read_value(struct reader *r, int depth)
{
	lua_State *L = r->L;
	char tag;
	if (!take(r, &tag, 1))
		return false;
	switch (tag) {
	case NIL:
		lua_pushnil(L);
		return true;
	case TRUE:
	case FALSE:
		lua_pushboolean(L, tag == TRUE);
		return true;
	case INTEGER: {
		lua_Integer i;
		if (!take(r, &i, sizeof i))
			return false;
		lua_pushinteger(L, i);
		return true;
	}
	case FLOAT: {
		lua_Number n;
		if (!take(r, &n, sizeof n))
			return false;
		lua_pushnumber(L, n);
		return true;
	}
	case STRING: {
		uint64_t length;
		if (!take(r, &length, sizeof length) || length > (size_t)(r->end - r->at))
			return false;
		lua_pushlstring(L, r->at, (size_t)length);
		r->at += length;
		return true;
	}
	case TABLE:
		return read_table(r, depth);
	default:
		return false;
	}
}

bool sk_wire_read(lua_State *L, const char *bytes, size_t length)
{
	int top = lua_gettop(L);
	struct reader r = { .L = L, .at = bytes, .end = bytes + length };
	luaL_checkstack(L, 4, "reply of a script");
	if (read_value(&r, 0) && r.at == r.end)
		return true;
	lua_settop(L, top);
	return false;
}
