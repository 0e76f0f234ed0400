/* SPDX-License-Identifier: Apache-2.0 */
/* samzak8s.native.jobmodel: JSON as Samza reads it, and the order and hash that Java gives to strings. */
#include "bind.h"
#include "java.h"
#include "jobmodel.h"
#include "json.h"
#include "utf8.h"
#include "walk.h"

#include <stdint.h>
#include <stdlib.h>

int luaopen_samzak8s_native_jobmodel(lua_State *L);

/* compare(a, b) -> boolean: a < b to Java's String.compareTo */
static int jobmodel_compare(lua_State *L)
{
	size_t a_length, b_length;
	const char *a = luaL_checklstring(L, 1, &a_length), *b = luaL_checklstring(L, 2, &b_length);
	lua_pushboolean(L, sk_java_compare(a, a_length, b, b_length) < 0);
	return 1;
}

/* hash(text) -> integer | nil, err: Java's String.hashCode, -2^31 to 2^31-1 */
static int jobmodel_hash(lua_State *L)
{
	size_t length;
	const char *s = luaL_checklstring(L, 1, &length);
	if (sk_utf8_check(s, length) != length)
		return sk_fail(L, "jobmodel.utf8", "the text is not valid UTF-8");
	lua_pushinteger(L, sk_java_hash(s, length));
	return 1;
}

static int text_order(const void *left, const void *right)
{
	const struct sk_text *a = left, *b = right;
	int order = sk_java_compare(a->bytes, a->length, b->bytes, b->length);
	return order != 0 ? order : (a->rank > b->rank) - (a->rank < b->rank);
}

/* sort(strings) -> the same array, now in Java's order */
static int jobmodel_sort(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	lua_Integer n = (lua_Integer)lua_rawlen(L, 1);
	lua_createtable(L, n < INT32_MAX ? (int)n : 0, 0); /* holds the strings while their slots are rewritten */
	struct sk_text *texts = lua_newuserdatauv(L, ((size_t)n + 1) * sizeof *texts, 0);
	for (lua_Integer i = 1; i <= n; i++) {
		if (lua_rawgeti(L, 1, i) != LUA_TSTRING)
			return luaL_argerror(L, 1, "array of strings expected");
		texts[i - 1].bytes = lua_tolstring(L, -1, &texts[i - 1].length);
		texts[i - 1].rank = i;
		lua_rawseti(L, 2, i);
	}
	qsort(texts, (size_t)n, sizeof *texts, text_order);
	for (lua_Integer i = 1; i <= n; i++) {
		lua_rawgeti(L, 2, texts[i - 1].rank);
		lua_rawseti(L, 1, i);
	}
	lua_settop(L, 1);
	return 1;
}

/* check(text) -> true | nil, err: is it JSON that decodes without loss? err.line says where it is not */
static int jobmodel_check(lua_State *L)
{
	static const char *const codes[] = { NULL, "json.syntax", "json.depth", "json.duplicate", NULL };
	size_t length;
	const char *text = luaL_checklstring(L, 1, &length);
	struct sk_json_error error;
	enum sk_json_fault fault = sk_json_check(text, length, &error);
	if (fault == SK_JSON_OK) {
		lua_pushboolean(L, 1);
		return 1;
	}
	if (fault == SK_JSON_MEMORY)
		return luaL_error(L, "not enough memory");
	sk_fail(L, codes[fault], "%s", error.message);
	lua_pushinteger(L, (lua_Integer)error.line);
	lua_setfield(L, -2, "line");
	return 2;
}

/* array(table) -> the same table, which encode and yaml.emit now take for an array even when it is empty */
static int jobmodel_array(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	sk_array_mark(L);
	return 1;
}

int luaopen_samzak8s_native_jobmodel(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "array", jobmodel_array },
		{ "check", jobmodel_check },
		{ "compare", jobmodel_compare },
		{ "encode", sk_jobmodel_encode },
		{ "hash", jobmodel_hash },
		{ "serialize", sk_jobmodel_serialize },
		{ "sort", jobmodel_sort },
		{ NULL, NULL },
	};
	luaL_newlib(L, functions);
	return 1;
}
