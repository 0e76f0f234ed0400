/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml_text.h"

#include <string.h>
#include <strings.h>

/* A line longer than this with quotes or backslashes in it (JSON, mostly) becomes a block, which escapes nothing. */
#define LONG_LINE 80

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* null, booleans of YAML 1.1 and 1.2, in any letter case. */
static bool is_word(const char *s, size_t length)
{
	static const char *const words[] = { "null", "true", "false", "yes", "no", "on", "off", "y", "n" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strlen(words[i]) == length && strncasecmp(s, words[i], length) == 0)
			return true;
	return false;
}

/* [eE][-+0-9._]+ is NaN or a number to some reader. */
static bool is_exponent(const char *s, size_t length)
{
	if (length < 2 || (s[0] != 'e' && s[0] != 'E'))
		return false;
	for (size_t i = 1; i < length; i++)
		if (!is_digit(s[i]) && memchr("-+._", s[i], 4) == NULL)
			return false;
	return true;
}

enum sk_yaml_style sk_yaml_key_style(const char *s, size_t length)
{
	if (length == 0 || !(is_letter(s[0]) || s[0] == '/') || s[length - 1] == '.' || s[length - 1] == '-')
		return SK_YAML_DOUBLE;
	for (size_t i = 1; i < length; i++)
		if (!is_letter(s[i]) && !is_digit(s[i]) && memchr("_./-", s[i], 4) == NULL)
			return SK_YAML_DOUBLE;
	return is_word(s, length) || is_exponent(s, length) ? SK_YAML_DOUBLE : SK_YAML_PLAIN;
}

/* Printable ASCII lines, none ending in a blank or beginning with a tab, the first not empty, at most one newline at the end
 * (keeping more needs `|+`, after which libyaml writes `...`). */
static bool is_block(const char *s, size_t length)
{
	if (s[0] == '\n' || s[length - 1] == ' ' || (length > 1 && s[length - 1] == '\n' && s[length - 2] == '\n'))
		return false;
	for (size_t i = 0; i < length; i++) {
		if (s[i] == '\n' ? i > 0 && s[i - 1] == ' ' : s[i] < ' ' || s[i] > '~')
			return false;
	}
	return true;
}

enum sk_yaml_style sk_yaml_value_style(const char *s, size_t length)
{
	bool lines = length > 0 && memchr(s, '\n', length) != NULL;
	bool ragged = length > LONG_LINE && (memchr(s, '"', length) != NULL || memchr(s, '\\', length) != NULL);
	if ((lines || ragged) && is_block(s, length))
		return SK_YAML_LITERAL;
	return sk_yaml_key_style(s, length);
}

bool sk_yaml_quotes_value(const char *key, size_t length)
{
	static const char *const words[] = {
		"image", "tag", "version", "id", "uid", "digest", "hash", "port", "cpu", "memory", "storage", "size", "limit",
	};
	if (length == strlen("apiVersion") && memcmp(key, "apiVersion", length) == 0)
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i]);
		if (n > length || strncasecmp(key + length - n, words[i], n) != 0)
			continue;
		char first = key[length - n];
		if (n == length || !is_letter(key[length - n - 1]) || (first >= 'A' && first <= 'Z'))
			return true;
	}
	return false;
}
