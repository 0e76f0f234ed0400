/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "java.h"
#include "json.h"
#include "utf8.h"

static void want_string(const char *text, size_t length, const char *json)
{
	struct sk_buf out = { 0 };
	sk_json_string(&out, text, length);
	sk_buf_char(&out, '\0');
	assert_string_equal(out.data, json);
	sk_buf_free(&out);
}

static void strings_are_ascii_with_jacksons_escapes(void **state)
{
	(void)state;
	want_string("", 0, "\"\"");
	want_string("a/b'<>&", 7, "\"a/b'<>&\"");
	want_string("\"\\\b\t\n\f\r", 7, "\"\\\"\\\\\\b\\t\\n\\f\\r\"");
	want_string("\0\v\x1b~\x7f", 5, "\"\\u0000\\u000B\\u001B~\\u007F\"");
	want_string("\xC3\xA9\xE6\x97\xA5\xE2\x80\xA8", 8, "\"\\u00E9\\u65E5\\u2028\"");
	want_string("\xF0\x9F\x98\x80", 4, "\"\\uD83D\\uDE00\"");
	want_string("\xF4\x8F\xBF\xBF", 4, "\"\\uDBFF\\uDFFF\"");
	want_string("a\xFF" "b\xED\xA0\x80", 6, "\"a\\uFFFDb\\uFFFD\\uFFFD\\uFFFD\"");
}

static void utf8_is_strict(void **state)
{
	(void)state;
	static const struct { const char *bytes; size_t good; } cases[] = {
		{ "abc", 3 }, { "\xC0\x80", 0 }, { "\xC1\xBF", 0 }, { "a\xE0\x9F\xBF", 1 }, { "\xED\x9F\xBF", 3 },
		{ "\xED\xA0\x80", 0 }, { "\xEE\x80\x80", 3 }, { "\xF0\x8F\xBF\xBF", 0 }, { "\xF4\x90\x80\x80", 0 },
		{ "\xF5\x80\x80\x80", 0 }, { "\xE2\x82", 0 }, { "\x80", 0 }, { "\xEF\xBF\xBF", 3 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(sk_utf8_check(cases[i].bytes, strlen(cases[i].bytes)), cases[i].good);
}

static int order(const char *a, const char *b)
{
	return sk_java_compare(a, strlen(a), b, strlen(b));
}

static void order_is_that_of_java(void **state)
{
	(void)state;
	/* Each is below the next. */
	static const char *const ascending[] = {
		"", "Partition 1", "Partition 1 0", "Partition 10", "Partition 10 0", "Partition 2",
		"SystemStreamPartition [k, A, 1, 0]", "SystemStreamPartition [k, A, 10, 0]", "SystemStreamPartition [k, A, 10]",
		"SystemStreamPartition [k, A, 1]", "Task-10", "Task-2", "\xC3\xA9", "\xED\x9F\xBF", "\xF0\x90\x80\x80",
		"\xF4\x8F\xBF\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
	};
	size_t n = sizeof ascending / sizeof *ascending;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			int is = order(ascending[i], ascending[j]);
			assert_int_equal((is > 0) - (is < 0), (i > j) - (i < j));
		}
}

static void hash_is_that_of_java(void **state)
{
	(void)state;
	static const struct { const char *text; int32_t hash; } cases[] = {
		{ "", 0 }, { "a", 97 }, { "hello", 99162322 }, { "Aa", 2112 }, { "BB", 2112 }, { "polygenelubricants", INT32_MIN },
		{ "\xC3\xA9", 233 }, { "\xF0\x9F\x98\x80", 1772899 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(sk_java_hash(cases[i].text, strlen(cases[i].text)), cases[i].hash);
}

static void want_check(const char *text, enum sk_json_fault fault, size_t line, const char *message)
{
	struct sk_json_error error = { 0 };
	assert_int_equal(sk_json_check(text, strlen(text), &error), fault);
	if (fault != SK_JSON_OK) {
		assert_string_equal(error.message, message);
		assert_int_equal(error.line, line);
	}
}

static void check_accepts_json(void **state)
{
	(void)state;
	static const char *const good[] = {
		"null", " {} ", "[]", "[1,-0,0.5,1e9,1E-2]", "{\"a\":{\"a\":[{\"a\":true},{\"a\":false}]}}", "\"\\u00e9\\uD83D\\ude00\\/\"",
		"{\"\":1,\"\\u0000\":2}", "\r\n\t[ ]\n", "\"\xC3\xA9\x7F\"", "{\"a\":1,\"A\":2}",
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		want_check(good[i], SK_JSON_OK, 0, "");
}

static void check_names_the_fault_and_its_line(void **state)
{
	(void)state;
	want_check("", SK_JSON_SYNTAX, 1, "the text ends where a value should be");
	want_check("{\n\n\"a\": 1,}", SK_JSON_SYNTAX, 3, "'}' stands where a key in double quotes should be");
	want_check("[1,]", SK_JSON_SYNTAX, 1, "']' stands where a value should be");
	want_check("[1 2]", SK_JSON_SYNTAX, 1, "'2' stands where ',' or ']' should be");
	want_check("{\"a\" 1}", SK_JSON_SYNTAX, 1, "'1' stands where ':' should be");
	want_check("{a:1}", SK_JSON_SYNTAX, 1, "'a' stands where a key in double quotes should be");
	want_check("1\n2", SK_JSON_SYNTAX, 2, "'2' stands where the end of the text should be");
	want_check("01", SK_JSON_SYNTAX, 1, "a number begins with 0");
	want_check("1.", SK_JSON_SYNTAX, 1, "the text ends where a digit should be");
	want_check("-", SK_JSON_SYNTAX, 1, "the text ends where a digit should be");
	want_check("NaN", SK_JSON_SYNTAX, 1, "'N' stands where a value should be");
	want_check("tru", SK_JSON_SYNTAX, 1, "'t' stands where a value should be");
	want_check("\"a\nb\"", SK_JSON_SYNTAX, 1, "a control character (0x0A) in a string must be escaped");
	want_check("\"a", SK_JSON_SYNTAX, 1, "a string does not end");
	want_check("\"\xFF\"", SK_JSON_SYNTAX, 1, "byte 0xFF in a string is not UTF-8");
	want_check("\"\\x\"", SK_JSON_SYNTAX, 1, "'x' stands where an escape (one of \"\\/bfnrtu) should be");
	want_check("\"\\u12g4\"", SK_JSON_SYNTAX, 1, "'g' stands where a hex digit of \\uXXXX should be");
	want_check("\"\\uD83D\"", SK_JSON_SYNTAX, 1, "\\uD83D is half of a surrogate pair");
	want_check("\"\\uD83D\\u0041\"", SK_JSON_SYNTAX, 1, "\\uD83D is half of a surrogate pair");
	want_check("\"\\uDE00\"", SK_JSON_SYNTAX, 1, "\\uDE00 is half of a surrogate pair");
	want_check("\xEF\xBB\xBF{}", SK_JSON_SYNTAX, 1, "the text begins with a byte order mark");
	want_check("[\x01]", SK_JSON_SYNTAX, 1, "byte 0x01 stands where a value should be");
}

static void check_finds_the_first_key_that_is_there_twice(void **state)
{
	(void)state;
	want_check("{\"a\":1,\n\"b\":2,\n\"a\":3}", SK_JSON_DUPLICATE, 3, "the key \"a\" is there twice");
	want_check("{\"ab\":1,\"\\u0061b\":2}", SK_JSON_DUPLICATE, 1, "the key \"ab\" is there twice");
	want_check("{\"\":1,\"\":2}", SK_JSON_DUPLICATE, 1, "the key \"\" is there twice");
	want_check("{\"z\":1,\n\"y\":1,\n\"z\":1,\n\"y\":1}", SK_JSON_DUPLICATE, 3, "the key \"z\" is there twice");
	want_check("{\"a\":{\"b\":1},\"c\":[{\"a\":1},\n{\"d\":1,\"d\":2}]}", SK_JSON_DUPLICATE, 2, "the key \"d\" is there twice");
}

static void check_ends_at_depth_64(void **state)
{
	(void)state;
	char text[260];
	for (int depth = 64; depth <= 65; depth++) {
		memset(text, '[', (size_t)depth);
		memset(text + depth, ']', (size_t)depth);
		text[2 * depth] = '\0';
		want_check(text, depth == 64 ? SK_JSON_OK : SK_JSON_DEEP, 1, "nested more than 64 deep");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_are_ascii_with_jacksons_escapes),
		cmocka_unit_test(utf8_is_strict),
		cmocka_unit_test(order_is_that_of_java),
		cmocka_unit_test(hash_is_that_of_java),
		cmocka_unit_test(check_accepts_json),
		cmocka_unit_test(check_names_the_fault_and_its_line),
		cmocka_unit_test(check_finds_the_first_key_that_is_there_twice),
		cmocka_unit_test(check_ends_at_depth_64),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
