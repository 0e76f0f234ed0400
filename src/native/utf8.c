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

/* How many bytes the well-formed sequence at `s` has; 0 when it is not one. */
static size_t sequence_length(const unsigned char *s, size_t left)
{
	unsigned char low = 0x80, high = 0xBF; /* bounds of the second byte */
	size_t length;
	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xC2 && s[0] <= 0xDF)
		length = 2;
	else if (s[0] >= 0xE0 && s[0] <= 0xEF)
		length = 3;
	else if (s[0] >= 0xF0 && s[0] <= 0xF4)
		length = 4;
	else
		return 0;
	if (left < length)
		return 0;
	if (s[0] == 0xE0)
		low = 0xA0;
	else if (s[0] == 0xED)
		high = 0x9F;
	else if (s[0] == 0xF0)
		low = 0x90;
	else if (s[0] == 0xF4)
		high = 0x8F;
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	return length;
}

bool sk_utf8_valid(const void *bytes, size_t length)
{
	const unsigned char *s = bytes;
	for (size_t at = 0; at < length;) {
		size_t step = sequence_length(s + at, length - at);
		if (step == 0)
			return false;
		at += step;
	}
	return true;
}
