/* SPDX-License-Identifier: Apache-2.0 */
/* yaml.parse: documents as kubectl reads them, less what manifests have no need of. */
#include "yaml_parse.h"

#include "bind.h"
#include "utf8.h"
#include "walk.h"
#include "yaml_resolve.h"

#include <yaml.h>

#include <string.h>

#define DEPTH 64

static const char PARSER[] = "samzak8s.yaml.parser";

struct parser {
	lua_State *L;
	yaml_parser_t yaml;
	yaml_event_t event; /* the current one */
	bool open;          /* yaml is initialised */
	bool held;          /* event is to be deleted */
	int lines;          /* stack index of the table to note lines in, or 0 */
};

static int parser_close(lua_State *L)
{
	struct parser *p = luaL_checkudata(L, 1, PARSER);
	if (p->held)
		yaml_event_delete(&p->event);
	if (p->open)
		yaml_parser_delete(&p->yaml);
	p->held = p->open = false;
	return 0;
}

/* Push nil and an error at `line` (from 0, as libyaml counts); return 2. */
static int fail(struct parser *p, const char *code, size_t line, const char *message)
{
	sk_fail(p->L, code, "%s", message);
	lua_pushinteger(p->L, (lua_Integer)line + 1);
	lua_setfield(p->L, -2, "line");
	return 2;
}

static int refuse(struct parser *p, const char *message)
{
	return fail(p, "yaml.refused", p->event.start_mark.line, message);
}

/* The next event becomes the current one. 0, or nil, err and 2. */
static int next_event(struct parser *p)
{
	if (p->held)
		yaml_event_delete(&p->event);
	p->held = false;
	if (yaml_parser_parse(&p->yaml, &p->event)) {
		p->held = true;
		return 0;
	}
	if (p->yaml.error == YAML_MEMORY_ERROR)
		return luaL_error(p->L, "not enough memory");
	const char *problem = p->yaml.problem != NULL ? p->yaml.problem : "not YAML";
	if (p->yaml.context != NULL)
		problem = lua_pushfstring(p->L, "%s %s", problem, p->yaml.context);
	return fail(p, "yaml.syntax", p->yaml.problem_mark.line, problem);
}

static int check_plain_node(struct parser *p, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor != NULL)
		return refuse(p, "anchors are not understood");
	return tag != NULL ? refuse(p, "tags are not understood") : 0;
}

static int push_value(struct parser *p, int depth);

/* Push the scalar that is the current event. */
static int push_scalar(struct parser *p)
{
	const char *s = (const char *)p->event.data.scalar.value;
	size_t length = p->event.data.scalar.length;
	struct sk_yaml_scalar scalar = { .type = SK_YAML_STRING };
	int failed = check_plain_node(p, p->event.data.scalar.anchor, p->event.data.scalar.tag);
	if (failed)
		return failed;
	if (p->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		scalar = sk_yaml_resolve(s, length);
	switch (scalar.type) {
	case SK_YAML_NULL:
		lua_pushlightuserdata(p->L, NULL);
		return 0;
	case SK_YAML_BOOLEAN:
		lua_pushboolean(p->L, scalar.boolean);
		return 0;
	case SK_YAML_INTEGER:
		lua_pushinteger(p->L, scalar.integer);
		return 0;
	case SK_YAML_FLOAT:
		lua_pushnumber(p->L, scalar.number);
		return 0;
	case SK_YAML_UNREADABLE:
		return refuse(p, "infinity and NaN are no numbers in JSON");
	case SK_YAML_STRING:
		break;
	}
	lua_pushlstring(p->L, s, length);
	return 0;
}

/* Note that what the key on top of the stack leads to in the table at `table` begins at the current event's line. */
static void note_line(struct parser *p, int table)
{
	if (p->lines == 0)
		return;
	int key = lua_gettop(p->L);
	lua_pushvalue(p->L, table);
	if (lua_rawget(p->L, p->lines) == LUA_TNIL) {
		lua_newtable(p->L);
		lua_pushvalue(p->L, table);
		lua_pushvalue(p->L, -2);
		lua_rawset(p->L, p->lines);
		lua_remove(p->L, -2);
	}
	lua_pushvalue(p->L, key);
	lua_pushinteger(p->L, (lua_Integer)p->event.start_mark.line + 1);
	lua_rawset(p->L, -3);
	lua_settop(p->L, key);
}

/* Push the current event as a key: JSON's keys are text, so kubectl turns `1:` and `yes:` into "1" and "true". */
static int push_key(struct parser *p)
{
	if (p->event.type != YAML_SCALAR_EVENT)
		return refuse(p, p->event.type == YAML_ALIAS_EVENT ? "aliases are not understood" : "a key must be text");
	bool plain = p->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	if (plain && strcmp((const char *)p->event.data.scalar.value, "<<") == 0)
		return refuse(p, "merge keys are not understood");
	int failed = push_scalar(p);
	if (failed)
		return failed;
	if (lua_islightuserdata(p->L, -1))
		return refuse(p, "a key must be text, not null");
	luaL_tolstring(p->L, -1, NULL);
	lua_remove(p->L, -2);
	return 0;
}

static int push_mapping(struct parser *p, int depth)
{
	lua_newtable(p->L);
	int table = lua_gettop(p->L);
	for (;;) {
		int failed = next_event(p);
		if (failed)
			return failed;
		if (p->event.type == YAML_MAPPING_END_EVENT)
			return 0;
		failed = push_key(p);
		if (failed)
			return failed;
		lua_pushvalue(p->L, -1);
		if (lua_rawget(p->L, -3) != LUA_TNIL) {
			const char *message = lua_pushfstring(p->L, "the key \"%s\" is there twice", lua_tostring(p->L, -2));
			return fail(p, "yaml.duplicate", p->event.start_mark.line, message);
		}
		lua_pop(p->L, 1);
		note_line(p, table);
		failed = next_event(p);
		if (failed)
			return failed;
		failed = push_value(p, depth);
		if (failed)
			return failed;
		lua_rawset(p->L, -3);
	}
}

static int push_sequence(struct parser *p, int depth)
{
	lua_newtable(p->L);
	int table = lua_gettop(p->L);
	for (lua_Integer i = 1;; i++) {
		int failed = next_event(p);
		if (failed)
			return failed;
		if (p->event.type == YAML_SEQUENCE_END_EVENT) {
			sk_array_mark(p->L);
			return 0;
		}
		lua_pushinteger(p->L, i);
		note_line(p, table);
		lua_pop(p->L, 1);
		failed = push_value(p, depth);
		if (failed)
			return failed;
		lua_rawseti(p->L, -2, i);
	}
}

/* Push the value that begins with the current event and read to its last event. Only the value and 0, or nil, err and 2. */
static int push_value(struct parser *p, int depth)
{
	int failed = 0;
	luaL_checkstack(p->L, 8, "not enough memory");
	if (depth == DEPTH)
		return refuse(p, "nested more than 64 deep");
	switch (p->event.type) {
	case YAML_SCALAR_EVENT:
		return push_scalar(p);
	case YAML_MAPPING_START_EVENT:
		failed = check_plain_node(p, p->event.data.mapping_start.anchor, p->event.data.mapping_start.tag);
		return failed ? failed : push_mapping(p, depth + 1);
	case YAML_SEQUENCE_START_EVENT:
		failed = check_plain_node(p, p->event.data.sequence_start.anchor, p->event.data.sequence_start.tag);
		return failed ? failed : push_sequence(p, depth + 1);
	default:
		return refuse(p, "aliases are not understood");
	}
}

/* Append every document to the array at `documents`; those that are null are left out, as kubectl does. */
static int read_documents(struct parser *p, int documents)
{
	lua_Integer n = 0;
	for (;;) {
		int failed = next_event(p);
		if (failed)
			return failed;
		if (p->event.type == YAML_STREAM_END_EVENT)
			return 0;
		if (p->event.type != YAML_DOCUMENT_START_EVENT)
			continue;
		if (p->event.data.document_start.version_directive != NULL ||
			p->event.data.document_start.tag_directives.start != p->event.data.document_start.tag_directives.end)
			return refuse(p, "directives are not understood");
		failed = next_event(p);
		if (failed)
			return failed;
		lua_pushinteger(p->L, n + 1);
		note_line(p, documents);
		lua_pop(p->L, 1);
		failed = push_value(p, 0);
		if (failed)
			return failed;
		if (lua_islightuserdata(p->L, -1))
			lua_pop(p->L, 1);
		else
			lua_rawseti(p->L, documents, ++n);
	}
}

/* parse(text[, lines]) -> array of documents | nil, err
 * `lines`: a table that receives, for the array of documents and each table in it, { [key] = line where it begins }.
 * Values as kubectl types them; null is cjson.null; arrays are marked as jobmodel.array does. err.line: `yaml.syntax`,
 * `yaml.duplicate` (a key twice), `yaml.refused` (anchors, aliases, merge keys, tags, directives, depth over 64). */
int sk_yaml_parse(lua_State *L)
{
	size_t length;
	const char *text = luaL_checklstring(L, 1, &length);
	lua_settop(L, 2);
	if (!lua_isnil(L, 2))
		luaL_checktype(L, 2, LUA_TTABLE);
	sk_type(L, PARSER, NULL, parser_close);
	struct parser *p = sk_own(L, sizeof *p, PARSER);
	lua_toclose(L, -1);
	p->L = L;
	p->lines = lua_isnil(L, 2) ? 0 : 2;
	size_t good = sk_utf8_check(text, length);
	if (good != length) {
		size_t line = 0;
		for (size_t i = 0; i < good; i++)
			line += text[i] == '\n';
		return fail(p, "yaml.syntax", line, "not valid UTF-8");
	}
	p->open = yaml_parser_initialize(&p->yaml);
	if (!p->open)
		return luaL_error(L, "not enough memory");
	if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
		text += 3;
		length -= 3;
	}
	yaml_parser_set_encoding(&p->yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&p->yaml, (const unsigned char *)text, length);
	lua_newtable(L);
	int failed = read_documents(p, lua_gettop(L));
	if (failed)
		return failed;
	lua_settop(L, 4);
	return 1;
}
