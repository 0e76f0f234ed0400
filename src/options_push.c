/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <stdlib.h>
#include <string.h>

/* Append the value on top of the stack to the array in field `name` of the table at index `t`; pops it. */
static void array_append(lua_State *L, int t, const char *name)
{
	if (lua_getfield(L, t, name) != LUA_TTABLE) {
		lua_pop(L, 1);
		lua_newtable(L);
		lua_pushvalue(L, -1);
		lua_setfield(L, t, name);
	}
	lua_insert(L, -2);
	lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
	lua_pop(L, 1);
}

static void push_pair(lua_State *L, const char *value)
{
	const char *equals = strchr(value, '=');
	lua_createtable(L, 0, 2);
	lua_pushlstring(L, value, (size_t)(equals - value));
	lua_setfield(L, -2, "key");
	lua_pushstring(L, equals + 1);
	lua_setfield(L, -2, "value");
}

static void push_argument(lua_State *L, int t, const struct sk_given *g)
{
	lua_createtable(L, 0, 2);
	lua_pushstring(L, g->value);
	lua_setfield(L, -2, "path");
	lua_pushboolean(L, g->option != NULL);
	lua_setfield(L, -2, "uri");
	array_append(L, t, "arguments");
}

void sk_options_push(lua_State *L, const struct sk_options *o)
{
	lua_newtable(L);
	int t = lua_gettop(L);
	lua_pushstring(L, o->command->name);
	lua_setfield(L, t, "command");
	for (size_t i = 0; i < o->count; i++) {
		const struct sk_given *g = &o->given[i];
		if (g->option == NULL || strcmp(g->option->name, "config-path") == 0) {
			push_argument(L, t, g);
			continue;
		}
		switch (g->option->takes) {
		case SK_FLAG:
			lua_pushboolean(L, 1);
			break;
		case SK_SECONDS:
			lua_pushinteger(L, (lua_Integer)strtol(g->value, NULL, 10) * 1000);
			break;
		case SK_MEBIBYTE:
			lua_pushinteger(L, (lua_Integer)strtol(g->value, NULL, 10) * 1048576);
			break;
		case SK_PAIR:
			push_pair(L, g->value);
			array_append(L, t, g->option->field);
			continue;
		case SK_LIST:
			lua_pushstring(L, g->value);
			array_append(L, t, g->option->field);
			continue;
		default:
			lua_pushstring(L, g->value);
			break;
		}
		lua_setfield(L, t, g->option->field);
	}
}
