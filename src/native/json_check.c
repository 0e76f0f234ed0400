/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"

#include "utf8.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One key of an object that is still open; its unescaped bytes lie in checker.bytes. */
struct key {
	size_t offset, length;
	size_t order; /* keys in the order of the text */
	size_t line;
};

struct checker {
	const char *at, *end;
	size_t line;
	struct sk_buf keys;  /* struct key[], a stack: those of the innermost object last */
	struct sk_buf bytes; /* the keys' bytes, likewise */
	enum sk_json_fault fault;
	struct sk_json_error *error;
};

__attribute__((format(printf, 3, 4)))
static bool fault(struct checker *c, enum sk_json_fault kind, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(c->error->message, sizeof c->error->message, format, args);
	va_end(args);
	c->error->line = c->line;
	c->fault = kind;
	return false;
}

static bool unexpected(struct checker *c, const char *wanted)
{
	if (c->at >= c->end)
		return fault(c, SK_JSON_SYNTAX, "the text ends where %s should be", wanted);
	unsigned char byte = (unsigned char)*c->at;
	if (byte > 0x20 && byte < 0x7F)
		return fault(c, SK_JSON_SYNTAX, "'%c' stands where %s should be", byte, wanted);
	return fault(c, SK_JSON_SYNTAX, "byte 0x%02X stands where %s should be", byte, wanted);
}

static void skip_blanks(struct checker *c)
{
	for (; c->at < c->end; c->at++) {
		if (*c->at == '\n')
			c->line++;
		else if (*c->at != ' ' && *c->at != '\t' && *c->at != '\r')
			return;
	}
}

static bool peek(const struct checker *c, char wanted)
{
	return c->at < c->end && *c->at == wanted;
}

/* Four hex digits at c->at. */
static bool read_unit(struct checker *c, uint32_t *unit)
{
	static const char hex[] = "0123456789ABCDEF";
	*unit = 0;
	for (int i = 0; i < 4; i++, c->at++) {
		char d = c->at < c->end ? *c->at : '\0';
		const char *at = d == '\0' ? NULL : strchr(hex, d >= 'a' && d <= 'f' ? d - 'a' + 'A' : d);
		if (at == NULL)
			return unexpected(c, "a hex digit of \\uXXXX");
		*unit = *unit << 4 | (uint32_t)(at - hex);
	}
	return true;
}

/* After a backslash; the character meant goes to `out` when there is one. */
static bool check_escape(struct checker *c, struct sk_buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	char kind = c->at < c->end ? *c->at : '\0';
	const char *simple = kind == '\0' ? NULL : strchr(from, kind);
	uint32_t unit, low;
	if (simple != NULL) {
		c->at++;
		unit = (uint32_t)to[simple - from];
	} else if (kind == 'u') {
		c->at++;
		if (!read_unit(c, &unit))
			return false;
		if (unit >= 0xD800 && unit <= 0xDFFF) {
			bool pair = unit < 0xDC00 && c->end - c->at >= 2 && c->at[0] == '\\' && c->at[1] == 'u';
			if (!pair)
				return fault(c, SK_JSON_SYNTAX, "\\u%04X is half of a surrogate pair", (unsigned)unit);
			c->at += 2;
			if (!read_unit(c, &low))
				return false;
			if (low < 0xDC00 || low > 0xDFFF)
				return fault(c, SK_JSON_SYNTAX, "\\u%04X is half of a surrogate pair", (unsigned)unit);
			unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
		}
	} else {
		return unexpected(c, "an escape (one of \"\\/bfnrtu)");
	}
	if (out != NULL)
		sk_utf8_append(out, unit);
	return true;
}

/* A string at c->at; unescaped into `out` when that is not NULL. */
static bool check_string(struct checker *c, struct sk_buf *out, const char *what)
{
	if (!peek(c, '"'))
		return unexpected(c, what);
	c->at++;
	for (;;) {
		const char *run = c->at;
		while (c->at < c->end && *c->at >= 0x20 && *c->at != '"' && *c->at != '\\')
			c->at++;
		if (out != NULL)
			sk_buf_append(out, run, (size_t)(c->at - run));
		if (c->at >= c->end)
			return fault(c, SK_JSON_SYNTAX, "a string does not end");
		if (*c->at == '"') {
			c->at++;
			return true;
		}
		if (*c->at == '\\') {
			c->at++;
			if (!check_escape(c, out))
				return false;
			continue;
		}
		uint32_t code;
		size_t n = (unsigned char)*c->at < 0x20 ? 0 : sk_utf8_char(c->at, (size_t)(c->end - c->at), &code);
		if (n == 0 && (unsigned char)*c->at < 0x20)
			return fault(c, SK_JSON_SYNTAX, "a control character (0x%02X) in a string must be escaped", (unsigned char)*c->at);
		if (n == 0)
			return fault(c, SK_JSON_SYNTAX, "byte 0x%02X in a string is not UTF-8", (unsigned char)*c->at);
		if (out != NULL)
			sk_buf_append(out, c->at, n);
		c->at += n;
	}
}

static size_t skip_digits(struct checker *c)
{
	const char *from = c->at;
	while (c->at < c->end && *c->at >= '0' && *c->at <= '9')
		c->at++;
	return (size_t)(c->at - from);
}

static bool check_number(struct checker *c)
{
	if (peek(c, '-'))
		c->at++;
	bool zero = peek(c, '0');
	size_t digits = skip_digits(c);
	if (digits == 0)
		return unexpected(c, "a digit");
	if (zero && digits > 1)
		return fault(c, SK_JSON_SYNTAX, "a number begins with 0");
	if (peek(c, '.')) {
		c->at++;
		if (skip_digits(c) == 0)
			return unexpected(c, "a digit");
	}
	if (peek(c, 'e') || peek(c, 'E')) {
		c->at++;
		if (peek(c, '+') || peek(c, '-'))
			c->at++;
		if (skip_digits(c) == 0)
			return unexpected(c, "a digit");
	}
	return true;
}

static bool check_word(struct checker *c, const char *word)
{
	size_t n = strlen(word);
	if ((size_t)(c->end - c->at) < n || memcmp(c->at, word, n) != 0)
		return unexpected(c, "a value");
	c->at += n;
	return true;
}

/* qsort has no user pointer: while an object is judged, `bytes` of each key is made absolute. */
struct sorted_key {
	const char *bytes;
	struct key key;
};

static int sorted_key_compare(const void *left, const void *right)
{
	const struct sorted_key *a = left, *b = right;
	if (a->key.length != b->key.length)
		return a->key.length < b->key.length ? -1 : 1;
	int order = a->key.length == 0 ? 0 : memcmp(a->bytes, b->bytes, a->key.length);
	if (order != 0)
		return order;
	return (a->key.order > b->key.order) - (a->key.order < b->key.order);
}

/* No two of the keys from `first` on are equal; sorting them instead of hashing leaves nothing to attack. */
static bool check_keys(struct checker *c, size_t first)
{
	const struct key *keys = (const struct key *)(const void *)c->keys.data;
	size_t n = c->keys.length / sizeof *keys - first;
	if (n < 2)
		return true;
	struct sorted_key *sorted = malloc(n * sizeof *sorted);
	if (sorted == NULL)
		return fault(c, SK_JSON_MEMORY, "not enough memory");
	for (size_t i = 0; i < n; i++) {
		sorted[i].key = keys[first + i];
		sorted[i].bytes = c->bytes.data + sorted[i].key.offset;
	}
	qsort(sorted, n, sizeof *sorted, sorted_key_compare);
	const struct sorted_key *twice = NULL;
	for (size_t i = 1; i < n; i++) {
		const struct sorted_key *a = &sorted[i - 1], *b = &sorted[i];
		if (a->key.length == b->key.length && (a->key.length == 0 || memcmp(a->bytes, b->bytes, a->key.length) == 0) &&
			(twice == NULL || b->key.order < twice->key.order))
			twice = b;
	}
	if (twice != NULL) {
		int shown = twice->key.length > 80 ? 80 : (int)twice->key.length;
		c->line = twice->key.line;
		fault(c, SK_JSON_DUPLICATE, "the key \"%.*s\" is there twice", shown, shown == 0 ? "" : twice->bytes);
	}
	free(sorted);
	return twice == NULL;
}

static bool check_value(struct checker *c, int depth);

static bool check_object(struct checker *c, int depth)
{
	size_t keys_before = c->keys.length, bytes_before = c->bytes.length;
	c->at++;
	skip_blanks(c);
	if (peek(c, '}')) {
		c->at++;
		return true;
	}
	for (;;) {
		struct key key = { .offset = c->bytes.length, .order = c->keys.length, .line = c->line };
		if (!check_string(c, &c->bytes, "a key in double quotes"))
			return false;
		key.length = c->bytes.length - key.offset;
		sk_buf_append(&c->keys, &key, sizeof key);
		if (sk_buf_failed(&c->keys) || sk_buf_failed(&c->bytes))
			return fault(c, SK_JSON_MEMORY, "not enough memory");
		skip_blanks(c);
		if (!peek(c, ':'))
			return unexpected(c, "':'");
		c->at++;
		if (!check_value(c, depth))
			return false;
		if (peek(c, '}'))
			break;
		if (!peek(c, ','))
			return unexpected(c, "',' or '}'");
		c->at++;
		skip_blanks(c);
	}
	c->at++;
	if (!check_keys(c, keys_before / sizeof(struct key)))
		return false;
	c->keys.length = keys_before;
	c->bytes.length = bytes_before;
	return true;
}

static bool check_array(struct checker *c, int depth)
{
	c->at++;
	skip_blanks(c);
	if (peek(c, ']')) {
		c->at++;
		return true;
	}
	for (;;) {
		if (!check_value(c, depth))
			return false;
		if (peek(c, ']')) {
			c->at++;
			return true;
		}
		if (!peek(c, ','))
			return unexpected(c, "',' or ']'");
		c->at++;
	}
}

/* A value with the blanks around it; `depth` containers are open. */
static bool check_value(struct checker *c, int depth)
{
	skip_blanks(c);
	char first = c->at < c->end ? *c->at : '\0';
	bool ok;
	if ((first == '{' || first == '[') && depth == SK_JSON_DEPTH)
		return fault(c, SK_JSON_DEEP, "nested more than %d deep", SK_JSON_DEPTH);
	if (first == '{')
		ok = check_object(c, depth + 1);
	else if (first == '[')
		ok = check_array(c, depth + 1);
	else if (first == '"')
		ok = check_string(c, NULL, "a string");
	else if (first == '-' || (first >= '0' && first <= '9'))
		ok = check_number(c);
	else
		ok = check_word(c, first == 't' ? "true" : first == 'f' ? "false" : "null");
	if (ok)
		skip_blanks(c);
	return ok;
}

enum sk_json_fault sk_json_check(const char *text, size_t length, struct sk_json_error *error)
{
	struct checker c = { .at = text, .end = text + length, .line = 1, .error = error };
	if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		fault(&c, SK_JSON_SYNTAX, "the text begins with a byte order mark");
	else if (check_value(&c, 0) && c.at < c.end)
		unexpected(&c, "the end of the text");
	sk_buf_free(&c.keys);
	sk_buf_free(&c.bytes);
	return c.fault;
}
