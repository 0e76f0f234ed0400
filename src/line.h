/* SPDX-License-Identifier: Apache-2.0 */
/* Reading lines from a terminal: one interface, two implementations. The Makefile links line_edit.c (libedit) or
 * line_plain.c (getline, no editing, no completion, no recall). Both are free of Lua.
 *
 * Who calls whom: repl.c opens one line reader, calls sk_line_read in a loop and closes it. During sk_line_read, and
 * only then, the implementation calls `complete` on the same thread. That callback must not jump out (no longjmp): it
 * returns normally, whatever happens inside.
 * Who owns what: the reader owns the text it returns, until the next call on it. `user` and the prompt stay the caller's. */
#ifndef SK_LINE_H
#define SK_LINE_H

#include <stddef.h>

#include "buf.h"

struct sk_line;

/* TAB was pressed behind `text` (the line up to the cursor; not terminated). Append to `insert` what is to be put at
 * the cursor, and to `show` what is to be printed below the line. Leaving both empty rings the bell. */
typedef void sk_line_complete(void *user, const char *text, size_t length, struct sk_buf *insert, struct sk_buf *show);

enum sk_line_result {
	SK_LINE_TEXT,        /* a line was read */
	SK_LINE_END,         /* end of input (Ctrl-D on an empty line), or the terminal is gone */
	SK_LINE_INTERRUPTED, /* Ctrl-C; what was typed is dropped */
};

/* Open a reader on standard input, which is a terminal. Prompt and echo go to standard output when that is a terminal,
 * else to standard error, so that data stays clean. NULL when memory is short or the terminal is unusable. */
struct sk_line *sk_line_open(sk_line_complete *complete, void *user);

/* Read one line. `*text` is valid until the next call on this reader, has no newline, and is `*length` bytes long.
 * SIGINT is ours during the call; the caller's handler is back when it returns. */
enum sk_line_result sk_line_read(struct sk_line *line, const char *prompt, const char **text, size_t *length);

/* Make `text` (a whole statement, perhaps of several lines; terminated) the newest entry that the arrow keys recall. */
void sk_line_add(struct sk_line *line, const char *text);

/* Release the terminal and the memory. NULL is allowed. */
void sk_line_close(struct sk_line *line);

#endif
