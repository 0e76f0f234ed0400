/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SK_REPL_H
#define SK_REPL_H

#include <lua.h>

/* samzak8s.native.line: the terminal side of the REPL. The loop is Lua (lua/samzak8s/commands/repl.lua). */
int luaopen_samzak8s_native_line(lua_State *L);

#endif
