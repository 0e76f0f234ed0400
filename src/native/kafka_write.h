/* SPDX-License-Identifier: Apache-2.0 */
/* Records written to one partition, in order, each acknowledged by all replicas. Free of Lua; runs on the thread of
 * kafka_client, whose handle is a producer. */
#ifndef SK_KAFKA_WRITE_H
#define SK_KAFKA_WRITE_H

#include "buf.h"
#include "kafka_client.h"

struct sk_write_record {
	size_t key, key_length;     /* offset in `bytes` */
	size_t value, value_length; /* likewise */
	bool tombstone;             /* there is no value */
	int64_t offset;             /* that the broker gave it; -1: not acknowledged */
	rd_kafka_resp_err_t error;
};

struct sk_write {
	struct sk_kafka_job job; /* first: the client frees the write by it */
	const char *topic;       /* behind this struct */
	int32_t partition;
	struct sk_buf bytes;     /* keys and values */
	struct sk_write_record *records; /* owned */
	size_t count, capacity;
	size_t written;          /* acknowledged, once it is over */
	rd_kafka_resp_err_t error; /* the first one */
};

/* For up to `count` records. NULL when memory is short. Give it to sk_kafka_do, which owns it from then on. */
struct sk_write *sk_write_new(const char *topic, int32_t partition, size_t count);
void sk_write_free(struct sk_write *w);
/* `value` is NULL for a tombstone. Test sk_buf_failed(&w->bytes) at the end. */
void sk_write_add(struct sk_write *w, const char *key, size_t key_length, const char *value, size_t value_length);

/* The settings that a client must be made with to write; they have the last word. */
void sk_write_configure(rd_kafka_conf_t *conf);

#endif
