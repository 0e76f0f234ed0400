/* SPDX-License-Identifier: Apache-2.0 */
/* Where require() finds Lua: the sources inside the binary, and --lua-dir before them. */
#ifndef SK_SOURCES_H
#define SK_SOURCES_H

#include <lua.h>

/* require() finds natives, then files below lua_dir (may be NULL), then the embedded sources; never the current directory
 * or a search path. */
void sk_sources_install(lua_State *L, const char *lua_dir);

/* source(module) -> text, path | nil: a source that require finds, for `show` and for the policies' own require */
int sk_sources_read(lua_State *L);

/* sources() -> sorted array of { module, path } */
int sk_sources_list(lua_State *L);

#endif
