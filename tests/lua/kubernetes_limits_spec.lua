-- SPDX-License-Identifier: Apache-2.0
local limits = require("samzak8s.kubernetes.limits")
local delivery = require("samzak8s.kubernetes.delivery")

describe("the length as JSON", function()
	for text, length in pairs { [""] = 2, abc = 5, ['"'] = 4, ["\\"] = 4, ["\n"] = 4, ["\1"] = 8, ["<&>"] = 20, ["é"] = 4, ["\127"] = 3, ["\0"] = 8 } do
		it(("of %q is %d"):format(text, length), function() assert.equal(length, limits.json_length(text)) end)
	end
	it("counts maps, arrays, numbers and booleans", function()
		assert.equal(#'{"a":[1,true,"x"],"b":{}}', limits.json_length { a = { 1, true, "x" }, b = {} })
	end)
	it("adds what kubectl adds", function()
		assert.equal(#'{"kind":"A","metadata":{"annotations":{},"name":"n","namespace":"default"}}\n',
			limits.last_applied_length { kind = "A", metadata = { name = "n" } })
		assert.equal(#'{"metadata":{"annotations":{"a":"b"},"name":"n","namespace":"x"}}\n',
			limits.last_applied_length { metadata = { name = "n", namespace = "x", annotations = { a = "b" } } })
	end)
end)

describe("a number", function()
	it("has commas", function()
		assert.equal("0 999 1,000 131,071 1,048,576", table.concat({ limits.number(0), limits.number(999), limits.number(1000),
			limits.number(131071), limits.number(1048576) }, " "))
	end)
end)

describe("the delivery", function()
	local function choose(wanted, size, file_url, ...)
		return delivery.choose { wanted = wanted, size = size, file_url = file_url, secrets = { ... } }
	end
	it("is by itself env up to 32 KiB on 0.9.x, then a ConfigMap, and says so", function()
		assert.same({ "env" }, { choose("auto", 32768, true) })
		assert.same({ "configmap", "the model goes into a ConfigMap, as it has 32,769 bytes (env up to 32,768)" },
			{ choose("auto", 32769, true) })
	end)
	it("is a ConfigMap from 0.10 without a word", function()
		assert.same({ "configmap" }, { choose("auto", 10, false) })
	end)
	it("is a Secret when the configuration holds secrets, and says so", function()
		assert.same({ "secret", "the model goes into a Secret, as its configuration holds a.password" },
			{ choose("auto", 10, true, "a.password") })
		assert.same({ "secret", "the model goes into a Secret, as its configuration holds a.password and 2 more" },
			{ choose("auto", 10, false, "a.password", "b.password", "c.password") })
		assert.same({ "secret" }, { choose("secret", 10, true, "a.password") })
	end)
	local function refuses(code, message, ...)
		local _, err = choose(...)
		assert.equal(code, err.code)
		assert.equal(message, err.message)
		assert.is_string(err.hint)
	end
	it("refuses to publish secrets", function()
		refuses("delivery.secrets", "env would publish a.password of the configuration in clear", "env", 10, true, "a.password")
		refuses("delivery.secrets", "configmap would publish a.password of the configuration in clear", "configmap", 10, false,
			"a.password")
	end)
	it("refuses env from 0.10", function()
		refuses("delivery.env", "from Samza 0.10 a container reads its model over HTTP only, so env cannot deliver it", "env", 10, false)
	end)
	it("is held to the limits to the byte", function()
		assert.equal("env", (choose("env", 131071 - 17, true)))
		refuses("delivery.env-size", "the model makes an environment variable of 131,072 bytes, and Linux starts no program with one "
			.. "over 131,071", "env", 131072 - 17, true)
		assert.equal("configmap", (choose("configmap", 1048576, true)))
	end)
end)
