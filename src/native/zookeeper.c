/* SPDX-License-Identifier: Apache-2.0 */
/* samzak8s.native.zookeeper: read nodes of a ZooKeeper ensemble. Nothing is ever written to it. */
#include <zookeeper.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bind.h"
#include "zk_session.h"

int luaopen_samzak8s_native_zookeeper(lua_State *L);

static const char CLIENT[] = "samzak8s.zookeeper";
enum { SLICE_MS = 100, CLOSE_MS = 1000, SESSION_MS_MIN = 1000, SESSION_MS_MAX = 6000, TIMEOUT_MS_MAX = 86400000 };

struct client {
	struct sk_zk *zk;    /* NULL when closed */
	char source[256];    /* the connect string, for messages */
};

static int client_close(lua_State *L)
{
	struct client *c = luaL_checkudata(L, 1, CLIENT);
	struct sk_zk *zk = c->zk;
	c->zk = NULL;
	if (zk != NULL && !sk_zk_close(zk, CLOSE_MS))
		sk_abandon(L);
	return 0;
}

static struct client *check_open(lua_State *L, int arg)
{
	struct client *c = luaL_checkudata(L, arg, CLIENT);
	luaL_argcheck(L, c->zk != NULL, arg, "the client is closed");
	return c;
}

/* Raise on an option that is none of `known` (ended by NULL). */
static void check_keys(lua_State *L, int arg, const char *const known[])
{
	luaL_checktype(L, arg, LUA_TTABLE);
	lua_pushnil(L);
	while (lua_next(L, arg) != 0) {
		size_t i = 0;
		lua_pop(L, 1);
		luaL_argcheck(L, lua_type(L, -1) == LUA_TSTRING, arg, "options have names");
		while (known[i] != NULL && strcmp(known[i], lua_tostring(L, -1)) != 0)
			i++;
		if (known[i] == NULL)
			luaL_argerror(L, arg, lua_pushfstring(L, "unknown option '%s'", lua_tostring(L, -1)));
	}
}

/* Push the `wait` function, or nil, and return timeout_ms. */
static int check_waiting(lua_State *L, int arg)
{
	lua_Integer ms;
	lua_getfield(L, arg, "timeout_ms");
	luaL_argcheck(L, lua_isinteger(L, -1), arg, "timeout_ms is an integer");
	ms = lua_tointeger(L, -1);
	luaL_argcheck(L, ms >= 1 && ms <= TIMEOUT_MS_MAX, arg, "timeout_ms is between 1 and 86400000");
	lua_pop(L, 1);
	lua_getfield(L, arg, "wait");
	luaL_argcheck(L, lua_isnil(L, -1) || lua_isfunction(L, -1), arg, "wait is a function");
	return (int)ms;
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Wait for the session to have its answer, calling the function at `wait` (or nil) every SLICE_MS. */
static enum sk_zk_status client_wait(lua_State *L, struct client *c, int wait, int timeout_ms)
{
	int64_t begin = now_ms();
	int elapsed = 0;
	for (;;) {
		int left = timeout_ms - elapsed;
		enum sk_zk_status status = sk_zk_wait(c->zk, left < SLICE_MS ? left : SLICE_MS);
		elapsed = (int)(now_ms() - begin);
		if (status != SK_ZK_PENDING || elapsed >= timeout_ms)
			return status;
		if (!lua_isnil(L, wait)) {
			lua_pushvalue(L, wait);
			lua_pushinteger(L, elapsed);
			lua_pushinteger(L, timeout_ms - elapsed);
			lua_call(L, 2, 0);
		}
		if (c->zk == NULL)
			luaL_error(L, "the client was closed while waiting");
	}
}

/* Add source and notes to the error that sk_fail pushed, and return 2. */
static int client_fail(lua_State *L, struct client *c)
{
	char text[320];
	lua_Integer i = 0;
	lua_pushstring(L, c->source);
	lua_setfield(L, -2, "source");
	lua_newtable(L);
	while (c->zk != NULL && sk_zk_log_note(sk_zk_log(c->zk), (size_t)i, text, sizeof text)) {
		lua_pushstring(L, text);
		lua_rawseti(L, -2, ++i);
	}
	lua_setfield(L, -2, "notes");
	return 2;
}

/* Push nil and the error for a `status` that is not ready. `what` is what was asked, for the message. */
static int status_fail(lua_State *L, struct client *c, enum sk_zk_status status, const char *what, size_t count, int timeout_ms)
{
	struct sk_zk_facts facts = sk_zk_facts(c->zk);
	const char *chroot = sk_zk_hosts(c->zk)->chroot;
	switch (status) {
	case SK_ZK_UNRESOLVED:
		sk_fail(L, "zookeeper.resolve", "no ZooKeeper server has an address");
		break;
	case SK_ZK_CONFIG:
		sk_fail(L, "zookeeper.config", "the connect string is not valid");
		break;
	case SK_ZK_FORBIDDEN:
		if (facts.path != NULL)
			sk_fail(L, "zookeeper.authentication", "not allowed to read %s%s: %s", chroot, facts.path, zerror(facts.rc));
		else
			sk_fail(L, "zookeeper.authentication", "authentication failed");
		break;
	case SK_ZK_BROKEN:
		sk_fail(L, "zookeeper.protocol", "cannot read %s%s: %s", chroot, facts.path, zerror(facts.rc));
		break;
	default:
		if (!facts.connected && facts.expired > 0)
			sk_fail(L, "zookeeper.expired", "the session expired, and no new one could be made within %d ms", timeout_ms);
		else if (!facts.connected && sk_zk_log_refused(sk_zk_log(c->zk)))
			sk_fail(L, "zookeeper.refused", "connections were refused for %d ms", timeout_ms);
		else if (what == NULL)
			sk_fail(L, "zookeeper.timeout", "no session within %d ms", timeout_ms);
		else if (count == 1)
			sk_fail(L, "zookeeper.timeout", "no answer about %s%s within %d ms", chroot, what, timeout_ms);
		else
			sk_fail(L, "zookeeper.timeout", "only %d of %d nodes were answered within %d ms", (int)facts.answered, (int)count, timeout_ms);
		break;
	}
	return client_fail(L, c);
}

/* Push what the library said so far, oldest first. */
static void push_log(lua_State *L, struct client *c)
{
	char text[512];
	lua_newtable(L);
	for (size_t i = 0; sk_zk_log_line(sk_zk_log(c->zk), i, text, sizeof text); i++) {
		lua_pushstring(L, text);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
}

/* zookeeper.connect{ hosts = "h:p,h2:p2/chroot", timeout_ms =, wait = function(elapsed_ms, left_ms) } -> client | nil, err
 * Codes: zookeeper.config, .resolve, .refused, .timeout, .expired, .authentication; err.log is what the library said. */
static int zookeeper_connect(lua_State *L)
{
	static const char *const known[] = { "hosts", "timeout_ms", "wait", NULL };
	const char *hosts;
	struct client *c;
	char why[256];
	enum sk_zk_status status;
	int ms, session_ms;
	check_keys(L, 1, known);
	lua_settop(L, 1);
	lua_getfield(L, 1, "hosts");
	luaL_argcheck(L, lua_type(L, 2) == LUA_TSTRING, 1, "hosts is a string");
	hosts = lua_tostring(L, 2);
	ms = check_waiting(L, 1);
	session_ms = ms / 3 < SESSION_MS_MIN ? SESSION_MS_MIN : ms / 3 > SESSION_MS_MAX ? SESSION_MS_MAX : ms / 3;
	c = sk_own(L, sizeof *c, CLIENT);
	c->zk = sk_zk_new(hosts, session_ms, why, sizeof why);
	strncpy(c->source, hosts, sizeof c->source - 1);
	if (c->zk == NULL) {
		sk_fail(L, "zookeeper.config", "%s", why);
		return client_fail(L, c);
	}
	if (!sk_zk_start(c->zk)) {
		sk_fail(L, "zookeeper.config", "the system gives no more threads");
		return client_fail(L, c);
	}
	status = client_wait(L, c, 3, ms);
	if (status != SK_ZK_READY) {
		status_fail(L, c, status, NULL, 0, ms);
		push_log(L, c);
		lua_setfield(L, -2, "log");
		lua_pushcfunction(L, client_close);
		lua_pushvalue(L, 4);
		lua_call(L, 1, 0);
		return 2;
	}
	sk_zk_log_forget(sk_zk_log(c->zk));
	lua_pushvalue(L, 4);
	return 1;
}

/* client:children(path, { timeout_ms =, wait = }) -> sorted names | nil, err
 * Codes: zookeeper.no-node, and those of connect. */
static int client_children(lua_State *L)
{
	static const char *const known[] = { "timeout_ms", "wait", NULL };
	struct client *c = check_open(L, 1);
	const char *path = luaL_checkstring(L, 2);
	const struct sk_zk_item *item;
	struct sk_zk_item *ask;
	enum sk_zk_status status;
	size_t count;
	int ms;
	check_keys(L, 3, known);
	lua_settop(L, 3);
	ms = check_waiting(L, 3);
	ask = sk_zk_prepare(c->zk, SK_ZK_CHILDREN, 1);
	if (ask == NULL || (ask->path = strdup(path)) == NULL)
		return luaL_error(L, "the client cannot be asked: an earlier question failed, or memory is short");
	sk_zk_ask(c->zk);
	status = client_wait(L, c, 4, ms);
	if (status != SK_ZK_READY)
		return status_fail(L, c, status, path, 1, ms);
	item = sk_zk_items(c->zk, &count);
	if (item->rc == ZNONODE) {
		const char *chroot = sk_zk_hosts(c->zk)->chroot;
		sk_fail(L, "zookeeper.no-node", "no such node: %s%s", chroot, *chroot != '\0' && path[1] == '\0' ? "" : path);
		return client_fail(L, c);
	}
	lua_getglobal(L, "table");
	lua_newtable(L);
	for (size_t at = 0, i = 1; at < item->length; i++) {
		lua_pushstring(L, item->value + at);
		at += strlen(item->value + at) + 1;
		lua_rawseti(L, -2, (lua_Integer)i);
	}
	lua_getfield(L, -2, "sort");
	lua_pushvalue(L, -2);
	lua_call(L, 1, 0);
	return 1;
}

/* client:read(paths, { timeout_ms =, wait = }) -> { [path] = bytes | false (no such node) } | nil, err
 * All at once, as far as the ensemble lets us; codes as in connect. */
static int client_read(lua_State *L)
{
	static const char *const known[] = { "timeout_ms", "wait", NULL };
	struct client *c = check_open(L, 1);
	const struct sk_zk_item *items;
	struct sk_zk_item *ask;
	enum sk_zk_status status;
	size_t count;
	bool copied = true;
	int ms;
	luaL_checktype(L, 2, LUA_TTABLE);
	check_keys(L, 3, known);
	lua_settop(L, 3);
	ms = check_waiting(L, 3);
	count = lua_rawlen(L, 2);
	for (size_t i = 0; i < count; i++) {
		lua_rawgeti(L, 2, (lua_Integer)i + 1);
		luaL_argcheck(L, lua_type(L, -1) == LUA_TSTRING, 2, "paths are strings");
		lua_pop(L, 1);
	}
	ask = sk_zk_prepare(c->zk, SK_ZK_READ, count);
	for (size_t i = 0; ask != NULL && i < count; i++) {
		lua_rawgeti(L, 2, (lua_Integer)i + 1);
		ask[i].path = strdup(lua_tostring(L, -1));
		copied = copied && ask[i].path != NULL;
		lua_pop(L, 1);
	}
	if (ask == NULL || !copied)
		return luaL_error(L, "the client cannot be asked: an earlier question failed, or memory is short");
	sk_zk_ask(c->zk);
	status = client_wait(L, c, 4, ms);
	if (status != SK_ZK_READY)
		return status_fail(L, c, status, count == 1 ? ask->path : "", count, ms);
	items = sk_zk_items(c->zk, &count);
	lua_createtable(L, 0, (int)count);
	for (size_t i = 0; i < count; i++) {
		lua_pushstring(L, items[i].path);
		if (items[i].rc == ZNONODE)
			lua_pushboolean(L, 0);
		else
			lua_pushlstring(L, items[i].value != NULL ? items[i].value : "", items[i].length);
		lua_rawset(L, -3);
	}
	return 1;
}

/* client:log() -> array of what the library said so far, oldest first (the last 200 lines) */
static int client_log(lua_State *L)
{
	push_log(L, check_open(L, 1));
	return 1;
}

/* zookeeper.parse(connect) -> { servers = { { host =, port = } }, chroot = "" | "/path" } | nil, err (zookeeper.config) */
static int zookeeper_parse(lua_State *L)
{
	const char *connect = luaL_checkstring(L, 1);
	struct client *c = sk_own(L, sizeof *c, CLIENT);
	struct sk_zk *zk;
	char why[256];
	c->zk = zk = sk_zk_new(connect, SESSION_MS_MAX, why, sizeof why);
	if (zk == NULL)
		return sk_fail(L, "zookeeper.config", "%s", why);
	lua_createtable(L, 0, 2);
	lua_newtable(L);
	for (size_t i = 0; i < sk_zk_hosts(zk)->count; i++) {
		lua_createtable(L, 0, 2);
		lua_pushstring(L, sk_zk_hosts(zk)->list[i].name);
		lua_setfield(L, -2, "host");
		lua_pushinteger(L, atoi(sk_zk_hosts(zk)->list[i].port));
		lua_setfield(L, -2, "port");
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_setfield(L, -2, "servers");
	lua_pushstring(L, sk_zk_hosts(zk)->chroot);
	lua_setfield(L, -2, "chroot");
	return 1;
}

int luaopen_samzak8s_native_zookeeper(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{ "children", client_children }, { "read", client_read }, { "log", client_log }, { NULL, NULL },
	};
	static const luaL_Reg functions[] = {
		{ "connect", zookeeper_connect }, { "parse", zookeeper_parse }, { NULL, NULL },
	};
	sk_type(L, CLIENT, methods, client_close);
	luaL_newlib(L, functions);
	return 1;
}
