/* SPDX-License-Identifier: Apache-2.0 */
/* How Java sees UTF-8 text: as UTF-16 units. */
#ifndef SK_JAVA_H
#define SK_JAVA_H

#include <stddef.h>
#include <stdint.h>

/* Below, at, above zero: String.compareTo of two texts, which orders UTF-16 units. A total order on any bytes. */
int sk_java_compare(const char *a, size_t a_length, const char *b, size_t b_length);

/* String.hashCode of valid UTF-8 text. */
int32_t sk_java_hash(const char *s, size_t length);

#endif
