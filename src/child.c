/* SPDX-License-Identifier: Apache-2.0 */
/* samzak8s.native.child: run a function in a forked child, which sees everything, can change nothing, and has little time.
 *
 * The child reuses its copy of the Lua state. What goes wrong in there ends there: endless loops and endless C calls by the
 * clock, memory by the allocator, a crash by the process. Records come back through a pipe: 'M' (a message, any number),
 * then one 'R' (the result) or 'E' (an error table); each is its letter, the payload's size, and a value as in wire.h. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bind.h"
#include "wire.h"

int luaopen_samzak8s_native_child(lua_State *L);

static const char CHILD[] = "samzak8s.child";

enum {
	PIPE_FD = 3,              /* the child's end of the pipe, and its only descriptor beside the standard ones */
	HEADER = 1 + (int)sizeof(uint64_t),
	MESSAGES = 1 << 20,       /* bytes of messages that a child may send */
	SLICE_MS = 100,           /* the parent looks up this often, so that an interrupt is noticed */
	GRACE_MS = 250,           /* from the child's own deadline to the parent's SIGKILL */
	LAST_TICK_MS = 500,       /* from the child's own deadline to its death, should the parent be gone */
};

struct limits {
	int timeout_ms;
	size_t memory;            /* bytes, on top of what the state held when it was forked; the result's limit, too */
	const char *result;       /* what messages call the returned value */
	const char *host;         /* chunk names that start so are not the script's */
};

/* What the child's signal handler and callbacks need; meaningless in the parent. */
static struct {
	lua_State *L;
	const struct limits *limits;
	size_t messages;
	bool running;
	volatile sig_atomic_t rang;
} self;

/* ---- in the child ---- */

static void write_all(const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t n = write(PIPE_FD, bytes, length);
		if (n < 0 && errno != EINTR)
			_exit(1);
		if (n > 0) {
			bytes += n;
			length -= (size_t)n;
		}
	}
}

static void send_record(char type, const struct sk_buf *payload)
{
	char header[HEADER];
	uint64_t size = payload->length;
	header[0] = type;
	memcpy(header + 1, &size, sizeof size);
	write_all(header, sizeof header);
	write_all(payload->data, payload->length);
}

static _Noreturn void leave(char type, const struct sk_buf *payload)
{
	if (sk_buf_failed(payload))
		_exit(1);
	send_record(type, payload);
	_exit(0);
}

static _Noreturn void leave_error(const char *code, const char *message, const char *source)
{
	struct sk_buf payload = { 0 };
	const char *const fields[] = { "code", code, "message", message, "source", source };
	sk_wire_fields(&payload, source == NULL ? 2 : 3, fields);
	leave('E', &payload);
}

/* Append "my.lua:9", the innermost line that runs and is not ours, to `where`. */
static void script_line(lua_State *L, struct sk_buf *where)
{
	lua_Debug ar;
	const char *host = self.limits->host;
	for (int level = 0; lua_getstack(L, level, &ar); level++) {
		char line[32];
		lua_getinfo(L, "Sl", &ar);
		if (ar.currentline <= 0 || ar.source[0] != '@' || strncmp(ar.source, host, strlen(host)) == 0)
			continue;
		snprintf(line, sizeof line, ":%d", ar.currentline);
		sk_buf_text(where, ar.source + 1);
		sk_buf_text(where, line);
		return;
	}
}

static void timeout_text(char *text, size_t size, int ms)
{
	if (ms % 1000 == 0)
		snprintf(text, size, "still running after %d s", ms / 1000);
	else
		snprintf(text, size, "still running after %d ms", ms);
}

/* The hook that ends the child: an error could be caught by a pcall in the loop. */
static void give_up(lua_State *L, lua_Debug *ar)
{
	char text[64];
	struct sk_buf where = { 0 };
	(void)ar;
	if (!self.rang) /* a coroutine's hook also runs before time is up */
		return;
	timeout_text(text, sizeof text, self.limits->timeout_ms);
	script_line(L, &where);
	sk_buf_char(&where, '\0');
	leave_error("policy.timeout", text, where.data != NULL && where.data[0] != '\0' ? where.data : NULL);
}

static void arm(void)
{
	lua_sethook(self.L, give_up, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

static void on_alarm(int signal_number)
{
	(void)signal_number;
	self.rang = 1;
	arm();
}

struct cap {
	lua_Alloc alloc;
	void *ud;
	size_t used, limit;
};

static void *capped_alloc(void *ud, void *block, size_t old_size, size_t new_size)
{
	struct cap *cap = ud;
	size_t old = block == NULL ? 0 : old_size; /* without a block, old_size is a type */
	if (new_size > old && (new_size - old > cap->limit || cap->used > cap->limit - (new_size - old)))
		return NULL;
	void *p = cap->alloc(cap->ud, block, old_size, new_size);
	if (p != NULL || new_size == 0)
		cap->used = cap->used - old + new_size;
	return p;
}

static void install_cap(lua_State *L, struct cap *cap, size_t more)
{
	cap->alloc = lua_getallocf(L, &cap->ud);
	cap->used = (size_t)lua_gc(L, LUA_GCCOUNT, 0) * 1024 + (size_t)lua_gc(L, LUA_GCCOUNTB, 0);
	cap->limit = more > SIZE_MAX - cap->used ? SIZE_MAX : cap->used + more;
	lua_setallocf(L, capped_alloc, cap);
}

/* Nothing of the parent's is left open or handled but stderr, where `print` goes. */
static void seclude(int fd)
{
	static const int plain[] = { SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, SIGUSR1, SIGUSR2 };
	struct rlimit none = { 0, 0 };
	sigset_t empty;

	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		signal(plain[i], SIG_DFL);
	signal(SIGINT, SIG_IGN); /* Ctrl-C reaches us, too; the parent decides */
	signal(SIGPIPE, SIG_IGN);
	setrlimit(RLIMIT_CORE, &none);

	fd = fcntl(fd, F_DUPFD, PIPE_FD);
	int null = open("/dev/null", O_RDWR);
	if (fd < 0 || null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(fd, PIPE_FD) < 0)
		_exit(1);
	closefrom(PIPE_FD + 1);
	sigemptyset(&empty);
	sigprocmask(SIG_SETMASK, &empty, NULL);
}

/* The first tick arms the hook; the second, for C code that never returns, kills. */
static void set_alarm(int first_ms)
{
	struct sigaction action = { .sa_handler = on_alarm, .sa_flags = (int)(SA_RESETHAND | SA_RESTART) };
	struct itimerval timer = { .it_interval.tv_usec = LAST_TICK_MS * 1000,
		.it_value = { .tv_sec = first_ms / 1000, .tv_usec = first_ms % 1000 * 1000 } };
	sigemptyset(&action.sa_mask);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

/* The child's life; the function is at stack index 1, its message handler (or nil) at 3. */
static _Noreturn void child_main(lua_State *L, int fd, const struct limits *limits)
{
	struct cap cap;
	struct sk_buf payload = { 0 }, why = { 0 };
	struct itimerval off = { 0 };

	self.L = L;
	self.limits = limits;
	self.running = true;
	seclude(fd);
	lua_sethook(L, NULL, 0, 0); /* an interrupt that was pending is the parent's */
	install_cap(L, &cap, limits->memory);
	set_alarm(limits->timeout_ms);
	lua_pushvalue(L, 1);
	int status = lua_pcall(L, 0, 2, lua_isnil(L, 3) ? 0 : 3);
	setitimer(ITIMER_REAL, &off, NULL);
	cap.limit = SIZE_MAX;
	lua_sethook(L, NULL, 0, 0);

	if (status == LUA_ERRMEM) {
		char text[64];
		snprintf(text, sizeof text, "used more than %zu MiB of memory", limits->memory >> 20);
		leave_error("policy.memory", text, NULL);
	}
	if (status != LUA_OK && lua_type(L, -1) != LUA_TTABLE)
		leave_error("policy.error", lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "failed without a message", NULL);

	bool failed = status != LUA_OK || (lua_isnil(L, -2) && lua_istable(L, -1));
	if (!sk_wire_write(L, failed ? -1 : -2, &payload, limits->memory, failed ? "error" : limits->result, &why)) {
		sk_buf_char(&why, '\0');
		leave_error("policy.result", sk_buf_failed(&why) ? "cannot be sent back: no memory" : why.data, NULL);
	}
	leave(failed ? 'E' : 'R', &payload);
}

/* ---- in the parent ---- */

struct child {
	pid_t pid;         /* 0 before the fork and after the reaping */
	int fd;            /* our end of the pipe + 1; 0 when closed */
	struct sk_buf got; /* records received */
};

/* Kill (a no-op for a child that has ended) and reap. -> wait status */
static int child_reap(struct child *c)
{
	int status = 0;
	if (c->pid > 0) {
		kill(c->pid, SIGKILL);
		while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
			;
		c->pid = 0;
	}
	return status;
}

static int child_close(lua_State *L)
{
	struct child *c = luaL_checkudata(L, 1, CHILD);
	child_reap(c);
	if (c->fd > 0)
		close(c->fd - 1);
	c->fd = 0;
	sk_buf_free(&c->got);
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Start the child, or return an errno. */
static int child_start(lua_State *L, struct child *c, const struct limits *limits)
{
	int ends[2];
	sigset_t all, before;
	if (pipe(ends) != 0)
		return errno;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before); /* no handler of the parent's may run in the child */
	pid_t pid = fork();
	if (pid == 0)
		child_main(L, ends[1], limits);
	int why = errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	close(ends[1]);
	c->fd = ends[0] + 1;
	c->pid = pid > 0 ? pid : 0;
	return pid > 0 ? 0 : why;
}

enum ending { ENDED, LATE, HUGE_REPLY, NO_MEMORY };

/* Read until the child closes its end, calling the function `wait` at stack index 4 now and then. Raises what that raises. */
static enum ending child_read(lua_State *L, struct child *c, const struct limits *limits) /* raises */
{
	char bytes[16384];
	int64_t start = now_ms(), end = start + limits->timeout_ms + GRACE_MS, called = start;
	for (;;) {
		int64_t now = now_ms();
		if (now >= end)
			return LATE;
		struct pollfd p = { .fd = c->fd - 1, .events = POLLIN };
		int ready = poll(&p, 1, end - now < SLICE_MS ? (int)(end - now) : SLICE_MS);
		if (ready <= 0 || now - called >= SLICE_MS) {
			called = now;
			lua_pushvalue(L, 4);
			lua_pushinteger(L, now - start);
			lua_pushinteger(L, end - now);
			lua_call(L, 2, 0);
		}
		if (ready <= 0)
			continue;
		ssize_t n = read(p.fd, bytes, sizeof bytes);
		if (n == 0 || (n < 0 && errno != EINTR))
			return ENDED;
		if (n > 0)
			sk_buf_append(&c->got, bytes, (size_t)n);
		if (sk_buf_failed(&c->got))
			return NO_MEMORY;
		if (c->got.length > limits->memory + 2 * MESSAGES)
			return HUGE_REPLY;
	}
}

/* Push the array of messages, and above it the last record's value. -> its type, or 0 (nothing pushed above) when there is none */
static char push_records(lua_State *L, const struct child *c)
{
	const char *at = c->got.data;
	size_t left = c->got.length;
	lua_newtable(L);
	while (left >= HEADER) {
		char type = at[0];
		uint64_t size;
		memcpy(&size, at + 1, sizeof size);
		at += HEADER;
		left -= HEADER;
		if (size > left || strchr("MRE", type) == NULL || !sk_wire_read(L, at, (size_t)size))
			return 0;
		at += size;
		left -= (size_t)size;
		if (type != 'M')
			return left == 0 ? type : 0;
		lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
	}
	return 0;
}

static int crashed(lua_State *L, int status)
{
	if (WIFSIGNALED(status))
		return sk_fail(L, "policy.crashed", "killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	return sk_fail(L, "policy.crashed", "ended without a result (exit code %d)", WEXITSTATUS(status));
}

static int push_outcome(lua_State *L, struct child *c, enum ending ending, const struct limits *limits)
{
	char text[64];
	int status = child_reap(c);
	char type = push_records(L, c);
	int messages = type == 0 ? lua_gettop(L) : lua_gettop(L) - 1;

	if (type == 'R') {
		lua_insert(L, messages);
		return 2;
	}
	if (type == 'E' && lua_istable(L, -1)) {
		sk_error_mark(L);
		lua_insert(L, messages);
		luaL_pushfail(L);
		lua_insert(L, messages);
		return 3;
	}
	lua_settop(L, messages);
	if (ending == ENDED && WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		ending = LATE;
	if (ending == LATE) {
		timeout_text(text, sizeof text, limits->timeout_ms);
		sk_fail(L, "policy.timeout", "%s", text);
	} else if (ending == HUGE_REPLY) {
		sk_fail(L, "policy.result", "%s is larger than %d MiB", limits->result, (int)(limits->memory >> 20));
	} else if (ending == NO_MEMORY) {
		sk_fail(L, "policy.result", "%s does not fit in memory", limits->result);
	} else {
		crashed(L, status);
	}
	lua_pushvalue(L, messages);
	return 3;
}

static lua_Integer integer_option(lua_State *L, const char *name, lua_Integer low, lua_Integer high)
{
	lua_getfield(L, 2, name);
	lua_Integer value = luaL_checkinteger(L, -1);
	luaL_argcheck(L, value >= low && value <= high, 2, name);
	lua_pop(L, 1);
	return value;
}

/* The string stays on the stack, so that it lives as long as the call. */
static const char *string_option(lua_State *L, const char *name)
{
	lua_getfield(L, 2, name);
	return luaL_checkstring(L, -1);
}

/* run(f, { timeout_ms=, memory= (bytes), result= (its name in messages), host= (prefix of our own chunk names),
 *          handler=f (message handler: error value -> error table), wait=f(elapsed_ms, left_ms) or nil })
 *   -> value, messages | nil, err, messages
 * Calls f() in a child. What it returns comes back by value; `nil, table` is an error, as is what it raises. `messages` are
 * the values given to `emit`, in order. `wait` is called ten times a second and may raise: the child is killed then. */
static int child_run(lua_State *L)
{
	struct limits limits;
	luaL_checktype(L, 1, LUA_TFUNCTION);
	luaL_checktype(L, 2, LUA_TTABLE);
	luaL_argcheck(L, !self.running, 1, "a script's child has no children");
	lua_settop(L, 2);
	limits.timeout_ms = (int)integer_option(L, "timeout_ms", 1, INT32_MAX / 2);
	limits.memory = (size_t)integer_option(L, "memory", 0, INT64_MAX / 4);
	lua_getfield(L, 2, "handler"); /* index 3 */
	lua_getfield(L, 2, "wait");    /* index 4 */
	limits.result = string_option(L, "result");
	limits.host = string_option(L, "host");
	if (lua_isnil(L, 4)) {
		lua_getglobal(L, "type"); /* harmless; calling anything lets a pending interrupt be raised */
		lua_replace(L, 4);
	}

	struct child *c = sk_own(L, sizeof *c, CHILD);
	lua_toclose(L, -1);
	int why = child_start(L, c, &limits);
	if (why != 0)
		return sk_fail(L, "policy.crashed", "cannot start a process: %s", strerror(why));
	enum ending ending = child_read(L, c, &limits);
	return push_outcome(L, c, ending, &limits);
}

/* emit(value): in a child, send a message to the parent at once, so that it survives what comes later. */
static int child_emit(lua_State *L)
{
	struct sk_buf *payload = sk_own_buf(L);
	struct sk_buf *why = sk_own_buf(L);
	luaL_argcheck(L, self.running, 1, "not in a script's child");
	if (!sk_wire_write(L, 1, payload, MESSAGES, "message", why)) {
		lua_pushlstring(L, why->data == NULL ? "" : why->data, why->length);
		return lua_error(L);
	}
	self.messages += payload->length;
	if (self.messages > MESSAGES)
		return luaL_error(L, "too many messages");
	send_record('M', payload);
	return 0;
}

static int coroutine_maker(lua_State *L)
{
	lua_Hook hook = lua_gethook(L);
	int mask = lua_gethookmask(L), count = lua_gethookcount(L);
	luaL_checktype(L, 1, LUA_TFUNCTION);
	lua_settop(L, 1);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_sethook(L, give_up, LUA_MASKCOUNT, 1000);
	lua_call(L, 1, 1);
	lua_sethook(L, hook, mask, count);
	if (self.rang)
		arm();
	return 1;
}

/* coroutine(f) -> function: `f`, coroutine.create or coroutine.wrap, for use in a child. The alarm arms the hook of the main
 * thread only, and a coroutine takes its hook from its maker: so these carry one from the start. */
static int child_coroutine(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TFUNCTION);
	lua_settop(L, 1);
	lua_pushcclosure(L, coroutine_maker, 1);
	return 1;
}

int luaopen_samzak8s_native_child(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "run", child_run },
		{ "emit", child_emit },
		{ "coroutine", child_coroutine },
		{ NULL, NULL },
	};
	sk_type(L, CHILD, NULL, child_close);
	luaL_newlib(L, functions);
	return 1;
}
