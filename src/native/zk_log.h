/* SPDX-License-Identifier: Apache-2.0 */
/* What libzookeeper says, kept for a report instead of going to stderr. Free of lua.h. */
#ifndef SK_ZK_LOG_H
#define SK_ZK_LOG_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { SK_ZK_LOG_LINES = 200, SK_ZK_LOG_NOTES = 8 };

struct sk_zk_log {
	pthread_mutex_t lock;
	char *lines[SK_ZK_LOG_LINES]; /* a ring of owned texts */
	size_t next;                  /* lines ever written */
	struct {
		char server[64]; /* "" for what no server caused */
		char text[192];
		bool refused;
	} notes[SK_ZK_LOG_NOTES]; /* the last words of each server */
	size_t note_count;
	struct sk_zk_log *other; /* the next log that listens */
};

void sk_zk_log_init(struct sk_zk_log *log);
void sk_zk_log_free(struct sk_zk_log *log);
/* Start and stop receiving what the library says. */
void sk_zk_log_listen(struct sk_zk_log *log);
void sk_zk_log_deafen(struct sk_zk_log *log);
/* The library's log callback: the line goes to every log that listens. */
void sk_zk_log_callback(const char *message);
/* A line of our own; an error one is also a note. */
void sk_zk_log_say(struct sk_zk_log *log, bool error, const char *text);
/* Forget the notes, as when a connection was made after all. */
void sk_zk_log_forget(struct sk_zk_log *log);
/* Copy line or note `index` (0 is the oldest kept) into `text`; false behind the last one. */
bool sk_zk_log_line(struct sk_zk_log *log, size_t index, char *text, size_t size);
bool sk_zk_log_note(struct sk_zk_log *log, size_t index, char *text, size_t size);
/* Is there a note, and does each say that the connection was refused? */
bool sk_zk_log_refused(struct sk_zk_log *log);

#endif
