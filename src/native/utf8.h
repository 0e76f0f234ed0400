/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SK_UTF8_H
#define SK_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/* Append one code point (at most U+10FFFF, no surrogate) as UTF-8. */
void sk_utf8_append(struct sk_buf *b, unsigned long code);

/* Whether all bytes are well-formed UTF-8: shortest forms only, no surrogates, nothing above U+10FFFF. */
bool sk_utf8_valid(const void *bytes, size_t length);

#endif
