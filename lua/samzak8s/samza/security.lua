-- SPDX-License-Identifier: Apache-2.0
--- The security settings of Kafka's Java client, in librdkafka's terms. What has no counterpart is refused or named.
local digest = require("samzak8s.native.digest")
local jaas = require("samzak8s.samza.jaas")
local system_io = require("samzak8s.native.system")

local M = {}

local PROTOCOLS = { PLAINTEXT = {}, SSL = { tls = true }, SASL_PLAINTEXT = { sasl = true }, SASL_SSL = { tls = true, sasl = true } }
local MECHANISMS = { PLAIN = "PlainLoginModule", ["SCRAM-SHA-256"] = "ScramLoginModule", ["SCRAM-SHA-512"] = "ScramLoginModule" }
local LATER = { GSSAPI = "Kerberos", OAUTHBEARER = "OAuth" }
local WITHOUT_US = "list the partitions elsewhere and pass them with --partitions FILE"

-- A system's consumer properties and the librdkafka properties that -X sets, which need no counterpart.
local function reader(config, system, context)
	local r = { config = config, context = context, settings = {}, x = {} }
	for _, pair in ipairs(context.options.x or {}) do r.x[pair[1]] = pair[2] end
	function r.key(name) return ("systems.%s.consumer.%s"):format(system, name) end
	function r.get(name) return config:get(r.key(name)) end
	function r.set(name, value) r.settings[#r.settings + 1] = { name, value } end
	function r.fail(name, code, message, hint) return config:fail(r.key(name), code, message, hint) end
	function r.warn(name, code, message, hint)
		context.warn(config:about(r.key(name), { code = code, message = message, hint = hint }))
	end
	--- Does -X set one of these?
	function r.overridden(...)
		for _, name in ipairs { ... } do
			if r.x[name] then return true end
		end
		return false
	end
	return r
end

local function protocol_of(r, system)
	local text = r.x["security.protocol"] or r.get("security.protocol")
	if not text then
		local key = ("systems.%s.producer.security.protocol"):format(system)
		if r.config:get(key) then
			r.context.warn(r.config:about(key, { code = "kafka.producer-security",
				message = "only the producer is secured: as Samza does, the brokers are asked in plain text",
				hint = "set " .. r.key("security.protocol") .. " too" }))
		end
		text = "PLAINTEXT"
	end
	local name = text:upper()
	if not PROTOCOLS[name] then
		return r.fail("security.protocol", "kafka.security-protocol", ("'%s' is not a security protocol"):format(text),
			"use PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL, without blanks")
	end
	return name
end

--- What kind of store a file is, by its first bytes: Java's "JKS" also opens PKCS#12.
local function kind_of(bytes)
	if bytes:sub(1, 4) == "\xFE\xED\xFE\xED" then return "JKS" end
	if bytes:sub(1, 4) == "\xCE\xCE\xCE\xCE" then return "JCEKS" end
	if bytes:find("-----BEGIN", 1, true) then return "PEM" end
	if bytes:sub(1, 1) == "\x30" then return "PKCS12" end
end

local HINTS = {
	["pkcs12.password"] = "check %s",
	["pkcs12.unsupported"] = "write it anew: openssl pkcs12 -legacy -in OLD -nodes -out all.pem && openssl pkcs12 -export -in all.pem -out NEW",
	["pkcs12.empty"] = "import the authority's certificate: keytool -importcert -file ca.pem -keystore STORE",
	["pkcs12.malformed"] = "a PEM file or a PKCS#12 store is wanted",
}

--- Read the store that `which` ("ssl.truststore" or "ssl.keystore") names.
-- @treturn string|nil kind "PEM" or "PKCS12"
-- @treturn string|table its certificates as PEM (of a PKCS#12 store), or err
local function read_store(r, which)
	local name, path = which .. ".location", r.get(which .. ".location")
	local bytes, err = system_io.read(path)
	if not bytes then
		local option = which == "ssl.truststore" and "ssl.ca.location" or "ssl.keystore.location"
		return r.fail(name, "kafka.store", ("'%s' %s"):format(path, err.message),
			("paths are those of this machine; where they differ from the job's, use -X %s=FILE"):format(option))
	end
	local kind = kind_of(bytes)
	if kind == "JKS" or kind == "JCEKS" then
		local to = which == "ssl.truststore" and " && openssl pkcs12 -in store.p12 -nokeys -out ca.pem" or ""
		return r.fail(name, "kafka.store-jks", ("'%s' is a %s store, which only Java reads"):format(path, kind),
			("keytool -importkeystore -srckeystore %s -destkeystore store.p12 -deststoretype PKCS12%s; then %s"):format(path, to,
				to == "" and "-X ssl.keystore.location=store.p12" or "-X ssl.ca.location=ca.pem"))
	end
	if kind == "PEM" then return kind, bytes end
	local pem
	pem, err = digest.pkcs12_certificates(bytes, r.get(which .. ".password"))
	if not pem then
		return r.fail(name, "kafka.store", ("'%s': %s"):format(path, err.message), HINTS[err.code]:format(r.key(which .. ".password")))
	end
	return "PKCS12", pem
end

local function add_truststore(r)
	if r.overridden("ssl.ca.location", "ssl.ca.pem") then return true end
	local text, path = r.get("ssl.truststore.certificates"), r.get("ssl.truststore.location")
	if text then
		r.set("ssl.ca.pem", text)
	elseif path then
		local kind, pem = read_store(r, "ssl.truststore")
		if not kind then return nil, pem end
		if kind == "PEM" then r.set("ssl.ca.location", path) else r.set("ssl.ca.pem", pem) end
	else
		r.warn("ssl.truststore.location", "kafka.truststore-default",
			"no truststore is set: this machine's certificates are trusted, Java has its own", "set it, or use -X ssl.ca.location=FILE")
	end
	return true
end

local function add_key_texts(r, chain, key)
	if not (chain and key) then
		local there, absent = "ssl.keystore.key", "ssl.keystore.certificate.chain"
		if chain then there, absent = absent, there end
		return r.fail(absent, "kafka.store", ("%s is set without %s"):format(there, absent), "set both")
	end
	r.set("ssl.certificate.pem", chain)
	r.set("ssl.key.pem", key)
	if r.get("ssl.key.password") then r.set("ssl.key.password", r.get("ssl.key.password")) end
	return true
end

local function add_keystore(r)
	if r.overridden("ssl.keystore.location", "ssl.certificate.location", "ssl.certificate.pem") then return true end
	local chain, key, path = r.get("ssl.keystore.certificate.chain"), r.get("ssl.keystore.key"), r.get("ssl.keystore.location")
	local key_password = r.get("ssl.key.password")
	if chain or key then return add_key_texts(r, chain, key) end
	if not path then return true end
	local kind, err = read_store(r, "ssl.keystore")
	if not kind then return nil, err end
	if kind == "PEM" then
		r.set("ssl.certificate.location", path)
		r.set("ssl.key.location", path)
		if key_password then r.set("ssl.key.password", key_password) end
		return true
	end
	local store_password = r.get("ssl.keystore.password")
	if key_password and key_password ~= store_password then
		return r.fail("ssl.key.password", "kafka.store", "a PKCS#12 key store has one password, and this one differs from ssl.keystore.password",
			"write the store anew with one password, or use PEM files")
	end
	r.set("ssl.keystore.location", path)
	if store_password then r.set("ssl.keystore.password", store_password) end
	return true
end

local function add_tls(r)
	local ok, err = add_truststore(r)
	if not ok then return nil, err end
	ok, err = add_keystore(r)
	if not ok then return nil, err end
	local check = r.get("ssl.endpoint.identification.algorithm")
	if check and check ~= "" and check:lower() ~= "https" then
		return r.fail("ssl.endpoint.identification.algorithm", "kafka.security-protocol", ("Unknown identification algorithm: %s"):format(check),
			"use https, or an empty value to switch the check of host names off")
	end
	r.set("ssl.endpoint.identification.algorithm", check == "" and "none" or "https")
	if r.get("ssl.cipher.suites") and not r.overridden("ssl.cipher.suites") then
		r.warn("ssl.cipher.suites", "kafka.ignored", "not applied here: Java's names of cipher suites differ from OpenSSL's",
			"where it matters, use -X ssl.cipher.suites=NAMES")
	end
	if r.get("ssl.engine.factory.class") then
		r.warn("ssl.engine.factory.class", "kafka.ignored", "not applied here: it is Java code", nil)
	end
	return true
end

local function add_login(r, mechanism)
	local name = "sasl.jaas.config"
	local text = r.get(name)
	if not text then
		return r.fail(name, "kafka.jaas", "SASL is configured, but the login is not in the properties",
			"set it here; a file named by -Djava.security.auth.login.config in task.opts or JAVA_OPTS is not read")
	end
	local entry, wrong = jaas.parse(text)
	if not entry then
		return r.fail(name, "kafka.jaas", wrong, 'write MODULE required username="..." password="...";')
	end
	local module = entry.module:match("[^.]*$")
	if module ~= MECHANISMS[mechanism] then
		return r.fail(name, "kafka.jaas", ("the login module %s does not fit sasl.mechanism %s"):format(entry.module, mechanism),
			("use org.apache.kafka.common.security.%s.%s"):format(mechanism == "PLAIN" and "plain" or "scram", MECHANISMS[mechanism]))
	end
	if (entry.options.tokenauth or ""):lower() == "true" then
		return r.fail(name, "kafka.unsupported", "delegation tokens (tokenauth) are not supported", WITHOUT_US)
	end
	for _, option in ipairs { "username", "password" } do
		if not entry.options[option] then
			return r.fail(name, "kafka.jaas", ("%s is not specified in the JAAS configuration"):format(option), ('add %s="..."'):format(option))
		end
		r.set("sasl." .. option, entry.options[option])
	end
	return true
end

local function add_sasl(r)
	if r.overridden("sasl.mechanism", "sasl.mechanisms") then
		-- the last word is the user's, for whatever librdkafka offers
		local mechanism = (r.x["sasl.mechanism"] or r.x["sasl.mechanisms"]):upper()
		if r.overridden("sasl.username") or not MECHANISMS[mechanism] then return true end
		return add_login(r, mechanism)
	end
	local text = r.get("sasl.mechanism") or "GSSAPI"
	local mechanism = text:upper()
	if LATER[mechanism] then
		local default = r.get("sasl.mechanism") == nil and ", Kafka's default," or ""
		return r.fail("sasl.mechanism", "kafka.unsupported",
			("sasl.mechanism %s%s (%s) is not supported yet"):format(mechanism, default, LATER[mechanism]),
			"use PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, or " .. WITHOUT_US)
	end
	if not MECHANISMS[mechanism] then
		return r.fail("sasl.mechanism", "kafka.unsupported", ("sasl.mechanism '%s' is not supported"):format(text),
			"use PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, or " .. WITHOUT_US)
	end
	r.set("sasl.mechanism", mechanism)
	if r.overridden("sasl.username") then return true end
	return add_login(r, mechanism)
end

--- The security settings of one Kafka system. They count for every release, though Samza up to 0.14 asks in plain text.
-- @tparam Config config reads `systems.<system>.consumer.security.protocol`, `.sasl.*`, `.ssl.*`
-- @tparam string system
-- @tparam table context reads `options.x`; calls `warn`
-- @treturn {{string,string},...}|nil librdkafka properties; some values are secrets
-- @treturn table|nil err
function M.settings(config, system, context)
	local r = reader(config, system, context)
	local protocol, err = protocol_of(r, system)
	if not protocol then return nil, err end
	r.set("security.protocol", protocol)
	local ok = true
	if PROTOCOLS[protocol].tls then ok, err = add_tls(r) end
	if ok and PROTOCOLS[protocol].sasl then ok, err = add_sasl(r) end
	if not ok then return nil, err end
	return r.settings
end

return M
