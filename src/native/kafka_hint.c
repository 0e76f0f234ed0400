/* SPDX-License-Identifier: Apache-2.0 */
#include "kafka_words.h"

#include <string.h>

/* What librdkafka and OpenSSL say, and what to do; the first that fits counts. Keys are Java's, as in the job's properties. */
static const struct {
	const char *says;
	const char *hint;
} known[] = {
	{ "certificate verify failed", "the broker's certificate must be signed by a CA in ssl.truststore.location, be in date and "
		"name the host asked for (ssl.endpoint.identification.algorithm)" },
	{ "alert bad certificate", "the broker wants a client certificate that it trusts: set ssl.keystore.location" },
	{ "alert certificate required", "the broker wants a client certificate that it trusts: set ssl.keystore.location" },
	{ "alert unknown ca", "the broker does not trust the CA of the client certificate in ssl.keystore.location" },
	{ "unexpected eof", "the port may not speak TLS: check the port and security.protocol" },
	{ "wrong version number", "the port does not speak TLS: check the port and security.protocol" },
	{ "might require SASL", "the broker hung up; if its listener wants a login, set security.protocol to SASL_PLAINTEXT or "
		"SASL_SSL, with sasl.mechanism and sasl.jaas.config" },
	{ "in current SASL state", "the listener takes no login: set security.protocol to PLAINTEXT or SSL, or use the port of the "
		"SASL listener" },
	{ "Unsupported SASL mechanism", "set sasl.mechanism to one that the broker supports" },
	{ "while requesting ApiVersion", "check that the port is the broker's and that security.protocol fits it (a TLS port hangs "
		"up like this); brokers before 0.10 need -X api.version.request=false -X broker.version.fallback=0.8.2.1" },
	{ "response size 1213486160", "this port speaks HTTP, not Kafka: check host and port" }, /* "HTTP" read as a length */
	{ "Invalid response size", "what answers at this port is no Kafka broker, or speaks TLS: check the port and "
		"security.protocol" },
	{ "mac verify failure", "check ssl.keystore.password" },
	{ "envelope routines::unsupported", "the key store is encrypted with RC2 or 3DES: export it again, or use "
		"-X ssl.providers=default,legacy" },
	{ "ssl.key.location failed", "check that the file holds a PEM key, and ssl.key.password" },
	{ "ssl.ca.location failed", "check that the file is there and holds PEM certificates" },
	{ "sasl.username and sasl.password must be set", "set sasl.jaas.config; a file named by "
		"-Djava.security.auth.login.config is not read" },
};

size_t sk_words_brief(const char *text)
{
	static const char *const advice[] = { ": might be caused by", ": verify that", ", verify that", ": increase receive.",
		": probably due to" };
	size_t length = strlen(text);
	for (size_t i = 0; i < sizeof advice / sizeof *advice; i++) {
		const char *at = strstr(text, advice[i]);
		if (at != NULL && (size_t)(at - text) < length)
			length = (size_t)(at - text);
	}
	return length;
}

const char *sk_words_hint(enum sk_words_kind kind, const char *text)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strstr(text, known[i].says) != NULL)
			return known[i].hint;
	switch (kind) {
	case SK_WORDS_AUTHENTICATION:
		return "check user name and password in sasl.jaas.config, and sasl.mechanism";
	case SK_WORDS_TLS:
		return "check the ssl.* properties, the port and security.protocol";
	case SK_WORDS_PROTOCOL:
		return "check that the port is the broker's and that security.protocol fits it";
	case SK_WORDS_REFUSED:
		return "check that the broker is running and that bootstrap.servers names its host and port";
	case SK_WORDS_RESOLVE:
		return "check the host names in bootstrap.servers and the DNS of this machine";
	case SK_WORDS_CONFIG:
		return NULL;
	case SK_WORDS_TIMEOUT:
	case SK_WORDS_SILENT:
		break;
	}
	return "check host, port and firewall, or raise --timeout";
}
