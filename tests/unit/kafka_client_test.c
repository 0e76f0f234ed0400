/* SPDX-License-Identifier: Apache-2.0 */
/* The thread and its retries, against librdkafka's mock cluster. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "kafka_client.h"

#include <librdkafka/rdkafka_mock.h>

static rd_kafka_t *host;
static rd_kafka_mock_cluster_t *cluster;

static void no_log(const rd_kafka_t *rk, int level, const char *facility, const char *line)
{
	(void)rk, (void)level, (void)facility, (void)line;
}

static int start(void **state)
{
	char why[256];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	(void)state;
	rd_kafka_conf_set_log_cb(conf, no_log);
	rd_kafka_conf_set(conf, "test.mock.num.brokers", "2", why, sizeof why);
	host = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
	cluster = rd_kafka_handle_mock_cluster(host);
	rd_kafka_mock_topic_create(cluster, "b", 3, 1);
	rd_kafka_mock_topic_create(cluster, "a", 1, 1);
	return 0;
}

static int end(void **state)
{
	(void)state;
	rd_kafka_destroy(host);
	return 0;
}

/* Each call can take librdkafka 2.0.2 a second: only what changes. */
static void set(rd_kafka_resp_err_t a, rd_kafka_resp_err_t b, int rtt_ms)
{
	static rd_kafka_resp_err_t now_a, now_b;
	static int now_rtt;
	if (a != now_a)
		rd_kafka_mock_topic_set_error(cluster, "a", a);
	if (b != now_b)
		rd_kafka_mock_topic_set_error(cluster, "b", b);
	for (int32_t id = 1; id <= 2 && rtt_ms != now_rtt; id++)
		rd_kafka_mock_broker_set_rtt(cluster, id, rtt_ms);
	now_a = a;
	now_b = b;
	now_rtt = rtt_ms;
}

static int setup(void **state)
{
	char why[256];
	struct sk_kafka *k = sk_kafka_new();
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	set(RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_RESP_ERR_NO_ERROR, 0);
	rd_kafka_conf_set(conf, "bootstrap.servers", rd_kafka_mock_cluster_bootstraps(cluster), why, sizeof why);
	*state = k;
	return sk_kafka_open(k, RD_KAFKA_CONSUMER, conf, 2, why, sizeof why) ? 0 : -1;
}

static int teardown(void **state)
{
	return sk_kafka_close(*state) ? 0 : -1;
}

/* The first answer, with the attempts that it took. */
static const rd_kafka_metadata_t *answer(struct sk_kafka *k, int *attempts)
{
	rd_kafka_resp_err_t error;
	while (!sk_kafka_wait(k, 50))
		continue;
	const rd_kafka_metadata_t *md = sk_kafka_answer(k, &error, attempts);
	assert_int_equal(error, RD_KAFKA_RESP_ERR_NO_ERROR);
	assert_non_null(md);
	return md;
}

static void want(struct sk_kafka *k, const char *name)
{
	struct sk_buf *names = sk_kafka_names(k);
	names->length = 0;
	sk_buf_append(names, name, strlen(name) + 1);
}

static void sorts_topics_and_brokers(void **state)
{
	int attempts;
	sk_kafka_ask(*state, 5000);
	const rd_kafka_metadata_t *md = answer(*state, &attempts);
	assert_int_equal(attempts, 1);
	assert_int_equal(md->topic_cnt, 2);
	assert_string_equal(md->topics[0].topic, "a");
	assert_string_equal(md->topics[1].topic, "b");
	assert_int_equal(md->brokers[0].id, 1);
	assert_int_equal(md->brokers[1].id, 2);
	assert_ptr_equal(sk_kafka_topic(md, "b"), &md->topics[1]);
	assert_null(sk_kafka_topic(md, "aa"));
	assert_null(sk_kafka_topic(md, ""));
}

static void asks_again_while_a_wanted_topic_has_no_leader_yet(void **state)
{
	int attempts;
	set(RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, 0);
	want(*state, "b");
	sk_kafka_ask(*state, 5000);
	assert_false(sk_kafka_wait(*state, 300));
	set(RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_RESP_ERR_NO_ERROR, 0);
	const rd_kafka_metadata_t *md = answer(*state, &attempts);
	assert_int_equal(attempts, 2);
	assert_int_equal(sk_kafka_topic(md, "b")->err, RD_KAFKA_RESP_ERR_NO_ERROR);
	assert_int_equal(sk_kafka_topic(md, "b")->partition_cnt, 3);
}

static void gives_the_last_answer_when_the_error_stays(void **state)
{
	int attempts;
	set(RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, 0);
	want(*state, "b");
	sk_kafka_ask(*state, 400);
	const rd_kafka_metadata_t *md = answer(*state, &attempts);
	assert_in_range(attempts, 2, 6);
	assert_int_equal(sk_kafka_topic(md, "b")->err, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE);
}

static void does_not_care_about_other_topics_or_lasting_errors(void **state)
{
	int attempts;
	set(RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, 0);
	want(*state, "b");
	sk_kafka_ask(*state, 5000);
	answer(*state, &attempts);
	assert_int_equal(attempts, 1);
}

static void waits_for_a_slow_broker(void **state)
{
	int attempts;
	set(RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_RESP_ERR_NO_ERROR, 350);
	sk_kafka_ask(*state, 5000);
	answer(*state, &attempts);
	assert_int_equal(attempts, 1);
}

static void is_let_go_when_it_waits_for_a_silent_broker(void **state)
{
	struct sk_kafka *k = *state;
	int attempts;
	sk_kafka_ask(k, 5000);
	answer(k, &attempts);
	set(RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_RESP_ERR_NO_ERROR, 20000);
	sk_kafka_ask(k, 1000);
	assert_false(sk_kafka_wait(k, 300)); /* by now past the first slice */
	int64_t before = sk_kafka_now();
	*state = NULL;
	assert_false(sk_kafka_close(k));
	assert_in_range(sk_kafka_now() - before, 450, 1000);
	/* it ends by itself at the deadline; the leak check sees whether it cleaned up */
	for (int64_t until = sk_kafka_now() + 700; sk_kafka_now() < until;)
		rd_kafka_poll(host, 100);
}

static void can_be_closed_unopened(void **state)
{
	(void)state;
	assert_true(sk_kafka_close(sk_kafka_new()));
	assert_true(sk_kafka_close(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sorts_topics_and_brokers, setup, teardown),
		cmocka_unit_test_setup_teardown(asks_again_while_a_wanted_topic_has_no_leader_yet, setup, teardown),
		cmocka_unit_test_setup_teardown(gives_the_last_answer_when_the_error_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(does_not_care_about_other_topics_or_lasting_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(waits_for_a_slow_broker, setup, teardown),
		cmocka_unit_test_setup_teardown(is_let_go_when_it_waits_for_a_silent_broker, setup, teardown),
		cmocka_unit_test(can_be_closed_unopened),
	};
	return cmocka_run_group_tests(tests, start, end);
}
