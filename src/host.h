/* SPDX-License-Identifier: Apache-2.0 */
/* The Lua state that everything runs in: libraries, the embedded sources behind require, Ctrl-C. */
#ifndef SK_HOST_H
#define SK_HOST_H

#include <lua.h>
#include <stdbool.h>

/* A new state, or NULL when memory is short. `lua_dir` (may be NULL) is searched before the embedded sources. */
lua_State *sk_host_new(const char *lua_dir);

/* Call require("samzak8s.commands")(TABLE), TABLE being on top of the stack (popped), and return the exit code.
 * The only protected call of the program: what escapes the commands is reported here. */
int sk_host_run(lua_State *L);

/* Close the state, unless a library thread was abandoned (it may sit in DNS for minutes): then return false,
 * and the process must end by _exit. */
bool sk_host_close(lua_State *L);

#endif
