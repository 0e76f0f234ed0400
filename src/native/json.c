/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"

#include "utf8.h"

#include <stdint.h>
#include <string.h>

static const char HEX[] = "0123456789ABCDEF";

static void put_unit(struct sk_buf *out, uint32_t unit)
{
	char escape[6] = { '\\', 'u', HEX[unit >> 12 & 15], HEX[unit >> 8 & 15], HEX[unit >> 4 & 15], HEX[unit & 15] };
	sk_buf_append(out, escape, sizeof escape);
}

static void put_escaped(struct sk_buf *out, uint32_t c)
{
	static const char from[] = "\"\\\b\t\n\f\r", to[] = "\"\\btnfr";
	const char *at = c != 0 && c < 0x80 ? strchr(from, (int)c) : NULL;
	if (at != NULL) {
		char escape[2] = { '\\', to[at - from] };
		sk_buf_append(out, escape, sizeof escape);
	} else if (c >= 0x10000) {
		put_unit(out, 0xD800 + ((c - 0x10000) >> 10));
		put_unit(out, 0xDC00 + ((c - 0x10000) & 0x3FF));
	} else {
		put_unit(out, c);
	}
}

void sk_json_string(struct sk_buf *out, const char *s, size_t length)
{
	sk_buf_char(out, '"');
	for (size_t i = 0; i < length;) {
		size_t run = i;
		while (run < length && s[run] >= 0x20 && s[run] <= 0x7E && s[run] != '"' && s[run] != '\\')
			run++;
		sk_buf_append(out, s + i, run - i);
		i = run;
		if (i < length) {
			uint32_t c = 0xFFFD;
			size_t n = sk_utf8_char(s + i, length - i, &c);
			put_escaped(out, c);
			i += n == 0 ? 1 : n;
		}
	}
	sk_buf_char(out, '"');
}
