/* SPDX-License-Identifier: Apache-2.0 */
#include "utf8.h"

void sk_utf8_append(struct sk_buf *b, unsigned long code)
{
	char text[4];
	size_t length = 0;
	if (code < 0x80) {
		text[length++] = (char)code;
	} else {
		if (code < 0x800) {
			text[length++] = (char)(0xC0 | code >> 6);
		} else {
			if (code < 0x10000) {
				text[length++] = (char)(0xE0 | code >> 12);
			} else {
				text[length++] = (char)(0xF0 | code >> 18);
				text[length++] = (char)(0x80 | (code >> 12 & 0x3F));
			}
			text[length++] = (char)(0x80 | (code >> 6 & 0x3F));
		}
		text[length++] = (char)(0x80 | (code & 0x3F));
	}
	sk_buf_append(b, text, length);
}

size_t sk_utf8_char(const char *s, size_t left, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char first = (unsigned char)s[0];
	if (first < 0x80) {
		*c = first;
		return 1;
	}
	size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
	if (first < 0xC2 || first > 0xF4 || length > left)
		return 0;
	uint32_t value = first & (0x7Fu >> length);
	for (size_t i = 1; i < length; i++) {
		unsigned char next = (unsigned char)s[i];
		if ((next & 0xC0) != 0x80)
			return 0;
		value = value << 6 | (next & 0x3Fu);
	}
	if (value < least[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
		return 0;
	*c = value;
	return length;
}

size_t sk_utf8_check(const char *s, size_t length)
{
	size_t i = 0;
	while (i < length) {
		uint32_t c;
		size_t n = sk_utf8_char(s + i, length - i, &c);
		if (n == 0)
			break;
		i += n;
	}
	return i;
}

bool sk_utf8_valid(const void *bytes, size_t length)
{
	return sk_utf8_check(bytes, length) == length;
}
