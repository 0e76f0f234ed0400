/* SPDX-License-Identifier: Apache-2.0 */
#include "kafka_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLICE_MS 100 /* how often we look whether to stop */
#define PURGE_MS 5000

void sk_write_free(struct sk_write *w)
{
	if (w == NULL)
		return;
	sk_buf_free(&w->bytes);
	free(w->records);
	free(w);
}

static void write_free(struct sk_kafka_job *job)
{
	sk_write_free((struct sk_write *)job);
}

/* On whichever thread polls. librdkafka counts a message as outstanding until this has returned, so that who sees none
 * outstanding sees what was noted here. */
static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
	(void)rk;
	(void)opaque;
	struct sk_write_record *r = m->_private;
	r->error = m->err;
	if (m->err == RD_KAFKA_RESP_ERR_NO_ERROR)
		r->offset = m->offset;
}

/* The partitioner must not look at the key, and a record that the broker does not take in time must not linger. */
static rd_kafka_topic_t *open_topic(const struct sk_write *w, rd_kafka_t *rk, int64_t deadline)
{
	char text[32], why[128];
	int64_t left = deadline - sk_kafka_now();
	rd_kafka_topic_conf_t *conf = rd_kafka_topic_conf_new();
	snprintf(text, sizeof text, "%d", left > 1 ? (int)left : 1);
	rd_kafka_topic_conf_set(conf, "message.timeout.ms", text, why, sizeof why);
	rd_kafka_topic_conf_set(conf, "acks", "all", why, sizeof why);
	rd_kafka_topic_conf_set(conf, "compression.codec", "none", why, sizeof why);
	return rd_kafka_topic_new(rk, w->topic, conf);
}

static rd_kafka_resp_err_t produce(const struct sk_write *w, rd_kafka_topic_t *rkt, struct sk_write_record *r)
{
	/* librdkafka takes NULL for no key, so that an empty one needs an address */
	char *key = r->key_length > 0 ? w->bytes.data + r->key : (char[1]) { 0 };
	char *value = r->tombstone ? NULL : r->value_length > 0 ? w->bytes.data + r->value : (char[1]) { 0 };
	int rc = rd_kafka_produce(rkt, w->partition, RD_KAFKA_MSG_F_COPY, value, r->value_length, key, r->key_length, r);
	return rc == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error();
}

static void write_run(struct sk_kafka *k, rd_kafka_t *rk, int64_t deadline, struct sk_kafka_job *job)
{
	struct sk_write *w = (struct sk_write *)job;
	rd_kafka_topic_t *rkt = open_topic(w, rk, deadline);
	if (rkt == NULL) {
		w->error = rd_kafka_last_error();
		return;
	}
	for (size_t i = 0; i < w->count && w->error == RD_KAFKA_RESP_ERR_NO_ERROR; ) {
		w->error = produce(w, rkt, &w->records[i]);
		if (w->error == RD_KAFKA_RESP_ERR_NO_ERROR)
			i++;
		else if (w->error == RD_KAFKA_RESP_ERR__QUEUE_FULL && sk_kafka_now() < deadline && !sk_kafka_stopped(k)) {
			w->error = RD_KAFKA_RESP_ERR_NO_ERROR;
			rd_kafka_poll(rk, SLICE_MS);
		}
	}
	while (rd_kafka_outq_len(rk) > 0 && w->error == RD_KAFKA_RESP_ERR_NO_ERROR && sk_kafka_now() < deadline && !sk_kafka_stopped(k))
		rd_kafka_flush(rk, SLICE_MS);
	/* whatever is left is reported as purged: then no report refers to us any more */
	if (rd_kafka_outq_len(rk) > 0) {
		rd_kafka_purge(rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
		rd_kafka_flush(rk, PURGE_MS);
	}
	rd_kafka_topic_destroy(rkt);
	for (size_t i = 0; i < w->count; i++) {
		w->written += w->records[i].offset >= 0;
		if (w->error == RD_KAFKA_RESP_ERR_NO_ERROR && w->records[i].offset < 0)
			w->error = w->records[i].error != RD_KAFKA_RESP_ERR_NO_ERROR ? w->records[i].error : RD_KAFKA_RESP_ERR__TIMED_OUT;
	}
}

struct sk_write *sk_write_new(const char *topic, int32_t partition, size_t count)
{
	size_t size = strlen(topic) + 1;
	struct sk_write *w = calloc(1, sizeof *w + size);
	if (w == NULL)
		return NULL;
	w->job.run = write_run;
	w->job.free = write_free;
	w->topic = memcpy(w + 1, topic, size);
	w->partition = partition;
	w->records = calloc(count + 1, sizeof *w->records);
	w->capacity = count;
	if (w->records != NULL)
		return w;
	free(w);
	return NULL;
}

void sk_write_add(struct sk_write *w, const char *key, size_t key_length, const char *value, size_t value_length)
{
	if (w->count == w->capacity)
		return;
	struct sk_write_record *r = &w->records[w->count++];
	*r = (struct sk_write_record) { .key = w->bytes.length, .key_length = key_length, .value = w->bytes.length + key_length,
		.value_length = value != NULL ? value_length : 0, .tombstone = value == NULL, .offset = -1 };
	sk_buf_append(&w->bytes, key, key_length);
	if (value != NULL)
		sk_buf_append(&w->bytes, value, value_length);
}

/* One request at a time keeps the order, however often one is sent again; the broker has the say on how large a record may be. */
void sk_write_configure(rd_kafka_conf_t *conf)
{
	static const char *const settings[][2] = { { "enable.idempotence", "false" }, { "max.in.flight.requests.per.connection", "1" },
		{ "linger.ms", "5" }, { "message.max.bytes", "100000000" } };
	char why[128];
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		rd_kafka_conf_set(conf, settings[i][0], settings[i][1], why, sizeof why);
	rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
}
