/* SPDX-License-Identifier: Apache-2.0 */
/* samzak8s.native.system: files, the two output streams, environment and clock. Paths in errors are in `source`. */
#include "bind.h"
#include "output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

int luaopen_samzak8s_native_system(lua_State *L);

static const char LISTING[] = "samzak8s.listing";

struct listing {
	struct dirent **entries;
	int count;
};

/* Push nil, err with the path at absolute index 1 as its source; return 2. */
static int fail_path(lua_State *L, const char *code, const char *message)
{
	sk_fail(L, code, "%s", message);
	lua_pushvalue(L, 1);
	lua_setfield(L, -2, "source");
	return 2;
}

static int fail_errno(lua_State *L, const char *code, const char *what, int error)
{
	lua_pushfstring(L, "%s: %s", what, strerror(error));
	return fail_path(L, code, lua_tostring(L, -1));
}

static int true_or_errno(lua_State *L, const char *code, const char *what, int error)
{
	if (error != 0)
		return fail_errno(L, code, what, error);
	lua_pushboolean(L, 1);
	return 1;
}

/* Whether the string at index 1 is cut short when C reads it: a path may come from a property with \u0000. */
static bool path_has_nul(lua_State *L)
{
	size_t length;
	const char *path = luaL_checklstring(L, 1, &length);
	return strlen(path) != length;
}

static int fail_nul(lua_State *L, const char *code)
{
	return fail_path(L, code, "a path cannot hold a NUL byte");
}

/* Append the whole file to `b`; 0 or errno. No Lua in here: the descriptor has no owner. */
static int read_file(const char *path, struct sk_buf *b)
{
	char chunk[16384];
	int error = 0;
	int fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	while (!sk_buf_failed(b)) {
		ssize_t got = read(fd, chunk, sizeof chunk);
		if (got > 0) {
			sk_buf_append(b, chunk, (size_t)got);
		} else if (got == 0) {
			break;
		} else if (errno != EINTR) {
			error = errno;
			break;
		}
	}
	close(fd);
	return error;
}

/* read(path) -> bytes | nil, err (file.read) */
static int system_read(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1);
	if (path_has_nul(L))
		return fail_nul(L, "file.read");
	struct sk_buf *b = sk_own_buf(L);
	lua_toclose(L, -1);
	int error = read_file(path, b);
	if (error == EISDIR)
		return fail_path(L, "file.read", "is a directory");
	if (error != 0)
		return fail_errno(L, "file.read", "cannot be read", error);
	if (sk_buf_failed(b))
		return fail_errno(L, "file.read", "cannot be read", ENOMEM);
	lua_pushlstring(L, b->data, b->length);
	return 1;
}

/* write(path, bytes) -> true | nil, err (output.directory, output.missing, output.read-only, output.write)
 * All or nothing for regular files; devices, pipes and /dev/fd/N are written to. */
static int system_write(lua_State *L)
{
	size_t length;
	const char *path = luaL_checkstring(L, 1), *bytes = luaL_checklstring(L, 2, &length);
	struct sk_output_failure failure;
	if (path_has_nul(L))
		return fail_nul(L, "output.write");
	if (!sk_output_replace(path, bytes, length, &failure))
		return fail_path(L, failure.code, failure.message);
	lua_pushboolean(L, 1);
	return 1;
}

static int write_stream(lua_State *L, FILE *stream, const char *name)
{
	size_t length;
	const char *bytes = luaL_checklstring(L, 1, &length);
	int error = fflush(stream) == 0 ? 0 : errno; /* what print() left in the buffer comes first */
	if (error == 0)
		error = sk_output_all(fileno(stream), bytes, length);
	if (error == 0) {
		lua_pushboolean(L, 1);
		return 1;
	}
	sk_fail(L, error == EPIPE ? "output.closed" : "output.write", "cannot be written: %s", strerror(error));
	lua_pushstring(L, name);
	lua_setfield(L, -2, "source");
	return 2;
}

/* stdout(bytes) -> true | nil, err (output.closed: the reader has gone; output.write)
 * The process must ignore SIGPIPE. */
static int system_stdout(lua_State *L)
{
	return write_stream(L, stdout, "standard output");
}

/* stderr(bytes) -> true | nil, err */
static int system_stderr(lua_State *L)
{
	return write_stream(L, stderr, "standard error");
}

/* kind(path) -> "file" | "directory" | "device" | "pipe" (sockets, too) | nil: nothing there that we may see
 * Symbolic links are followed. */
static int system_kind(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1);
	struct stat is;
	if (path_has_nul(L) || stat(path, &is) != 0)
		lua_pushnil(L);
	else if (S_ISREG(is.st_mode))
		lua_pushliteral(L, "file");
	else if (S_ISDIR(is.st_mode))
		lua_pushliteral(L, "directory");
	else if (S_ISFIFO(is.st_mode) || S_ISSOCK(is.st_mode))
		lua_pushliteral(L, "pipe");
	else
		lua_pushliteral(L, "device");
	return 1;
}

static int listing_close(lua_State *L)
{
	struct listing *l = luaL_checkudata(L, 1, LISTING);
	for (int i = 0; i < l->count; i++)
		free(l->entries[i]);
	free(l->entries);
	memset(l, 0, sizeof *l);
	return 0;
}

static int is_listed(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* list(directory) -> names in byte order, without "." and ".." | nil, err (file.read) */
static int system_list(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1);
	if (path_has_nul(L))
		return fail_nul(L, "file.read");
	struct listing *l = sk_own(L, sizeof *l, LISTING);
	lua_toclose(L, -1);
	int count = scandir(path, &l->entries, is_listed, compare_names);
	if (count < 0)
		return fail_errno(L, "file.read", "cannot be listed", errno);
	l->count = count;
	lua_createtable(L, count, 0);
	for (int i = 0; i < count; i++) {
		lua_pushstring(L, l->entries[i]->d_name);
		lua_rawseti(L, -2, i + 1);
	}
	return 1;
}

/* mkdir(path) -> true (also when the directory was there) | nil, err (output.mkdir) */
static int system_mkdir(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1);
	struct stat is;
	if (path_has_nul(L))
		return fail_nul(L, "output.mkdir");
	int error = mkdir(path, 0777) == 0 ? 0 : errno;
	if (error == EEXIST && stat(path, &is) == 0 && S_ISDIR(is.st_mode))
		error = 0;
	return true_or_errno(L, "output.mkdir", "cannot be made", error);
}

/* remove(path) -> true | nil, err (output.remove): a file, a link or an empty directory */
static int system_remove(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1);
	if (path_has_nul(L))
		return fail_nul(L, "output.remove");
	return true_or_errno(L, "output.remove", "cannot be removed", remove(path) == 0 ? 0 : errno);
}

/* rename(from, to) -> true | nil, err (output.write): what was at `to` is replaced */
static int system_rename(lua_State *L)
{
	size_t length;
	const char *from = luaL_checkstring(L, 1), *to = luaL_checklstring(L, 2, &length);
	if (path_has_nul(L) || strlen(to) != length)
		return fail_nul(L, "output.write");
	return true_or_errno(L, "output.write", "cannot be renamed", rename(from, to) == 0 ? 0 : errno);
}

/* isatty(descriptor) -> boolean */
static int system_isatty(lua_State *L)
{
	lua_Integer fd = luaL_checkinteger(L, 1);
	luaL_argcheck(L, fd >= 0 && fd <= INT_MAX, 1, "no descriptor");
	lua_pushboolean(L, isatty((int)fd));
	return 1;
}

/* now_ms() -> milliseconds of a clock that only goes forward; it starts anywhere */
static int system_now_ms(lua_State *L)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	lua_pushinteger(L, (lua_Integer)now.tv_sec * 1000 + now.tv_nsec / 1000000);
	return 1;
}

/* getenv(name) -> string | nil */
static int system_getenv(lua_State *L)
{
	lua_pushstring(L, getenv(luaL_checkstring(L, 1)));
	return 1;
}

/* environ() -> { [name] = value }; of a name that stands twice the first counts, as for getenv */
static int system_environ(lua_State *L)
{
	lua_newtable(L);
	for (char **variable = environ; variable != NULL && *variable != NULL; variable++) {
		const char *equals = strchr(*variable, '=');
		if (equals == NULL)
			continue;
		lua_pushlstring(L, *variable, (size_t)(equals - *variable));
		lua_pushvalue(L, -1);
		if (lua_rawget(L, -3) != LUA_TNIL) {
			lua_pop(L, 2);
			continue;
		}
		lua_pop(L, 1);
		lua_pushstring(L, equals + 1);
		lua_rawset(L, -3);
	}
	return 1;
}

static const luaL_Reg functions[] = {
	{ "environ", system_environ },
	{ "getenv", system_getenv },
	{ "isatty", system_isatty },
	{ "kind", system_kind },
	{ "list", system_list },
	{ "mkdir", system_mkdir },
	{ "now_ms", system_now_ms },
	{ "read", system_read },
	{ "remove", system_remove },
	{ "rename", system_rename },
	{ "stderr", system_stderr },
	{ "stdout", system_stdout },
	{ "write", system_write },
	{ NULL, NULL },
};

int luaopen_samzak8s_native_system(lua_State *L)
{
	sk_type(L, LISTING, NULL, listing_close);
	luaL_newlib(L, functions);
	return 1;
}
