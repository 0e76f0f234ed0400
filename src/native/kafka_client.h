/* SPDX-License-Identifier: Apache-2.0 */
/* A librdkafka handle whose blocking calls run on a thread of ours. Free of Lua.
 * One thread (the caller's) calls these functions; the other thread is inside. */
#ifndef SK_KAFKA_CLIENT_H
#define SK_KAFKA_CLIENT_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "kafka_words.h"

struct sk_kafka;

/* Other blocking work for the thread. It runs there, looking at sk_kafka_stopped now and then; the result stays in the job. */
struct sk_kafka_job {
	void (*run)(struct sk_kafka *k, rd_kafka_t *rk, int64_t deadline, struct sk_kafka_job *job);
	void (*free)(struct sk_kafka_job *job); /* while the handle is still there */
};

/* Milliseconds on the monotonic clock. */
int64_t sk_kafka_now(void);

/* NULL when memory is short. */
struct sk_kafka *sk_kafka_new(void);
/* Make the handle, a consumer or a producer, and its thread. `conf` is consumed on success only; else `why` says what is wrong. */
bool sk_kafka_open(struct sk_kafka *k, rd_kafka_type_t type, rd_kafka_conf_t *conf, size_t bootstrap_brokers, char *why, size_t size);
/* False when the thread is stuck inside librdkafka; it then cleans up by itself, should it ever come back, and the process
 * must end by _exit. `k` is gone either way. NULL is fine. */
bool sk_kafka_close(struct sk_kafka *k);

/* Stop an earlier request that was left alone; false when it does not end. Needed before the next two. */
bool sk_kafka_idle(struct sk_kafka *k);
/* The names whose passing errors are worth another attempt: NUL-terminated, one after the other. Fill before sk_kafka_ask. */
struct sk_buf *sk_kafka_names(struct sk_kafka *k);
/* Ask for the metadata of all topics; the answer of an earlier call is freed. */
void sk_kafka_ask(struct sk_kafka *k, int timeout_ms);
/* Do a job, and own it; sk_kafka_forget and a next one free it. */
void sk_kafka_do(struct sk_kafka *k, struct sk_kafka_job *job, int timeout_ms);
/* For jobs: was the thread told to give up? */
bool sk_kafka_stopped(struct sk_kafka *k);
/* For jobs: sleep; false when told to give up. */
bool sk_kafka_rest(struct sk_kafka *k, int64_t ms);
/* Wait up to `ms` for the answer or the end of the job, collecting what the brokers say; true when it is there. */
bool sk_kafka_wait(struct sk_kafka *k, int ms);
/* True when what the brokers say leaves no hope. */
bool sk_kafka_hopeless(struct sk_kafka *k);
/* Tell the thread to give up; it does within 200 ms unless a broker owes it an answer. */
void sk_kafka_stop(struct sk_kafka *k);

/* After sk_kafka_wait was true: the answer, topics and brokers sorted by name and id, or NULL and the error.
 * *attempts counts the requests that failed or were repeated, and the last one. */
const rd_kafka_metadata_t *sk_kafka_answer(struct sk_kafka *k, rd_kafka_resp_err_t *error, int *attempts);
/* The topic of this name, or NULL. */
rd_kafka_metadata_topic_t *sk_kafka_topic(const rd_kafka_metadata_t *md, const char *name);
/* Free the answer, or the job. */
void sk_kafka_forget(struct sk_kafka *k);
struct sk_words *sk_kafka_words(struct sk_kafka *k);

#endif
