/* SPDX-License-Identifier: Apache-2.0 */
/* Walking Lua tables that stand for data: what kind of table one is, its keys in order, and the way to the place of an error. */
#ifndef SK_WALK_H
#define SK_WALK_H

#include "bind.h"

/* Where a walk stands: a chain of C frames up to the root, whose `up` is NULL. */
struct sk_path {
	const struct sk_path *up;
	const char *key;    /* NULL for an array item */
	size_t key_length;
	lua_Integer index;  /* of an array item, from 1 */
	const void *table;  /* the table that is being walked here, for finding cycles */
};

/* A Lua string that some table holds, or a key of a table. */
struct sk_text {
	const char *bytes;
	size_t length;
	lua_Integer rank; /* for the caller: place in an array, or precedence */
};

enum sk_kind { SK_EMPTY, SK_ARRAY, SK_MAP, SK_MIXED };

/* What the table at the absolute `index` is. SK_MIXED: array items beside named fields, holes, or keys of other types.
 * A table marked by sk_array_mark is SK_ARRAY even without items. */
enum sk_kind sk_table_kind(lua_State *L, int index, lua_Integer *length);

/* Mark the table on top of the stack as an array, so that it stays one when empty. Pushes nothing. */
void sk_array_mark(lua_State *L);

/* Push a scratch array of the string keys of the table at the absolute `index` (their number in *n), rank 0, unordered. */
struct sk_text *sk_table_keys(lua_State *L, int index, size_t *n);

/* Push nil and an error whose `path` leads to `path` ("[2].spec.x"), its message beginning with it; return 2. */
int sk_fail_at(lua_State *L, const char *code, const struct sk_path *path, const char *what);

/* Is the table at `index` among those that `path` is walking? */
bool sk_path_holds(lua_State *L, const struct sk_path *path, int index);

#endif
