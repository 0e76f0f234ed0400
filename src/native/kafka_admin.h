/* SPDX-License-Identifier: Apache-2.0 */
/* Topics made, and their settings read, by librdkafka's AdminClient. Free of Lua; runs on the thread of kafka_client. */
#ifndef SK_KAFKA_ADMIN_H
#define SK_KAFKA_ADMIN_H

#include "kafka_client.h"

struct sk_admin {
	struct sk_kafka_job job;        /* first: the client frees the request by it */
	rd_kafka_NewTopic_t **topics;   /* owned, as each of them is; of a request to make topics */
	rd_kafka_ConfigResource_t **resources; /* owned, as each of them is; of a request for settings */
	size_t count, capacity;         /* of the one that is there */
	bool validate;                  /* make nothing, and say whether it would be made */
	rd_kafka_event_t *answer;       /* owned; NULL when there is none */
	rd_kafka_resp_err_t error;      /* of the request as a whole; the text is in the answer */
};

/* For up to `count` topics. NULL when memory is short. Give it to sk_kafka_do, which owns it from then on. */
struct sk_admin *sk_admin_create(size_t count, bool validate);
struct sk_admin *sk_admin_describe(size_t count);
void sk_admin_free(struct sk_admin *a);

/* Add a topic to a request of the one kind or of the other; false, and why, when librdkafka refuses it. */
bool sk_admin_add_topic(struct sk_admin *a, const char *name, int partitions, int replication, char *why, size_t size);
bool sk_admin_add_resource(struct sk_admin *a, const char *name);
/* Give the topic added last a setting. */
bool sk_admin_set(struct sk_admin *a, const char *name, const char *value);

#endif
