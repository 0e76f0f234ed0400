/* SPDX-License-Identifier: Apache-2.0 */
#include "zk_hosts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* "name|port name|port chroot", or "! reason" */
static const char *parse(const char *connect)
{
	static char text[512];
	struct sk_zk_hosts hosts = { 0 };
	char why[256];
	size_t at = 0;
	if (!sk_zk_hosts_parse(&hosts, connect, why, sizeof why)) {
		snprintf(text, sizeof text, "! %s", why);
	} else {
		for (size_t i = 0; i < hosts.count; i++)
			at += (size_t)snprintf(text + at, sizeof text - at, "%s|%s ", hosts.list[i].name, hosts.list[i].port);
		snprintf(text + at, sizeof text - at, "%s", hosts.chroot);
	}
	sk_zk_hosts_free(&hosts);
	return text;
}

static void reads_hosts_ports_and_chroot(void **state)
{
	(void)state;
	assert_string_equal(parse("a:1,b:2/kafka/x"), "a|1 b|2 /kafka/x");
	assert_string_equal(parse("a"), "a|2181 ");
	assert_string_equal(parse("localhost:2181/"), "localhost|2181 ");
	assert_string_equal(parse("a/k:9,b"), "a|2181 /k:9,b");
	assert_string_equal(parse("[::1]:99,[fe80::1]"), "::1|99 fe80::1|2181 ");
}

static void ignores_blanks_and_empty_items(void **state)
{
	(void)state;
	assert_string_equal(parse(" a:1 ,, b:2 , "), "a|1 b|2 ");
	assert_string_equal(parse("\ta:1 /k\n"), "a|1 /k");
}

static void refuses_what_is_no_connect_string(void **state)
{
	(void)state;
	assert_string_equal(parse(""), "! no server is named");
	assert_string_equal(parse(" , /k"), "! no server is named");
	assert_string_equal(parse("a/k/"), "! the path /k/ ends with a slash or has an empty part");
	assert_string_equal(parse("a//"), "! the path // ends with a slash or has an empty part");
	assert_string_equal(parse("a:0"), "! '0' is not a port (1 to 65535)");
	assert_string_equal(parse("a:65536"), "! '65536' is not a port (1 to 65535)");
	assert_string_equal(parse("a:"), "! '' is not a port (1 to 65535)");
	assert_string_equal(parse("a:x"), "! 'x' is not a port (1 to 65535)");
	assert_string_equal(parse(":1"), "! '' is not a host name");
	assert_string_equal(parse("a b:1"), "! 'a b' is not a host name");
	assert_string_equal(parse("::1"), "! '::1' has more than one colon: write an IPv6 address as [address]:port");
	assert_string_equal(parse("[::1"), "! '[::1' is not [address]:port");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_hosts_ports_and_chroot),
		cmocka_unit_test(ignores_blanks_and_empty_items),
		cmocka_unit_test(refuses_what_is_no_connect_string),
	};
	return cmocka_run_group_tests_name("zk_hosts", tests, NULL, NULL);
}
