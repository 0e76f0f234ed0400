/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a partition whole, from librdkafka's mock cluster. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "kafka_read.h"

#include <librdkafka/rdkafka_mock.h>

#define MANY 25000 /* several fetches and batches */

static rd_kafka_t *host;
static rd_kafka_mock_cluster_t *cluster;

static void no_log(const rd_kafka_t *rk, int level, const char *facility, const char *line)
{
	(void)rk, (void)level, (void)facility, (void)line;
}

static void produce(const char *topic, int32_t partition, const char *key, const char *value)
{
	rd_kafka_topic_t *rkt = rd_kafka_topic_new(host, topic, NULL);
	assert_int_equal(0, rd_kafka_produce(rkt, partition, RD_KAFKA_MSG_F_COPY, (void *)(uintptr_t)value, value != NULL ? strlen(value) : 0,
		key, key != NULL ? strlen(key) : 0, NULL));
	rd_kafka_topic_destroy(rkt);
}

static int start(void **state)
{
	char why[256];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	(void)state;
	rd_kafka_conf_set_log_cb(conf, no_log);
	rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", why, sizeof why);
	host = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
	cluster = rd_kafka_handle_mock_cluster(host);
	rd_kafka_mock_topic_create(cluster, "empty", 1, 1);
	rd_kafka_mock_topic_create(cluster, "few", 2, 1);
	rd_kafka_mock_topic_create(cluster, "many", 1, 1);
	produce("few", 0, "k", "v");
	produce("few", 0, "k", NULL);
	produce("few", 0, NULL, "");
	produce("few", 1, "other", "partition");
	for (int i = 0; i < MANY; i++)
		produce("many", 0, "key", "a value of some length");
	return rd_kafka_flush(host, 10000);
}

static int end(void **state)
{
	(void)state;
	rd_kafka_destroy(host);
	return 0;
}

static int setup(void **state)
{
	char why[256];
	struct sk_kafka *k = sk_kafka_new();
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	sk_read_configure(conf);
	rd_kafka_conf_set(conf, "bootstrap.servers", rd_kafka_mock_cluster_bootstraps(cluster), why, sizeof why);
	*state = k;
	return sk_kafka_open(k, RD_KAFKA_CONSUMER, conf, 1, why, sizeof why) ? 0 : -1;
}

static int teardown(void **state)
{
	return sk_kafka_close(*state) ? 0 : -1;
}

static const struct sk_read *read_topic(struct sk_kafka *k, const char *topic, int32_t partition, int timeout_ms)
{
	struct sk_read *r = sk_read_new(topic, partition);
	sk_kafka_do(k, &r->job, timeout_ms);
	while (!sk_kafka_wait(k, 50))
		continue;
	return r;
}

static void gives_keys_and_values_that_are_missing_or_empty(void **state)
{
	const struct sk_read *r = read_topic(*state, "few", 0, 10000);
	assert_int_equal(r->error, RD_KAFKA_RESP_ERR_NO_ERROR);
	assert_int_equal(r->count, 3);
	assert_int_equal(r->low, 0);
	assert_int_equal(r->high, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(r->messages[i]->offset, i);
	assert_memory_equal(r->messages[0]->payload, "v", 1);
	assert_non_null(r->messages[1]->key);
	assert_null(r->messages[1]->payload);
	assert_null(r->messages[2]->key);
	assert_non_null(r->messages[2]->payload);
	assert_int_equal(r->messages[2]->len, 0);
}

static void reads_an_empty_partition_and_another_one_after_it(void **state)
{
	assert_int_equal(read_topic(*state, "empty", 0, 10000)->count, 0);
	const struct sk_read *r = read_topic(*state, "few", 1, 10000);
	assert_int_equal(r->count, 1);
	assert_memory_equal(r->messages[0]->key, "other", 5);
}

static void reads_all_of_many_records_in_order(void **state)
{
	const struct sk_read *r = read_topic(*state, "many", 0, 20000);
	assert_int_equal(r->error, RD_KAFKA_RESP_ERR_NO_ERROR);
	assert_int_equal(r->count, MANY);
	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(r->messages[i]->offset, i);
}

static void ends_with_an_error_at_the_deadline(void **state)
{
	rd_kafka_mock_broker_set_rtt(cluster, 1, 3000);
	const struct sk_read *r = read_topic(*state, "few", 0, 300);
	assert_int_not_equal(r->error, RD_KAFKA_RESP_ERR_NO_ERROR);
	rd_kafka_mock_broker_set_rtt(cluster, 1, 0);
}

static void is_freed_with_the_client_in_the_middle(void **state)
{
	struct sk_kafka *k = *state;
	struct sk_read *r = sk_read_new("many", 0);
	sk_kafka_do(k, &r->job, 20000);
	sk_kafka_wait(k, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(gives_keys_and_values_that_are_missing_or_empty, setup, teardown),
		cmocka_unit_test_setup_teardown(reads_an_empty_partition_and_another_one_after_it, setup, teardown),
		cmocka_unit_test_setup_teardown(reads_all_of_many_records_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(is_freed_with_the_client_in_the_middle, setup, teardown),
		cmocka_unit_test_setup_teardown(ends_with_an_error_at_the_deadline, setup, teardown),
	};
	return cmocka_run_group_tests(tests, start, end);
}
