/* SPDX-License-Identifier: Apache-2.0 */
#include "sources.h"

#include <lauxlib.h>
#include <stdbool.h>
#include <stdio.h>

#include "embed.h"
#include "native/bind.h"

/* searcher: a module among the embedded sources */
static int search_embedded(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	const struct sk_source *source = sk_source_find(name);
	if (source == NULL) {
		lua_pushfstring(L, "no built-in module '%s'", name);
		return 1;
	}
	if (luaL_loadbufferx(L, (const char *)source->text, source->length, source->chunk, "t") != LUA_OK)
		return lua_error(L);
	lua_pushstring(L, source->chunk + 1);
	return 2;
}

static const char lua_dir_key = 'd'; /* its address is the registry key of --lua-dir */

/* Push the path of a module's file below --lua-dir and return true, or push nothing. */
static bool push_file(lua_State *L, const char *module)
{
	static const char *const forms[] = { "%s/%s.lua", "%s/%s/init.lua" };
	if (lua_rawgetp(L, LUA_REGISTRYINDEX, &lua_dir_key) != LUA_TSTRING) {
		lua_pop(L, 1);
		return false;
	}
	const char *name = luaL_gsub(L, module, ".", "/");
	for (size_t i = 0; i < 2; i++) {
		const char *path = lua_pushfstring(L, forms[i], lua_tostring(L, -2), name);
		FILE *probe = fopen(path, "r");
		if (probe != NULL) {
			fclose(probe);
			lua_replace(L, -3);
			lua_pop(L, 1);
			return true;
		}
		lua_pop(L, 1);
	}
	lua_pop(L, 2);
	return false;
}

/* searcher: a module below --lua-dir */
static int search_directory(lua_State *L)
{
	if (!push_file(L, luaL_checkstring(L, 1))) {
		lua_pushliteral(L, "no such file below the Lua directory");
		return 1;
	}
	const char *path = lua_tostring(L, -1);
	if (luaL_loadfilex(L, path, "t") != LUA_OK)
		return lua_error(L);
	lua_insert(L, -2);
	return 2;
}

/* Push the bytes of a file; false when it cannot be read. */
static bool push_bytes(lua_State *L, const char *path)
{
	FILE *file = fopen(path, "rb");
	struct sk_buf *bytes = sk_own_buf(L);
	char part[8192];
	size_t got;
	if (file == NULL)
		return false;
	while ((got = fread(part, 1, sizeof part, file)) > 0)
		sk_buf_append(bytes, part, got);
	fclose(file);
	if (sk_buf_failed(bytes))
		return false;
	lua_pushlstring(L, bytes->data, bytes->length);
	lua_remove(L, -2);
	return true;
}

int sk_sources_read(lua_State *L)
{
	const char *module = luaL_checkstring(L, 1);
	if (push_file(L, module) && push_bytes(L, lua_tostring(L, -1))) {
		lua_insert(L, -2);
		return 2;
	}
	const struct sk_source *source = sk_source_find(module);
	if (source == NULL)
		return luaL_pushfail(L), 1;
	lua_pushlstring(L, (const char *)source->text, source->length);
	lua_pushstring(L, source->chunk + 1);
	return 2;
}

int sk_sources_list(lua_State *L)
{
	lua_createtable(L, (int)sk_source_count, 0);
	for (size_t i = 0; i < sk_source_count; i++) {
		lua_createtable(L, 0, 2);
		lua_pushstring(L, sk_sources[i].module);
		lua_setfield(L, -2, "module");
		lua_pushstring(L, sk_sources[i].chunk + 1);
		lua_setfield(L, -2, "path");
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

void sk_sources_install(lua_State *L, const char *lua_dir)
{
	lua_getglobal(L, "package");
	lua_pushliteral(L, "");
	lua_setfield(L, -2, "path");
	lua_pushliteral(L, "");
	lua_setfield(L, -2, "cpath");
	lua_getfield(L, -1, "searchers");
	lua_Integer n = 1; /* the first one looks into package.preload */
	if (lua_dir != NULL) {
		lua_pushstring(L, lua_dir);
		lua_rawsetp(L, LUA_REGISTRYINDEX, &lua_dir_key);
		lua_pushcfunction(L, search_directory);
		lua_rawseti(L, -2, ++n);
	}
	lua_pushcfunction(L, search_embedded);
	lua_rawseti(L, -2, ++n);
	for (lua_Integer i = n + 1; i <= 4; i++) {
		lua_pushnil(L);
		lua_rawseti(L, -2, i);
	}
	lua_pop(L, 2);
}
