/* SPDX-License-Identifier: Apache-2.0 */
#include "host.h"

#include <lauxlib.h>
#include <lualib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "embed.h"
#include "native/all.h"
#include "native/bind.h"
#include "options.h"
#include "sources.h"
#include "repl.h"

int luaopen_cjson(lua_State *L);

static volatile sig_atomic_t interrupted;
static lua_State *interrupt_state; /* whose hook the signal handler arms, as lua.c does */

static void interrupt_hook(lua_State *L, lua_Debug *ar)
{
	(void)ar;
	lua_sethook(L, NULL, 0, 0);
	interrupted = 0;
	lua_createtable(L, 0, 2);
	lua_pushstring(L, "interrupted");
	lua_setfield(L, -2, "code");
	lua_pushstring(L, "interrupted");
	lua_setfield(L, -2, "message");
	sk_error_mark(L);
	lua_error(L);
}

/* The first Ctrl-C raises "interrupted" at the next Lua instruction, a second one before that kills. */
static void on_interrupt(int number)
{
	if (interrupted) {
		signal(number, SIG_DFL);
		raise(number);
		return;
	}
	interrupted = 1;
	lua_sethook(interrupt_state, interrupt_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

static void catch_interrupts(lua_State *L)
{
	struct sigaction action = { .sa_handler = on_interrupt };
	interrupt_state = L;
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* Set field `name` of the table on top of the stack to a text; NULL leaves it out. */
static void set_text(lua_State *L, const char *name, const char *text)
{
	if (text == NULL)
		return;
	lua_pushstring(L, text);
	lua_setfield(L, -2, name);
}

/* Push the array of { name, operands, help } of the commands. */
static void push_commands(lua_State *L)
{
	lua_newtable(L);
	for (lua_Integer i = 0; sk_command_table[i].name != NULL; i++) {
		lua_newtable(L);
		set_text(L, "name", sk_command_table[i].name);
		set_text(L, "operands", sk_command_table[i].operands);
		set_text(L, "help", sk_command_table[i].help);
		lua_rawseti(L, -2, i + 1);
	}
}

/* Push the array of { name, letter, value, choices, commands, help } of the options. */
static void push_options(lua_State *L)
{
	lua_newtable(L);
	for (lua_Integer i = 0; sk_option_table[i].name != NULL; i++) {
		const struct sk_option *o = &sk_option_table[i];
		lua_newtable(L);
		set_text(L, "name", o->name);
		if (o->letter != 0) {
			lua_pushfstring(L, "%c", o->letter);
			lua_setfield(L, -2, "letter");
		}
		set_text(L, "value", o->value);
		set_text(L, "choices", o->takes == SK_CHOICE ? o->value : NULL);
		set_text(L, "commands", o->commands);
		set_text(L, "help", o->help);
		lua_rawseti(L, -2, i + 1);
	}
}

/* samzak8s.native.host: what only the program itself knows */
static int open_host(lua_State *L)
{
	static const luaL_Reg functions[] = { { "source", sk_sources_read }, { "sources", sk_sources_list }, { NULL, NULL } };
	luaL_newlib(L, functions);
	lua_pushstring(L, sk_version);
	lua_setfield(L, -2, "version");
	push_commands(L);
	lua_setfield(L, -2, "commands");
	push_options(L);
	lua_setfield(L, -2, "options");
	return 1;
}

static void preload(lua_State *L, const char *name, lua_CFunction open)
{
	luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
	lua_pushcfunction(L, open);
	lua_setfield(L, -2, name);
	lua_pop(L, 1);
}

struct setup {
	const char *lua_dir;
};

static int host_setup(lua_State *L)
{
	luaL_openlibs(L);
	for (const struct sk_module *m = sk_modules; m->name != NULL; m++)
		preload(L, m->name, m->open);
	preload(L, "samzak8s.native.host", open_host);
	preload(L, "samzak8s.native.line", luaopen_samzak8s_native_line);
	preload(L, "cjson", luaopen_cjson);
	sk_sources_install(L, ((const struct setup *)lua_touserdata(L, 1))->lua_dir);
	return 0;
}

lua_State *sk_host_new(const char *lua_dir)
{
	struct setup setup = { lua_dir };
	lua_State *L = luaL_newstate();
	if (L == NULL)
		return NULL;
	lua_pushcfunction(L, host_setup);
	lua_pushlightuserdata(L, &setup);
	if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
		lua_close(L);
		return NULL;
	}
	catch_interrupts(L);
	return L;
}

/* Keep error tables as they are; give everything else a traceback, since it is a defect of ours. */
static int message_handler(lua_State *L)
{
	if (lua_istable(L, 1))
		return 1;
	luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
	return 1;
}

static int run_commands(lua_State *L)
{
	lua_getglobal(L, "require");
	lua_pushliteral(L, "samzak8s.commands");
	lua_call(L, 1, 1);
	lua_insert(L, 1);
	lua_call(L, 1, 1);
	return 1;
}

static int report_escaped(lua_State *L)
{
	if (lua_istable(L, -1)) {
		lua_getfield(L, -1, "code");
		if (lua_isstring(L, -1) && strcmp(lua_tostring(L, -1), "interrupted") == 0)
			return SK_EXIT_INTERRUPTED;
		lua_pop(L, 1);
	}
	const char *text = lua_tostring(L, -1);
	fprintf(stderr, "samzak8s: error: internal: %s\n  hint: this is a defect of samzak8s; please report it with the text above\n",
		text != NULL ? text : "an error without text");
	return SK_EXIT_FAILED;
}

int sk_host_run(lua_State *L)
{
	lua_pushcfunction(L, message_handler);
	lua_insert(L, -2);
	lua_pushcfunction(L, run_commands);
	lua_insert(L, -2);
	if (lua_pcall(L, 1, 1, -3) != LUA_OK)
		return report_escaped(L);
	return (int)lua_tointeger(L, -1);
}

bool sk_host_close(lua_State *L)
{
	if (sk_abandoned(L))
		return false;
	lua_close(L);
	return true;
}
