/* SPDX-License-Identifier: Apache-2.0 */
/* One partition from its beginning to where it ended when we asked. Free of Lua; runs on the thread of kafka_client. */
#ifndef SK_KAFKA_READ_H
#define SK_KAFKA_READ_H

#include "kafka_client.h"

#define SK_READ_POLICY 64 /* size of cleanup_policy; longer ones are cut */

struct sk_read {
	struct sk_kafka_job job; /* first: the client frees the read by it */
	const char *topic;       /* behind this struct */
	int32_t partition;
	rd_kafka_topic_t *rkt;   /* owned */
	rd_kafka_message_t **messages; /* owned, as each of them is; in the order of their offsets */
	size_t count, capacity;
	int64_t low, high;       /* the offsets that were there when we asked: low to high - 1, less those compacted away */
	char cleanup_policy[SK_READ_POLICY]; /* of the topic; empty when the broker does not tell */
	bool asked;              /* `low` and `high` are known */
	rd_kafka_resp_err_t error;
};

/* NULL when memory is short. Give it to sk_kafka_do, which owns it from then on. */
struct sk_read *sk_read_new(const char *topic, int32_t partition);

/* The settings that a client must be made with to read: -X may change them. */
void sk_read_configure(rd_kafka_conf_t *conf);

#endif
