/* SPDX-License-Identifier: Apache-2.0 */
#include "walk.h"

#include "bind.h"
#include "utf8.h"

#include <stdint.h>
#include <stdio.h>

static const char ARRAY[] = "samzak8s.array";

void sk_array_mark(lua_State *L)
{
	luaL_newmetatable(L, ARRAY);
	lua_setmetatable(L, -2);
}

static bool is_marked(lua_State *L, int index)
{
	if (!lua_getmetatable(L, index))
		return false;
	luaL_getmetatable(L, ARRAY);
	bool marked = lua_rawequal(L, -1, -2);
	lua_pop(L, 2);
	return marked;
}

enum sk_kind sk_table_kind(lua_State *L, int index, lua_Integer *length)
{
	lua_Integer n = (lua_Integer)lua_rawlen(L, index), items = 0, names = 0;
	luaL_checkstack(L, 3, "not enough memory");
	for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
		if (lua_type(L, -2) == LUA_TSTRING) {
			names++;
		} else if (lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1 && lua_tointeger(L, -2) <= n) {
			items++;
		} else {
			lua_pop(L, 2);
			return SK_MIXED;
		}
	}
	*length = n;
	if (items != n || (items > 0 && names > 0))
		return SK_MIXED;
	if (is_marked(L, index))
		return names > 0 ? SK_MIXED : SK_ARRAY;
	return items > 0 ? SK_ARRAY : names > 0 ? SK_MAP : SK_EMPTY;
}

struct sk_text *sk_table_keys(lua_State *L, int index, size_t *n)
{
	size_t count = 0, i = 0;
	luaL_checkstack(L, 4, "not enough memory");
	for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
		count++;
	if (count > SIZE_MAX / sizeof(struct sk_text) - 1)
		luaL_error(L, "too many fields");
	struct sk_text *keys = lua_newuserdatauv(L, (count + 1) * sizeof *keys, 0);
	for (lua_pushnil(L); lua_next(L, index) && i < count; lua_pop(L, 1), i++) {
		keys[i].bytes = lua_tolstring(L, -2, &keys[i].length);
		keys[i].rank = 0;
	}
	*n = i;
	return keys;
}

static bool is_name(const char *s, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char c = s[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
		if (!letter && (i == 0 || c < '0' || c > '9'))
			return false;
	}
	return length > 0;
}

/* Bytes that are not printable text are shown as \xNN: a path may hold the very bytes that are wrong. */
static void add_quoted(luaL_Buffer *b, const char *s, size_t length)
{
	luaL_addstring(b, "[\"");
	for (size_t i = 0; i < length;) {
		uint32_t c;
		size_t n = sk_utf8_char(s + i, length - i, &c);
		if (n == 0 || c < 0x20 || c == 0x7F) {
			char hex[8];
			snprintf(hex, sizeof hex, "\\x%02X", (unsigned char)s[i]);
			luaL_addstring(b, hex);
			i++;
			continue;
		}
		if (c == '"' || c == '\\')
			luaL_addchar(b, '\\');
		luaL_addlstring(b, s + i, n);
		i += n;
	}
	luaL_addstring(b, "\"]");
}

static void add_path(luaL_Buffer *b, const struct sk_path *path)
{
	if (path->up == NULL && path->key == NULL && path->index == 0)
		return;
	if (path->up != NULL)
		add_path(b, path->up);
	if (path->key == NULL) {
		char item[32];
		snprintf(item, sizeof item, "[%lld]", (long long)path->index);
		luaL_addstring(b, item);
	} else if (is_name(path->key, path->key_length)) {
		if (path->up != NULL && (path->up->key != NULL || path->up->index != 0))
			luaL_addchar(b, '.');
		luaL_addlstring(b, path->key, path->key_length);
	} else {
		add_quoted(b, path->key, path->key_length);
	}
}

int sk_fail_at(lua_State *L, const char *code, const struct sk_path *path, const char *what)
{
	luaL_Buffer b;
	luaL_checkstack(L, 8, "not enough memory");
	luaL_buffinit(L, &b);
	add_path(&b, path);
	luaL_pushresult(&b);
	const char *at = lua_tostring(L, -1);
	sk_fail(L, code, "%s%s%s", at, at[0] == '\0' ? "the value " : " ", what);
	lua_pushvalue(L, -3);
	lua_setfield(L, -2, "path");
	return 2;
}

bool sk_path_holds(lua_State *L, const struct sk_path *path, int index)
{
	const void *table = lua_topointer(L, index);
	for (; path != NULL; path = path->up)
		if (path->table == table)
			return true;
	return false;
}
