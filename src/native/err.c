/* SPDX-License-Identifier: Apache-2.0 */
/* samzak8s.native.err: error values for Lua code, the same that bindings return. */
#include "bind.h"

int luaopen_samzak8s_native_err(lua_State *L);

/* err(table) -> the same table, which now prints as "source: message" */
static int err_mark(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	sk_error_mark(L);
	return 1;
}

int luaopen_samzak8s_native_err(lua_State *L)
{
	lua_pushcfunction(L, err_mark);
	return 1;
}
