/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON check on any bytes: it ends, and what it accepts is UTF-8. The JSON writer: its strings pass the check. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "java.h"
#include "json.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = size == 0 ? "" : (const char *)data;
	struct sk_json_error error = { 0 };
	size_t lines = 1;
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	enum sk_json_fault fault = sk_json_check(text, size, &error);
	require(fault == SK_JSON_OK ? sk_utf8_valid(data, size) : error.line >= 1 && error.line <= lines && error.message[0] != '\0');

	struct sk_buf out = { 0 };
	sk_json_string(&out, text, size);
	for (size_t i = 0; i < out.length; i++)
		require(out.data[i] >= 0x20 && out.data[i] <= 0x7E);
	require(sk_json_check(out.data, out.length, &error) == SK_JSON_OK);
	sk_buf_free(&out);

	size_t half = size / 2;
	int order = sk_java_compare(text, half, text + half, size - half);
	require(order == -sk_java_compare(text + half, size - half, text, half));
	require((order == 0) == (half == size - half && memcmp(text, text + half, half) == 0));
	sk_java_hash(text, sk_utf8_check(text, size));
	return 0;
}
