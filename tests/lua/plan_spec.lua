-- SPDX-License-Identifier: Apache-2.0
-- Plans: what two models and two sets of objects differ in, and the way from one to the other.
local changelogs = require("samzak8s.plan.changelogs")
local compare = require("samzak8s.plan.compare")
local fake_config = require("support.fake_config")
local objects = require("samzak8s.plan.objects")
local steps = require("samzak8s.plan.steps")
local text = require("samzak8s.plan.text")
local versions = require("samzak8s.samza.versions")
local what_if = require("samzak8s.plan.what_if")

-- model{ ["0"] = { a = { 3, "orders-0" } } }: container -> task -> changelog partition and inputs
local function model(containers, config)
	local result = { config = config or {}, containers = {} }
	for id, tasks in next, containers do
		local list = {}
		for name, value in next, tasks do
			local partitions = {}
			for i = 2, #value do
				local stream, number = value[i]:match("^(.*)-(%d+)$")
				partitions[i - 1] = { system = "kafka", stream = stream, partition = math.tointeger(tonumber(number)) }
			end
			list[#list + 1] = { name = name, changelog = value[1], partitions = partitions }
		end
		table.insert(result.containers, { id = id, tasks = list })
	end
	table.sort(result.containers, function(a, b) return a.id < b.id end)
	return result
end

describe("two models", function()
	it("that are the same have no difference", function()
		local function one() return model { ["0"] = { a = { 0, "orders-0" } }, ["1"] = { b = { 1, "orders-1" } } } end
		local diff = compare.compare(one(), one())
		assert.is_false(diff.assignment)
		for _, name in ipairs { "moved", "appeared", "vanished", "changed", "renumbered", "inputs", "joined", "left", "config" } do
			assert.are.same({}, diff[name], name)
		end
	end)

	it("tell which tasks move, appear, vanish, and which inputs grew", function()
		local diff = compare.compare(
			model { ["0"] = { a = { 0, "orders-0" }, c = { 2, "old-0" } }, ["1"] = { b = { 1, "orders-1" } } },
			model { ["0"] = { b = { 1, "orders-1" } }, ["2"] = { a = { 0, "orders-0" } }, ["10"] = { d = { 3, "orders-2" } } })
		assert.are.same({ { task = "a", from = "0", to = "2", changelog = 0 }, { task = "b", from = "1", to = "0", changelog = 1 } }, diff.moved)
		assert.are.same({ { task = "d", container = "10", changelog = 3 } }, diff.appeared)
		assert.are.same({ { task = "c", container = "0", changelog = 2 } }, diff.vanished)
		assert.are.same({ { stream = "kafka.old", from = 1, to = 0 }, { stream = "kafka.orders", from = 2, to = 3 } }, diff.inputs)
		assert.are.same({ { "2", "10" }, { "1" } }, { diff.joined, diff.left })
	end)

	it("tell which tasks get other inputs, as when an input grows and keys stay with their tasks", function()
		local diff = compare.compare(model { ["0"] = { a = { 0, "orders-0" } } }, model { ["0"] = { a = { 0, "orders-0", "orders-1" } } })
		assert.are.same({ { task = "a", container = "0", gained = { "kafka.orders-1" }, lost = {} } }, diff.changed)
		assert.is_true(diff.assignment)
	end)

	it("tell changelog partitions and properties that differ", function()
		local diff = compare.compare(model({ ["0"] = { a = { 0 } } }, { x = "1", y = "2" }), model({ ["0"] = { a = { 1 } } }, { x = "1", z = "2" }))
		assert.are.same({ { task = "a", from = 0, to = 1 } }, diff.renumbered)
		assert.are.same({ "y", "z" }, diff.config)
	end)

	it("count a broadcast partition once", function()
		assert.are.same({}, compare.compare(model { ["0"] = { a = { 0, "all-0" } } }, model { ["0"] = { a = { 0, "all-0" }, b = { 1, "all-0" } } }).inputs)
	end)
end)

describe("changelog topics", function()
	local config = fake_config { ["stores.s.factory"] = "x", ["stores.s.changelog"] = "kafka.s-log" }
	local two = model { ["0"] = { a = { 0 }, b = { 1 } } }
	local function verdict(release, before, after, count)
		local found = changelogs.compare(config, versions.facts(release), before, after, { ["kafka.s-log"] = count })[1]
		return found.verdict, found.had, found.needs, found.count
	end

	it("need one partition more than the highest id", function()
		assert.are.same({ "grow", 2, 6 }, { verdict("1.8.0", two, model { ["0"] = { a = { 0 }, b = { 5 } } }) })
		assert.are.same({ "fits", 2, 2, 2 }, { verdict("1.8.0", two, two, 2) })
	end)

	it("are held against the real topic where that is known", function()
		assert.are.same({ "grow", 2, 2, 1 }, { verdict("1.8.0", two, two, 1) })
		assert.are.same({ "create", 2, 2 }, { verdict("1.8.0", two, two, false) })
		assert.are.same({ "unknown", nil, 2 }, { verdict("1.8.0", nil, two) })
	end)

	it("may be too large up to 0.12, and not later", function()
		assert.equal("fits", (verdict("0.12.0", two, two, 3)))
		assert.equal("too many", (verdict("0.13.0", two, two, 3)))
		assert.equal("too many", (verdict("1.8.0", two, model { ["0"] = { a = { 0 } } })))
	end)

	it("are read again by tasks that move, and by all when pods lose their disks", function()
		local after = model { ["0"] = { a = { 0 } }, ["1"] = { b = { 1 } }, ["2"] = { c = { 2 } } }
		local diff = compare.compare(two, after)
		assert.are.same({ { task = "b", changelog = 1 } }, changelogs.restored(two, after, diff, false))
		assert.are.same({ { task = "a", changelog = 0 }, { task = "b", changelog = 1 } }, changelogs.restored(two, after, diff, true))
	end)
end)

-- A workload of container `id`, in the statefulset layout's words or others.
local function workload(id, more)
	more = more or {}
	return { apiVersion = "apps/v1", kind = more.kind or "StatefulSet",
		metadata = { name = "pv-" .. id, namespace = more.namespace, labels = more.labels or { ["app.kubernetes.io/instance"] = "pv",
			["app.kubernetes.io/component"] = "container" } },
		spec = { strategy = more.strategy, template = { spec = { containers = { { name = "pv", image = more.image or "pv:1",
			env = { { name = "SAMZA_CONTAINER_ID", value = id } } } } } } } }
end

local function config_map(name) return { apiVersion = "v1", kind = "ConfigMap", metadata = { name = name }, data = {} } end

local NO_DIFF = { moved = {}, appeared = {}, vanished = {}, changed = {}, renumbered = {} }

-- Verdict and commands of a change, for models that are the same unless told.
local function way(before, after, more)
	more = more or {}
	local changes = objects.compare(before, after)
	local verdict, why = steps.verdict(more.diff or NO_DIFF, changes)
	local commands = {}
	for i, step in ipairs(steps.list { verdict = verdict, before = before, after = after, changes = changes, changelogs = more.changelogs or {},
		path = "out.yaml", generate = "samzak8s job.properties", brokers = function() return "b:9092" end, wanted = {}, creates = more.creates }) do
		commands[i] = step.command
	end
	return { verdict, table.unpack(commands) }, why
end

describe("the way to new objects", function()
	it("is none when nothing differs", function()
		assert.are.same({ "nothing" }, (way({ workload "0" }, { workload "0" })))
	end)

	it("rolls when only the image changes", function()
		assert.are.same({ "roll", "samzak8s job.properties", "kubectl apply -f out.yaml", "kubectl rollout status statefulset/pv-0" },
			(way({ workload "0" }, { workload("0", { image = "pv:2" }) })))
		local changes = objects.compare({ workload "0" }, { workload("0", { image = "pv:2" }) })
		assert.are.same({ "spec.template.spec.containers[pv].image" }, changes.changed[1].paths)
	end)

	it("restarts no pod when only labels of the object change", function()
		assert.are.same({ "apply", "samzak8s job.properties", "kubectl apply -f out.yaml" },
			(way({ workload "0" }, { workload("0", { labels = { a = "b" } }) })))
	end)

	it("stops everything when tasks change hands, then cleans up", function()
		local diff = setmetatable({ moved = { { task = "a" } } }, { __index = NO_DIFF })
		local commands, why = way({ config_map "pv-model-a", workload "0", workload "1" }, { config_map "pv-model-b", workload "0" }, { diff = diff,
			changelogs = { { store = "s", system = "k", topic = "s", needs = 8, verdict = "grow" } } })
		assert.are.same({ "stop", "kubectl delete statefulset -l app.kubernetes.io/instance=pv,app.kubernetes.io/component=container --cascade=foreground",
			"kafka-topics.sh --bootstrap-server b:9092 --alter --topic s --partitions 8", "samzak8s job.properties", "kubectl apply -f out.yaml",
			"kubectl delete configmap/pv-model-a" }, commands)
		assert.are.same({ "tasks change hands" }, why)
	end)

	it("stops what cannot roll: its next pod would start before the last one has ended", function()
		local labels = { app = "pv", ["container-id"] = "0" }
		local function controllers(image)
			return { workload("0", { kind = "ReplicationController", labels = labels, image = image, namespace = "prod" }),
				workload("1", { kind = "ReplicationController", labels = labels, image = image, namespace = "prod" }) }
		end
		local commands, why = way(controllers "pv:1", controllers "pv:2")
		assert.are.same({ "stop", "kubectl delete replicationcontroller -l app=pv,container-id -n prod --cascade=foreground",
			"samzak8s job.properties", "kubectl apply -f out.yaml" }, commands)
		assert.are.same({ "a ReplicationController would start the next pod before the last one has ended" }, why)
		assert.equal("roll", way({ workload("0", { kind = "Deployment", strategy = { type = "Recreate" } }) },
			{ workload("0", { kind = "Deployment", strategy = { type = "Recreate" }, image = "pv:2" }) })[1])
		assert.equal("stop", way({ workload("0", { kind = "Deployment" }) }, { workload("0", { kind = "Deployment", image = "pv:2" }) })[1])
	end)

	it("stops when objects change their names, by name where no label finds them", function()
		local commands, why = way({ workload("0", { labels = {} }) }, { workload("9", { labels = {} }) })
		assert.are.same({ "stop", "kubectl delete statefulset/pv-0 --cascade=foreground", "samzak8s job.properties", "kubectl apply -f out.yaml" }, commands)
		assert.are.same({ "containers get objects of other names" }, why)
	end)

	it("never deletes what holds data", function()
		local claim = { apiVersion = "v1", kind = "PersistentVolumeClaim", metadata = { name = "state" } }
		assert.are.same({ "apply", "samzak8s job.properties", "kubectl apply -f out.yaml" }, (way({ claim, workload "0" }, { workload "0" })))
	end)
end)

describe("a what-if", function()
	it("is containers and partitions of inputs", function()
		local changes = what_if.parse({ { key = "containers", value = "8" }, { key = "partitions.kafka.page.views", value = 16 } }, "x")
		assert.are.same({ containers = 8, partitions = { ["kafka.page.views"] = 16 } }, changes)
		assert.are.same({ "set kubernetes.pod.count=8", "let kafka.page.views have 16 partitions" }, what_if.words(changes))
	end)

	it("is refused otherwise", function()
		for _, item in ipairs { { "containers", "0" }, { "containers", "x" }, { "containers", 1.5 }, { "container", 1 }, { "partitions.orders", 2 },
			{ "partitions.kafka.orders", "-1" }, { "containers", "99999999999999999999" }, { 1, 2 } } do
			local changes, err = what_if.parse({ { key = item[1], value = item[2] } }, "x")
			assert.is_nil(changes, item[1])
			assert.equal("what-if.form", err.code)
		end
	end)
end)

describe("a plan's text", function()
	local function plan(moved)
		local tasks = { moved = {}, appeared = {}, vanished = {}, changed = {}, renumbered = {} }
		for i = 1, moved do tasks.moved[i] = { task = "Partition " .. i, from = "0", to = "1" } end
		return { job = { name = "pv" }, against = "out.yaml", verdict = "stop", why = {}, notes = {}, inputs = {}, tasks = tasks,
			containers = { count = 2, joined = {}, left = {} }, changelogs = {}, restore = { { store = "s", tasks = 2, messages = 1234567 } },
			config = { "a" }, objects = { added = {}, removed = {}, changed = {} }, steps = { { text = "say", command = "echo" } } }
	end

	it("has 20 lines at most, and all when they are wanted", function()
		local _, lines = text.format(plan(1000), {}):gsub("\n", "")
		assert.equal(20, lines)
		assert.truthy(text.format(plan(1000), {}):find("... and 985 more (--full)", 1, true))
		_, lines = text.format(plan(1000), { full = true }):gsub("\n", "")
		assert.equal(1004, lines)
	end)

	it("has colours when they are wanted, and no control character of a name", function()
		local odd = plan(1)
		odd.tasks.moved[1].task = "\27[2J"
		assert.is_nil(text.format(odd, {}):find("\27", 1, true))
		assert.truthy(text.format(plan(1), { color = true }):find("\27[33m", 1, true))
		assert.truthy(text.format(odd, {}):find("store s: 2 tasks read up to 1,234,567 messages", 1, true))
	end)
end)
