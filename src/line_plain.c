/* SPDX-License-Identifier: Apache-2.0 */
#include "line.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

struct sk_line {
	char *text; /* owned by getline */
	size_t capacity;
};

/* The handler exists only so that the read returns with EINTR. */
static void wake(int number)
{
	(void)number;
}

struct sk_line *sk_line_open(sk_line_complete *complete, void *user)
{
	(void)complete;
	(void)user;
	return calloc(1, sizeof(struct sk_line));
}

enum sk_line_result sk_line_read(struct sk_line *line, const char *prompt, const char **text, size_t *length)
{
	FILE *out = isatty(STDOUT_FILENO) ? stdout : stderr;
	fputs(prompt, out);
	fflush(out);
	struct sigaction mine, theirs;
	memset(&mine, 0, sizeof mine);
	mine.sa_handler = wake;
	sigemptyset(&mine.sa_mask);
	sigaction(SIGINT, &mine, &theirs);
	errno = 0;
	ssize_t n = getline(&line->text, &line->capacity, stdin);
	int why = errno;
	sigaction(SIGINT, &theirs, NULL);
	if (n < 0) {
		clearerr(stdin);
		fputc('\n', out);
		return why == EINTR ? SK_LINE_INTERRUPTED : SK_LINE_END;
	}
	if (n > 0 && line->text[n - 1] == '\n')
		line->text[--n] = '\0';
	*text = line->text;
	*length = (size_t)n;
	return SK_LINE_TEXT;
}

void sk_line_add(struct sk_line *line, const char *text)
{
	(void)line;
	(void)text;
}

void sk_line_close(struct sk_line *line)
{
	if (line == NULL)
		return;
	free(line->text);
	free(line);
}
