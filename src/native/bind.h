/* SPDX-License-Identifier: Apache-2.0 */
/* What every binding shares: owned userdata, error values, and the few facts that host and bindings tell each other. */
#ifndef SK_BIND_H
#define SK_BIND_H

#include <lua.h>
#include <lauxlib.h>
#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/* Register a userdata type: `close` (idempotent) serves __gc, __close and :close(); `methods` may be NULL. Pushes nothing. */
void sk_type(lua_State *L, const char *type, const luaL_Reg *methods, lua_CFunction close);

/* Push a zeroed userdata that already has its __gc; the caller fills it. Raises when memory is short. */
void *sk_own(lua_State *L, size_t size, const char *type);

/* Push a zeroed sk_buf userdata that frees itself; hold bytes in it across Lua calls. */
struct sk_buf *sk_own_buf(lua_State *L);

/* Push nil and the error table { code, message }; return 2. `code` is a stable dotted code ("kafka.metadata").
 * `format` knows what lua_pushfstring knows: %s %d %c %%. */
int sk_fail(lua_State *L, const char *code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Give the table on top of the stack the error metatable, whose __tostring is "source: message". Pushes nothing. */
void sk_error_mark(lua_State *L);

/* A library thread of ours may never come back (stuck in DNS): the process must end by _exit, without lua_close. */
void sk_abandon(lua_State *L);
bool sk_abandoned(lua_State *L);

#endif
