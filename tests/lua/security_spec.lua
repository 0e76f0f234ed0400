-- SPDX-License-Identifier: Apache-2.0
local fake_config = require("support.fake_config")
local security = require("samzak8s.samza.security")

local STORES = "tests/lua/support/stores/"
local PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="hunter2";'
local SCRAM = 'org.apache.kafka.common.security.scram.ScramLoginModule required username="u" password="hunter2";'

local function settings(properties, x)
	local full, warnings = {}, {}
	for name, value in pairs(properties) do full["systems.k.consumer." .. name] = value end
	local list, err = security.settings(fake_config(full), "k", { options = { x = x },
		warn = function(w) table.insert(warnings, w) end })
	if not list then
		for _, text in ipairs { err.message, err.hint or "", err.text or "" } do assert.not_matches("hunter2", text) end
		return nil, err
	end
	local map = {}
	for _, pair in ipairs(list) do map[pair[1]] = pair[2] end
	return map, warnings
end

local function refused(properties, code, name, message, hint)
	local map, err = settings(properties)
	assert.is_nil(map)
	assert.same({ code, "systems.k.consumer." .. name, message }, { err.code, err.key, err.message })
	assert.matches(hint, err.hint)
end

local function read(name)
	local file <close> = assert(io.open(STORES .. name, "rb"))
	return file:read("a")
end

describe("security.settings", function()
	it("is plain text by default, and takes protocols in any case", function()
		assert.same({ ["security.protocol"] = "PLAINTEXT" }, settings {})
		assert.same({ ["security.protocol"] = "PLAINTEXT" }, settings { ["security.protocol"] = "plaintext", ["ssl.truststore.location"] = "/none" })
		refused({ ["security.protocol"] = "SSL " }, "kafka.security-protocol", "security.protocol", "'SSL ' is not a security protocol", "SASL_SSL")
	end)
	it("warns when only the producer is secured", function()
		local warned
		security.settings(fake_config { ["systems.k.producer.security.protocol"] = "SSL" }, "k", { options = {}, warn = function(w) warned = w end })
		assert.equal("kafka.producer-security", warned.code)
	end)
end)

describe("TLS settings", function()
	it("check host names unless that is switched off, and say whose authorities are trusted", function()
		local map, warnings = settings { ["security.protocol"] = "SSL" }
		assert.same({ ["security.protocol"] = "SSL", ["ssl.endpoint.identification.algorithm"] = "https" }, map)
		assert.equal("kafka.truststore-default", warnings[1].code)
		assert.equal("none", settings({ ["security.protocol"] = "SSL", ["ssl.endpoint.identification.algorithm"] = "" })["ssl.endpoint.identification.algorithm"])
		assert.equal("https", settings({ ["security.protocol"] = "SSL", ["ssl.endpoint.identification.algorithm"] = "HTTPS" })["ssl.endpoint.identification.algorithm"])
		refused({ ["security.protocol"] = "SSL", ["ssl.endpoint.identification.algorithm"] = "ldaps" }, "kafka.security-protocol",
			"ssl.endpoint.identification.algorithm", "Unknown identification algorithm: ldaps", "empty value")
	end)
	it("take truststores of both kinds, by content", function()
		local map = settings { ["security.protocol"] = "SSL", ["ssl.truststore.location"] = STORES .. "ca.pem", ["ssl.truststore.type"] = "JKS" }
		assert.equal(STORES .. "ca.pem", map["ssl.ca.location"])
		map = settings { ["security.protocol"] = "SSL", ["ssl.truststore.location"] = STORES .. "trust.p12", ["ssl.truststore.password"] = "changeit" }
		assert.equal(read("ca.pem"), map["ssl.ca.pem"])
		map = settings { ["security.protocol"] = "SSL", ["ssl.truststore.certificates"] = "PEM" }
		assert.equal("PEM", map["ssl.ca.pem"])
	end)
	it("take key stores of both kinds and key texts", function()
		local map = settings { ["security.protocol"] = "SSL", ["ssl.keystore.location"] = STORES .. "both.pem", ["ssl.key.password"] = "p" }
		assert.same({ STORES .. "both.pem", STORES .. "both.pem", "p" },
			{ map["ssl.certificate.location"], map["ssl.key.location"], map["ssl.key.password"] })
		map = settings { ["security.protocol"] = "SSL", ["ssl.keystore.location"] = STORES .. "key.p12", ["ssl.keystore.password"] = "changeit",
			["ssl.key.password"] = "changeit" }
		assert.same({ STORES .. "key.p12", "changeit" }, { map["ssl.keystore.location"], map["ssl.keystore.password"] })
		assert.is_nil(map["ssl.key.password"])
		map = settings { ["security.protocol"] = "SSL", ["ssl.keystore.certificate.chain"] = "C", ["ssl.keystore.key"] = "K" }
		assert.same({ "C", "K" }, { map["ssl.certificate.pem"], map["ssl.key.pem"] })
	end)
	it("refuse stores that cannot be used, with the cure", function()
		local ssl, file = "SSL", STORES .. "trust.p12"
		refused({ ["security.protocol"] = ssl, ["ssl.truststore.location"] = file, ["ssl.truststore.password"] = "hunter2" }, "kafka.store",
			"ssl.truststore.location", "'" .. file .. "': the password does not open the store", "check systems.k.consumer.ssl.truststore.password")
		refused({ ["security.protocol"] = ssl, ["ssl.truststore.location"] = STORES .. "trust.jks" }, "kafka.store-jks",
			"ssl.truststore.location", "'" .. STORES .. "trust.jks' is a JKS store, which only Java reads",
			"^keytool %-importkeystore .* %-deststoretype PKCS12 && openssl pkcs12 %-in store.p12 %-nokeys %-out ca.pem; then %-X ssl.ca.location=ca.pem$")
		refused({ ["security.protocol"] = ssl, ["ssl.truststore.location"] = "/no/such.p12" }, "kafka.store",
			"ssl.truststore.location", "'/no/such.p12' cannot be read: No such file or directory", "%-X ssl.ca.location=FILE")
		refused({ ["security.protocol"] = ssl, ["ssl.keystore.location"] = STORES .. "legacy.p12", ["ssl.keystore.password"] = "changeit" }, "kafka.store",
			"ssl.keystore.location", "'" .. STORES .. "legacy.p12': the store is encrypted in a way that OpenSSL no longer offers (RC2)", "pkcs12 %-legacy")
		refused({ ["security.protocol"] = ssl, ["ssl.keystore.location"] = STORES .. "key.p12", ["ssl.keystore.password"] = "changeit",
			["ssl.key.password"] = "hunter2" }, "kafka.store", "ssl.key.password",
			"a PKCS#12 key store has one password, and this one differs from ssl.keystore.password", "PEM")
		refused({ ["security.protocol"] = ssl, ["ssl.keystore.key"] = "hunter2" }, "kafka.store", "ssl.keystore.certificate.chain",
			"ssl.keystore.key is set without ssl.keystore.certificate.chain", "set both")
	end)
	it("name what is not applied", function()
		local _, warnings = settings { ["security.protocol"] = "SSL", ["ssl.truststore.certificates"] = "PEM", ["ssl.cipher.suites"] = "TLS_X",
			["ssl.engine.factory.class"] = "a.B" }
		assert.same({ "systems.k.consumer.ssl.cipher.suites", "systems.k.consumer.ssl.engine.factory.class" }, { warnings[1].key, warnings[2].key })
	end)
	it("look at no store that -X replaces", function()
		local map, warnings = settings({ ["security.protocol"] = "SSL", ["ssl.truststore.location"] = "/none", ["ssl.keystore.location"] = "/none" },
			{ { "ssl.ca.location", "ca.pem" }, { "ssl.keystore.location", "k.p12" } })
		assert.same({ ["security.protocol"] = "SSL", ["ssl.endpoint.identification.algorithm"] = "https" }, map)
		assert.same({}, warnings)
	end)
end)

describe("SASL settings", function()
	it("take PLAIN and SCRAM logins", function()
		assert.same({ ["security.protocol"] = "SASL_PLAINTEXT", ["sasl.mechanism"] = "PLAIN", ["sasl.username"] = "u", ["sasl.password"] = "hunter2" },
			settings { ["security.protocol"] = "SASL_PLAINTEXT", ["sasl.mechanism"] = "plain", ["sasl.jaas.config"] = PLAIN })
		for _, mechanism in ipairs { "SCRAM-SHA-256", "SCRAM-SHA-512" } do
			local map = settings { ["security.protocol"] = "SASL_SSL", ["sasl.mechanism"] = mechanism:lower(), ["sasl.jaas.config"] = SCRAM,
				["ssl.truststore.certificates"] = "PEM" }
			assert.same({ mechanism, "u", "hunter2", "https" }, { map["sasl.mechanism"], map["sasl.username"], map["sasl.password"],
				map["ssl.endpoint.identification.algorithm"] })
		end
	end)
	it("refuse other mechanisms by name", function()
		refused({ ["security.protocol"] = "SASL_PLAINTEXT" }, "kafka.unsupported", "sasl.mechanism",
			"sasl.mechanism GSSAPI, Kafka's default, (Kerberos) is not supported yet", "%-%-partitions FILE")
		refused({ ["security.protocol"] = "SASL_PLAINTEXT", ["sasl.mechanism"] = "OAUTHBEARER" }, "kafka.unsupported", "sasl.mechanism",
			"sasl.mechanism OAUTHBEARER (OAuth) is not supported yet", "SCRAM%-SHA%-512")
		refused({ ["security.protocol"] = "SASL_PLAINTEXT", ["sasl.mechanism"] = "AWS_MSK_IAM" }, "kafka.unsupported", "sasl.mechanism",
			"sasl.mechanism 'AWS_MSK_IAM' is not supported", "PLAIN")
	end)
	it("refuse a login that is missing, malformed or of another kind", function()
		local function login(text, message, hint, code)
			refused({ ["security.protocol"] = "SASL_PLAINTEXT", ["sasl.mechanism"] = "PLAIN", ["sasl.jaas.config"] = text }, code or "kafka.jaas",
				"sasl.jaas.config", message, hint)
		end
		login(nil, "SASL is configured, but the login is not in the properties", "java.security.auth.login.config")
		login(PLAIN:sub(1, -2), "JAAS config entry not terminated by semi-colon", "MODULE required")
		login(SCRAM, "the login module org.apache.kafka.common.security.scram.ScramLoginModule does not fit sasl.mechanism PLAIN", "plain.PlainLoginModule")
		login('a.PlainLoginModule required username="u";', "password is not specified in the JAAS configuration", 'add password="..."')
		login('a.PlainLoginModule required tokenauth="true" username="u" password="hunter2";',
			"delegation tokens (tokenauth) are not supported", "%-%-partitions", "kafka.unsupported")
	end)
	it("masks the login in the user's line", function()
		local _, err = settings { ["security.protocol"] = "SASL_PLAINTEXT", ["sasl.mechanism"] = "PLAIN", ["sasl.jaas.config"] = "x hunter2" }
		assert.equal("systems.k.consumer.sasl.jaas.config=********", err.text)
	end)
	it("take the login from -X", function()
		assert.same({ ["security.protocol"] = "SASL_PLAINTEXT", ["sasl.mechanism"] = "PLAIN" },
			settings({ ["security.protocol"] = "SASL_PLAINTEXT", ["sasl.mechanism"] = "PLAIN" }, { { "sasl.username", "u" }, { "sasl.password", "p" } }))
		assert.same({ ["security.protocol"] = "SASL_PLAINTEXT" },
			settings({ ["security.protocol"] = "SASL_PLAINTEXT" }, { { "sasl.mechanism", "GSSAPI" } }))
	end)
end)
