/* SPDX-License-Identifier: Apache-2.0 */
/* jobmodel.encode: any Lua value as JSON, keys in Java's order. */
#include "jobmodel.h"

#include "bind.h"
#include "java.h"
#include "json.h"
#include "utf8.h"
#include "walk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct encoder {
	lua_State *L;
	struct sk_buf *out;
	lua_Integer indent; /* blanks a level; 0 = one line without blanks */
	bool replace;       /* write U+FFFD for bytes that are not UTF-8 */
};

static const char CODE[] = "json.value";

static int key_order(const void *left, const void *right)
{
	const struct sk_text *a = left, *b = right;
	return sk_java_compare(a->bytes, a->length, b->bytes, b->length);
}

static void put_break(struct encoder *e, int depth)
{
	if (e->indent == 0)
		return;
	sk_buf_char(e->out, '\n');
	for (lua_Integer i = 0; i < e->indent * depth; i++)
		sk_buf_char(e->out, ' ');
}

/* Shortest of the usual forms that reads back as the same number. */
static int put_float(struct encoder *e, const struct sk_path *path, lua_Number number)
{
	char text[40];
	if (isnan(number) || isinf(number))
		return sk_fail_at(e->L, CODE, path, "is not a finite number");
	if (number >= -9007199254740992.0 && number <= 9007199254740992.0 && floor(number) == number) {
		snprintf(text, sizeof text, "%lld", (long long)number);
	} else {
		for (int digits = 15; digits <= 17; digits++) {
			snprintf(text, sizeof text, "%.*g", digits, number);
			if (strtod(text, NULL) == number)
				break;
		}
	}
	sk_buf_text(e->out, text);
	return 0;
}

static int put_string(struct encoder *e, const struct sk_path *path, const char *s, size_t length)
{
	if (!e->replace && sk_utf8_check(s, length) != length)
		return sk_fail_at(e->L, CODE, path, "is not valid UTF-8");
	sk_json_string(e->out, s, length);
	return 0;
}

static int put_value(struct encoder *e, const struct sk_path *path, int depth);

static int put_array(struct encoder *e, const struct sk_path *path, int depth, lua_Integer n)
{
	int table = lua_gettop(e->L);
	sk_buf_char(e->out, '[');
	for (lua_Integer i = 1; i <= n; i++) {
		struct sk_path item = { .up = path, .index = i };
		if (i > 1)
			sk_buf_char(e->out, ',');
		put_break(e, depth);
		lua_rawgeti(e->L, table, i);
		int failed = put_value(e, &item, depth);
		if (failed)
			return failed;
		lua_pop(e->L, 1);
	}
	if (n > 0)
		put_break(e, depth - 1);
	sk_buf_char(e->out, ']');
	return 0;
}

static int put_object(struct encoder *e, const struct sk_path *path, int depth)
{
	int table = lua_gettop(e->L);
	size_t n;
	struct sk_text *keys = sk_table_keys(e->L, table, &n);
	qsort(keys, n, sizeof *keys, key_order);
	sk_buf_char(e->out, '{');
	for (size_t i = 0; i < n; i++) {
		struct sk_path field = { .up = path, .key = keys[i].bytes, .key_length = keys[i].length };
		if (i > 0)
			sk_buf_char(e->out, ',');
		put_break(e, depth);
		int failed = put_string(e, &field, keys[i].bytes, keys[i].length);
		if (failed)
			return failed;
		sk_buf_text(e->out, e->indent == 0 ? ":" : ": ");
		lua_pushlstring(e->L, keys[i].bytes, keys[i].length);
		lua_rawget(e->L, table);
		failed = put_value(e, &field, depth);
		if (failed)
			return failed;
		lua_pop(e->L, 1);
	}
	if (n > 0)
		put_break(e, depth - 1);
	sk_buf_char(e->out, '}');
	lua_settop(e->L, table);
	return 0;
}

static int put_table(struct encoder *e, struct sk_path *path, int depth)
{
	lua_Integer n;
	luaL_checkstack(e->L, 8, "not enough memory");
	if (sk_path_holds(e->L, path, -1))
		return sk_fail_at(e->L, CODE, path, "holds itself");
	if (depth == SK_JSON_DEPTH)
		return sk_fail_at(e->L, CODE, path, "is nested too deep");
	path->table = lua_topointer(e->L, -1);
	enum sk_kind kind = sk_table_kind(e->L, lua_gettop(e->L), &n);
	if (kind == SK_MIXED)
		return sk_fail_at(e->L, CODE, path, "has array items beside named fields, holes, or keys that are not text");
	return kind == SK_ARRAY ? put_array(e, path, depth + 1, n) : put_object(e, path, depth + 1);
}

/* The value on top of the stack, which stays there. Nothing pushed and 0, or nil, err and 2. */
static int put_value(struct encoder *e, const struct sk_path *path, int depth)
{
	size_t length;
	const char *s;
	struct sk_path here = *path;
	switch (lua_type(e->L, -1)) {
	case LUA_TNIL:
		sk_buf_text(e->out, "null");
		return 0;
	case LUA_TBOOLEAN:
		sk_buf_text(e->out, lua_toboolean(e->L, -1) ? "true" : "false");
		return 0;
	case LUA_TNUMBER:
		if (!lua_isinteger(e->L, -1))
			return put_float(e, path, lua_tonumber(e->L, -1));
		s = lua_pushfstring(e->L, "%I", (LUAI_UACINT)lua_tointeger(e->L, -1));
		sk_buf_text(e->out, s);
		lua_pop(e->L, 1);
		return 0;
	case LUA_TSTRING:
		s = lua_tolstring(e->L, -1, &length);
		return put_string(e, path, s, length);
	case LUA_TTABLE:
		return put_table(e, &here, depth);
	case LUA_TLIGHTUSERDATA: /* cjson.null */
		if (lua_touserdata(e->L, -1) == NULL) {
			sk_buf_text(e->out, "null");
			return 0;
		}
	/* fall through */
	default:
		lua_pushfstring(e->L, "is a %s", luaL_typename(e->L, -1));
		return sk_fail_at(e->L, CODE, path, lua_tostring(e->L, -1));
	}
}

/* encode(value, { indent = 0, replace = false }) -> text | nil, err; err.path leads to what JSON cannot say.
 * `indent`: blanks a level; `replace`: bytes that are not UTF-8 become U+FFFD instead of an error. */
int sk_jobmodel_encode(lua_State *L)
{
	struct encoder e = { .L = L };
	struct sk_path root = { 0 };
	luaL_checkany(L, 1);
	if (!lua_isnoneornil(L, 2)) {
		luaL_checktype(L, 2, LUA_TTABLE);
		for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
			const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
			if (strcmp(name, "indent") == 0 && lua_isinteger(L, -1))
				e.indent = lua_tointeger(L, -1);
			else if (strcmp(name, "replace") == 0)
				e.replace = lua_toboolean(L, -1);
			else
				return luaL_argerror(L, 2, "only indent (an integer) and replace (a boolean) are known");
		}
		luaL_argcheck(L, e.indent >= 0 && e.indent <= 16, 2, "indent must be 0 to 16");
	}
	e.out = sk_own_buf(L);
	lua_toclose(L, -1);
	lua_pushvalue(L, 1);
	int failed = put_value(&e, &root, 0);
	if (failed)
		return failed;
	if (sk_buf_failed(e.out))
		return luaL_error(L, "not enough memory");
	lua_pushlstring(L, e.out->data, e.out->length);
	return 1;
}
