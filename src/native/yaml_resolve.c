/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml_resolve.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST 400 /* characters of a number; longer text is text */

static bool is_one_of(const char *s, size_t length, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strlen(*words) == length && memcmp(s, *words, length) == 0)
			return true;
	return false;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

/* Go's strconv.ParseInt(s, 0, 64), else ParseUint: false when `s` is neither. */
static bool read_integer(const char *s, struct sk_yaml_scalar *scalar)
{
	bool negative = *s == '-', sign = negative || *s == '+';
	unsigned base = 10;
	unsigned long long value = 0;
	s += sign;
	if (*s == '\0')
		return false;
	if (*s == '0') {
		char kind = s[1] == '\0' || s[2] == '\0' ? '\0' : (char)(s[1] | 0x20);
		base = kind == 'x' ? 16 : kind == 'b' ? 2 : 8;
		s += kind == 'x' || kind == 'b' || kind == 'o' ? 2 : 1;
	}
	for (; *s != '\0'; s++) {
		unsigned digit = (unsigned)digit_value(*s);
		if (digit >= base || value > (ULLONG_MAX - digit) / base)
			return false;
		value = value * base + digit;
	}
	unsigned long long limit = (unsigned long long)LLONG_MAX + negative;
	if (value > limit && sign)
		return false;
	if (value > limit) {
		scalar->type = SK_YAML_FLOAT;
		scalar->number = (double)value;
	} else {
		scalar->type = SK_YAML_INTEGER;
		scalar->integer = negative ? (long long)(0 - value) : (long long)value;
	}
	return true;
}

static const char *skip_digits(const char *s)
{
	while (*s >= '0' && *s <= '9')
		s++;
	return s;
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?, and not beyond a double. */
static bool read_float(const char *s, struct sk_yaml_scalar *scalar)
{
	const char *at = s + (*s == '-' || *s == '+'), *digits = at;
	at = skip_digits(at);
	bool whole = at > digits;
	if (*at == '.') {
		digits = ++at;
		at = skip_digits(at);
		if (!whole && at == digits)
			return false;
	} else if (!whole) {
		return false;
	}
	if (*at == 'e' || *at == 'E') {
		at++;
		at += *at == '-' || *at == '+';
		digits = at;
		at = skip_digits(at);
		if (at == digits)
			return false;
	}
	if (*at != '\0')
		return false;
	double number = strtod(s, NULL);
	if (isinf(number))
		return false;
	if (floor(number) == number && fabs(number) <= 9007199254740992.0) {
		scalar->type = SK_YAML_INTEGER; /* JSON knows no difference */
		scalar->integer = (long long)number;
	} else {
		scalar->type = SK_YAML_FLOAT;
		scalar->number = number;
	}
	return true;
}

struct sk_yaml_scalar sk_yaml_resolve(const char *s, size_t length)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL", NULL };
	static const char *const trues[] = {
		"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", NULL,
	};
	static const char *const falses[] = {
		"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF", NULL,
	};
	static const char *const infinite[] = {
		".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", NULL,
	};
	struct sk_yaml_scalar scalar = { .type = SK_YAML_STRING };
	if (is_one_of(s, length, nulls)) {
		scalar.type = SK_YAML_NULL;
	} else if (is_one_of(s, length, trues) || is_one_of(s, length, falses)) {
		scalar.type = SK_YAML_BOOLEAN;
		scalar.boolean = is_one_of(s, length, trues);
	} else if (is_one_of(s, length, infinite)) {
		scalar.type = SK_YAML_UNREADABLE;
	} else if (length <= LONGEST && memchr("+-.0123456789", s[0], 13) != NULL && memchr(s, '\0', length) == NULL) {
		char plain[LONGEST + 1];
		size_t n = 0;
		for (size_t i = 0; i < length; i++)
			if (s[i] != '_' || s[0] == '.')
				plain[n++] = s[i];
		plain[n] = '\0';
		if (s[0] == '.' || !read_integer(plain, &scalar))
			read_float(plain, &scalar);
	}
	return scalar;
}
