/* SPDX-License-Identifier: Apache-2.0 */
#include "java.h"

#include "utf8.h"

#include <string.h>

int sk_java_compare(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t shorter = a_length < b_length ? a_length : b_length;
	size_t i = 0;
	while (shorter - i >= 8 && memcmp(a + i, b + i, 8) == 0)
		i += 8; /* task names begin alike */
	for (; i < shorter; i++) {
		unsigned char x = (unsigned char)a[i], y = (unsigned char)b[i];
		if (x == y)
			continue;
		/* U+10000 and above (first byte F0 on) are surrogates to Java: before U+E000 to U+FFFF (EE, EF). */
		if (x >= 0xEE && y >= 0xEE && (x >= 0xF0) != (y >= 0xF0))
			return x >= 0xF0 ? -1 : 1;
		return x < y ? -1 : 1;
	}
	return (a_length > b_length) - (a_length < b_length);
}

int32_t sk_java_hash(const char *s, size_t length)
{
	uint32_t hash = 0;
	for (size_t i = 0; i < length;) {
		uint32_t c;
		size_t n = sk_utf8_char(s + i, length - i, &c);
		if (n == 0)
			break;
		i += n;
		if (c >= 0x10000) {
			c -= 0x10000;
			hash = hash * 31 + (0xD800 + (c >> 10));
			c = 0xDC00 + (c & 0x3FF);
		}
		hash = hash * 31 + c;
	}
	return (int32_t)hash;
}
