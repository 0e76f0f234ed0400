-- SPDX-License-Identifier: Apache-2.0
--- Fourth arrow: tasks to containers, by a policy whose result is checked here.
local jobmodel = require("samzak8s.native.jobmodel")
local policy = require("samzak8s.policy")
local sorted = require("samzak8s.sorted")
local standby = require("samzak8s.samza.standby")

local KEY = "kubernetes.grouper.containers"
local FACTORY = "task.name.grouper.factory"
local PACKAGE = "org.apache.samza.container.grouper.task."
local DEFAULT = "by-container-count"
local classes = {
	[PACKAGE .. "GroupByContainerCountFactory"] = DEFAULT,
	[PACKAGE .. "GroupByContainerIdsFactory"] = "by-container-ids",
	[PACKAGE .. "SingleContainerGrouperFactory"] = "single-container",
}
-- the fact that says since when a grouper is there
local since = { ["by-container-ids"] = "container_ids", ["single-container"] = "single_container" }
local MAX_ID = 2147483647

-- The built-in policy that Samza's property names.
local function by_class(config, context)
	local class = config:get(FACTORY)
	if config:get(KEY) or class == nil then return DEFAULT end
	if not context.facts.task_grouper_pluggable then
		context.warn(config:about(FACTORY, { code = "samza.grouper-ignored",
			message = ("Samza %s does not read this property; it groups by container count"):format(context.facts.version) }))
		return DEFAULT
	end
	local name = classes[class]
	if name and since[name] and not context.facts[since[name]] then
		return config:fail(FACTORY, "samza.grouper", ("%s is not in Samza %s"):format(class, context.facts.version), "name another grouper")
	end
	if name then return name end
	return config:fail(FACTORY, "samza.grouper", class .. " cannot be run here: it is Java code",
		("supported are %s; or write it in Lua: %s=./my_grouper.lua (samzak8s show groupers/containers/%s)")
			:format(table.concat(sorted.keys(classes), ", "), KEY, DEFAULT))
end

-- "3 tasks because kafka.page-views has 3 partitions (broker-1:9092)"
local function why_so_many(tasks, context)
	local counts, total, most, name, system = {}, 0, 0, nil, nil
	for _, task in ipairs(tasks) do
		for _, p in ipairs(task.partitions) do
			local stream = p.system .. "." .. p.stream
			counts[stream] = (counts[stream] or 0) + 1
			total = total + 1
			if counts[stream] > most then most, name, system = counts[stream], stream, p.system end
		end
	end
	local function plural(n, word) return ("%d %s%s"):format(n, word, n == 1 and "" or "s") end
	if most ~= #tasks then return ("%s because the inputs have %s"):format(plural(#tasks, "task"), plural(total, "partition")) end
	local listing = context.listings and context.listings[system]
	return ("%s because %s has %s%s"):format(plural(#tasks, "task"), name, plural(most, "partition"),
		listing and listing.origin and " (" .. listing.origin .. ")" or "")
end

local NO_TASKS = "No tasks found. Likely due to no input partitions. Can't run a job with no tasks."

local function no_tasks(config, context, message)
	return config:fail("task.inputs", "tasks.none", message or context.facts.require_prefix .. NO_TASKS,
		"set task.inputs to streams that have partitions, as in task.inputs=kafka.orders")
end

local function no_containers(config, message)
	return config:fail(config.count_key, "containers.count", message, ("set %s to 1 or more"):format(config.count_key))
end

-- Samza's own error, raised by a built-in grouper: say it about the property that is wrong.
local function explain(err, tasks, config, context)
	if config.count < 1 then return no_containers(config, err.message) end
	if #tasks == 0 then return no_tasks(config, context, err.message) end
	if config.count > #tasks then
		local key = config.count_key
		return config:fail(key, "containers.idle", err.message,
			("set %s to %d or less (samzak8s explain containers.idle)"):format(key, #tasks), { why_so_many(tasks, context) })
	end
	return nil, err
end

-- A container's id as text, or what is wrong with it. Those of built-in groupers are Samza's, whatever they are.
local function id_text(id, facts, builtin)
	if builtin then return id end
	if math.type(id) == "float" then id = math.tointeger(id) or id end
	local text = math.type(id) and tostring(id) or id
	if type(text) ~= "string" then return nil, ("is a %s, not a whole number or a text"):format(type(id)) end
	local number = math.tointeger(tonumber(text:match("^%d+$")))
	if number and number <= MAX_ID and tostring(number) == text then return text end
	if facts.container_id_type == "integer" then
		return nil, ("%q is no whole number from 0 to %d, as Samza %s wants it"):format(text, MAX_ID, facts.version)
	end
	if not text:find("^[a-z0-9-]+$") then return nil, ("%q is not made of a-z, 0-9 and -"):format(text) end
	return text
end

local function check_container(container, i, seen, rules, refuse)
	if type(container) ~= "table" then
		return refuse("policy.result", ("containers[%d] is a %s, not a table"):format(i, type(container)))
	end
	local id, wrong = id_text(container.id, rules.facts, rules.builtin)
	if not id then return refuse("policy.container-id", ("containers[%d]: its id %s"):format(i, wrong)) end
	if seen[id] then
		return refuse("policy.container-id", ('containers[%d] and containers[%d] have the same id "%s"'):format(seen[id], i, id))
	end
	seen[id] = i
	if type(container.tasks) ~= "table" then
		return refuse("policy.result", ('container "%s": its tasks are a %s, not an array of names'):format(id, type(container.tasks)))
	end
	if #container.tasks == 0 and not rules.builtin then
		return refuse("policy.container-empty", ('container "%s" has no tasks'):format(id), "leave such a container out")
	end
	return id
end

local function check_tasks(container, id, known, owner, refuse)
	local names = {}
	for i, name in ipairs(container.tasks) do
		if type(name) ~= "string" then
			return refuse("policy.result", ('container "%s": tasks[%d] is a %s, not the name of a task'):format(id, i, type(name)),
				"give task.name, not the task")
		end
		if not known[name] then return refuse("policy.task-unknown", ('container "%s": there is no task "%s"'):format(id, name)) end
		if owner[name] == id then return refuse("policy.task-twice", ('container "%s" has task "%s" twice'):format(id, name)) end
		if owner[name] then
			return refuse("policy.task-twice", ('container "%s": task "%s" is already in container "%s"'):format(id, name, owner[name]))
		end
		owner[name] = id
		names[i] = name
	end
	return jobmodel.sort(names)
end

local function check_complete(tasks, owner, refuse)
	local lost, first = 0, nil
	for _, task in ipairs(tasks) do
		if not owner[task.name] then
			lost, first = lost + 1, first or task.name
		end
	end
	if lost == 0 then return true end
	local more = lost > 1 and { ("and so are %d more"):format(lost - 1) } or nil
	return refuse("policy.task-lost", ('task "%s" is in no container'):format(first), "every task belongs to exactly one container", more)
end

-- numbers first, ascending; then texts
local function id_before(a, b)
	local x, y = tonumber(a.id:match("^%d+$")), tonumber(b.id:match("^%d+$"))
	if x and y and x ~= y then return x < y end
	if (x == nil) ~= (y == nil) then return x ~= nil end
	return a.id < b.id
end

local function checked(result, tasks, rules, refuse)
	if type(result) ~= "table" then
		return refuse("policy.result", ("returned a %s, not an array of containers"):format(type(result)))
	end
	for _, key in ipairs(sorted.keys(result)) do
		if math.type(key) ~= "integer" or key < 1 or key > #result then
			return refuse("policy.result", ('returned a table with the key "%s", not an array of containers'):format(tostring(key)),
				"return { { id = ..., tasks = { ... } }, ... }")
		end
	end
	local known, owner, seen, containers = {}, {}, {}, {}
	for _, task in ipairs(tasks) do known[task.name] = true end
	for i, container in ipairs(result) do
		local id, err = check_container(container, i, seen, rules, refuse)
		if not id then return nil, err end
		local names
		names, err = check_tasks(container, id, known, owner, refuse)
		if not names then return nil, err end
		containers[i] = { id = id, tasks = names }
	end
	local ok, err = check_complete(tasks, owner, refuse)
	if not ok then return nil, err end
	table.sort(containers, id_before)
	return containers
end

-- What Samza reads before it groups; a user's own grouper is not bothered with a count or tasks that no grouper takes.
local function check_numbers(where, tasks, config, context)
	local ok, err = standby.factor(config, context.facts)
	if not ok then return nil, err end
	if config.count_error and not (where.builtin and where.name == "single-container") then return nil, config.count_error end
	if where.builtin then return true end
	if config.count < 1 then return no_containers(config, context.facts.require_prefix .. "Must have at least one container") end
	if #tasks == 0 then return no_tasks(config, context) end
	return true
end

--- @tparam {Task,...} tasks sorted by name in Java string order
-- @tparam Config config with `count` and `count_key`, of the config stage
-- @tparam table context
-- @treturn {Container,...}|nil sorted by id, numbers first: `{ id = "0", tasks = { names, sorted } }`
-- @treturn table|nil err
return function(tasks, config, context)
	local default, err = by_class(config, context)
	if not default then return nil, err end
	local where
	where, err = policy.resolve("groupers/containers", { key = KEY, default = default, default_key = FACTORY }, config)
	if not where then return nil, err end
	local ok
	ok, err = check_numbers(where, tasks, config, context)
	if not ok then return nil, err end
	local result
	result, err = policy.run(where, config, context, tasks)
	if result == nil then
		if where.builtin and err.code == "policy.error" then return explain(err, tasks, config, context) end
		return nil, err
	end
	return checked(result, tasks, { facts = context.facts, builtin = where.builtin }, function(code, message, hint, notes)
		return policy.blame(where, config, { code = code, message = message, hint = hint, notes = notes })
	end)
end
