-- SPDX-License-Identifier: Apache-2.0
--- Third arrow: partitions to tasks, by a policy whose result is checked, then moved to where Samza's input expansion puts it.
local grouped = require("samzak8s.samza.grouped")
local inputs = require("samzak8s.samza.inputs")
local policy = require("samzak8s.policy")
local sorted = require("samzak8s.sorted")

local KEY = "kubernetes.grouper.tasks"
local FACTORY = "job.systemstreampartition.grouper.factory"
local PACKAGE = "org.apache.samza.container.grouper.stream."
local SINGLE = "all-ssp-to-single-task"
local classes = {
	[PACKAGE .. "AllSspToSingleTaskGrouperFactory"] = SINGLE,
	[PACKAGE .. "GroupByPartitionFactory"] = "by-partition",
	[PACKAGE .. "GroupBySystemStreamPartitionFactory"] = "by-system-stream-partition",
}

-- The built-in policy that Samza's property names.
local function by_class(config, facts)
	local class = config:get(FACTORY)
	if config:get(KEY) or class == nil then return "by-partition" end
	local name = classes[class]
	if name == SINGLE and not facts.single_task then
		return config:fail(FACTORY, "samza.grouper", ("%s is not in Samza %s"):format(class, facts.version),
			("name another grouper; %s=%s does the same"):format(KEY, SINGLE))
	end
	if name then return name end
	return config:fail(FACTORY, "samza.grouper", class .. " cannot be run here: it is Java code",
		("supported are %s; or write it in Lua: %s=./my_grouper.lua (samzak8s show groupers/tasks/by-partition)")
			:format(table.concat(sorted.keys(classes), ", "), KEY))
end

-- The partitions that every task gets, as far as the grouper of this release looks at the property.
local function broadcast_of(where, config, context)
	local facts = context.facts
	if where.builtin and where.name == "by-system-stream-partition" and not facts.broadcast_by_ssp then return {} end
	if where.builtin and where.name == SINGLE and facts.single_task ~= "each processor" then return {} end
	return inputs.broadcast(config, facts, context.warn)
end

-- The number of buckets that the keys of a partition are split into.
local function elasticity(where, config, facts)
	if not facts.elasticity or where.builtin and where.name == SINGLE then return 1 end
	local factor, err = config:typed("job.elasticity.factor")
	if factor and factor < 1 then
		return config:fail("job.elasticity.factor", "samza.elasticity", "Elasticity factor can not be less than 1", "set it to 1 or more")
	end
	return factor, err
end

--- @tparam {Partition,...} partitions sorted by system, stream, partition
-- @tparam Config config
-- @tparam table context receives `broadcast`
-- @treturn {Task,...}|nil sorted by name in Java string order: `{ name =, partitions = { { system =, stream =, partition =, bucket = }, ... } }`
-- @treturn table|nil err
return function(partitions, config, context)
	local default, err = by_class(config, context.facts)
	if not default then return nil, err end
	local where, broadcast, factor, result
	where, err = policy.resolve("groupers/tasks", { key = KEY, default = default, default_key = FACTORY }, config)
	if not where then return nil, err end
	broadcast, err = broadcast_of(where, config, context)
	if not broadcast then return nil, err end
	context.broadcast = broadcast
	factor, err = elasticity(where, config, context.facts)
	if not factor then return nil, err end

	local rest = grouped.without(partitions, broadcast)
	result, err = policy.run(where, config, context, rest)
	if result == nil then return nil, err end
	local tasks
	tasks, err = grouped.check(result, { partitions = rest, broadcast = broadcast, factor = factor }, function(code, message, hint, notes)
		return policy.blame(where, config, { code = code, message = message, hint = hint, notes = notes })
	end)
	if not tasks then return nil, err end
	if next(context.state.partitions) == nil then return tasks end
	return require("samzak8s.samza.expansion")(tasks, broadcast, config, context)
end
