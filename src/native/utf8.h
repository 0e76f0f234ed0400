/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SK_UTF8_H
#define SK_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

/* Append one code point (at most U+10FFFF, no surrogate) as UTF-8. */
void sk_utf8_append(struct sk_buf *b, unsigned long code);

/* Whether all bytes are well-formed UTF-8: shortest forms only, no surrogates, nothing above U+10FFFF. */
bool sk_utf8_valid(const void *bytes, size_t length);

/* Bytes of the character at `s` (1 to 4), its code point in `*c`; 0 when these bytes are not UTF-8. `left` >= 1. */
size_t sk_utf8_char(const char *s, size_t left, uint32_t *c);

/* Offset of the first byte that is not UTF-8; `length` when all is well. */
size_t sk_utf8_check(const char *s, size_t length);

#endif
