/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of Java's .properties files, as java.util.Properties.load(InputStream) reads them: bytes are ISO-8859-1.
 * Keys and values come out as UTF-8, one entry a call, in file order, duplicates included. Time is linear in the bytes. */
#ifndef SK_PROPERTIES_H
#define SK_PROPERTIES_H

#include <stddef.h>

#include "buf.h"

enum sk_properties_result {
	SK_PROPERTIES_ENTRY,     /* key, value, line and unpaired hold the next entry */
	SK_PROPERTIES_END,       /* no more entries */
	SK_PROPERTIES_MALFORMED, /* \u without four hex digits in line `line`; Java refuses the whole file */
	SK_PROPERTIES_MEMORY,    /* an allocation failed */
};

struct sk_properties_cursor {
	size_t at;   /* bytes read so far */
	size_t line; /* natural lines read so far */
};

struct sk_properties {
	struct sk_buf key, value; /* owned here, good until the next call */
	size_t line;              /* the first natural line of the entry, counted from 1 */
	size_t unpaired;          /* surrogates without their other half in this entry; each became '?' */
	size_t high_line;         /* line of the first byte >= 0x80 that any entry so far has, a byte order mark aside; 0: none */

	/* the reader's own */
	const unsigned char *bytes;
	size_t length;
	struct sk_properties_cursor next, start; /* where to go on; where the current logical line starts */
	struct sk_buf logical;                   /* the current logical line, joined */
};

/* Begin to read; the bytes stay the caller's and must outlive the reader. `p` is zeroed, and is freed by sk_properties_free. */
void sk_properties_start(struct sk_properties *p, const void *bytes, size_t length);
enum sk_properties_result sk_properties_next(struct sk_properties *p);
/* Whether the bytes begin with UTF-8's byte order mark, which Java takes for text. */
bool sk_properties_marked(const struct sk_properties *p);
/* Safe to call twice. */
void sk_properties_free(struct sk_properties *p);

#endif
