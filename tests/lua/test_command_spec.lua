-- SPDX-License-Identifier: Apache-2.0
-- samzak8s test: cases of policy authors, the examples among them.
local policies = require("support.policies")
local report = require("samzak8s.report")
local system = require("samzak8s.native.system")

local PROPERTIES = "job.name=j\ntask.inputs=kafka.a\nsystems.kafka.samza.factory=org.apache.samza.system.kafka.KafkaSystemFactory\n"
	.. "kubernetes.samza.version=0.14.1\n"
local SNAPSHOT = '{"systems":{"kafka":{"topics":{"a":2}}}}'
local directory, stdout, stderr

setup(function() policies.sources() end)

-- Run the command over a directory. -> exit code; output lands in `stdout` and `stderr`
local function run(path, options)
	local old_out, old_err = system.stdout, system.stderr
	stdout, stderr = "", ""
	function system.stdout(text)
		stdout = stdout .. text
		return true
	end
	function system.stderr(text) stderr = stderr .. text end
	local all = { operands = { path }, format = "text", color = "never" }
	for k, v in pairs(options or {}) do all[k] = v end
	local reporter = report.new(all)
	local ok, code = pcall(require("samzak8s.commands.test"), all, reporter)
	reporter:flush()
	system.stdout, system.stderr = old_out, old_err
	assert(ok, code)
	return code
end

local function case(files)
	if directory then policies.remove(directory) end
	local all = {}
	for name, text in pairs(files) do all["one/" .. name] = text end
	directory = policies.directory(all)
	return directory
end
teardown(function() if directory then policies.remove(directory) end end)

local function read(name)
	local file <close> = io.open(directory .. "/one/" .. name)
	return file and file:read("a")
end

describe("samzak8s test", function()
	it("passes every example policy", function()
		assert.are.equal(0, run("examples/policies/"))
		assert.is_truthy(stdout:find("^1..%d+\nok 1 %- examples/policies/bigger%-one\n"))
		assert.is_nil(stdout:find("not ok"))
	end)

	it("writes what a new case gives with --update, and then passes", function()
		local dir = case { ["job.properties"] = PROPERTIES, ["snapshot.json"] = SNAPSHOT }
		assert.are.equal(1, run(dir))
		assert.are.equal("1..1\nnot ok 1 - " .. dir .. "/one\n# there is no expected.yaml, expected.json or expected.err; --update writes one\n", stdout)
		assert.are.equal(0, run(dir, { update = true }))
		assert.is_truthy(read("expected.json"):find('"Partition 1"', 1, true))
		assert.are.equal(0, run(dir))
	end)

	it("writes manifests when the job has an image", function()
		local dir = case { ["job.properties"] = PROPERTIES .. "kubernetes.container.image=x:1\njob.coordinator.system=kafka\n", ["snapshot.json"] = SNAPSHOT }
		assert.are.equal(0, run(dir, { update = true }))
		assert.is_truthy(read("expected.yaml"):find("kind: StatefulSet", 1, true))
		assert.is_nil(read("expected.json"))
		assert.are.equal(0, run(dir))
	end)

	it("compares models however they are laid out, and shows the first difference", function()
		local dir = case { ["job.properties"] = PROPERTIES, ["snapshot.json"] = SNAPSHOT }
		run(dir, { update = true })
		local pretty = read("expected.json")
		local function expect(text)
			local file <close> = io.open(dir .. "/one/expected.json", "w")
			file:write(text)
		end
		expect((pretty:gsub("\n *", "")))
		assert.are.equal(0, run(dir))
		expect((pretty:gsub("Partition 1", "Partition 7", 1)))
		assert.are.equal(1, run(dir))
		assert.is_truthy(stdout:find('# expected.json, line %d+:\n# %-         "Partition 7":{\n'))
		assert.is_truthy(stdout:find('\n# +         "Partition 1":{\n', 1, true))
	end)

	it("expects errors, with paths inside the case", function()
		local dir = case { ["job.properties"] = PROPERTIES .. "kubernetes.grouper.tasks=./my.lua\n", ["snapshot.json"] = SNAPSHOT,
			["my.lua"] = "return function() error('no') end" }
		assert.are.equal(0, run(dir, { update = true }))
		assert.are.equal("samzak8s: error: my.lua:1: kubernetes.grouper.tasks: no\n"
			.. "  note: kubernetes.grouper.tasks is set at job.properties:5\n", read("expected.err"))
		assert.are.equal(0, run(dir))
		assert.are.equal("", stderr)
	end)

	it("fails a case that should fail and does not, and the reverse", function()
		local dir = case { ["job.properties"] = PROPERTIES, ["snapshot.json"] = SNAPSHOT, ["expected.err"] = "" }
		assert.are.equal(1, run(dir))
		assert.is_truthy(stdout:find("# the run succeeded", 1, true))
		dir = case { ["job.properties"] = PROPERTIES .. "job.container.count=3\n", ["snapshot.json"] = SNAPSHOT, ["expected.json"] = "{}" }
		assert.are.equal(1, run(dir))
		assert.is_truthy(stdout:find("# the run failed:\n# samzak8s: error: job.properties:5: job.container.count: Your container count (3)", 1, true))
	end)

	it("takes state.json as --state, and no state as a new job", function()
		local stores = "stores.s.factory=x\nstores.s.changelog=kafka.s\njob.coordinator.system=kafka\n"
		local dir = case { ["job.properties"] = PROPERTIES .. stores, ["snapshot.json"] = SNAPSHOT }
		assert.are.equal(0, run(dir, { update = true }))
		assert.is_truthy(read("expected.json"):find('"Partition 1":{\n          "changelog-partition":1', 1, true))
		dir = case { ["job.properties"] = PROPERTIES .. stores, ["snapshot.json"] = SNAPSHOT,
			["state.json"] = '{"changelog":{"Partition 0":1,"Partition 1":0}}' }
		assert.are.equal(0, run(dir, { update = true }))
		assert.is_truthy(read("expected.json"):find('"Partition 1":{\n          "changelog-partition":0', 1, true))
	end)

	it("fails without a snapshot, and without cases", function()
		local dir = case { ["job.properties"] = PROPERTIES, ["expected.json"] = "{}" }
		assert.are.equal(1, run(dir))
		assert.is_truthy(stdout:find("# there is no snapshot.json", 1, true))
		dir = case { ["readme"] = "" }
		assert.are.equal(1, run(dir))
		assert.are.equal("", stdout)
		assert.is_truthy(stderr:find("samzak8s: error: " .. dir .. ": holds no case", 1, true))
		assert.are.equal(1, run(dir .. "/nothing"))
	end)
end)
