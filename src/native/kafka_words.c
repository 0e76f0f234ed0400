/* SPDX-License-Identifier: Apache-2.0 */
#include "kafka_words.h"

#include <stdlib.h>
#include <string.h>

#define BROKERS 32      /* more than anybody reads; later brokers are not noted */
#define LOG_LINES 2048
#define CERTAIN_MS 2000 /* another bootstrap broker may still answer for so long */
#define LIKELY_MS 3000

enum lasting { HEALS, LIKELY, CERTAIN };

struct sk_words_broker {
	char *name; /* owned, as is text */
	char *text;
	enum sk_words_kind kind;
	enum lasting lasting;
	int64_t since; /* when it became lasting */
};

bool sk_words_init(struct sk_words *w)
{
	memset(w, 0, sizeof *w);
	return pthread_mutex_init(&w->lock, NULL) == 0;
}

static void forget_brokers(struct sk_words *w)
{
	for (size_t i = 0; i < w->broker_count; i++) {
		free(w->brokers[i].name);
		free(w->brokers[i].text);
	}
	free(w->brokers);
	w->brokers = NULL;
	w->broker_count = 0;
}

void sk_words_free(struct sk_words *w)
{
	forget_brokers(w);
	for (size_t i = 0; i < w->log_capacity; i++)
		free(w->log[i]);
	free(w->log);
	pthread_mutex_destroy(&w->lock);
}

void sk_words_clear(struct sk_words *w)
{
	pthread_mutex_lock(&w->lock);
	forget_brokers(w);
	pthread_mutex_unlock(&w->lock);
}

/* A copy of at most SK_WORDS_TEXT - 1 bytes, control characters made blanks; NULL when memory is short. */
static char *copy(const char *text, size_t length)
{
	if (length >= SK_WORDS_TEXT)
		length = SK_WORDS_TEXT - 1;
	char *s = malloc(length + 1);
	if (s == NULL)
		return NULL;
	for (size_t i = 0; i < length; i++)
		s[i] = (unsigned char)text[i] < ' ' ? ' ' : text[i];
	s[length] = '\0';
	return s;
}

/* The length of `text` without librdkafka's " (after 7ms in state CONNECT, 2 identical error(s) suppressed)", which changes
 * from run to run. */
static size_t lasting_part(const char *text)
{
	const char *end = NULL;
	for (const char *p = strstr(text, " (after "); p != NULL; p = strstr(p + 1, " (after "))
		end = p;
	return end != NULL ? (size_t)(end - text) : strlen(text);
}

enum sk_words_kind sk_words_kind(rd_kafka_resp_err_t error, const char *reason)
{
	switch ((int)error) {
	case RD_KAFKA_RESP_ERR__AUTHENTICATION:
	case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
	case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
		return SK_WORDS_AUTHENTICATION;
	case RD_KAFKA_RESP_ERR__SSL:
		return SK_WORDS_TLS;
	case RD_KAFKA_RESP_ERR__RESOLVE:
		return SK_WORDS_RESOLVE;
	case RD_KAFKA_RESP_ERR__TIMED_OUT:
	case RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE:
	case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
		return SK_WORDS_TIMEOUT;
	}
	/* A refused client certificate and a handshake cut short come as transport failures. */
	if (strstr(reason, "SSL routines:") != NULL)
		return SK_WORDS_TLS;
	if (strstr(reason, "Connection refused") != NULL)
		return SK_WORDS_REFUSED;
	if (strstr(reason, "imed out") != NULL)
		return SK_WORDS_TIMEOUT;
	return SK_WORDS_PROTOCOL;
}

static enum lasting lasting(enum sk_words_kind kind, const char *reason)
{
	switch ((int)kind) {
	case SK_WORDS_AUTHENTICATION:
		return CERTAIN;
	case SK_WORDS_TLS:
		/* A plaintext listener hangs up in the handshake; so does a broker that is stopping. */
		return strstr(reason, "unexpected eof") != NULL || strstr(reason, "Disconnected") != NULL ? LIKELY : CERTAIN;
	case SK_WORDS_RESOLVE:
		return strstr(reason, "Temporary failure") != NULL ? HEALS : LIKELY;
	}
	return HEALS;
}

static struct sk_words_broker *find_broker(struct sk_words *w, const char *name, size_t length)
{
	for (size_t i = 0; i < w->broker_count; i++)
		if (strlen(w->brokers[i].name) == length && memcmp(w->brokers[i].name, name, length) == 0)
			return &w->brokers[i];
	if (w->brokers == NULL)
		w->brokers = calloc(BROKERS, sizeof *w->brokers);
	if (w->brokers == NULL || w->broker_count == BROKERS)
		return NULL;
	struct sk_words_broker *b = &w->brokers[w->broker_count];
	if ((b->name = copy(name, length)) == NULL)
		return NULL;
	w->broker_count++;
	return b;
}

void sk_words_error(struct sk_words *w, rd_kafka_resp_err_t error, const char *reason, int64_t now)
{
	const char *colon = strstr(reason, ": ");
	if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || colon == NULL)
		return;
	const char *text = colon + 2;
	enum sk_words_kind kind = sk_words_kind(error, text);
	pthread_mutex_lock(&w->lock);
	struct sk_words_broker *b = find_broker(w, reason, (size_t)(colon - reason));
	/* After a failed login or handshake the mere loss of a connection says nothing new. */
	if (b != NULL && !(b->text != NULL && b->kind >= SK_WORDS_TLS && kind < SK_WORDS_TLS)) {
		char *said = copy(text, lasting_part(text));
		if (said != NULL) {
			enum lasting l = lasting(kind, text);
			if (l != b->lasting)
				b->since = now;
			free(b->text);
			b->text = said;
			b->kind = kind;
			b->lasting = l;
		}
	}
	pthread_mutex_unlock(&w->lock);
}

void sk_words_log(struct sk_words *w, const char *facility, const char *line)
{
	char text[SK_WORDS_TEXT];
	size_t n = strlen(facility), m = strlen(line);
	if (n > 64)
		n = 64;
	if (m > sizeof text - n - 2)
		m = sizeof text - n - 2;
	memcpy(text, facility, n);
	memcpy(text + n, ": ", 2);
	memcpy(text + n + 2, line, m);
	char *said = copy(text, n + 2 + m);
	if (said == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	if (w->log_total == w->log_capacity && w->log_capacity < LOG_LINES) {
		size_t capacity = w->log_capacity == 0 ? 16 : w->log_capacity * 2;
		char **log = realloc(w->log, capacity * sizeof *log);
		if (log != NULL) {
			memset(log + w->log_capacity, 0, (capacity - w->log_capacity) * sizeof *log);
			w->log = log;
			w->log_capacity = capacity;
		}
	}
	if (w->log_capacity > 0) {
		char **place = &w->log[w->log_total++ % w->log_capacity];
		free(*place);
		*place = said;
	} else {
		free(said);
	}
	pthread_mutex_unlock(&w->lock);
}

bool sk_words_hopeless(struct sk_words *w, size_t bootstrap_brokers, int64_t now)
{
	size_t certain = 0, lost = 0;
	bool long_certain = false, long_lost = true;
	pthread_mutex_lock(&w->lock);
	for (size_t i = 0; i < w->broker_count; i++) {
		const struct sk_words_broker *b = &w->brokers[i];
		if (b->lasting == CERTAIN) {
			certain++;
			long_certain = long_certain || now - b->since >= CERTAIN_MS;
		}
		if (b->lasting != HEALS) {
			lost++;
			long_lost = long_lost && now - b->since >= LIKELY_MS;
		}
	}
	pthread_mutex_unlock(&w->lock);
	return long_certain || (certain > 0 && certain >= bootstrap_brokers) ||
		(lost > 0 && lost >= bootstrap_brokers && long_lost);
}

enum sk_words_kind sk_words_cause(struct sk_words *w, char *text)
{
	enum sk_words_kind kind = SK_WORDS_SILENT;
	text[0] = '\0';
	pthread_mutex_lock(&w->lock);
	for (size_t i = 0; i < w->broker_count; i++) {
		const struct sk_words_broker *b = &w->brokers[i];
		if (b->text != NULL && b->kind > kind) {
			kind = b->kind;
			memcpy(text, b->text, strlen(b->text) + 1);
		}
	}
	pthread_mutex_unlock(&w->lock);
	return kind;
}

bool sk_words_note(struct sk_words *w, size_t i, char *text)
{
	size_t length = 0;
	text[0] = '\0';
	pthread_mutex_lock(&w->lock);
	bool there = i < w->broker_count;
	if (there) {
		const char *parts[] = { w->brokers[i].name, ": ", w->brokers[i].text != NULL ? w->brokers[i].text : "" };
		for (size_t p = 0; p < 3; p++) {
			size_t n = strlen(parts[p]);
			if (n > SK_WORDS_TEXT - 1 - length)
				n = SK_WORDS_TEXT - 1 - length;
			memcpy(text + length, parts[p], n);
			length += n;
		}
		text[length] = '\0';
	}
	pthread_mutex_unlock(&w->lock);
	return there;
}

void sk_words_lines(struct sk_words *w, size_t *first, size_t *end)
{
	pthread_mutex_lock(&w->lock);
	*end = w->log_total;
	*first = w->log_total > w->log_capacity ? w->log_total - w->log_capacity : 0;
	pthread_mutex_unlock(&w->lock);
}

bool sk_words_line(struct sk_words *w, size_t i, char *text)
{
	pthread_mutex_lock(&w->lock);
	bool there = i < w->log_total && w->log_total - i <= w->log_capacity;
	if (there) {
		const char *line = w->log[i % w->log_capacity];
		memcpy(text, line, strlen(line) + 1);
	}
	pthread_mutex_unlock(&w->lock);
	return there;
}
