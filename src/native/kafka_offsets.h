/* SPDX-License-Identifier: Apache-2.0 */
/* Where partitions of a topic begin and end now, in two requests to each leader. Free of Lua; runs on the thread of kafka_client. */
#ifndef SK_KAFKA_OFFSETS_H
#define SK_KAFKA_OFFSETS_H

#include "kafka_client.h"

struct sk_offsets {
	struct sk_kafka_job job; /* first: the client frees it by this */
	const char *topic;       /* behind this struct */
	rd_kafka_topic_partition_list_t *low, *high; /* owned; in the order in which the partitions were given, each with its error */
	rd_kafka_resp_err_t error;
};

/* NULL when memory is short. Give it to sk_kafka_do, which owns it from then on. */
struct sk_offsets *sk_offsets_new(const char *topic, const int32_t *partitions, size_t count);

#endif
