/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	LINKS = 40,       /* as many as Linux follows */
	NAMES = 100,      /* temporary names to try, should earlier ones be left over from a crash */
	KEPT_NAME = 200, /* bytes of the target's name in the temporary one: both stay below NAME_MAX */
};

static bool fail(struct sk_output_failure *failure, const char *code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Always false, for the caller to return. */
static bool fail(struct sk_output_failure *failure, const char *code, const char *format, ...)
{
	va_list args;
	failure->code = code;
	va_start(args, format);
	vsnprintf(failure->message, sizeof failure->message, format, args);
	va_end(args);
	return false;
}

static bool fail_write(struct sk_output_failure *failure, int error)
{
	return fail(failure, "output.write", "cannot be written: %s", strerror(error));
}

/* The temporary file could not be made: say what that says about its directory. */
static bool fail_directory(struct sk_output_failure *failure, const char *directory, int error)
{
	switch (error) {
	case ENOENT:
		return fail(failure, "output.missing", "cannot be written: there is no directory \"%s\"", directory);
	case ENOTDIR:
		return fail(failure, "output.missing", "cannot be written: \"%s\" is not a directory", directory);
	case EACCES:
	case EPERM:
	case EROFS:
		return fail(failure, "output.read-only", "cannot be written: no file can be made in \"%s\": %s", directory, strerror(error));
	default:
		return fail_write(failure, error);
	}
}

int sk_output_all(int fd, const void *bytes, size_t length)
{
	const char *at = bytes;
	while (length > 0) {
		ssize_t written = write(fd, at, length);
		if (written >= 0) {
			at += written;
			length -= (size_t)written;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			/* someone we share the terminal or pipe with made it non-blocking */
			struct pollfd ready = { .fd = fd, .events = POLLOUT };
			poll(&ready, 1, -1);
		} else if (errno != EINTR) {
			return errno;
		}
	}
	return 0;
}

/* The length of the part of `path` that names its directory, with the slash; 0 when there is none. */
static size_t directory_length(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/* The descriptor that `path` names (/dev/fd/1; on Linux /dev/stdout leads to /proc/self/fd/1), or -1. */
static int descriptor_of(const char *path)
{
	static const char *const prefixes[] = { "/dev/fd/", "/proc/self/fd/" };
	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
		size_t length = strlen(prefixes[i]);
		if (strncmp(path, prefixes[i], length) != 0)
			continue;
		const char *digits = path + length;
		size_t count = strspn(digits, "0123456789");
		if (count > 0 && count < 7 && digits[count] == '\0')
			return atoi(digits);
	}
	return -1;
}

/* Replace the path in `target` by what its symbolic links lead to in the end, whether that exists or not; 0 or errno.
 * A descriptor's path is left as it is: what /proc shows as its target is no path to open. */
static int follow_links(char target[PATH_MAX])
{
	char link[PATH_MAX];
	for (int i = 0; i <= LINKS; i++) {
		struct stat is;
		if (descriptor_of(target) >= 0)
			return 0;
		if (lstat(target, &is) != 0)
			return errno == ENOENT ? 0 : errno;
		if (!S_ISLNK(is.st_mode))
			return 0;
		ssize_t length = readlink(target, link, sizeof link);
		if (length < 0)
			return errno;
		size_t kept = link[0] == '/' ? 0 : directory_length(target);
		if (kept + (size_t)length >= PATH_MAX)
			return ENAMETOOLONG;
		memcpy(target + kept, link, (size_t)length);
		target[kept + (size_t)length] = '\0';
	}
	return ELOOP;
}

/* Open a new file beside `target`, named after it and this process; its descriptor, or -1 with errno. */
static int open_beside(const char *target, mode_t mode, char name[PATH_MAX])
{
	size_t directory = directory_length(target);
	for (int i = 0; i < NAMES; i++) {
		int length = snprintf(name, PATH_MAX, "%.*s.%.*s.%ld.%d", (int)directory, target, KEPT_NAME, target + directory, (long)getpid(), i);
		if (length >= PATH_MAX) {
			errno = ENAMETOOLONG;
			return -1;
		}
		int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	return -1;
}

/* Write, flush to the disk and close; 0 or errno. The descriptor is closed in every case. */
static int fill(int fd, const void *bytes, size_t length, const struct stat *earlier)
{
	int error = sk_output_all(fd, bytes, length);
	if (error == 0 && earlier != NULL && fchmod(fd, earlier->st_mode & 0777) != 0)
		error = errno;
	if (error == 0 && fsync(fd) != 0 && errno != EINVAL && errno != ENOTSUP)
		error = errno;
	if (close(fd) != 0 && error == 0)
		error = errno;
	return error;
}

static bool replace_file(const char *target, const struct stat *earlier, const void *bytes, size_t length, struct sk_output_failure *failure)
{
	char name[PATH_MAX];
	/* What the earlier file hid from others is hidden in the new one from its first byte. */
	int fd = open_beside(target, earlier != NULL ? 0600 : 0666, name);
	if (fd < 0) {
		int error = errno;
		size_t directory = directory_length(target);
		snprintf(name, sizeof name, "%.*s", directory == 0 ? 1 : (int)directory, directory == 0 ? "." : target);
		return fail_directory(failure, name, error);
	}
	int error = fill(fd, bytes, length, earlier);
	if (error == 0 && rename(name, target) != 0)
		error = errno;
	if (error == 0)
		return true;
	unlink(name);
	return fail_write(failure, error);
}

static bool write_through(const char *target, const void *bytes, size_t length, struct sk_output_failure *failure)
{
	int fd = open(target, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return fail_write(failure, errno);
	int error = sk_output_all(fd, bytes, length);
	if (close(fd) != 0 && error == 0)
		error = errno;
	return error == 0 || fail_write(failure, error);
}

bool sk_output_replace(const char *path, const void *bytes, size_t length, struct sk_output_failure *failure)
{
	char target[PATH_MAX];
	struct stat earlier;
	if (path[0] == '\0')
		return fail(failure, "output.missing", "cannot be written: the path is empty");
	if (strlen(path) >= sizeof target)
		return fail_write(failure, ENAMETOOLONG);
	strcpy(target, path);
	int error = follow_links(target);
	if (error == ENOTDIR)
		return fail(failure, "output.missing", "cannot be written: a part of the path is not a directory");
	if (error != 0)
		return fail_write(failure, error);

	int fd = descriptor_of(target);
	if (fd >= 0) {
		error = sk_output_all(fd, bytes, length);
		return error == 0 || fail_write(failure, error);
	}
	if (stat(target, &earlier) != 0)
		return replace_file(target, NULL, bytes, length, failure);
	if (S_ISDIR(earlier.st_mode))
		return fail(failure, "output.directory", "cannot be written: it is a directory");
	if (S_ISREG(earlier.st_mode))
		return replace_file(target, &earlier, bytes, length, failure);
	return write_through(target, bytes, length, failure);
}
