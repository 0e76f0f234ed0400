/* SPDX-License-Identifier: Apache-2.0 */
#include "bind.h"

#include <stdarg.h>
#include <string.h>

static const char BUF[] = "samzak8s.buf";
static const char ERROR[] = "samzak8s.error";
static const char abandoned_key = 'a'; /* its address is the registry key */

void sk_type(lua_State *L, const char *type, const luaL_Reg *methods, lua_CFunction close)
{
	if (luaL_newmetatable(L, type)) {
		lua_pushcfunction(L, close);
		lua_setfield(L, -2, "__gc");
		lua_pushcfunction(L, close);
		lua_setfield(L, -2, "__close");
		lua_newtable(L);
		if (methods != NULL)
			luaL_setfuncs(L, methods, 0);
		lua_pushcfunction(L, close);
		lua_setfield(L, -2, "close");
		lua_setfield(L, -2, "__index");
		lua_pushboolean(L, 0);
		lua_setfield(L, -2, "__metatable");
	}
	lua_pop(L, 1);
}

void *sk_own(lua_State *L, size_t size, const char *type)
{
	void *p = memset(lua_newuserdatauv(L, size, 0), 0, size);
	luaL_setmetatable(L, type);
	return p;
}

static int buf_close(lua_State *L)
{
	sk_buf_free(luaL_checkudata(L, 1, BUF));
	return 0;
}

struct sk_buf *sk_own_buf(lua_State *L)
{
	sk_type(L, BUF, NULL, buf_close);
	return sk_own(L, sizeof(struct sk_buf), BUF);
}

static int error_tostring(lua_State *L)
{
	lua_getfield(L, 1, "source");
	lua_getfield(L, 1, "message");
	const char *message = luaL_tolstring(L, -1, NULL);
	if (lua_isstring(L, -3))
		lua_pushfstring(L, "%s: %s", lua_tostring(L, -3), message);
	return 1;
}

void sk_error_mark(lua_State *L)
{
	if (luaL_newmetatable(L, ERROR)) {
		lua_pushcfunction(L, error_tostring);
		lua_setfield(L, -2, "__tostring");
	}
	lua_setmetatable(L, -2);
}

int sk_fail(lua_State *L, const char *code, const char *format, ...)
{
	va_list args;
	luaL_pushfail(L);
	lua_createtable(L, 0, 2);
	lua_pushstring(L, code);
	lua_setfield(L, -2, "code");
	va_start(args, format);
	lua_pushvfstring(L, format, args);
	va_end(args);
	lua_setfield(L, -2, "message");
	sk_error_mark(L);
	return 2;
}

void sk_abandon(lua_State *L)
{
	lua_pushboolean(L, 1);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &abandoned_key);
}

bool sk_abandoned(lua_State *L)
{
	bool is = lua_rawgetp(L, LUA_REGISTRYINDEX, &abandoned_key) == LUA_TBOOLEAN;
	lua_pop(L, 1);
	return is;
}
