/* SPDX-License-Identifier: Apache-2.0 */
/* samzak8s.native.props: Java's .properties files. */
#include "bind.h"
#include "properties.h"
#include "utf8.h"

int luaopen_samzak8s_native_props(lua_State *L);

static const char READER[] = "samzak8s.properties";

static int reader_close(lua_State *L)
{
	sk_properties_free(luaL_checkudata(L, 1, READER));
	return 0;
}

static void set_text(lua_State *L, const char *field, const char *text)
{
	lua_pushstring(L, text);
	lua_setfield(L, -2, field);
}

static void set_line(lua_State *L, size_t line)
{
	lua_pushinteger(L, (lua_Integer)line);
	lua_setfield(L, -2, "line");
}

/* Append { code, message, hint, line } to the array at absolute index `warnings`. */
static void warn(lua_State *L, int warnings, const char *code, const char *message, const char *hint, size_t line)
{
	lua_createtable(L, 0, 4);
	set_text(L, "code", code);
	set_text(L, "message", message);
	set_text(L, "hint", hint);
	set_line(L, line);
	lua_rawseti(L, warnings, (lua_Integer)lua_rawlen(L, warnings) + 1);
}

static void push_entry(lua_State *L, const struct sk_properties *p)
{
	lua_createtable(L, 0, 3);
	lua_pushlstring(L, p->key.data, p->key.length);
	lua_setfield(L, -2, "key");
	lua_pushlstring(L, p->value.data, p->value.length);
	lua_setfield(L, -2, "value");
	set_line(L, p->line);
}

/* Warnings about the whole file, once all entries are read. */
static void warn_encoding(lua_State *L, int warnings, const struct sk_properties *p)
{
	if (sk_properties_marked(p))
		warn(L, warnings, "properties.mark", "the file starts with a UTF-8 byte order mark, which Samza reads as part of the first line",
			"save the file without a byte order mark", 1);
	if (p->high_line != 0 && sk_utf8_valid(p->bytes, p->length))
		warn(L, warnings, "properties.utf8", "the file is UTF-8, but Samza reads it as ISO-8859-1: \xC3\xA9 becomes \xC3\x83\xC2\xA9",
			"write such characters as \\uXXXX", p->high_line);
}

/* parse(bytes) -> { { key=, value=, line= }, ... }, warnings | nil, err
 * Entries stand in file order, duplicates too (the last one counts); text is UTF-8; `line` is the entry's first line.
 * Warnings are { code=, message=, hint=, line= }. err.code is "properties.malformed", err.line the line of the bad escape. */
static int props_parse(lua_State *L)
{
	size_t length;
	const char *bytes = luaL_checklstring(L, 1, &length);
	lua_settop(L, 1);
	struct sk_properties *p = sk_own(L, sizeof *p, READER);
	lua_toclose(L, 2);
	sk_properties_start(p, bytes, length);
	lua_newtable(L); /* 3: entries */
	lua_newtable(L); /* 4: warnings */
	for (lua_Integer count = 1;; count++) {
		switch (sk_properties_next(p)) {
		case SK_PROPERTIES_ENTRY:
			push_entry(L, p);
			lua_rawseti(L, 3, count);
			if (p->unpaired > 0)
				warn(L, 4, "properties.surrogate", "half of a surrogate pair stands alone and becomes a question mark",
					"write both \\u escapes of the character, one after the other", p->line);
			break;
		case SK_PROPERTIES_END:
			warn_encoding(L, 4, p);
			return 2;
		case SK_PROPERTIES_MALFORMED:
			sk_fail(L, "properties.malformed", "Malformed \\uxxxx encoding.");
			set_text(L, "hint", "write \\u and four hex digits, or double the backslash");
			set_line(L, p->line);
			return 2;
		case SK_PROPERTIES_MEMORY:
			return luaL_error(L, "not enough memory");
		}
	}
}

static const luaL_Reg functions[] = {
	{ "parse", props_parse },
	{ NULL, NULL },
};

int luaopen_samzak8s_native_props(lua_State *L)
{
	sk_type(L, READER, NULL, reader_close);
	luaL_newlib(L, functions);
	return 1;
}
