/* SPDX-License-Identifier: Apache-2.0 */
/* The Lua sources inside the binary, as text: lines in messages stay true. */
#ifndef SK_EMBED_H
#define SK_EMBED_H

#include <stddef.h>

struct sk_source {
	const char *module; /* "samzak8s.report", as given to require */
	const char *chunk;  /* "@lua/samzak8s/report.lua" */
	const unsigned char *text;
	size_t length;
};

/* Sorted by module name; made by embed.lua. */
extern const struct sk_source sk_sources[];
extern const size_t sk_source_count;
extern const char sk_version[];

/* The source of a module, or NULL. */
const struct sk_source *sk_source_find(const char *module);

#endif
