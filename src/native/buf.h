/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer. A failed allocation marks the buffer instead of returning; test sk_buf_failed once at the end. */
#ifndef SK_BUF_H
#define SK_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct sk_buf {
	char *data;      /* owned; NULL while empty; not terminated */
	size_t length;   /* bytes in use */
	size_t capacity; /* bytes allocated */
	bool failed;     /* an allocation failed; the content is not to be used */
};

void sk_buf_append(struct sk_buf *b, const void *bytes, size_t length);
void sk_buf_char(struct sk_buf *b, char c);
void sk_buf_text(struct sk_buf *b, const char *text);
bool sk_buf_failed(const struct sk_buf *b);
/* Free the bytes and make the buffer empty again; safe to call twice. */
void sk_buf_free(struct sk_buf *b);

#endif
