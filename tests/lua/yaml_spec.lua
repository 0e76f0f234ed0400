-- SPDX-License-Identifier: Apache-2.0
local yaml = require("samzak8s.native.yaml")
local jobmodel = require("samzak8s.native.jobmodel")
local cjson = require("cjson")

describe("yaml.emit", function()
	it("begins every document with ---, indents by two and keeps sequences at their parent's indent", function()
		assert.equal([[
---
apiVersion: v1
kind: Pod
metadata:
  name: a
spec:
  containers:
  - name: c
    args:
    - x
    env: []
    tty: true
  volumes: {}
---
a: null
]], yaml.emit({
			{ kind = "Pod", apiVersion = "v1", metadata = { name = "a" },
				spec = { volumes = {}, containers = { { name = "c", args = { "x" }, env = jobmodel.array({}), tty = true } } } },
			{ a = cjson.null },
		}, { order = { "apiVersion", "kind", "metadata", "name" } }))
		assert.equal("", yaml.emit({}))
		assert.equal("---\n- a\n", yaml.emit({ { "a" } }))
	end)

	it("quotes what a reader could take for something else, in values and in keys", function()
		assert.equal('---\n"": "017"\n"1": "on"\n"yes": "e3"\n', yaml.emit({ { ["yes"] = "e3", ["1"] = "on", [""] = "017" } }))
		assert.equal('---\nimage: "nginx"\nname: nginx\n', yaml.emit({ { image = "nginx", name = "nginx" } }))
	end)

	it("writes numbers exactly, without exponents", function()
		assert.equal("---\n- 1\n- -3\n- 0.1\n- 9223372036854775807\n- 1267650600\n- 4611686018427387904\n",
			yaml.emit({ { 1, -3.0, 0.1, math.maxinteger, 1267650600.0, 2.0 ^ 62 } }))
		for _, number in ipairs({ 1e300, 1e-7, math.huge, 0 / 0 }) do
			local text, err = yaml.emit({ { x = number } })
			assert.is_nil(text)
			assert.equal("[1].x is a number that has no plain decimal form", err.message)
		end
	end)

	it("writes text of several lines and long JSON as blocks", function()
		local json = '{"a":"' .. ("x"):rep(80) .. '"}'
		assert.equal("---\na: |\n  x\n  y\nb: |-\n  x\n  y\nc: |2-\n   x\n  y\nd: |-\n  " .. json .. '\ne: "x\\n\\n"\n',
			yaml.emit({ { a = "x\ny\n", b = "x\ny", c = " x\ny", d = json, e = "x\n\n" } }))
	end)

	it("stays ASCII", function()
		assert.equal('---\na: "\\xE9\\U0001F600\\0\\t\\uFEFF"\n', yaml.emit({ { a = "\u{e9}\u{1F600}\0\t\u{feff}" } }))
	end)

	it("does not fold long lines", function()
		local long = ("a b "):rep(5000)
		assert.equal('---\na: "' .. long .. '"\n', yaml.emit({ { a = long } }))
	end)

	it("names the place of what cannot be written", function()
		local function fails(message, documents)
			local text, err = yaml.emit(documents)
			assert.is_nil(text)
			assert.equal("yaml.value", err.code)
			assert.equal(message, err.message)
			assert.equal(err.path, message:sub(1, #err.path))
		end
		local loop = { spec = {} }
		loop.spec.again = loop.spec
		local deep = "x"
		for _ = 1, 33 do deep = { a = deep } end
		fails("[2].spec.x is a function", { { a = 1 }, { spec = { x = print } } })
		fails('[1].metadata.labels["a/b"] is not valid UTF-8', { { metadata = { labels = { ["a/b"] = "\xC3" } } } })
		fails('[1]["\\xFF"] is not valid UTF-8', { { ["\xFF"] = 1 } })
		fails("[1].a[2] is a userdata", { { a = { 1, io.stdout } } })
		fails("[1].a has array items beside named fields, holes, or keys that are not text", { { a = { 1, b = 2 } } })
		fails("[1].spec.again holds itself", { loop })
		fails("[1]" .. (".a"):rep(32) .. " is nested more than 32 deep", { deep })
		fails("[1] is not a table", { "x" })
		fails("[1] is empty", { {} })
		fails("[1] is empty", { jobmodel.array({}) })
		fails("[1].a has array items beside named fields, holes, or keys that are not text", { { a = { [true] = 1 } } })
	end)

	it("writes a table twice that stands in two places", function()
		local labels = { app = "x" }
		assert.equal("---\na:\n  app: x\nb:\n  app: x\n", yaml.emit({ { a = labels, b = labels } }))
	end)

	it("refuses options it does not know", function()
		assert.has_error(function() yaml.emit({}, { width = 80 }) end)
		assert.has_error(function() yaml.emit({}, { order = { 1 } }) end)
	end)
end)

describe("yaml.parse", function()
	local function fails(code, line, text)
		local documents, err = yaml.parse(text)
		assert.is_nil(documents)
		assert.same({ code, line }, { err.code, err.line })
		return err.message
	end

	it("reads documents as kubectl types them", function()
		local documents = assert(yaml.parse("---\na: yes\nb: 017\nc: '017'\nd: ~\ne: []\nf: {}\n1: x\non: y\n---\n---\n- 1.5\n- 0x1F\n"))
		assert.equal(2, #documents)
		local first = documents[1]
		assert.same({ true, 15, "017", cjson.null }, { first.a, first.b, first.c, first.d })
		assert.same({ "x", true }, { first["1"], first["true"] })
		assert.equal('{"e":[],"f":{}}', jobmodel.encode({ e = first.e, f = first.f }))
		assert.same({ 1.5, 31 }, documents[2])
	end)

	it("reads back what emit writes", function()
		local value = { a = { "x\ny\n", " x\ny", "yes", "\u{e9}\u{85}\u{2028}\0", { b = { {}, 1, 2.5, true } } }, ["on"] = "off" }
		assert.same({ value, { z = "" } }, yaml.parse(yaml.emit({ value, { z = "" } })))
	end)

	it("refuses a key that is there twice, also in another spelling", function()
		assert.equal('the key "b" is there twice', fails("yaml.duplicate", 4, "a:\n  b: 1\n  c: 2\n  b: 3\n"))
		assert.equal('the key "1" is there twice', fails("yaml.duplicate", 2, "1: a\n'1': b\n"))
	end)

	it("refuses anchors, aliases, merge keys, tags and directives", function()
		assert.equal("anchors are not understood", fails("yaml.refused", 2, "a:\n  b: &x 1\n"))
		assert.equal("aliases are not understood", fails("yaml.refused", 1, "a: *x\n"))
		assert.equal("merge keys are not understood", fails("yaml.refused", 1, "<<: {}\n"))
		assert.equal("tags are not understood", fails("yaml.refused", 1, "a: !!str 1\n"))
		assert.equal("directives are not understood", fails("yaml.refused", 1, "%YAML 1.1\n---\na: 1\n"))
		assert.equal("a key must be text", fails("yaml.refused", 1, "? [a]\n: b\n"))
		assert.equal("a key must be text, not null", fails("yaml.refused", 1, "~: b\n"))
		assert.equal("infinity and NaN are no numbers in JSON", fails("yaml.refused", 1, "a: .inf\n"))
		assert.equal("nested more than 64 deep", fails("yaml.refused", 1, ("["):rep(70) .. ("]"):rep(70)))
	end)

	it("notes the line on which each key, item and document begins", function()
		local lines = {}
		local documents = assert(yaml.parse("---\na: 1\nb:\n  c: [1, 2]\n  d:\n  - e: 1\n  - - f\n--- # x\n\nx: y\n", lines))
		assert.same({ 2, 10 }, lines[documents])
		local first = documents[1]
		assert.same({ a = 2, b = 3 }, lines[first])
		assert.same({ c = 4, d = 5 }, lines[first.b])
		assert.same({ 6, 7 }, lines[first.b.d])
		assert.same({ e = 6 }, lines[first.b.d[1]])
		assert.same({ 7 }, lines[first.b.d[2]])
		assert.same({ x = 10 }, lines[documents[2]])
		assert.has_error(function() yaml.parse("a: 1", "lines") end)
	end)

	it("names the line of what is not YAML", function()
		fails("yaml.syntax", 3, "a: 1\nb: 2\n c: 3\n")
		fails("yaml.syntax", 2, "a: 1\n\tb: 2\n")
		assert.equal("not valid UTF-8", fails("yaml.syntax", 2, "a: 1\nb: \xFF\n"))
		fails("yaml.syntax", 1, "a: \1\n")
	end)
end)
