/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SK_ALL_H
#define SK_ALL_H

#include <lua.h>

struct sk_module {
	const char *name; /* as given to require */
	lua_CFunction open;
};

/* Every native module, ended by a NULL name. */
extern const struct sk_module sk_modules[];

#endif
