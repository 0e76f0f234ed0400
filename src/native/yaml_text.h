/* SPDX-License-Identifier: Apache-2.0 */
/* How a string is written in YAML so that every reader takes it for the same string. */
#ifndef SK_YAML_TEXT_H
#define SK_YAML_TEXT_H

#include <stdbool.h>
#include <stddef.h>

enum sk_yaml_style { SK_YAML_PLAIN, SK_YAML_DOUBLE, SK_YAML_LITERAL };

/* The style of a mapping's key: plain or double-quoted. */
enum sk_yaml_style sk_yaml_key_style(const char *s, size_t length);

/* The style of a value: as for keys, but a literal block for text of several lines, and for a long line with quotes in it. */
enum sk_yaml_style sk_yaml_value_style(const char *s, size_t length);

/* Does this key hold an image, tag, version, id, port name or quantity, whose text is quoted whatever it looks like? */
bool sk_yaml_quotes_value(const char *key, size_t length);

#endif
