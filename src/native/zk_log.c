/* SPDX-License-Identifier: Apache-2.0 */
#include "zk_log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The library's log callback carries no context, so the logs that listen are found here: the one piece of state that
 * cannot hang on a session. */
static pthread_mutex_t listeners_lock = PTHREAD_MUTEX_INITIALIZER;
static struct sk_zk_log *listeners;

void sk_zk_log_init(struct sk_zk_log *log)
{
	memset(log, 0, sizeof *log);
	pthread_mutex_init(&log->lock, NULL);
}

void sk_zk_log_free(struct sk_zk_log *log)
{
	for (size_t i = 0; i < SK_ZK_LOG_LINES; i++)
		free(log->lines[i]);
	pthread_mutex_destroy(&log->lock);
}

void sk_zk_log_listen(struct sk_zk_log *log)
{
	pthread_mutex_lock(&listeners_lock);
	log->other = listeners;
	listeners = log;
	pthread_mutex_unlock(&listeners_lock);
}

void sk_zk_log_deafen(struct sk_zk_log *log)
{
	pthread_mutex_lock(&listeners_lock);
	for (struct sk_zk_log **at = &listeners; *at != NULL; at = &(*at)->other) {
		if (*at == log) {
			*at = log->other;
			break;
		}
	}
	pthread_mutex_unlock(&listeners_lock);
}

/* The words of a note: "cause (details)" of a socket error, whose cause stands in parentheses at `open`; else the text. */
static void note_words(char *words, size_t size, const char *text, const char *open, const char *details)
{
	const char *end;
	int code = open != NULL ? atoi(strstr(text, "errno=") + 6) : 0;
	if (open == NULL) {
		snprintf(words, size, "%s", text);
		return;
	}
	details += 3;
	end = strstr(details, " (exceeded timeout by");
	if (end == NULL)
		end = details + strlen(details);
	if (code == EHOSTDOWN) /* what the library calls an end of file */
		snprintf(words, size, "the server closed the connection (%.*s)", (int)(end - details), details);
	else if (code != 0)
		snprintf(words, size, "%.*s (%.*s)", (int)(details - 3 - open - 1), open + 1, (int)(end - details), details);
	else
		snprintf(words, size, "%.*s", (int)(end - details), details);
}

/* "Socket [h:p] zk retcode=-4, errno=111(Connection refused): details" is split; any other text is taken whole. */
static void note_add(struct sk_zk_log *log, const char *text)
{
	char server[64] = "";
	const char *retcode = strstr(text, " zk retcode="), *cause = strstr(text, "errno=");
	const char *details = cause != NULL ? strstr(cause, "): ") : NULL, *open = cause != NULL ? strchr(cause, '(') : NULL;
	bool refused = false, split = strncmp(text, "Socket ", 7) == 0 && retcode != NULL && details != NULL && open != NULL;
	size_t i;
	if (split) {
		const char *name = text + 7;
		size_t length = (size_t)(retcode - name);
		if (*name == '[' && length > 2 && memchr(name, ']', length) == name + length - 1) {
			name++;
			length -= 2;
		}
		snprintf(server, sizeof server, "%.*s", (int)length, name);
		refused = atoi(cause + 6) == ECONNREFUSED;
	}
	for (i = 0; i < log->note_count; i++) {
		if (strcmp(log->notes[i].server, server) == 0)
			break;
	}
	if (i == SK_ZK_LOG_NOTES)
		i = SK_ZK_LOG_NOTES - 1;
	if (i == log->note_count)
		log->note_count++;
	memcpy(log->notes[i].server, server, sizeof server);
	log->notes[i].refused = refused;
	note_words(log->notes[i].text, sizeof log->notes[i].text, text, split ? open : NULL, details);
}

void sk_zk_log_say(struct sk_zk_log *log, bool error, const char *text)
{
	char *copy = strdup(text), **slot;
	pthread_mutex_lock(&log->lock);
	if (copy != NULL) {
		slot = &log->lines[log->next++ % SK_ZK_LOG_LINES];
		free(*slot);
		*slot = copy;
	}
	if (error)
		note_add(log, text);
	pthread_mutex_unlock(&log->lock);
}

/* "2026-01-01 12:00:00,123:4711(0x7f01):ZOO_ERROR@function@123: text" */
void sk_zk_log_callback(const char *message)
{
	const char *level = strstr(message, ":ZOO_"), *text = level != NULL ? strstr(level, ": ") : NULL;
	char line[512];
	size_t length;
	snprintf(line, sizeof line, "%s", text != NULL ? text + 2 : message);
	length = strlen(line);
	while (length > 0 && line[length - 1] == '\n')
		line[--length] = '\0';
	pthread_mutex_lock(&listeners_lock);
	for (struct sk_zk_log *log = listeners; log != NULL; log = log->other)
		sk_zk_log_say(log, level != NULL && strncmp(level, ":ZOO_ERROR", 10) == 0, line);
	pthread_mutex_unlock(&listeners_lock);
}

void sk_zk_log_forget(struct sk_zk_log *log)
{
	pthread_mutex_lock(&log->lock);
	log->note_count = 0;
	pthread_mutex_unlock(&log->lock);
}

bool sk_zk_log_line(struct sk_zk_log *log, size_t index, char *text, size_t size)
{
	bool found;
	pthread_mutex_lock(&log->lock);
	if (log->next > SK_ZK_LOG_LINES)
		index += log->next - SK_ZK_LOG_LINES;
	found = index < log->next;
	if (found)
		snprintf(text, size, "%s", log->lines[index % SK_ZK_LOG_LINES]);
	pthread_mutex_unlock(&log->lock);
	return found;
}

bool sk_zk_log_note(struct sk_zk_log *log, size_t index, char *text, size_t size)
{
	bool found;
	pthread_mutex_lock(&log->lock);
	found = index < log->note_count;
	if (found && log->notes[index].server[0] != '\0')
		snprintf(text, size, "%s: %s", log->notes[index].server, log->notes[index].text);
	else if (found)
		snprintf(text, size, "%s", log->notes[index].text);
	pthread_mutex_unlock(&log->lock);
	return found;
}

bool sk_zk_log_refused(struct sk_zk_log *log)
{
	bool refused;
	pthread_mutex_lock(&log->lock);
	refused = log->note_count > 0;
	for (size_t i = 0; i < log->note_count; i++)
		refused = refused && log->notes[i].refused;
	pthread_mutex_unlock(&log->lock);
	return refused;
}
