/* SPDX-License-Identifier: Apache-2.0 */
/* samzak8s.native.yaml: Lua tables as YAML documents that all readers understand alike. */
#include "bind.h"
#include "utf8.h"
#include "walk.h"
#include "yaml_parse.h"
#include "yaml_text.h"

#include <yaml.h>

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int luaopen_samzak8s_native_yaml(lua_State *L);

#define DEPTH 32

static const char EMITTER[] = "samzak8s.yaml.emitter";
static const char CODE[] = "yaml.value";

enum { RANKS = 3 }; /* stack index of the map key -> place in options.order */

struct emitter {
	lua_State *L;
	yaml_emitter_t yaml;
	bool open; /* yaml is initialised */
	struct sk_buf out;
};

static int emitter_close(lua_State *L)
{
	struct emitter *e = luaL_checkudata(L, 1, EMITTER);
	if (e->open)
		yaml_emitter_delete(&e->yaml);
	e->open = false;
	sk_buf_free(&e->out);
	return 0;
}

/* libyaml calls this in the middle of an event: no Lua here. */
static int emitter_write(void *data, unsigned char *bytes, size_t length)
{
	struct sk_buf *out = data;
	sk_buf_append(out, bytes, length);
	return !sk_buf_failed(out);
}

/* Send an event on its way; `made` is what its initialiser returned. */
static void emit(struct emitter *e, int made, yaml_event_t *event)
{
	if (made && yaml_emitter_emit(&e->yaml, event))
		return;
	if (made && e->yaml.error == YAML_EMITTER_ERROR)
		luaL_error(e->L, "libyaml: %s", e->yaml.problem);
	luaL_error(e->L, "not enough memory");
}

static void emit_scalar(struct emitter *e, const char *text, size_t length, enum sk_yaml_style style)
{
	static const yaml_scalar_style_t styles[] = {
		[SK_YAML_PLAIN] = YAML_PLAIN_SCALAR_STYLE,
		[SK_YAML_DOUBLE] = YAML_DOUBLE_QUOTED_SCALAR_STYLE,
		[SK_YAML_LITERAL] = YAML_LITERAL_SCALAR_STYLE,
	};
	yaml_event_t event;
	if (length > INT_MAX)
		luaL_error(e->L, "a text of more than 2 GiB");
	int made = yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text, (int)length, 1, 1, styles[style]);
	emit(e, made, &event);
}

static void emit_word(struct emitter *e, const char *word)
{
	emit_scalar(e, word, strlen(word), SK_YAML_PLAIN);
}

static int emit_string(struct emitter *e, const struct sk_path *path, const char *s, size_t length, enum sk_yaml_style style)
{
	if (sk_utf8_check(s, length) != length)
		return sk_fail_at(e->L, CODE, path, "is not valid UTF-8");
	emit_scalar(e, s, length, style);
	return 0;
}

/* The number on top of the stack. Every reader must get exactly this one: no exponents, which some take for text. */
static int emit_number(struct emitter *e, const struct sk_path *path)
{
	char text[64];
	lua_Number number = lua_tonumber(e->L, -1);
	if (lua_isinteger(e->L, -1)) {
		snprintf(text, sizeof text, "%lld", (long long)lua_tointeger(e->L, -1));
	} else if (floor(number) == number && number >= -9223372036854775808.0 && number < 9223372036854775808.0) {
		snprintf(text, sizeof text, "%lld", (long long)number);
	} else {
		for (int digits = 15; digits <= 17; digits++) {
			snprintf(text, sizeof text, "%.*g", digits, number);
			if (strtod(text, NULL) == number)
				break;
		}
		if (strpbrk(text, "einEIN") != NULL)
			return sk_fail_at(e->L, CODE, path, "is a number that has no plain decimal form");
	}
	emit_word(e, text);
	return 0;
}

static int emit_value(struct emitter *e, const struct sk_path *path, int depth);

static int emit_sequence(struct emitter *e, const struct sk_path *path, int depth, lua_Integer n)
{
	yaml_event_t event;
	int table = lua_gettop(e->L);
	emit(e, yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE), &event);
	for (lua_Integer i = 1; i <= n; i++) {
		struct sk_path item = { .up = path, .index = i };
		lua_rawgeti(e->L, table, i);
		int failed = emit_value(e, &item, depth);
		if (failed)
			return failed;
		lua_pop(e->L, 1);
	}
	emit(e, yaml_sequence_end_event_initialize(&event), &event);
	return 0;
}

static int key_order(const void *left, const void *right)
{
	const struct sk_text *a = left, *b = right;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	int order = memcmp(a->bytes, b->bytes, a->length < b->length ? a->length : b->length);
	return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
}

/* Push the keys of the table at `table`, in the order they are written. */
static const struct sk_text *sorted_keys(lua_State *L, int table, size_t *n)
{
	struct sk_text *keys = sk_table_keys(L, table, n);
	for (size_t i = 0; i < *n; i++) {
		lua_pushlstring(L, keys[i].bytes, keys[i].length);
		keys[i].rank = lua_rawget(L, RANKS) == LUA_TNUMBER ? lua_tointeger(L, -1) : LUA_MAXINTEGER;
		lua_pop(L, 1);
	}
	qsort(keys, *n, sizeof *keys, key_order);
	return keys;
}

static int emit_mapping(struct emitter *e, const struct sk_path *path, int depth)
{
	yaml_event_t event;
	int table = lua_gettop(e->L);
	size_t n;
	const struct sk_text *keys = sorted_keys(e->L, table, &n);
	emit(e, yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE), &event);
	for (size_t i = 0; i < n; i++) {
		struct sk_path field = { .up = path, .key = keys[i].bytes, .key_length = keys[i].length };
		int failed = emit_string(e, &field, keys[i].bytes, keys[i].length, sk_yaml_key_style(keys[i].bytes, keys[i].length));
		if (failed)
			return failed;
		lua_pushlstring(e->L, keys[i].bytes, keys[i].length);
		lua_rawget(e->L, table);
		failed = emit_value(e, &field, depth);
		if (failed)
			return failed;
		lua_pop(e->L, 1);
	}
	emit(e, yaml_mapping_end_event_initialize(&event), &event);
	lua_settop(e->L, table);
	return 0;
}

static int emit_table(struct emitter *e, struct sk_path *path, int depth)
{
	lua_Integer n;
	luaL_checkstack(e->L, 8, "not enough memory");
	if (sk_path_holds(e->L, path, -1))
		return sk_fail_at(e->L, CODE, path, "holds itself");
	if (depth == DEPTH)
		return sk_fail_at(e->L, CODE, path, "is nested more than 32 deep");
	path->table = lua_topointer(e->L, -1);
	enum sk_kind kind = sk_table_kind(e->L, lua_gettop(e->L), &n);
	if (kind == SK_MIXED)
		return sk_fail_at(e->L, CODE, path, "has array items beside named fields, holes, or keys that are not text");
	return kind == SK_ARRAY ? emit_sequence(e, path, depth + 1, n) : emit_mapping(e, path, depth + 1);
}

/* The value on top of the stack, which stays there. Nothing pushed and 0, or nil, err and 2. */
static int emit_value(struct emitter *e, const struct sk_path *path, int depth)
{
	struct sk_path here = *path;
	size_t length;
	const char *s;
	switch (lua_type(e->L, -1)) {
	case LUA_TBOOLEAN:
		emit_word(e, lua_toboolean(e->L, -1) ? "true" : "false");
		return 0;
	case LUA_TNUMBER:
		return emit_number(e, path);
	case LUA_TSTRING:
		s = lua_tolstring(e->L, -1, &length);
		enum sk_yaml_style style = sk_yaml_value_style(s, length);
		if (style == SK_YAML_PLAIN && path->key != NULL && sk_yaml_quotes_value(path->key, path->key_length))
			style = SK_YAML_DOUBLE;
		return emit_string(e, path, s, length, style);
	case LUA_TTABLE:
		return emit_table(e, &here, depth);
	case LUA_TLIGHTUSERDATA: /* cjson.null */
		if (lua_touserdata(e->L, -1) == NULL) {
			emit_word(e, "null");
			return 0;
		}
	/* fall through */
	default:
		lua_pushfstring(e->L, "is a %s", luaL_typename(e->L, -1));
		return sk_fail_at(e->L, CODE, path, lua_tostring(e->L, -1));
	}
}

/* The document on top of the stack. */
static int emit_document(struct emitter *e, const struct sk_path *path)
{
	yaml_event_t event;
	lua_Integer n = 0;
	if (!lua_istable(e->L, -1))
		return sk_fail_at(e->L, CODE, path, "is not a table");
	enum sk_kind kind = sk_table_kind(e->L, lua_gettop(e->L), &n);
	if (kind == SK_EMPTY || (kind == SK_ARRAY && n == 0))
		return sk_fail_at(e->L, CODE, path, "is empty"); /* libyaml would write it behind the `---`, which kubectl refuses */
	emit(e, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 0), &event);
	int failed = emit_value(e, path, 0);
	if (failed)
		return failed;
	emit(e, yaml_document_end_event_initialize(&event, 1), &event);
	return 0;
}

/* Push the map key -> place of options.order, the table at 2 or nil. */
static void push_ranks(lua_State *L)
{
	lua_newtable(L);
	if (lua_isnoneornil(L, 2))
		return;
	luaL_checktype(L, 2, LUA_TTABLE);
	for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1))
		if (lua_type(L, -2) != LUA_TSTRING || strcmp(lua_tostring(L, -2), "order") != 0 || !lua_istable(L, -1))
			luaL_argerror(L, 2, "only order (an array of keys) is known");
	if (lua_getfield(L, 2, "order") == LUA_TTABLE) {
		lua_Integer n = (lua_Integer)lua_rawlen(L, -1);
		for (lua_Integer i = 1; i <= n; i++) {
			luaL_argcheck(L, lua_rawgeti(L, -1, i) == LUA_TSTRING, 2, "order must be an array of keys");
			lua_pushinteger(L, i);
			lua_rawset(L, RANKS);
		}
	}
	lua_pop(L, 1);
}

/* emit(documents, { order = { "apiVersion", ... } }) -> text | nil, err
 * documents: array of tables that are not empty. Keys in `order` come first in that order, at every level, the others sorted by
 * bytes. Arrays are tables with items, or marked by jobmodel.array; an empty table is `{}`; cjson.null is null.
 * err ("yaml.value"): `path`, as "[2].spec.x", leads to what cannot be written. */
static int yaml_emit(lua_State *L)
{
	yaml_event_t event;
	struct sk_path root = { 0 };
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 2);
	push_ranks(L);
	sk_type(L, EMITTER, NULL, emitter_close);
	struct emitter *e = sk_own(L, sizeof *e, EMITTER);
	lua_toclose(L, -1);
	e->L = L;
	e->open = yaml_emitter_initialize(&e->yaml);
	if (!e->open)
		return luaL_error(L, "not enough memory");
	yaml_emitter_set_output(&e->yaml, emitter_write, &e->out);
	yaml_emitter_set_encoding(&e->yaml, YAML_UTF8_ENCODING);
	yaml_emitter_set_width(&e->yaml, -1);
	yaml_emitter_set_indent(&e->yaml, 2);
	emit(e, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING), &event);
	lua_Integer n = (lua_Integer)lua_rawlen(L, 1);
	for (lua_Integer i = 1; i <= n; i++) {
		struct sk_path document = { .up = &root, .index = i };
		lua_rawgeti(L, 1, i);
		int failed = emit_document(e, &document);
		if (failed)
			return failed;
		lua_pop(L, 1);
	}
	emit(e, yaml_stream_end_event_initialize(&event), &event);
	if (!yaml_emitter_flush(&e->yaml))
		return luaL_error(L, "not enough memory");
	lua_pushlstring(L, e->out.length > 0 ? e->out.data : "", e->out.length);
	return 1;
}

/* style(text) -> "plain" | "double" | "literal": how emit writes this text as a value */
static int yaml_style(lua_State *L)
{
	static const char *const names[] = { [SK_YAML_PLAIN] = "plain", [SK_YAML_DOUBLE] = "double", [SK_YAML_LITERAL] = "literal" };
	size_t length;
	const char *s = luaL_checklstring(L, 1, &length);
	lua_pushstring(L, names[sk_yaml_value_style(s, length)]);
	return 1;
}

int luaopen_samzak8s_native_yaml(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "emit", yaml_emit },
		{ "parse", sk_yaml_parse },
		{ "style", yaml_style },
		{ NULL, NULL },
	};
	luaL_newlib(L, functions);
	return 1;
}
