/* SPDX-License-Identifier: Apache-2.0 */
#include "embed.h"

#include <stdlib.h>
#include <string.h>

static int source_compare(const void *key, const void *entry)
{
	return strcmp(key, ((const struct sk_source *)entry)->module);
}

const struct sk_source *sk_source_find(const char *module)
{
	return bsearch(module, sk_sources, sk_source_count, sizeof sk_sources[0], source_compare);
}
