-- SPDX-License-Identifier: Apache-2.0
-- Built-in policies use nothing that a user's could not: each gives the same in the host and behind the fence of a child.
local jobmodel = require("samzak8s.native.jobmodel")
local policies = require("support.policies")
local policy = require("samzak8s.policy")

policies.sources()
local sources = require("samzak8s.native.host").sources()

local partitions, tasks = {}, {}
for p = 0, 11 do
	for _, stream in ipairs { "orders", "views" } do
		partitions[#partitions + 1] = { system = "kafka", stream = stream, partition = p, leader = p % 3, replicas = { p % 3, 3 } }
	end
	tasks[p + 1] = { name = "Partition " .. p, partitions = { table.unpack(partitions, #partitions - 1) } }
end

local function job(facts, delivery)
	return {
		name = "page_views", id = "1", resource_name = "page-views", model = '{"config":{"a":"$(b)"},"containers":{}}',
		delivery = delivery, secrets = {}, samza = facts, model_digest = "x", seed = false, standby = false,
		model_maps = delivery ~= "env" and { { name = "page-views-model-x", data = { ["job-model.json"] = "e30=" } } } or nil, containers = { { id = "0", tasks = { "Partition 0" } }, { id = "1", tasks = { "Partition 1" } } },
	}
end

-- the inputs to try a kind of policy with
local function inputs(kind, facts)
	if kind == "groupers/tasks" then return { partitions } end
	if kind == "groupers/containers" then return { tasks } end
	local jobs = {}
	for i, delivery in ipairs { "env", "configmap", "secret" } do jobs[i] = job(facts, delivery) end
	return jobs
end

local function both_ways(kind, name, release, more)
	local context = policies.context(release)
	local config = policies.config { policy = name, ["kubernetes.pod.count"] = "5", ["kubernetes.container.image"] = "x:1",
		["kubernetes.node.selector"] = "disk:ssd", ["kubernetes.labels.team"] = "a", ["processor.id"] = "3" }
	for key, value in pairs(more or {}) do config:set(key, value, { file = "--config" }) end
	for i, task in ipairs(tasks) do
		context.state.containers[task.name], context.state.hosts[tostring(i % 4)] = tostring(i % 4), "host" .. i % 3
	end
	for _, input in ipairs(inputs(kind, context.facts)) do
		local where = assert(policy.resolve(kind, "policy", config))
		local in_host = assert(policy.run(where, config, context, input))
		where.builtin = false
		local in_child = assert(policy.run(where, config, context, input))
		assert.are.equal(jobmodel.encode(in_host, { indent = 2 }), jobmodel.encode(in_child, { indent = 2 }))
	end
end

describe("a built-in policy gives the same in host and child:", function()
	for _, source in ipairs(sources) do
		local kind, name = source.module:gsub("%.", "/"):match("^(.*)/([^/]*)$")
		it(source.module, function()
			both_ways(kind, name, "0.9.1")
			both_ways(kind, name, "0.14.1")
			both_ways(kind, name, "1.8.0", { ["job.elasticity.factor"] = "2", ["job.host-affinity.enabled"] = "true" })
		end)
	end

	it("there are some of each kind", function()
		local seen = {}
		for _, source in ipairs(sources) do seen[source.module:match("^(.*)%.")] = true end
		assert.are.same({ ["groupers.tasks"] = true, ["groupers.containers"] = true, layouts = true }, seen)
	end)
end)

describe("a built-in policy's error", function()
	it("is the same in host and child", function()
		local config = policies.config { policy = "by-container-count", ["kubernetes.pod.count"] = "50" }
		local where = policy.resolve("groupers/containers", "policy", config)
		local _, in_host = policy.run(where, config, policies.context(), tasks)
		where.builtin = false
		local _, in_child = policy.run(where, config, policies.context(), tasks)
		assert.are.same({ in_host.code, in_host.message, in_host.source }, { in_child.code, in_child.message, in_child.source })
	end)
end)
