/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "properties.h"
#include "utf8.h"

/* What a file reads as: each entry is "key>value;", an error is "!line". */
struct reading {
	const char *input;
	const char *expected;
};

/* The table of tricky inputs, checked against JDK 17. */
static const struct reading readings[] = {
	{ "", "" },
	{ "a=b  ", "a>b  ;" },
	{ "a = b", "a>b;" },
	{ "a:b", "a>b;" },
	{ "a b", "a>b;" },
	{ "a\tb", "a>b;" },
	{ "a\fb", "a>b;" },
	{ "a  :  b", "a>b;" },
	{ "a==b", "a>=b;" },
	{ "a:=b", "a>=b;" },
	{ "a=:b", "a>:b;" },
	{ "a = = b", "a>= b;" },
	{ "a : = b", "a>= b;" },
	{ "a b=c", "a>b=c;" },
	{ "a", "a>;" },
	{ "a=", "a>;" },
	{ "a\\", "a>;" },
	{ "a\\\n", "a>;" },
	{ "=b", ">b;" },
	{ ":b", ">b;" },
	{ " =b", ">b;" },
	{ "a= # x", "a># x;" },
	{ "a=x # tail", "a>x # tail;" },
	{ "  #c\na=b", "a>b;" },
	{ "!c\na=b", "a>b;" },
	{ "a#b=c", "a#b>c;" },
	{ "a!b=c", "a!b>c;" },
	{ "a\\=b=c", "a=b>c;" },
	{ "a\\:b=c", "a:b>c;" },
	{ "a\\ b=c", "a b>c;" },
	{ "a\\\\=b", "a\\>b;" },
	{ "a\\\\\\=b=c", "a\\=b>c;" },
	{ "a=\\ b", "a> b;" },
	{ "a=C:\\temp\\new", "a>C:\temp\new;" },
	{ "a=\\\\\\\\h\\\\s", "a>\\\\h\\s;" },
	{ "a=^k\\.(x)$", "a>^k.(x)$;" },
	{ "a=\\q\\b\\0\\\"\\'", "a>qb0\"';" },
	{ "a=\\U0041", "a>U0041;" },
	{ "a=1\na", "a>1;a>;" },
	{ "a=b\vc", "a>b\vc;" },
	{ "a=\vb", "a>\vb;" },
	{ "a=\xA0" "b\x85", "a>\xC2\xA0" "b\xC2\x85;" },
	{ "\"a\"=\"b c\"", "\"a\">\"b c\";" },
	{ "a=b\\\nc", "a>bc;" },
	{ "a=b \\\n   c", "a>b c;" },
	{ "a=b\\\r\n  c", "a>bc;" },
	{ "a=b\\\rc", "a>bc;" },
	{ "a=b\\\\\nc=d", "a>b\\;c>d;" },
	{ "a=b\\\\\\\nc=d", "a>b\\c=d;" },
	{ "a=b\\\n#c", "a>b#c;" },
	{ "a=b\\\n\nc=d", "a>b;c>d;" },
	{ "a=b\\\n  \nc=d", "a>b;c>d;" },
	{ "a=b\\", "a>b;" },
	{ "a=b\\\n", "a>b;" },
	{ "a=b\\ ", "a>b ;" },
	{ "\\\na=b", "a>b;" },
	{ "\\\n#a=b", "" },
	{ "#c\\\na=b", "a>b;" },
	{ "a \\\n  = b", "a>b;" },
	{ "a\\\n  b=c", "ab>c;" },
	{ "a=x\\\n\\\ny", "a>xy;" },
	{ "a=b\rc=d\r\ne=f", "a>b;c>d;e>f;" },
	{ "\\", "" },
	{ "a=\\u00e9", "a>\xC3\xA9;" },
	{ "a=\xE9", "a>\xC3\xA9;" },
	{ "\\u0061=b", "a>b;" },
	{ "a\\u003d=b", "a=>b;" },
	{ "a\\u0020b=c", "a b>c;" },
	{ "a=\\u000ab", "a>\nb;" },
	{ "a=\\u00", "!1" },
	{ "a=\\u00zz", "!1" },
	{ "a=\\uu0041", "!1" },
	{ "a=\\u", "!1" },
	{ "\\#a=b", "#a>b;" },
	{ "\\!a=b", "!a>b;" },
	{ "\xEF\xBB\xBF#c", "\xC3\xAF\xC2\xBB\xC2\xBF#c>;" },
	{ "\xEF\xBB\xBFjob.name=x", "\xC3\xAF\xC2\xBB\xC2\xBFjob.name>x;" },
	/* and what the table leaves open */
	{ "a=\\u00\\\n 41", "a>A;" },
	{ "\\u00=41", "!1" },
	{ "b=\\u0041\na=\\u004", "b>A;!2" },
	{ "a=\\uABCD\\uabcd", "a>\xEA\xAF\x8D\xEA\xAF\x8D;" },
	{ "a=\\uD83D\\uDE00", "a>\xF0\x9F\x98\x80;" },
	{ "a=\\uD83D\\\n\\uDE00", "a>\xF0\x9F\x98\x80;" },
	{ "a=\\uD83Dx\\uDE00", "a>?x?;" },
	{ "a=\\uD83D\\uD83D\\uDE00", "a>?\xF0\x9F\x98\x80;" },
	{ "\\uD83D=\\uDE00", "?>?;" },
	{ "ok=1\n#\\u\nb=c\\\nd\\\n\\uxyz1\\\ne", "ok>1;!5" },
};

static char *read_all(const char *bytes, size_t length)
{
	struct sk_properties p = { 0 };
	struct sk_buf out = { 0 };
	enum sk_properties_result result;
	sk_properties_start(&p, bytes, length);
	while ((result = sk_properties_next(&p)) == SK_PROPERTIES_ENTRY) {
		sk_buf_append(&out, p.key.data, p.key.length);
		sk_buf_char(&out, '>');
		sk_buf_append(&out, p.value.data, p.value.length);
		sk_buf_char(&out, ';');
	}
	if (result == SK_PROPERTIES_MALFORMED) {
		char line[32];
		snprintf(line, sizeof line, "!%zu", p.line);
		sk_buf_text(&out, line);
	}
	sk_buf_char(&out, '\0');
	sk_properties_free(&p);
	sk_properties_free(&p);
	return out.data;
}

static void reads_as_java_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
		/* An exact copy on the heap lets the sanitizer see a read beyond the end. */
		size_t length = strlen(readings[i].input);
		char *input = malloc(length == 0 ? 1 : length);
		assert_non_null(input);
		memcpy(input, readings[i].input, length);
		char *got = read_all(input, length);
		if (strcmp(got, readings[i].expected) != 0)
			print_error("row %zu: %s\n", i, readings[i].input);
		assert_string_equal(got, readings[i].expected);
		free(got);
		free(input);
	}
}

static void keeps_nul_bytes(void **state)
{
	(void)state;
	struct sk_properties p = { 0 };
	sk_properties_start(&p, "a\0b=c\0\n\0=\\u0000", 15);
	assert_int_equal(sk_properties_next(&p), SK_PROPERTIES_ENTRY);
	assert_int_equal(p.key.length, 3);
	assert_memory_equal(p.key.data, "a\0b", 3);
	assert_memory_equal(p.value.data, "c\0", 2);
	assert_int_equal(sk_properties_next(&p), SK_PROPERTIES_ENTRY);
	assert_int_equal(p.key.length, 1);
	assert_int_equal(p.value.length, 1);
	assert_int_equal(sk_properties_next(&p), SK_PROPERTIES_END);
	assert_int_equal(sk_properties_next(&p), SK_PROPERTIES_END);
	sk_properties_free(&p);
}

static void names_the_first_line_of_an_entry(void **state)
{
	static const char text[] = "# c\r\n\r\na=1\\\r\n\\\r\n2\rb=\\\n\n\\\n\nc=3";
	static const size_t lines[] = { 3, 6, 10 };
	(void)state;
	struct sk_properties p = { 0 };
	sk_properties_start(&p, text, sizeof text - 1);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(sk_properties_next(&p), SK_PROPERTIES_ENTRY);
		assert_int_equal(p.line, lines[i]);
	}
	assert_int_equal(sk_properties_next(&p), SK_PROPERTIES_END);
	sk_properties_free(&p);
}

static void notes_surrogates_and_high_bytes(void **state)
{
	static const char text[] = "\xEF\xBB\xBF" "a=1\n# \xC3\xA9\nb=x\\\n\xC3\xA9\nc=\\uD800 \\uDC00\n";
	(void)state;
	struct sk_properties p = { 0 };
	sk_properties_start(&p, text, sizeof text - 1);
	assert_true(sk_properties_marked(&p));
	assert_int_equal(sk_properties_next(&p), SK_PROPERTIES_ENTRY);
	assert_int_equal(p.high_line, 0);
	assert_int_equal(sk_properties_next(&p), SK_PROPERTIES_ENTRY);
	assert_int_equal(p.line, 3);
	assert_int_equal(p.high_line, 4);
	assert_int_equal(p.unpaired, 0);
	assert_int_equal(sk_properties_next(&p), SK_PROPERTIES_ENTRY);
	assert_int_equal(p.unpaired, 2);
	sk_properties_free(&p);
}

/* Ten megabytes of the worst: anything quadratic would take minutes. */
static void reads_long_lines_in_linear_time(void **state)
{
	static const char *const units[] = { "\\", "\\\n", " ", "=", "x", "\n", "\\uD800", "\xE9\r", "\\ " };
	const size_t size = 10 * 1000 * 1000;
	(void)state;
	char *text = malloc(size);
	assert_non_null(text);
	for (size_t u = 0; u < sizeof units / sizeof units[0]; u++) {
		size_t unit = strlen(units[u]);
		for (size_t i = 0; i < size; i++)
			text[i] = units[u][i % unit];
		struct sk_properties p = { 0 };
		enum sk_properties_result result;
		sk_properties_start(&p, text, size);
		while ((result = sk_properties_next(&p)) == SK_PROPERTIES_ENTRY)
			continue;
		assert_int_not_equal(result, SK_PROPERTIES_MEMORY);
		sk_properties_free(&p);
	}
	free(text);
}

static void tells_utf8_from_other_bytes(void **state)
{
	static const char *const good[] = { "", "a", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEF\xBF\xBF", "\xF0\x90\x80\x80",
		"\xF4\x8F\xBF\xBF" };
	static const char *const bad[] = { "\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3z", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82", "\xE2\x82z",
		"\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF" };
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(sk_utf8_valid(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(sk_utf8_valid(bad[i], strlen(bad[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_as_java_does),
		cmocka_unit_test(keeps_nul_bytes),
		cmocka_unit_test(names_the_first_line_of_an_entry),
		cmocka_unit_test(notes_surrogates_and_high_bytes),
		cmocka_unit_test(reads_long_lines_in_linear_time),
		cmocka_unit_test(tells_utf8_from_other_bytes),
	};
	return cmocka_run_group_tests_name("properties", tests, NULL, NULL);
}
