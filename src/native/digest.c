/* SPDX-License-Identifier: Apache-2.0 */
/* samzak8s.native.digest: SHA-256, Base64 and back, and the certificates of PKCS#12 stores. */
/* SHA-256 by its plain functions: EVP would set up OpenSSL's providers first, which costs more than a short run's digests. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <limits.h>
#include <string.h>

#include "bind.h"
#include "pkcs12.h"

int luaopen_samzak8s_native_digest(lua_State *L);

/* digest.sha256(bytes) -> 64 hexadecimal digits */
static int digest_sha256(lua_State *L)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char hash[SHA256_DIGEST_LENGTH];
	char hex[2 * SHA256_DIGEST_LENGTH];
	size_t length;
	SHA256_CTX context;
	const char *bytes = luaL_checklstring(L, 1, &length);
	SHA256_Init(&context);
	SHA256_Update(&context, bytes, length);
	SHA256_Final(hash, &context);
	for (size_t i = 0; i < SHA256_DIGEST_LENGTH; i++) {
		hex[2 * i] = digits[hash[i] >> 4];
		hex[2 * i + 1] = digits[hash[i] & 15];
	}
	lua_pushlstring(L, hex, sizeof hex);
	return 1;
}

/* digest.base64(bytes) -> one line, padded */
static int digest_base64(lua_State *L)
{
	size_t length;
	const char *bytes = luaL_checklstring(L, 1, &length);
	luaL_Buffer b;
	char *text;
	int size;
	luaL_argcheck(L, length < INT_MAX / 2, 1, "too long");
	text = luaL_buffinitsize(L, &b, (length + 2) / 3 * 4 + 1);
	size = EVP_EncodeBlock((unsigned char *)text, (const unsigned char *)bytes, (int)length);
	luaL_pushresultsize(&b, (size_t)size);
	return 1;
}

/* digest.unbase64(text) -> bytes | nil: nil when the text is no padded Base64; blanks at its ends are fine */
static int digest_unbase64(lua_State *L)
{
	size_t length, padding = 0;
	const char *text = luaL_checklstring(L, 1, &length);
	luaL_Buffer b;
	luaL_argcheck(L, length < INT_MAX, 1, "too long");
	while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == ' '))
		length--;
	while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
		padding++;
	if (memchr(text, '=', length - padding) != NULL) {
		luaL_pushfail(L);
		return 1;
	}
	char *bytes = luaL_buffinitsize(L, &b, length / 4 * 3 + 3);
	int size = EVP_DecodeBlock((unsigned char *)bytes, (const unsigned char *)text, (int)length);
	if (size < (int)padding) {
		luaL_pushfail(L);
		return 1;
	}
	luaL_pushresultsize(&b, (size_t)size - padding); /* the library counts padding as bytes */
	return 1;
}

/* digest.pkcs12_certificates(bytes, password | nil) -> PEM text | nil, err
 * Codes: pkcs12.malformed, .password, .unsupported, .empty. The password is never part of a message. */
static int digest_pkcs12_certificates(lua_State *L)
{
	size_t length;
	const char *bytes = luaL_checklstring(L, 1, &length), *password = luaL_optstring(L, 2, NULL);
	struct sk_buf *pem = sk_own_buf(L);
	switch (sk_pkcs12_certificates(bytes, length, password, pem)) {
	case SK_PKCS12_PASSWORD:
		return sk_fail(L, "pkcs12.password", password != NULL ? "the password does not open the store"
								       : "the store needs a password");
	case SK_PKCS12_UNSUPPORTED:
		return sk_fail(L, "pkcs12.unsupported", "the store is encrypted in a way that OpenSSL no longer offers (RC2)");
	case SK_PKCS12_EMPTY:
		return sk_fail(L, "pkcs12.empty", "the store holds no certificate");
	case SK_PKCS12_MALFORMED:
		return sk_fail(L, "pkcs12.malformed", "not a PKCS#12 store");
	case SK_PKCS12_OK:
		break;
	}
	if (sk_buf_failed(pem))
		return luaL_error(L, "not enough memory");
	lua_pushlstring(L, pem->data, pem->length);
	return 1;
}

int luaopen_samzak8s_native_digest(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "sha256", digest_sha256 },
		{ "base64", digest_base64 },
		{ "unbase64", digest_unbase64 },
		{ "pkcs12_certificates", digest_pkcs12_certificates },
		{ NULL, NULL },
	};
	luaL_newlib(L, functions);
	return 1;
}
