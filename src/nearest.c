/* SPDX-License-Identifier: Apache-2.0 */
#include "nearest.h"

#include <string.h>

#define WORD_MAX 63

/* Edits (insert, delete, replace, swap of neighbours) that turn a into b; words are cut to WORD_MAX bytes. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t n = strnlen(a, WORD_MAX), m = strnlen(b, WORD_MAX);
	size_t rows[3][WORD_MAX + 1];
	for (size_t j = 0; j <= m; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t best = above[j - 1] + (a[i - 1] != b[j - 1]);
			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && above2[j - 2] + 1 < best)
				best = above2[j - 2] + 1;
			row[j] = best;
		}
	}
	return rows[n % 3][m];
}

const char *sk_nearest(const char *word, const char *candidate, const char *best, size_t *distance)
{
	size_t d = edit_distance(word, candidate);
	if (d < *distance && 2 * d < strlen(candidate) + 1) {
		*distance = d;
		return candidate;
	}
	return best;
}
