/* SPDX-License-Identifier: Apache-2.0 */
#include "history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"

#define MOST 2000
#define KEPT 1000

static bool make_parents(const char *path)
{
	char *copy = strdup(path);
	if (copy == NULL)
		return false;
	bool ok = true;
	for (char *slash = strchr(copy + 1, '/'); ok && slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		ok = mkdir(copy, 0700) == 0 || errno == EEXIST;
		*slash = '/';
	}
	free(copy);
	return ok;
}

/* Open a regular file that only its owner can read; -1 for anything else. */
static int open_private(const char *path, int flags)
{
	struct stat is;
	int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
	if (fd < 0)
		return -1;
	if (fstat(fd, &is) != 0 || !S_ISREG(is.st_mode)) {
		close(fd);
		errno = 0;
		return -1;
	}
	if ((is.st_mode & 0777) != 0600)
		fchmod(fd, 0600);
	return fd;
}

static bool write_all(int fd, const char *data, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, data, length);
		if (n < 0)
			return false;
		data += n;
		length -= (size_t)n;
	}
	return true;
}

/* Undo the escapes of one line in place. */
static void unescape(char *line)
{
	char *to = line;
	for (const char *from = line; *from != '\0'; from++) {
		if (*from == '\\' && from[1] != '\0') {
			from++;
			*to++ = *from == 'n' ? '\n' : *from;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
}

static void read_all(int fd, struct sk_buf *all)
{
	char chunk[4096];
	ssize_t n;
	while ((n = read(fd, chunk, sizeof chunk)) > 0)
		sk_buf_append(all, chunk, (size_t)n);
	if (all->length > 0 && all->data[all->length - 1] != '\n')
		sk_buf_char(all, '\n');
	sk_buf_char(all, '\0');
}

/* Replace the file by its newest entries. A failure leaves it as it was. */
static void rewrite(const char *path, const char *from)
{
	struct sk_buf name = { 0 };
	sk_buf_text(&name, path);
	sk_buf_append(&name, ".new", sizeof ".new");
	int fd = sk_buf_failed(&name) ? -1 : open_private(name.data, O_WRONLY | O_CREAT | O_TRUNC);
	if (fd >= 0) {
		bool written = write_all(fd, from, strlen(from));
		if (close(fd) != 0 || !written || rename(name.data, path) != 0)
			unlink(name.data);
	}
	sk_buf_free(&name);
}

void sk_history_load(const char *path, sk_history_entry *entry, void *user)
{
	int fd = open_private(path, O_RDONLY);
	if (fd < 0)
		return;
	struct sk_buf all = { 0 };
	read_all(fd, &all);
	close(fd);
	if (sk_buf_failed(&all)) {
		sk_buf_free(&all);
		return;
	}
	size_t count = 0;
	for (const char *p = strchr(all.data, '\n'); p != NULL; p = strchr(p + 1, '\n'))
		count++;
	char *line = all.data;
	for (size_t skip = count > MOST ? count - KEPT : 0; skip > 0; skip--)
		line = strchr(line, '\n') + 1;
	if (line != all.data)
		rewrite(path, line);
	for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		*end = '\0';
		unescape(line);
		entry(user, line);
	}
	sk_buf_free(&all);
}

bool sk_history_append(const char *path, const char *text)
{
	int fd = make_parents(path) ? open_private(path, O_WRONLY | O_APPEND | O_CREAT) : -1;
	if (fd < 0)
		return errno == 0;
	struct sk_buf line = { 0 };
	for (; *text != '\0'; text++) {
		if (*text == '\n' || *text == '\\')
			sk_buf_char(&line, '\\');
		sk_buf_char(&line, *text == '\n' ? 'n' : *text);
	}
	sk_buf_char(&line, '\n');
	bool ok = !sk_buf_failed(&line) && write_all(fd, line.data, line.length);
	sk_buf_free(&line);
	return close(fd) == 0 && ok;
}
