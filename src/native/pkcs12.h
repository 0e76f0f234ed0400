/* SPDX-License-Identifier: Apache-2.0 */
/* The certificates of a PKCS#12 store, key entries' chains included. Free of lua.h. */
#ifndef SK_PKCS12_H
#define SK_PKCS12_H

#include <stddef.h>

#include "buf.h"

enum sk_pkcs12_status {
	SK_PKCS12_OK,
	SK_PKCS12_MALFORMED,   /* no PKCS#12 structure */
	SK_PKCS12_PASSWORD,    /* the password does not fit */
	SK_PKCS12_UNSUPPORTED, /* encrypted in a way this OpenSSL does not offer (RC2 of old tools) */
	SK_PKCS12_EMPTY,       /* no certificate in it */
};

/* Append each certificate of the store to `pem`, in the store's order. `password` is NULL when there is none.
 * Unlike PKCS12_parse this also reads stores without a key, as keytool makes truststores. */
enum sk_pkcs12_status sk_pkcs12_certificates(const void *bytes, size_t length, const char *password, struct sk_buf *pem);

#endif
