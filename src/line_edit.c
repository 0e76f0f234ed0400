/* SPDX-License-Identifier: Apache-2.0 */
#include "line.h"

#include <errno.h>
#include <histedit.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <unistd.h>
#include <wchar.h>

#define ENTRIES 1000

struct sk_line {
	EditLine *edit;
	History *history;
	FILE *out;          /* stdout or stderr; not owned */
	const char *prompt; /* the caller's, during a read */
	sk_line_complete *complete;
	void *user;
	sigset_t waiting;   /* the signal mask while we wait for a key */
	bool ahead;         /* so far every key of this read was there before we asked */
	bool interrupted;
};

/* The last signal that arrived while we waited for a key; 0 when none did. */
static volatile sig_atomic_t caught;

static void catch(int number)
{
	caught = number;
}

static struct sk_line *owner(EditLine *edit)
{
	struct sk_line *line = NULL;
	el_get(edit, EL_CLIENTDATA, &line);
	return line;
}

static char *show_prompt(EditLine *edit)
{
	const char *prompt = owner(edit)->prompt;
	union { const char *in; char *out; } cast = { prompt != NULL ? prompt : "" }; /* libedit does not write to it */
	return cast.out;
}

/* Whether more input is there already. */
static bool pending(void)
{
	int more = 0;
	return ioctl(STDIN_FILENO, FIONREAD, &more) == 0 && more > 0;
}

/* Wait for input. The signals we handle are blocked everywhere but inside pselect, so none is lost between a test and a
 * wait. libedit's own reader tries again after one EINTR: Ctrl-C would need two presses. */
static bool wait_key(EditLine *edit, struct sk_line *line)
{
	line->ahead = line->ahead && pending();
	for (;;) {
		fd_set set;
		FD_ZERO(&set);
		FD_SET(STDIN_FILENO, &set);
		caught = 0;
		if (pselect(STDIN_FILENO + 1, &set, NULL, NULL, NULL, &line->waiting) >= 0)
			return true;
		if (errno != EINTR)
			return false;
		if (caught == SIGINT) {
			line->interrupted = true;
			return false;
		}
		if (caught == SIGWINCH)
			el_resize(edit);
		else if (caught == SIGCONT)
			el_set(edit, EL_PREP_TERM, 1);
		el_set(edit, EL_REFRESH);
	}
}

/* One character for libedit: 1, 0 at the end, -1 on failure. Bytes that are no character in this locale become '?'. */
static int read_key(EditLine *edit, wchar_t *key)
{
	struct sk_line *line = owner(edit);
	mbstate_t state;
	memset(&state, 0, sizeof state);
	for (;;) {
		char byte;
		if (!wait_key(edit, line))
			return -1;
		ssize_t n = read(STDIN_FILENO, &byte, 1);
		if (n == 0)
			return 0;
		if (n < 0) {
			if (errno == EINTR || errno == EAGAIN)
				continue;
			return -1;
		}
		if (byte == '\0' && line->ahead)
			byte = 'D' & 0x1f; /* what the terminal made of a Ctrl-D that was typed while it was not raw */
		size_t used = mbrtowc(key, &byte, 1, &state);
		if (used == (size_t)-2)
			continue;
		if (used == (size_t)-1)
			*key = L'?';
		return 1;
	}
}

static unsigned char press_tab(EditLine *edit, int key)
{
	(void)key;
	struct sk_line *line = owner(edit);
	if (pending()) /* the TAB was pasted, with text behind it: it stays a TAB */
		return el_insertstr(edit, "\t") == 0 ? CC_REFRESH : CC_ERROR;
	const LineInfo *info = el_line(edit);
	struct sk_buf insert = { 0 }, show = { 0 };
	line->complete(line->user, info->buffer, (size_t)(info->cursor - info->buffer), &insert, &show);
	sk_buf_char(&insert, '\0');
	unsigned char result = CC_ERROR;
	if (!sk_buf_failed(&insert) && insert.length > 1)
		result = el_insertstr(edit, insert.data) == 0 ? CC_REFRESH : CC_ERROR;
	if (!sk_buf_failed(&show) && show.length > 0) {
		fputc('\n', line->out);
		fwrite(show.data, 1, show.length, line->out);
		fputc('\n', line->out);
		result = CC_REDISPLAY;
	}
	sk_buf_free(&insert);
	sk_buf_free(&show);
	return result;
}

struct sk_line *sk_line_open(sk_line_complete *complete, void *user)
{
	struct sk_line *line = calloc(1, sizeof *line);
	if (line == NULL)
		return NULL;
	line->complete = complete;
	line->user = user;
	line->out = isatty(STDOUT_FILENO) ? stdout : stderr;
	line->edit = el_init("samzak8s", stdin, line->out, stderr);
	line->history = history_init();
	if (line->edit == NULL || line->history == NULL) {
		sk_line_close(line);
		return NULL;
	}
	HistEvent event;
	history(line->history, &event, H_SETSIZE, ENTRIES);
	history(line->history, &event, H_SETUNIQUE, 1);
	el_set(line->edit, EL_CLIENTDATA, line);
	el_set(line->edit, EL_HIST, history, line->history);
	el_set(line->edit, EL_SIGNAL, 0);
	el_set(line->edit, EL_PROMPT, show_prompt);
	el_set(line->edit, EL_GETCFN, read_key);
	el_set(line->edit, EL_EDITOR, "emacs");
	/* the wide form keeps the texts by address; the narrow one copies them and never frees the copies */
	el_wset(line->edit, EL_ADDFN, L"sk-complete", L"Complete the name before the cursor", press_tab);
	el_source(line->edit, NULL); /* the user's ~/.editrc; our two keys come after it */
	el_set(line->edit, EL_BIND, "^I", "sk-complete", NULL);
	el_set(line->edit, EL_BIND, "^R", "em-inc-search-prev", NULL);
	return line;
}

enum sk_line_result sk_line_read(struct sk_line *line, const char *prompt, const char **text, size_t *length)
{
	static const int ours[] = { SIGINT, SIGWINCH, SIGCONT };
	enum { COUNT = sizeof ours / sizeof *ours };
	struct sigaction mine, theirs[COUNT];
	sigset_t block, before;
	memset(&mine, 0, sizeof mine);
	mine.sa_handler = catch;
	sigemptyset(&mine.sa_mask);
	sigemptyset(&block);
	for (int i = 0; i < COUNT; i++)
		sigaddset(&block, ours[i]);
	sigprocmask(SIG_BLOCK, &block, &before);
	line->waiting = before;
	for (int i = 0; i < COUNT; i++) {
		sigaction(ours[i], &mine, &theirs[i]);
		sigdelset(&line->waiting, ours[i]);
	}
	line->ahead = true;
	line->interrupted = false;
	line->prompt = prompt;
	el_resize(line->edit);
	el_set(line->edit, EL_PREP_TERM, 1); /* raw before the prompt shows: what is typed then is ours, not the terminal's */
	int n = 0;
	const char *read = el_gets(line->edit, &n);
	line->prompt = NULL;
	if (line->interrupted) {
		el_reset(line->edit);
		fputs("^C", line->out);
	}
	if (read == NULL || n <= 0)
		fputc('\n', line->out);
	fflush(line->out);
	for (int i = 0; i < COUNT; i++)
		sigaction(ours[i], &theirs[i], NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (line->interrupted)
		return SK_LINE_INTERRUPTED;
	if (read == NULL || n <= 0)
		return SK_LINE_END;
	if (read[n - 1] == '\n')
		n--;
	*text = read;
	*length = (size_t)n;
	return SK_LINE_TEXT;
}

void sk_line_add(struct sk_line *line, const char *text)
{
	HistEvent event;
	history(line->history, &event, H_ENTER, text);
}

void sk_line_close(struct sk_line *line)
{
	if (line == NULL)
		return;
	if (line->edit != NULL)
		el_end(line->edit);
	if (line->history != NULL)
		history_end(line->history);
	free(line);
}
