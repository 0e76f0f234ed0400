/* SPDX-License-Identifier: Apache-2.0 */
#include "kafka_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLICE_MS 100     /* how often we look whether to stop */
#define BATCH 1000       /* messages taken from librdkafka at once */
#define DESCRIBE_MS 500  /* how long the topic's settings may take beyond the records themselves */

static void read_free(struct sk_kafka_job *job)
{
	struct sk_read *r = (struct sk_read *)job;
	for (size_t i = 0; i < r->count; i++)
		rd_kafka_message_destroy(r->messages[i]);
	free(r->messages);
	if (r->rkt != NULL)
		rd_kafka_topic_destroy(r->rkt);
	free(r);
}

/* What librdkafka, or the next broker, may get over by itself. */
static bool passing(rd_kafka_resp_err_t error)
{
	switch (error) {
	case RD_KAFKA_RESP_ERR__TRANSPORT:
	case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
	case RD_KAFKA_RESP_ERR__TIMED_OUT:
	case RD_KAFKA_RESP_ERR__RESOLVE:
	case RD_KAFKA_RESP_ERR__WAIT_COORD:
	case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
	case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
	case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
	case RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE:
		return true;
	default:
		return false;
	}
}

static int left(int64_t deadline)
{
	int64_t ms = deadline - sk_kafka_now();
	return ms > 0 ? (int)ms : 0;
}

/* Where the partition begins and ends now. Later records are not of this read, so it ends however fast others write. */
static rd_kafka_resp_err_t ask_range(struct sk_read *r, struct sk_kafka *k, rd_kafka_t *rk, int64_t deadline)
{
	rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__TIMED_OUT;
	while (left(deadline) > 0 && !sk_kafka_stopped(k)) {
		error = rd_kafka_query_watermark_offsets(rk, r->topic, r->partition, &r->low, &r->high, left(deadline));
		r->asked = error == RD_KAFKA_RESP_ERR_NO_ERROR;
		if (r->asked || !passing(error) || !sk_kafka_rest(k, SLICE_MS))
			break;
	}
	return error;
}

/* Take a message or an event of the partition, and own it; true at the end. */
static bool take(struct sk_read *r, rd_kafka_message_t *m)
{
	rd_kafka_resp_err_t error = m->err;
	int64_t offset = m->offset;
	if (error != RD_KAFKA_RESP_ERR_NO_ERROR || offset >= r->high) {
		rd_kafka_message_destroy(m);
		if (error == RD_KAFKA_RESP_ERR__PARTITION_EOF || error == RD_KAFKA_RESP_ERR_NO_ERROR)
			return offset >= r->high;
		if (!passing(error))
			r->error = error;
		return r->error != RD_KAFKA_RESP_ERR_NO_ERROR;
	}
	if (r->count == r->capacity) {
		size_t capacity = r->capacity * 2 + BATCH;
		rd_kafka_message_t **grown = realloc(r->messages, capacity * sizeof(*grown));
		if (grown == NULL) {
			rd_kafka_message_destroy(m);
			r->error = RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE;
			return true;
		}
		r->messages = grown;
		r->capacity = capacity;
	}
	r->messages[r->count++] = m;
	return offset == r->high - 1;
}

/* The last record may be gone or a transaction's marker: then librdkafka's event for the end is what ends us. */
static void consume(struct sk_read *r, struct sk_kafka *k, int64_t deadline)
{
	rd_kafka_message_t *batch[BATCH];
	bool end = false;
	while (!end) {
		/* with a timeout a batch waits to be full: take what is there, else wait for one */
		ssize_t n = rd_kafka_consume_batch(r->rkt, r->partition, 0, batch, BATCH);
		if (n == 0 && (batch[0] = rd_kafka_consume(r->rkt, r->partition, SLICE_MS)) != NULL)
			n = 1;
		for (ssize_t i = 0; i < n; i++) {
			if (end)
				rd_kafka_message_destroy(batch[i]);
			else
				end = take(r, batch[i]);
		}
		if (!end && (left(deadline) == 0 || sk_kafka_stopped(k))) {
			r->error = RD_KAFKA_RESP_ERR__TIMED_OUT;
			end = true;
		}
	}
}

static void keep_policy(struct sk_read *r, rd_kafka_event_t *event)
{
	size_t resources = 0, entries = 0;
	const rd_kafka_DescribeConfigs_result_t *result = rd_kafka_event_DescribeConfigs_result(event);
	if (result == NULL || rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR)
		return;
	const rd_kafka_ConfigResource_t **resource = rd_kafka_DescribeConfigs_result_resources(result, &resources);
	if (resources != 1)
		return;
	const rd_kafka_ConfigEntry_t **entry = rd_kafka_ConfigResource_configs(resource[0], &entries);
	for (size_t i = 0; i < entries; i++)
		if (strcmp(rd_kafka_ConfigEntry_name(entry[i]), "cleanup.policy") == 0 && rd_kafka_ConfigEntry_value(entry[i]) != NULL)
			snprintf(r->cleanup_policy, sizeof r->cleanup_policy, "%s", rd_kafka_ConfigEntry_value(entry[i]));
}

/* Brokers before 0.11, and users without the right to describe settings, leave the policy unknown. */
static rd_kafka_queue_t *ask_policy(const struct sk_read *r, rd_kafka_t *rk, int64_t deadline)
{
	char why[128];
	rd_kafka_ConfigResource_t *resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, r->topic);
	rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
	rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
	rd_kafka_AdminOptions_set_request_timeout(options, left(deadline) > 1 ? left(deadline) : 1, why, sizeof why);
	rd_kafka_DescribeConfigs(rk, &resource, 1, options, queue);
	rd_kafka_AdminOptions_destroy(options);
	rd_kafka_ConfigResource_destroy(resource);
	return queue;
}

static void read_run(struct sk_kafka *k, rd_kafka_t *rk, int64_t deadline, struct sk_kafka_job *job)
{
	struct sk_read *r = (struct sk_read *)job;
	r->error = ask_range(r, k, rk, deadline);
	if (r->error != RD_KAFKA_RESP_ERR_NO_ERROR)
		return;
	rd_kafka_queue_t *policy = ask_policy(r, rk, deadline);
	if (r->low < r->high) {
		r->rkt = rd_kafka_topic_new(rk, r->topic, NULL);
		if (r->rkt != NULL && rd_kafka_consume_start(r->rkt, r->partition, RD_KAFKA_OFFSET_BEGINNING) == 0) {
			consume(r, k, deadline);
			rd_kafka_consume_stop(r->rkt, r->partition);
		} else {
			r->error = rd_kafka_last_error();
		}
	}
	int ms = left(deadline) < DESCRIBE_MS ? left(deadline) : DESCRIBE_MS;
	rd_kafka_event_t *event = r->error == RD_KAFKA_RESP_ERR_NO_ERROR ? rd_kafka_queue_poll(policy, ms) : NULL;
	if (event != NULL) {
		keep_policy(r, event);
		rd_kafka_event_destroy(event);
	}
	rd_kafka_queue_destroy(policy);
}

struct sk_read *sk_read_new(const char *topic, int32_t partition)
{
	size_t size = strlen(topic) + 1;
	struct sk_read *r = calloc(1, sizeof *r + size);
	if (r == NULL)
		return NULL;
	r->job.run = read_run;
	r->job.free = read_free;
	r->topic = memcpy(r + 1, topic, size);
	r->partition = partition;
	return r;
}

/* Samza's consumers take records of open and aborted transactions, too, so nothing is left out here and no open transaction
 * holds us up. Records lost while we read are an error rather than a jump to the end. */
void sk_read_configure(rd_kafka_conf_t *conf)
{
	static const char *const settings[][2] = { { "enable.partition.eof", "true" }, { "isolation.level", "read_uncommitted" },
		{ "auto.offset.reset", "error" }, { "fetch.wait.max.ms", "50" } };
	char why[128];
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		rd_kafka_conf_set(conf, settings[i][0], settings[i][1], why, sizeof why);
}
