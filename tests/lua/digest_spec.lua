-- SPDX-License-Identifier: Apache-2.0
local digest = require("samzak8s.native.digest")

-- One self-signed certificate, in: a keytool truststore, a key store, one with RC2, one without password, a JKS.
local function store(name)
	local file <close> = assert(io.open("tests/lua/support/stores/" .. name, "rb"))
	return file:read("a")
end

local function certificate()
	return store("ca.pem")
end

describe("digest", function()
	it("hashes with SHA-256", function()
		assert.equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", digest.sha256(""))
		assert.equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", digest.sha256("abc"))
		assert.equal("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", digest.sha256("\0"))
	end)
	it("encodes Base64 in one line", function()
		assert.equal("", digest.base64(""))
		assert.equal("YQ==", digest.base64("a"))
		assert.equal("AP8A", digest.base64("\0\255\0"))
		assert.equal(("QUFB"):rep(1000), digest.base64(("AAA"):rep(1000)))
	end)
	it("decodes Base64", function()
		for _, bytes in ipairs { "", "a", "ab", "abc", "\0\255\0", ("\0A"):rep(1001) } do
			assert.equal(bytes, digest.unbase64(digest.base64(bytes)))
		end
		assert.equal("abc", digest.unbase64("YWJj\n"))
	end)
	it("refuses what is no Base64", function()
		for _, text in ipairs { "a", "YWJ", "YWJj=", "Y*Jj", "====", "=", "YQ==YQ==", "YW\nJj" } do assert.is_nil(digest.unbase64(text), text) end
	end)
end)

describe("digest.pkcs12_certificates", function()
	it("reads truststores made by keytool, which have no key", function()
		assert.equal(certificate(), digest.pkcs12_certificates(store("trust.p12"), "changeit"))
	end)
	it("reads the chain of a key store", function()
		assert.equal(certificate(), digest.pkcs12_certificates(store("key.p12"), "changeit"))
	end)
	it("reads a store without a password", function()
		assert.equal(certificate(), digest.pkcs12_certificates(store("open.p12")))
	end)

	local function refusal(bytes, password)
		local pem, err = digest.pkcs12_certificates(bytes, password)
		assert.is_nil(pem)
		return err.code .. ": " .. err.message
	end
	it("tells a wrong password from a missing one", function()
		assert.equal("pkcs12.password: the password does not open the store", refusal(store("trust.p12"), "other"))
		assert.equal("pkcs12.password: the store needs a password", refusal(store("trust.p12")))
	end)
	it("names encryption that OpenSSL no longer offers", function()
		assert.equal("pkcs12.unsupported: the store is encrypted in a way that OpenSSL no longer offers (RC2)",
			refusal(store("legacy.p12"), "changeit"))
	end)
	it("refuses what is no store, at every length", function()
		local bytes = store("trust.p12")
		for cut = 0, #bytes - 1, 7 do
			assert.matches("^pkcs12%.", refusal(bytes:sub(1, cut), "changeit"))
		end
		assert.equal("pkcs12.malformed: not a PKCS#12 store", refusal(store("trust.jks"), "changeit"))
	end)
end)
