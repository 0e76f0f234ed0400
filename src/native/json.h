/* SPDX-License-Identifier: Apache-2.0 */
/* JSON text: the writer's strings, and a check that is stricter than the decoder. */
#ifndef SK_JSON_H
#define SK_JSON_H

#include "buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Append `s` as a JSON string in pure ASCII: Jackson's short escapes, else \uXXXX in upper case above 0x7E and below 0x20.
 * Bytes that are not UTF-8 become U+FFFD; whoever minds asks sk_utf8_check first. */
void sk_json_string(struct sk_buf *out, const char *s, size_t length);

#define SK_JSON_DEPTH 64

enum sk_json_fault { SK_JSON_OK, SK_JSON_SYNTAX, SK_JSON_DEEP, SK_JSON_DUPLICATE, SK_JSON_MEMORY };

struct sk_json_error {
	size_t line; /* from 1 */
	char message[160];
};

/* Is `text` one JSON value: strict RFC 8259, UTF-8, no unpaired surrogate, nested at most SK_JSON_DEPTH deep, and no key
 * twice in one object (escapes are seen through)? Fills `error` unless the answer is SK_JSON_OK. */
enum sk_json_fault sk_json_check(const char *text, size_t length, struct sk_json_error *error);

#endif
