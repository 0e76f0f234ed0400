/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SK_NEAREST_H
#define SK_NEAREST_H

#include <stddef.h>

/* A candidate farther away than this (in edits) is no help to the user. */
#define SK_NEAREST_MAX 4

/* The nearer to `word` of `candidate` and `best` (may be NULL, then at *distance); updates *distance. Equal: `best` stays.
 * Only candidates less than half of whose letters differ count. */
const char *sk_nearest(const char *word, const char *candidate, const char *best, size_t *distance);

#endif
