/* SPDX-License-Identifier: Apache-2.0 */
#include "zk_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char REFUSED[] = "2026-01-01 12:00:00,123:47(0x7f):ZOO_ERROR@handle_socket_error_msg@2464: "
	"Socket 10.0.0.1:2181 zk retcode=-4, errno=111(Connection refused): server refused to accept the client";
static const char LATE[] = "2026-01-01 12:00:00,123:47(0x7f):ZOO_ERROR@handle_socket_error_msg@2464: "
	"Socket [10.0.0.2:2181] zk retcode=-7, errno=110(Connection timed out): connection timed out (exceeded timeout by 1ms)";
static const char CLOSED[] = "2026-01-01 12:00:00,123:47(0x7f):ZOO_ERROR@handle_socket_error_msg@2464: "
	"Socket [::1]:2181 zk retcode=-4, errno=112(Host is down): failed while receiving a server response\n";
static const char INFO[] = "2026-01-01 12:00:00,123:47(0x7f):ZOO_INFO@check_events@9: session establishment complete";

static struct sk_zk_log the_log;

static int setup(void **state)
{
	(void)state;
	sk_zk_log_init(&the_log);
	sk_zk_log_listen(&the_log);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	sk_zk_log_deafen(&the_log);
	sk_zk_log_free(&the_log);
	return 0;
}

static void keeps_the_last_words_of_each_server(void **state)
{
	char text[320];
	(void)state;
	sk_zk_log_callback(LATE);
	sk_zk_log_callback(REFUSED);
	sk_zk_log_callback(INFO);
	sk_zk_log_callback(LATE);
	sk_zk_log_callback(CLOSED);
	assert_true(sk_zk_log_note(&the_log, 0, text, sizeof text));
	assert_string_equal(text, "10.0.0.2:2181: Connection timed out (connection timed out)");
	assert_true(sk_zk_log_note(&the_log, 1, text, sizeof text));
	assert_string_equal(text, "10.0.0.1:2181: Connection refused (server refused to accept the client)");
	assert_true(sk_zk_log_note(&the_log, 2, text, sizeof text));
	assert_string_equal(text, "[::1]:2181: the server closed the connection (failed while receiving a server response)");
	assert_false(sk_zk_log_note(&the_log, 3, text, sizeof text));
	assert_true(sk_zk_log_line(&the_log, 2, text, sizeof text));
	assert_string_equal(text, "session establishment complete");
}

static void is_refused_only_when_every_server_refuses(void **state)
{
	(void)state;
	assert_false(sk_zk_log_refused(&the_log));
	sk_zk_log_callback(REFUSED);
	assert_true(sk_zk_log_refused(&the_log));
	sk_zk_log_callback(LATE);
	assert_false(sk_zk_log_refused(&the_log));
	sk_zk_log_forget(&the_log);
	assert_false(sk_zk_log_refused(&the_log));
}

static void stays_bounded(void **state)
{
	char text[32];
	(void)state;
	for (int i = 0; i < SK_ZK_LOG_LINES + 10; i++) {
		snprintf(text, sizeof text, "line %d", i);
		sk_zk_log_say(&the_log, true, text);
	}
	assert_true(sk_zk_log_line(&the_log, 0, text, sizeof text));
	assert_string_equal(text, "line 10");
	assert_true(sk_zk_log_line(&the_log, SK_ZK_LOG_LINES - 1, text, sizeof text));
	assert_false(sk_zk_log_line(&the_log, SK_ZK_LOG_LINES, text, sizeof text));
	assert_false(sk_zk_log_note(&the_log, 1, text, sizeof text));
}

static void hears_nothing_once_deaf(void **state)
{
	char text[32];
	(void)state;
	sk_zk_log_deafen(&the_log);
	sk_zk_log_callback(INFO);
	assert_false(sk_zk_log_line(&the_log, 0, text, sizeof text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(keeps_the_last_words_of_each_server, setup, teardown),
		cmocka_unit_test_setup_teardown(is_refused_only_when_every_server_refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(stays_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(hears_nothing_once_deaf, setup, teardown),
	};
	return cmocka_run_group_tests_name("zk_log", tests, NULL, NULL);
}
