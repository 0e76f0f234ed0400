/* SPDX-License-Identifier: Apache-2.0 */
/* One Lua value as bytes for a process on the same machine: nil, booleans, numbers, strings, tables without cycles. */
#ifndef SK_WIRE_H
#define SK_WIRE_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

enum { SK_WIRE_DEPTH = 32 };

/* Append the value at `index` to `out`, metatables left aside. False when it cannot be sent (or `out` would pass `limit`
 * bytes): `why` then names the place by a path that starts with `name`. Raises nothing and pushes nothing. */
bool sk_wire_write(lua_State *L, int index, struct sk_buf *out, size_t limit, const char *name, struct sk_buf *why);

/* Append a table of `count` string fields, given as key, value, key, value, ... */
void sk_wire_fields(struct sk_buf *out, size_t count, const char *const *fields);

/* Push the value that all of `bytes` stand for. False, with nothing pushed, when they stand for none. Raises when memory is short. */
bool sk_wire_read(lua_State *L, const char *bytes, size_t length);

#endif
