/* SPDX-License-Identifier: Apache-2.0 */
#include "buf.h"

#include <stdlib.h>
#include <string.h>

static bool buf_reserve(struct sk_buf *b, size_t more)
{
	if (b->failed)
		return false;
	if (more <= b->capacity - b->length)
		return true;
	size_t want = b->capacity < 64 ? 64 : b->capacity;
	while (want - b->length < more) {
		if (want > (size_t)-1 / 2) {
			b->failed = true;
			return false;
		}
		want *= 2;
	}
	char *data = realloc(b->data, want);
	if (data == NULL) {
		b->failed = true;
		return false;
	}
	b->data = data;
	b->capacity = want;
	return true;
}

void sk_buf_append(struct sk_buf *b, const void *bytes, size_t length)
{
	if (length == 0 || !buf_reserve(b, length))
		return;
	memcpy(b->data + b->length, bytes, length);
	b->length += length;
}

void sk_buf_char(struct sk_buf *b, char c)
{
	sk_buf_append(b, &c, 1);
}

void sk_buf_text(struct sk_buf *b, const char *text)
{
	sk_buf_append(b, text, strlen(text));
}

bool sk_buf_failed(const struct sk_buf *b)
{
	return b->failed;
}

void sk_buf_free(struct sk_buf *b)
{
	free(b->data);
	memset(b, 0, sizeof *b);
}
