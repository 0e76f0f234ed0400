/* SPDX-License-Identifier: Apache-2.0 */
#include "kafka_admin.h"

#include <stdlib.h>

#define SLICE_MS 100      /* how often we look whether to stop */
#define MAX_MS 3600000    /* the longest timeout that librdkafka takes */
#define CONTROLLER_MS 3000 /* a new one is elected in less */

void sk_admin_free(struct sk_admin *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->count; i++) {
		if (a->topics != NULL)
			rd_kafka_NewTopic_destroy(a->topics[i]);
		else
			rd_kafka_ConfigResource_destroy(a->resources[i]);
	}
	free(a->topics);
	free(a->resources);
	if (a->answer != NULL)
		rd_kafka_event_destroy(a->answer);
	free(a);
}

static void admin_free(struct sk_kafka_job *job)
{
	sk_admin_free((struct sk_admin *)job);
}

/* The broker answers when the topics are there, or the time is over; topics that it began to make it makes in any case. */
static void admin_run(struct sk_kafka *k, rd_kafka_t *rk, int64_t deadline, struct sk_kafka_job *job)
{
	struct sk_admin *a = (struct sk_admin *)job;
	char why[128];
	int64_t left = deadline - sk_kafka_now();
	int ms = left < 1 ? 1 : left > MAX_MS ? MAX_MS : (int)left;
	/* who is asked, and whom librdkafka would wait for until the deadline */
	if (rd_kafka_controllerid(rk, ms < CONTROLLER_MS ? ms : CONTROLLER_MS) < 0 && ms > CONTROLLER_MS) {
		a->error = RD_KAFKA_RESP_ERR_NOT_CONTROLLER;
		return;
	}
	rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
	rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(rk, a->topics != NULL ? RD_KAFKA_ADMIN_OP_CREATETOPICS : RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
	rd_kafka_AdminOptions_set_request_timeout(options, ms, why, sizeof why);
	if (a->topics != NULL) {
		rd_kafka_AdminOptions_set_operation_timeout(options, ms, why, sizeof why);
		rd_kafka_AdminOptions_set_validate_only(options, a->validate, why, sizeof why);
		rd_kafka_CreateTopics(rk, a->topics, a->count, options, queue);
	} else {
		rd_kafka_DescribeConfigs(rk, a->resources, a->count, options, queue);
	}
	while (a->answer == NULL && sk_kafka_now() < deadline && !sk_kafka_stopped(k))
		a->answer = rd_kafka_queue_poll(queue, SLICE_MS);
	a->error = a->answer != NULL ? rd_kafka_event_error(a->answer) : RD_KAFKA_RESP_ERR__TIMED_OUT;
	rd_kafka_AdminOptions_destroy(options);
	rd_kafka_queue_destroy(queue);
}

static struct sk_admin *admin_new(void)
{
	struct sk_admin *a = calloc(1, sizeof *a);
	if (a != NULL) {
		a->job.run = admin_run;
		a->job.free = admin_free;
	}
	return a;
}

struct sk_admin *sk_admin_create(size_t count, bool validate)
{
	struct sk_admin *a = admin_new();
	if (a == NULL)
		return NULL;
	a->topics = calloc(count + 1, sizeof(*a->topics));
	a->capacity = count;
	a->validate = validate;
	if (a->topics != NULL)
		return a;
	free(a);
	return NULL;
}

struct sk_admin *sk_admin_describe(size_t count)
{
	struct sk_admin *a = admin_new();
	if (a == NULL)
		return NULL;
	a->resources = calloc(count + 1, sizeof(*a->resources));
	a->capacity = count;
	if (a->resources != NULL)
		return a;
	free(a);
	return NULL;
}

bool sk_admin_add_topic(struct sk_admin *a, const char *name, int partitions, int replication, char *why, size_t size)
{
	rd_kafka_NewTopic_t *topic = a->count < a->capacity ? rd_kafka_NewTopic_new(name, partitions, replication, why, size) : NULL;
	if (topic != NULL)
		a->topics[a->count++] = topic;
	return topic != NULL;
}

bool sk_admin_add_resource(struct sk_admin *a, const char *name)
{
	rd_kafka_ConfigResource_t *resource = a->count < a->capacity ? rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name) : NULL;
	if (resource != NULL)
		a->resources[a->count++] = resource;
	return resource != NULL;
}

bool sk_admin_set(struct sk_admin *a, const char *name, const char *value)
{
	return rd_kafka_NewTopic_set_config(a->topics[a->count - 1], name, value) == RD_KAFKA_RESP_ERR_NO_ERROR;
}
