/* SPDX-License-Identifier: Apache-2.0 */
/* What librdkafka says while we wait: the last words of each broker, and its log. Filled from any thread, read by ours. */
#ifndef SK_KAFKA_WORDS_H
#define SK_KAFKA_WORDS_H

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SK_WORDS_TEXT 512 /* longer texts are cut; the size of every buffer that texts are copied to */

/* Causes of a failed request; where brokers differ, the largest is reported. */
enum sk_words_kind {
	SK_WORDS_SILENT,
	SK_WORDS_TIMEOUT,
	SK_WORDS_RESOLVE,
	SK_WORDS_REFUSED,
	SK_WORDS_PROTOCOL,
	SK_WORDS_TLS,
	SK_WORDS_AUTHENTICATION,
	SK_WORDS_CONFIG, /* no broker says it: librdkafka refused the settings */
};

struct sk_words_broker;

struct sk_words {
	pthread_mutex_t lock;            /* guards everything below */
	struct sk_words_broker *brokers; /* owned array */
	size_t broker_count;
	char **log;                      /* owned array of owned lines; a ring once it is full */
	size_t log_capacity;
	size_t log_total;                /* lines ever said */
};

bool sk_words_init(struct sk_words *w);
void sk_words_free(struct sk_words *w);
/* Forget the brokers' words, after an answer; the log stays. After a failure keep them, as librdkafka does not repeat itself. */
void sk_words_clear(struct sk_words *w);

/* librdkafka's error callback and log callback come here; `now` is in ms on any steady clock. */
void sk_words_error(struct sk_words *w, rd_kafka_resp_err_t error, const char *reason, int64_t now);
void sk_words_log(struct sk_words *w, const char *facility, const char *line);

/* True when waiting longer is of no use: wrong password, bad certificate, or, for some seconds now, no such host. */
bool sk_words_hopeless(struct sk_words *w, size_t bootstrap_brokers, int64_t now);

enum sk_words_kind sk_words_kind(rd_kafka_resp_err_t error, const char *reason);
/* The cause to report, and in `text` the words of the broker that gave it, without its name. */
enum sk_words_kind sk_words_cause(struct sk_words *w, char *text);
/* Copy the words of broker `i` to `text`, as "name: words"; false past the last. */
bool sk_words_note(struct sk_words *w, size_t i, char *text);
/* Copy log line number `i`, counted from 0 over all lines ever said, to `text`; false where it is gone or not there yet. */
bool sk_words_line(struct sk_words *w, size_t i, char *text);
/* The range of line numbers that sk_words_line still has: *first to *end - 1. */
void sk_words_lines(struct sk_words *w, size_t *first, size_t *end);
/* How long `text` is without librdkafka's guesses and advice, which fit on no line and are often wrong. */
size_t sk_words_brief(const char *text);
/* What the user can do about it; NULL only for SK_WORDS_CONFIG. */
const char *sk_words_hint(enum sk_words_kind kind, const char *text);

#endif
