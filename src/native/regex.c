/* SPDX-License-Identifier: Apache-2.0 */
/* samzak8s.native.regex: PCRE2 patterns that must match a whole text. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "bind.h"

int luaopen_samzak8s_native_regex(lua_State *L);

static const char REGEX[] = "samzak8s.regex";

/* Steps after which a match is given up: a tenth of a second of backtracking, where a sane pattern takes hundreds. */
#define MATCH_LIMIT 1000000
#define HEAP_LIMIT_KIB 65536

/* Names are short, so no shortcuts: PCRE2 10.42 makes `a{0,1}` of `a{0,1}(?:Ab)?+a` possessive, which loses matches. */
#define OPTIONS (PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_NO_AUTO_POSSESS | PCRE2_NO_START_OPTIMIZE)

struct regex {
	pcre2_code *code;
	pcre2_match_data *match;
	pcre2_match_context *limits;
};

static int regex_close(lua_State *L)
{
	struct regex *re = luaL_checkudata(L, 1, REGEX);
	pcre2_match_data_free(re->match);
	pcre2_match_context_free(re->limits);
	pcre2_code_free(re->code);
	*re = (struct regex) { NULL, NULL, NULL };
	return 0;
}

static struct regex *check_open(lua_State *L)
{
	struct regex *re = luaL_checkudata(L, 1, REGEX);
	luaL_argcheck(L, re->code != NULL, 1, "the regex is closed");
	return re;
}

/* Push nil and an error with PCRE2's own words for `number`; return 2. */
static int fail_pcre(lua_State *L, const char *code, int number)
{
	PCRE2_UCHAR words[256];
	pcre2_get_error_message(number, words, sizeof words);
	return sk_fail(L, code, "%s", (const char *)words);
}

/* compile(pattern) -> re | nil, err
 * err.code is "regex.syntax", err.offset the number of bytes before the place. Pattern and texts are UTF-8. */
static int regex_compile(lua_State *L)
{
	size_t length;
	const char *pattern = luaL_checklstring(L, 1, &length);
	struct regex *re = sk_own(L, sizeof *re, REGEX);
	int number;
	PCRE2_SIZE offset;
	re->code = pcre2_compile((PCRE2_SPTR)pattern, length, OPTIONS, &number, &offset, NULL);
	if (re->code == NULL) {
		fail_pcre(L, "regex.syntax", number);
		lua_pushinteger(L, (lua_Integer)offset);
		lua_setfield(L, -2, "offset");
		return 2;
	}
	re->match = pcre2_match_data_create(1, NULL);
	re->limits = pcre2_match_context_create(NULL);
	if (re->match == NULL || re->limits == NULL)
		return luaL_error(L, "not enough memory");
	pcre2_set_match_limit(re->limits, MATCH_LIMIT);
	pcre2_set_heap_limit(re->limits, HEAP_LIMIT_KIB);
	return 1;
}

/* re:matches(text) -> boolean, whether it matches the whole text | nil, err
 * err.code is "regex.limit" when too many ways had to be tried, else "regex.text": no UTF-8. */
static int regex_matches(lua_State *L)
{
	struct regex *re = check_open(L);
	size_t length;
	const char *text = luaL_checklstring(L, 2, &length);
	int found = pcre2_match(re->code, (PCRE2_SPTR)text, length, 0, 0, re->match, re->limits);
	if (found >= 0 || found == PCRE2_ERROR_NOMATCH) {
		lua_pushboolean(L, found >= 0);
		return 1;
	}
	if (found == PCRE2_ERROR_MATCHLIMIT || found == PCRE2_ERROR_DEPTHLIMIT || found == PCRE2_ERROR_HEAPLIMIT)
		return fail_pcre(L, "regex.limit", found);
	if (found == PCRE2_ERROR_NOMEMORY)
		return luaL_error(L, "not enough memory");
	return fail_pcre(L, "regex.text", found);
}

/* version() -> "10.42" */
static int regex_version(lua_State *L)
{
	lua_pushfstring(L, "%d.%d", PCRE2_MAJOR, PCRE2_MINOR);
	return 1;
}

int luaopen_samzak8s_native_regex(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "compile", regex_compile },
		{ "version", regex_version },
		{ NULL, NULL },
	};
	static const luaL_Reg methods[] = {
		{ "matches", regex_matches },
		{ NULL, NULL },
	};
	sk_type(L, REGEX, methods, regex_close);
	luaL_newlib(L, functions);
	return 1;
}
