/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "yaml_resolve.h"
#include "yaml_text.h"

static void want_style(const char *text, enum sk_yaml_style style)
{
	if (sk_yaml_value_style(text, strlen(text)) != style)
		fail_msg("'%s' is not written in style %d", text, (int)style);
}

static void plain_text_is_only_what_no_reader_can_mistake(void **state)
{
	(void)state;
	static const char *const plain[] = {
		"a", "ReplicationController", "apps/v1", "/samza/log", "page-views", "kubernetes.io/hostname", "nullx", "e3x", "x-1", "ye",
	};
	static const char *const quoted[] = {
		"", "null", "NULL", "~", "true", "False", "TRUE", "yes", "No", "ON", "oFF", "y", "Y", "n", "N", "nuLL", "017", "0o17", "-0o17",
		"0x1F", "0b101", "08", "1_000", "1e3", "7e12345", "123e4567", ".5", "1.", "-.5", ".inf", "-.Inf", ".nan", "12:30:45", "0:0",
		"2001-12-14", "=", "<<", "e3", "E+1", "e1.5_0", ".", "-.", "._", ".e3", "9223372036854775808", "1Gi", "a:", "a: b", "a #b",
		" a", "a ", "-", "---", "...", "? a", "[a", "{a", "*a", "&a", "!a", "|", ">", "'a", "\"a", "%a", "@a", "`a", "a,b", "a.", "a-",
		"a\tb", "_a", "-a", "a b", "\xC3\xA9", "nginx:1",
	};
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		want_style(plain[i], SK_YAML_PLAIN);
	for (size_t i = 0; i < sizeof quoted / sizeof *quoted; i++)
		want_style(quoted[i], SK_YAML_DOUBLE);
}

static void text_of_several_lines_is_a_block_when_that_loses_nothing(void **state)
{
	(void)state;
	static const char *const blocks[] = { "a\nb", "a\nb\n", "a\n\nb", " a\nb", "---\n...\n# c\n", "a: [\n" };
	static const char *const quoted[] = { "\n", "\na", "a\n\n", "a \nb", "a\nb ", "a\r\nb", "\ta\nb", "a\n\tb", "a\n \nb", "a\n\xC3\xA9" };
	for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
		want_style(blocks[i], SK_YAML_LITERAL);
	for (size_t i = 0; i < sizeof quoted / sizeof *quoted; i++)
		want_style(quoted[i], SK_YAML_DOUBLE);
}

static void a_long_line_of_json_is_a_block(void **state)
{
	(void)state;
	char text[100];
	memset(text, 'x', sizeof text);
	text[0] = '"';
	assert_int_equal(sk_yaml_value_style(text, 81), SK_YAML_LITERAL);
	assert_int_equal(sk_yaml_value_style(text, 80), SK_YAML_DOUBLE);
	assert_int_equal(sk_yaml_key_style(text, 81), SK_YAML_DOUBLE);
	text[80] = ' ';
	assert_int_equal(sk_yaml_value_style(text, 81), SK_YAML_DOUBLE);
	text[0] = 'x';
	text[80] = 'x';
	assert_int_equal(sk_yaml_value_style(text, 81), SK_YAML_PLAIN);
}

static void images_versions_and_quantities_are_always_quoted(void **state)
{
	(void)state;
	static const char *const yes[] = { "image", "targetPort", "port", "app.kubernetes.io/version", "job-id", "memory", "resourceVersion", "storage" };
	static const char *const no[] = { "apiVersion", "kind", "name", "paid", "support", "images", "valid" };
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		assert_true(sk_yaml_quotes_value(yes[i], strlen(yes[i])));
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		assert_false(sk_yaml_quotes_value(no[i], strlen(no[i])));
}

static void plain_scalars_are_read_as_kubectl_reads_them(void **state)
{
	(void)state;
	static const struct { const char *text; enum sk_yaml_type type; double number; } cases[] = {
		{ "", SK_YAML_NULL, 0 }, { "~", SK_YAML_NULL, 0 }, { "NULL", SK_YAML_NULL, 0 }, { "nULL", SK_YAML_STRING, 0 },
		{ "017", SK_YAML_INTEGER, 15 }, { "0o17", SK_YAML_INTEGER, 15 }, { "-0o17", SK_YAML_INTEGER, -15 },
		{ "0O17", SK_YAML_INTEGER, 15 }, { "0X1F", SK_YAML_INTEGER, 31 }, { "+0x1F", SK_YAML_INTEGER, 31 },
		{ "0B1", SK_YAML_INTEGER, 1 }, { "0", SK_YAML_INTEGER, 0 }, { "-0", SK_YAML_INTEGER, 0 }, { "08", SK_YAML_INTEGER, 8 },
		{ "089", SK_YAML_INTEGER, 89 }, { "0_8", SK_YAML_INTEGER, 8 }, { "1_000", SK_YAML_INTEGER, 1000 },
		{ "1_", SK_YAML_INTEGER, 1 }, { "1e3", SK_YAML_INTEGER, 1000 }, { "+12e03", SK_YAML_INTEGER, 12000 },
		{ ".5e1", SK_YAML_INTEGER, 5 }, { "1.5", SK_YAML_FLOAT, 1.5 }, { "-.5", SK_YAML_FLOAT, -0.5 }, { "1.", SK_YAML_INTEGER, 1 },
		{ "7e12345", SK_YAML_STRING, 0 }, { "12:30:45", SK_YAML_STRING, 0 }, { "2001-12-14", SK_YAML_STRING, 0 },
		{ "=", SK_YAML_STRING, 0 }, { "<<", SK_YAML_STRING, 0 }, { ".", SK_YAML_STRING, 0 }, { "-.", SK_YAML_STRING, 0 },
		{ "._", SK_YAML_STRING, 0 }, { "e3", SK_YAML_STRING, 0 }, { "0x", SK_YAML_STRING, 0 }, { "+", SK_YAML_STRING, 0 },
		{ "9223372036854775807", SK_YAML_INTEGER, 9223372036854775807.0 }, { "-9223372036854775808", SK_YAML_INTEGER, -9223372036854775808.0 },
		{ "9223372036854775808", SK_YAML_FLOAT, 9223372036854775808.0 }, { "1Gi", SK_YAML_STRING, 0 }, { ".inf", SK_YAML_UNREADABLE, 0 },
		{ "y", SK_YAML_BOOLEAN, 1 }, { "Off", SK_YAML_BOOLEAN, 0 }, { "yEs", SK_YAML_STRING, 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sk_yaml_scalar is = sk_yaml_resolve(cases[i].text, strlen(cases[i].text));
		double number = is.type == SK_YAML_BOOLEAN ? is.boolean : is.type == SK_YAML_INTEGER ? (double)is.integer : is.number;
		if (is.type != cases[i].type || number < cases[i].number || number > cases[i].number)
			fail_msg("'%s' is read as %d, %g", cases[i].text, (int)is.type, number);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_is_only_what_no_reader_can_mistake),
		cmocka_unit_test(text_of_several_lines_is_a_block_when_that_loses_nothing),
		cmocka_unit_test(a_long_line_of_json_is_a_block),
		cmocka_unit_test(images_versions_and_quantities_are_always_quoted),
		cmocka_unit_test(plain_scalars_are_read_as_kubectl_reads_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
