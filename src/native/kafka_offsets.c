/* SPDX-License-Identifier: Apache-2.0 */
#include "kafka_offsets.h"

#include <stdlib.h>
#include <string.h>

#define REST_MS 100 /* between attempts */
#define EARLIEST -2 /* "timestamps" of the protocol's ListOffsets */
#define LATEST -1

static void offsets_free(struct sk_kafka_job *job)
{
	struct sk_offsets *o = (struct sk_offsets *)job;
	if (o->low != NULL)
		rd_kafka_topic_partition_list_destroy(o->low);
	if (o->high != NULL)
		rd_kafka_topic_partition_list_destroy(o->high);
	free(o);
}

/* One request to each leader; again, until the deadline, while none of them answers. */
static rd_kafka_resp_err_t query(struct sk_kafka *k, rd_kafka_t *rk, int64_t deadline, rd_kafka_topic_partition_list_t *list, int64_t time)
{
	rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__TIMED_OUT;
	for (int64_t left = deadline - sk_kafka_now(); left > 0 && !sk_kafka_stopped(k); left = deadline - sk_kafka_now()) {
		for (int i = 0; i < list->cnt; i++)
			list->elems[i].offset = time;
		error = rd_kafka_offsets_for_times(rk, list, (int)left);
		if ((error != RD_KAFKA_RESP_ERR__TRANSPORT && error != RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE) || !sk_kafka_rest(k, REST_MS))
			break;
	}
	return error;
}

static void offsets_run(struct sk_kafka *k, rd_kafka_t *rk, int64_t deadline, struct sk_kafka_job *job)
{
	struct sk_offsets *o = (struct sk_offsets *)job;
	o->error = query(k, rk, deadline, o->low, EARLIEST);
	if (o->error == RD_KAFKA_RESP_ERR_NO_ERROR)
		o->error = query(k, rk, deadline, o->high, LATEST);
}

struct sk_offsets *sk_offsets_new(const char *topic, const int32_t *partitions, size_t count)
{
	size_t size = strlen(topic) + 1;
	struct sk_offsets *o = calloc(1, sizeof *o + size);
	if (o == NULL)
		return NULL;
	o->job.run = offsets_run;
	o->job.free = offsets_free;
	o->topic = memcpy(o + 1, topic, size);
	o->low = rd_kafka_topic_partition_list_new((int)count);
	o->high = rd_kafka_topic_partition_list_new((int)count);
	if (o->low == NULL || o->high == NULL) {
		offsets_free(&o->job);
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		rd_kafka_topic_partition_list_add(o->low, topic, partitions[i]);
		rd_kafka_topic_partition_list_add(o->high, topic, partitions[i]);
	}
	return o;
}
