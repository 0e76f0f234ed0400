/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs12.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <limits.h>

enum { DEPTH_MAX = 8 };

static void certificate_append(X509 *certificate, struct sk_buf *pem)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	long length;
	if (bio == NULL || PEM_write_bio_X509(bio, certificate) != 1)
		pem->failed = true;
	else if ((length = BIO_get_mem_data(bio, &text)) > 0)
		sk_buf_append(pem, text, (size_t)length);
	BIO_free(bio);
}

static void bags_append(const STACK_OF(PKCS12_SAFEBAG) *bags, struct sk_buf *pem, int depth)
{
	for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); i++) {
		const PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(bags, i);
		switch (PKCS12_SAFEBAG_get_nid(bag)) {
		case NID_certBag: {
			X509 *certificate = PKCS12_SAFEBAG_get1_cert(bag);
			if (certificate != NULL)
				certificate_append(certificate, pem);
			X509_free(certificate);
			break;
		}
		case NID_safeContentsBag:
			if (depth < DEPTH_MAX)
				bags_append(PKCS12_SAFEBAG_get0_safes(bag), pem, depth + 1);
			break;
		default:
			break;
		}
	}
}

static enum sk_pkcs12_status parts_append(const STACK_OF(PKCS7) *parts, const char *password, struct sk_buf *pem)
{
	for (int i = 0; i < sk_PKCS7_num(parts); i++) {
		PKCS7 *part = sk_PKCS7_value(parts, i);
		STACK_OF(PKCS12_SAFEBAG) *bags;
		if (PKCS7_type_is_data(part))
			bags = PKCS12_unpack_p7data(part);
		else if (PKCS7_type_is_encrypted(part))
			bags = PKCS12_unpack_p7encdata(part, password, -1);
		else
			continue;
		if (bags == NULL)
			return PKCS7_type_is_data(part) ? SK_PKCS12_MALFORMED : SK_PKCS12_UNSUPPORTED;
		bags_append(bags, pem, 0);
		sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
	}
	return pem->length > 0 ? SK_PKCS12_OK : SK_PKCS12_EMPTY;
}

enum sk_pkcs12_status sk_pkcs12_certificates(const void *bytes, size_t length, const char *password, struct sk_buf *pem)
{
	const unsigned char *at = bytes;
	PKCS12 *store = length <= LONG_MAX ? d2i_PKCS12(NULL, &at, (long)length) : NULL;
	STACK_OF(PKCS7) *parts;
	enum sk_pkcs12_status status = SK_PKCS12_MALFORMED;
	if (store != NULL) {
		/* Without a password the check value may stand for none or for an empty one. */
		if (PKCS12_mac_present(store) && PKCS12_verify_mac(store, password, -1) != 1 &&
		    (password != NULL || PKCS12_verify_mac(store, password = "", -1) != 1)) {
			status = SK_PKCS12_PASSWORD;
		} else if ((parts = PKCS12_unpack_authsafes(store)) != NULL) {
			status = parts_append(parts, password, pem);
			sk_PKCS7_pop_free(parts, PKCS7_free);
		}
	}
	PKCS12_free(store);
	ERR_clear_error();
	return status;
}
