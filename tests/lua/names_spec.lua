-- SPDX-License-Identifier: Apache-2.0
local names = require("samzak8s.kubernetes.names")

local seen -- what the digest was asked for
local function sha256(bytes)
	seen = bytes
	return "abcdef0123456789"
end

local a = ("a"):rep(300)
local resource_names = {
	-- job.name, job.id, resource name, why it is not plainly the job's name
	{ "page-views", "1", "page-views" },
	{ "a_b", "1", "a-b" },
	{ "0.9", "1", "0-9-abcdef", "changed" },
	{ "PageViews", "1", "pageviews-abcdef", "changed" },
	{ "a__b", "1", "a-b-abcdef", "changed" },
	{ "_a", "1", "a-abcdef", "changed" },
	{ "a-", "1", "a-abcdef", "changed" },
	{ "a--b", "1", "a-b-abcdef", "changed" },
	{ "é", "1", "samza-abcdef", "empty" },
	{ "Zürich 7", "1", "z-rich-7-abcdef", "changed" },
	{ "", "1", "samza-abcdef", "empty" },
	{ "a", "2", "a-2-abcdef", "id" },
	{ "a_b", "x.Y", "a-b-x-y-abcdef", "id" },
	{ "a", "", "a-abcdef", "id" },
	{ a:sub(1, 46), "1", a:sub(1, 46) },
	{ a:sub(1, 47), "1", a:sub(1, 39) .. "-abcdef", "cut" },
	{ a, "1", a:sub(1, 39) .. "-abcdef", "cut" },
	{ a:sub(1, 38) .. "-" .. a, "1", a:sub(1, 38) .. "-abcdef", "cut" },
}

describe("the resource name", function()
	for _, case in ipairs(resource_names) do
		it(("of %.20s, id %s, is %.20s"):format(case[1], case[2], case[3]), function()
			local name, why = names.resource_name(case[1], case[2], sha256)
			assert.equal(case[3], name)
			assert.equal(case[4], why)
			assert.is_true(names.is_dns_label(name))
			assert.is_true(names.check("StatefulSet", name .. "-99999"))
		end)
	end
	it("takes its hash from name, NUL and id", function()
		names.resource_name("Orders", "1", sha256)
		assert.equal("Orders\0001", seen)
	end)
	it("is valid and never shared by two jobs, but for _ and -", function()
		local digest, owner = require("samzak8s.native.digest").sha256, {}
		local letters, list = { "a", "A", "-", "_", ".", "0", "é" }, { "" }
		for first = 1, 400 do -- all texts of up to three letters, and more
			for _, letter in ipairs(letters) do list[#list + 1] = list[first] .. letter end
		end
		for _, name in ipairs(list) do
			for _, id in ipairs { "1", "2", "a", "" } do
				local result = names.resource_name(name, id, digest)
				assert.is_true(names.check("StatefulSet", result .. "-99999"))
				local job = id == "1" and name:gsub("_", "-") or name .. "\0" .. id
				if result:find("%-%x%x%x%x%x%x$") then job = name .. "\0" .. id end
				assert.is_true(owner[result] == nil or owner[result] == job, result)
				owner[result] = job
			end
		end
	end)
	it("leaves room for long container ids, and says when there is none", function()
		assert.equal(41, #names.resource_name(a, "1", sha256, 10))
		assert.equal(9, #names.resource_name(a, "1", sha256, 42))
		assert.is_nil(names.resource_name(a, "1", sha256, 44))
	end)
end)

describe("the grammars", function()
	local function each(f, good, bad)
		for _, s in ipairs(good) do assert.is_true(f(s), s) end
		for _, s in ipairs(bad) do assert.is_false(f(s), s) end
	end
	it("of DNS labels", function()
		each(names.is_dns_label, { "a", "0", "a-b", "a--b", a:sub(1, 63) },
			{ "", "-", "-a", "a-", "A", "a.b", "a_b", "é", "a\n", a:sub(1, 64) })
	end)
	it("of DNS subdomains", function()
		each(names.is_dns_subdomain, { "a", "a.b", "0.1", a:sub(1, 63) .. "." .. a:sub(1, 63) },
			{ "", ".", "a.", ".a", "a..b", "A.b", a:sub(1, 64), a })
	end)
	it("of label values", function()
		each(names.is_label_value, { "", "a", "A_b.c-d", "1", a:sub(1, 63) }, { "-a", "a-", ".a", "a b", "a/b", a:sub(1, 64) })
	end)
	it("of label keys", function()
		each(names.is_label_key, { "a", "A_b.c", "x.io/a", "kubernetes.io/os", a:sub(1, 63) },
			{ "", "/a", "a/", "a/b/c", "X.io/a", "-a", "a b", a:sub(1, 64) })
	end)
	it("of data keys", function()
		each(names.is_data_key, { "a", "job-model.json", "_", "A.b" }, { "", ".", "..", "..a", "a/b", "a b", a })
	end)
	it("of environment variables", function()
		each(names.is_env_name, { "A", "_a", "a.b-c" }, { "", "1A", "A B", "A=", "é" })
	end)
end)

describe("an object's name", function()
	it("is held to its kind", function()
		assert.is_true(names.check("StatefulSet", a:sub(1, 52)))
		assert.is_true(names.check("ConfigMap", "a.b"))
		local _, why = names.check("StatefulSet", a:sub(1, 53))
		assert.equal("the name " .. a:sub(1, 53) .. " has 53 characters, a StatefulSet may have 52", why)
		_, why = names.check("Service", "1a")
		assert.equal('the name "1a" is not a DNS label that begins with a letter (a-z, 0-9 and -, no - at either end)', why)
		_, why = names.check("ReplicationController", "A_b")
		assert.equal('the name "A_b" is not a DNS name (a-z, 0-9 and -, no - at either end)', why)
	end)
end)

describe("the node selector", function()
	it("takes key:value pairs; commas at the end are nothing; a later key wins", function()
		assert.same({ a = "b", c = "d" }, names.node_selector("a:b,c:d"))
		assert.same({ a = "b" }, names.node_selector("a:b,"))
		assert.same({ a = "c" }, names.node_selector("a:b,a:c,,"))
		assert.same({ ["kubernetes.io/os"] = "linux" }, names.node_selector("kubernetes.io/os:linux"))
	end)
	for text, expected in pairs { [""] = "an entry is empty", [","] = "an entry is empty", a = '"a" has no colon', ["a:"] = '"a:" has no value',
		[":b"] = '":b" has no key', [":"] = '":" has no key', ["a:b:c"] = '"a:b:c" has more than one colon',
		["a:b,,c:d"] = "an entry is empty", [",a:b"] = "an entry is empty", ["a:b, c:d"] = '" c" is not a valid label key',
		["a: b"] = '" b" is not a valid label value', ["a b:c"] = '"a b" is not a valid label key',
		["a:" .. a:sub(1, 64)] = ('"%s" is not a valid label value'):format(a:sub(1, 64)) } do
		it(("refuses '%.20s'"):format(text), function()
			local map, why = names.node_selector(text)
			assert.is_nil(map)
			assert.equal(expected, why)
		end)
	end
end)

describe("a short hash", function()
	it("is spelt as kustomize does", function() assert.equal("ghkmtb2456", names.short_hash("013aeb2456789")) end)
end)
