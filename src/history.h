/* SPDX-License-Identifier: Apache-2.0 */
/* The file that keeps what was typed at the prompt: one entry a line, with newlines and backslashes escaped. */
#ifndef SK_HISTORY_H
#define SK_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

/* One entry, oldest first; `text` is terminated and valid during the call. */
typedef void sk_history_entry(void *user, const char *text);

/* Read the entries of `path`. A file that is missing, or no regular file, has none. A file of more than 2,000 entries
 * is cut to its newest 1,000. */
void sk_history_load(const char *path, sk_history_entry *entry, void *user);

/* Append one entry; makes the file (mode 0600) and its directories (mode 0700). False when that did not work; errno
 * says why. What is there and no regular file (/dev/null) is left alone. */
bool sk_history_append(const char *path, const char *text);

#endif
