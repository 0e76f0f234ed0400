/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "kafka_words.h"

#define REFUSED "h:1/bootstrap: Connect to ipv4#10.0.0.1:1 failed: Connection refused (after 0ms in state CONNECT, 3 identical error(s) suppressed)"
#define PASSWORD "h:1/bootstrap: SASL authentication error: Authentication failed: Invalid username or password (after 5ms in state AUTH_REQ)"
#define NO_HOST "h:1/bootstrap: Failed to resolve 'h:1': Name or service not known (after 1ms in state CONNECT)"

static int setup(void **state)
{
	static struct sk_words words;
	*state = &words;
	return sk_words_init(&words) ? 0 : -1;
}

static int teardown(void **state)
{
	sk_words_free(*state);
	return 0;
}

static void keeps_the_last_words_of_each_broker_without_what_changes(void **state)
{
	struct sk_words *w = *state;
	char text[SK_WORDS_TEXT];
	sk_words_error(w, RD_KAFKA_RESP_ERR__TRANSPORT, "h:1/bootstrap: Disconnected (after 1ms in state UP)", 0);
	sk_words_error(w, RD_KAFKA_RESP_ERR__TRANSPORT, REFUSED, 0);
	sk_words_error(w, RD_KAFKA_RESP_ERR__TRANSPORT, "[::1]:2/3: Disconnected", 0);
	sk_words_error(w, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "2/2 brokers are down", 0);
	assert_true(sk_words_note(w, 0, text));
	assert_string_equal(text, "h:1/bootstrap: Connect to ipv4#10.0.0.1:1 failed: Connection refused");
	assert_true(sk_words_note(w, 1, text));
	assert_string_equal(text, "[::1]:2/3: Disconnected");
	assert_false(sk_words_note(w, 2, text));
	assert_int_equal(sk_words_cause(w, text), SK_WORDS_PROTOCOL);
	assert_string_equal(text, "Disconnected");
	sk_words_clear(w);
	assert_int_equal(sk_words_cause(w, text), SK_WORDS_SILENT);
}

static void keeps_a_failed_login_when_the_connection_is_lost_after_it(void **state)
{
	struct sk_words *w = *state;
	char text[SK_WORDS_TEXT];
	sk_words_error(w, RD_KAFKA_RESP_ERR__AUTHENTICATION, PASSWORD, 0);
	sk_words_error(w, RD_KAFKA_RESP_ERR__TRANSPORT, "h:1/bootstrap: Disconnected", 0);
	assert_int_equal(sk_words_cause(w, text), SK_WORDS_AUTHENTICATION);
	assert_string_equal(text, "SASL authentication error: Authentication failed: Invalid username or password");
}

static void gives_up_at_once_when_every_bootstrap_broker_refuses_the_login(void **state)
{
	struct sk_words *w = *state;
	assert_false(sk_words_hopeless(w, 1, 0));
	sk_words_error(w, RD_KAFKA_RESP_ERR__AUTHENTICATION, PASSWORD, 100);
	assert_true(sk_words_hopeless(w, 1, 100));
	assert_false(sk_words_hopeless(w, 2, 100)); /* the other may answer */
	assert_false(sk_words_hopeless(w, 2, 2099));
	assert_true(sk_words_hopeless(w, 2, 2100));
}

static void gives_up_on_unknown_hosts_after_three_seconds(void **state)
{
	struct sk_words *w = *state;
	sk_words_error(w, RD_KAFKA_RESP_ERR__RESOLVE, NO_HOST, 0);
	sk_words_error(w, RD_KAFKA_RESP_ERR__RESOLVE, NO_HOST, 1000);
	assert_false(sk_words_hopeless(w, 1, 2999));
	assert_true(sk_words_hopeless(w, 1, 3000));
	assert_false(sk_words_hopeless(w, 2, 9000));
	sk_words_error(w, RD_KAFKA_RESP_ERR__TRANSPORT, REFUSED, 3000); /* now the name is known */
	assert_false(sk_words_hopeless(w, 1, 9000));
}

static void waits_for_what_heals(void **state)
{
	struct sk_words *w = *state;
	sk_words_error(w, RD_KAFKA_RESP_ERR__RESOLVE, "h:1/bootstrap: Failed to resolve 'h:1': Temporary failure in name resolution", 0);
	sk_words_error(w, RD_KAFKA_RESP_ERR__TRANSPORT, "h:2/bootstrap: Connection refused", 0);
	assert_false(sk_words_hopeless(w, 2, 60000));
}

static void keeps_the_newest_log_lines_and_cuts_long_ones(void **state)
{
	struct sk_words *w = *state;
	char line[2000], text[SK_WORDS_TEXT];
	size_t first, end;
	memset(line, 'x', sizeof line - 1);
	line[sizeof line - 1] = '\0';
	sk_words_log(w, "FAIL", line);
	assert_true(sk_words_line(w, 0, text));
	assert_int_equal(strlen(text), SK_WORDS_TEXT - 1);
	for (int i = 1; i < 5000; i++) {
		snprintf(line, sizeof line, "a\n%d", i);
		sk_words_log(w, "F", line);
	}
	sk_words_lines(w, &first, &end);
	assert_int_equal(end, 5000);
	assert_int_equal(first, 5000 - 2048);
	assert_false(sk_words_line(w, first - 1, text));
	assert_false(sk_words_line(w, end, text));
	assert_true(sk_words_line(w, first, text));
	assert_string_equal(text, "F: a 2952");
	assert_true(sk_words_line(w, end - 1, text));
	assert_string_equal(text, "F: a 4999");
}

static void has_a_hint_for_every_kind(void **state)
{
	(void)state;
	for (int kind = SK_WORDS_SILENT; kind < SK_WORDS_CONFIG; kind++)
		assert_non_null(sk_words_hint((enum sk_words_kind)kind, "?"));
	assert_null(sk_words_hint(SK_WORDS_CONFIG, "?"));
	assert_string_equal(sk_words_hint(SK_WORDS_PROTOCOL, "Receive failed: Invalid response size 1213486160 (0..100000000)"),
		"this port speaks HTTP, not Kafka: check host and port");
	assert_int_equal(sk_words_brief("Disconnected while requesting ApiVersion: might be caused by x"), 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(keeps_the_last_words_of_each_broker_without_what_changes, setup, teardown),
		cmocka_unit_test_setup_teardown(keeps_a_failed_login_when_the_connection_is_lost_after_it, setup, teardown),
		cmocka_unit_test_setup_teardown(gives_up_at_once_when_every_bootstrap_broker_refuses_the_login, setup, teardown),
		cmocka_unit_test_setup_teardown(gives_up_on_unknown_hosts_after_three_seconds, setup, teardown),
		cmocka_unit_test_setup_teardown(waits_for_what_heals, setup, teardown),
		cmocka_unit_test_setup_teardown(keeps_the_newest_log_lines_and_cuts_long_ones, setup, teardown),
		cmocka_unit_test(has_a_hint_for_every_kind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
