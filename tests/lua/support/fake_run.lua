-- SPDX-License-Identifier: Apache-2.0
--- A pipeline with fixed results, for specs of what sits above it.
local config_object = require("samzak8s.config")
local jobmodel = require("samzak8s.native.jobmodel")

--- @tparam[opt] table properties key to text
-- @treturn table run; `run.asked` counts what was asked for, `run.broken[stage]` is an error to give instead
return function(properties)
	local config = config_object.new()
	config:set("job.name", "page-views", { file = "--config" })
	for key, value in next, properties or {} do config:set(key, value, { file = "--config" }) end
	local tasks = {}
	for i = 0, 3 do
		tasks[i + 1] = { name = "Partition " .. i, partitions = { { system = "kafka", stream = "orders", partition = i },
			{ system = "kafka", stream = "page-views", partition = i } } }
	end
	local partitions = {}
	for _, stream in ipairs({ "orders", "page-views" }) do
		for i = 0, 3 do partitions[#partitions + 1] = { system = "kafka", stream = stream, partition = i } end
	end
	local containers = { { id = "0", tasks = { "Partition 0", "Partition 2" } }, { id = "1", tasks = { "Partition 1", "Partition 3" } } }
	local full = {}
	for i, container in ipairs(containers) do
		full[i] = { id = container.id, tasks = {} }
		for k, name in ipairs(container.tasks) do
			local n = math.tointeger(tonumber(name:match("%d+")))
			full[i].tasks[k] = { name = name, changelog = n, partitions = tasks[n + 1].partitions }
		end
	end
	local json = jobmodel.serialize(config.raw, full, { dialect = "U" })
	local run = { asked = {}, forgotten = {}, broken = {}, context = { restart_deadline = function() end } }
	run.values = { config = config, rewritten = config, partitions = partitions, tasks = tasks, containers = containers,
		model = { json = json, containers = full, retired = {} }, previous = { state = { changelog = { ["Partition 0"] = 0 } } },
		-- as it is now, but for two tasks that were in one container
		earlier = { origin = "old.yaml", config = config.raw, containers = { { id = "0", tasks = { full[1].tasks[1], full[1].tasks[2], full[2].tasks[1] } },
			{ id = "1", tasks = { full[2].tasks[2] } } } },
		manifests = {
			{ apiVersion = "v1", kind = "Secret", metadata = { name = "model" }, data = { ["model.json"] = "aHVudGVyMg==" } },
			{ apiVersion = "v1", kind = "ReplicationController", metadata = { name = "page-views-0" },
				spec = { env = { { name = "SAMZA_JOB_CONFIG", value = json:gsub("%$", "$$") } } } },
		} }

	function run:get(stage)
		self.asked[stage] = (self.asked[stage] or 0) + 1
		if self.broken[stage] then return nil, self.broken[stage] end
		return self.values[stage]
	end

	function run:what_if(changes)
		self.changes = changes
		return self
	end

	function run:forget(stage) table.insert(self.forgotten, stage) end

	return run
end
