/* SPDX-License-Identifier: Apache-2.0 */
/* samzak8s.native.line: read lines from a terminal, with completion by a Lua function and a history file. */
#include "repl.h"

#include <errno.h>
#include <string.h>

#include "history.h"
#include "line.h"
#include "native/bind.h"

static const char LINE[] = "samzak8s.line";

struct reader {
	struct sk_line *line; /* NULL once closed */
	lua_State *L;         /* set during a read, for the completion callback */
	int complete;         /* registry references; LUA_NOREF: none */
	int history;
};

/* What complete_protected gets and gives; lives on the C stack of complete_line. */
struct request {
	struct reader *reader;
	const char *text;
	size_t length;
	struct sk_buf *insert, *show;
};

static struct reader *check_open(lua_State *L, int i)
{
	struct reader *r = luaL_checkudata(L, i, LINE);
	luaL_argcheck(L, r->line != NULL, i, "the line reader is closed");
	return r;
}

/* The path of the history file, or NULL; it is anchored in the registry. */
static const char *history_path(lua_State *L, const struct reader *r)
{
	const char *path = lua_rawgeti(L, LUA_REGISTRYINDEX, r->history) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
	lua_pop(L, 1);
	return path;
}

/* Call complete(text) -> insert, show; both are strings or nil. */
static int complete_protected(lua_State *L)
{
	const struct request *q = lua_touserdata(L, 1);
	lua_rawgeti(L, LUA_REGISTRYINDEX, q->reader->complete);
	lua_pushlstring(L, q->text, q->length);
	lua_call(L, 1, 2);
	size_t length;
	const char *text = lua_tolstring(L, -2, &length);
	if (text != NULL)
		sk_buf_append(q->insert, text, length);
	text = lua_tolstring(L, -1, &length);
	if (text != NULL)
		sk_buf_append(q->show, text, length);
	return 0;
}

/* Called in the middle of libedit: an error must not jump over it, so it is shown below the line instead. */
static void complete_line(void *user, const char *text, size_t length, struct sk_buf *insert, struct sk_buf *show)
{
	struct reader *r = user;
	struct request q = { r, text, length, insert, show };
	if (r->complete == LUA_NOREF || !lua_checkstack(r->L, 3))
		return;
	lua_pushcfunction(r->L, complete_protected);
	lua_pushlightuserdata(r->L, &q);
	if (lua_pcall(r->L, 1, 0, 0) == LUA_OK)
		return;
	sk_buf_text(show, "completion failed");
	if (lua_type(r->L, -1) == LUA_TSTRING) {
		sk_buf_text(show, ": ");
		sk_buf_text(show, lua_tostring(r->L, -1));
	}
	lua_pop(r->L, 1);
}

/* reader:close() */
static int reader_close(lua_State *L)
{
	struct reader *r = luaL_checkudata(L, 1, LINE);
	sk_line_close(r->line);
	r->line = NULL;
	luaL_unref(L, LUA_REGISTRYINDEX, r->complete);
	luaL_unref(L, LUA_REGISTRYINDEX, r->history);
	r->complete = r->history = LUA_NOREF;
	return 0;
}

/* reader:read(prompt) -> text | nil (end of input) | false (interrupted) */
static int reader_read(lua_State *L)
{
	struct reader *r = check_open(L, 1);
	const char *prompt = luaL_checkstring(L, 2);
	const char *text = NULL;
	size_t length = 0;
	r->L = L;
	enum sk_line_result result = sk_line_read(r->line, prompt, &text, &length);
	r->L = NULL;
	if (result == SK_LINE_TEXT)
		lua_pushlstring(L, text, length);
	else if (result == SK_LINE_INTERRUPTED)
		lua_pushboolean(L, 0);
	else
		lua_pushnil(L);
	return 1;
}

/* reader:add(text [, keep]) -> true | nil, err: recall text with the arrow keys; unless keep is false, also in later sessions */
static int reader_add(lua_State *L)
{
	struct reader *r = check_open(L, 1);
	const char *text = luaL_checkstring(L, 2);
	const char *path = lua_isboolean(L, 3) && !lua_toboolean(L, 3) ? NULL : history_path(L, r);
	sk_line_add(r->line, text);
	if (path != NULL && !sk_history_append(path, text))
		return sk_fail(L, "repl.history", "%s: the history cannot be written: %s", path, strerror(errno));
	lua_pushboolean(L, 1);
	return 1;
}

static void recall(void *user, const char *text)
{
	sk_line_add(user, text);
}

/* Keep field `name` of the options in the registry when it has that type; nil is LUA_NOREF, anything else raises. */
static int option_ref(lua_State *L, const char *name, int type)
{
	int is = lua_getfield(L, 1, name);
	if (is == LUA_TNIL) {
		lua_pop(L, 1);
		return LUA_NOREF;
	}
	if (is != type)
		return luaL_error(L, "line.open: %s must be a %s, not a %s", name, lua_typename(L, type), lua_typename(L, is));
	return luaL_ref(L, LUA_REGISTRYINDEX);
}

/* open{ complete = function(text) -> insert, show, history = PATH } -> reader | nil, err; both fields are optional */
static int line_open(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	struct reader *r = sk_own(L, sizeof *r, LINE);
	r->complete = r->history = LUA_NOREF;
	r->complete = option_ref(L, "complete", LUA_TFUNCTION);
	r->history = option_ref(L, "history", LUA_TSTRING);
	r->line = sk_line_open(complete_line, r);
	if (r->line == NULL)
		return sk_fail(L, "repl.terminal", "the terminal cannot be used for line editing");
	const char *path = history_path(L, r);
	if (path != NULL)
		sk_history_load(path, recall, r->line);
	return 1;
}

int luaopen_samzak8s_native_line(lua_State *L)
{
	static const luaL_Reg methods[] = { { "read", reader_read }, { "add", reader_add }, { NULL, NULL } };
	static const luaL_Reg functions[] = { { "open", line_open }, { NULL, NULL } };
	sk_type(L, LINE, methods, reader_close);
	luaL_newlib(L, functions);
	return 1;
}
