/* SPDX-License-Identifier: Apache-2.0 */
/* The .properties reader on any bytes: it ends, its lines climb, and its text is UTF-8. */
#include <stdint.h>
#include <stdlib.h>

#include "properties.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_properties p = { 0 };
	enum sk_properties_result result;
	size_t before = 0, lines = 1;
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n' || data[i] == '\r';
	sk_properties_start(&p, data, size);
	while ((result = sk_properties_next(&p)) == SK_PROPERTIES_ENTRY) {
		require(p.line > before && p.line <= lines);
		require(sk_utf8_valid(p.key.data, p.key.length));
		require(sk_utf8_valid(p.value.data, p.value.length));
		before = p.line;
	}
	require(result == SK_PROPERTIES_END || (result == SK_PROPERTIES_MALFORMED && p.line > before && p.line <= lines));
	require(p.high_line <= lines);
	sk_properties_free(&p);
	return 0;
}
