-- SPDX-License-Identifier: Apache-2.0
--- What selectors of one object find among the pods of others: controllers that fight over pods, Services and budgets.
local controllers = require("samzak8s.kubernetes.controllers")
local metadata = require("samzak8s.kubernetes.metadata")
local sorted = require("samzak8s.sorted")

local M = {}

local function title(r)
	return r.kind .. "/" .. r.metadata.name
end

local function namespace(r)
	return r.metadata.namespace or ""
end

local function labels_of(r)
	local template = controllers.template(r)
	return (template and template.metadata or {}).labels or {}
end

-- Controllers by the keys that their selectors use and by the values that they want, so that the work grows with the number
-- of objects and not with its square.
local function index(workloads)
	local groups = {}
	for _, r in ipairs(workloads) do
		local selector = controllers.selector(r)
		if selector and not metadata.empty(selector) then
			local keys, values = sorted.keys(selector.matchLabels or {}), {}
			local id = table.concat(keys, "\0")
			groups[id] = groups[id] or { keys = keys, owners = {} }
			for i, key in ipairs(keys) do values[i] = selector.matchLabels[key] end
			local value = namespace(r) .. "\1" .. table.concat(values, "\0")
			local owners = groups[id].owners
			owners[value] = owners[value] or {}
			table.insert(owners[value], r)
		end
	end
	return groups
end

--- Two controllers of which one finds the pods of the other.
-- @tparam {table,...} workloads
-- @tparam function bad(r, path, message)
function M.overlap(workloads, bad)
	local groups, place, told = index(workloads), {}, {}
	for i, r in ipairs(workloads) do place[r] = i end
	for _, id in ipairs(sorted.keys(groups)) do
		local group = groups[id]
		for _, r in ipairs(workloads) do
			local labels, values = labels_of(r), {}
			for i, key in ipairs(group.keys) do values[i] = labels[key] or "\2" end
			for _, owner in ipairs(group.owners[namespace(r) .. "\1" .. table.concat(values, "\0")] or {}) do
				-- two that find each other are told of once, at the later one
				local later, earlier = owner, r
				if place[owner] < place[r] and metadata.matches(controllers.selector(owner), labels)
					and controllers.selector(r) and not metadata.empty(controllers.selector(r))
					and metadata.matches(controllers.selector(r), labels_of(owner)) then
					later, earlier = r, owner
				end
				local pair = place[later] .. " " .. place[earlier]
				if owner ~= r and not told[pair] and metadata.matches(controllers.selector(owner), labels) then
					told[pair] = true
					bad(later, "spec.selector", ("it finds the pods of %s as well"):format(title(earlier)))
				end
			end
		end
	end
end

-- The workloads of a namespace that a selector finds.
local function found(selector, r, workloads)
	local list = {}
	for _, w in ipairs(workloads) do
		if namespace(w) == namespace(r) and metadata.matches(selector, labels_of(w)) then list[#list + 1] = w end
	end
	return list
end

local function has_port(list, name, ports)
	for _, w in ipairs(list) do
		if not (ports[w] and ports[w][name]) then return false end
	end
	return true
end

local function check_service(r, workloads, ports, bad)
	local selector = r.spec.selector
	if not selector or next(selector) == nil then return nil end
	local list = found({ matchLabels = selector }, r, workloads)
	for i, port in ipairs(r.spec.ports or {}) do
		if type(port.targetPort) == "string" and not has_port(list, port.targetPort, ports) then
			bad(r, ("spec.ports[%d].targetPort"):format(i - 1), ("no port of %s is called %s"):format(title(list[1]), port.targetPort))
		end
	end
	return list
end

local function check_budget(r, workloads, guarded, bad)
	local list, pods = found(r.spec.selector, r, workloads), 0
	for _, w in ipairs(list) do
		pods = pods + controllers.replicas(w)
		if guarded[w] then bad(r, "spec.selector", ("%s guards %s, too; pods of two budgets are never evicted"):format(title(guarded[w]), title(w))) end
		guarded[w] = r
	end
	local least, most = r.spec.minAvailable, r.spec.maxUnavailable
	if pods > 0 and (type(least) == "number" and least >= pods or least == "100%" or most == 0 or most == "0%") then
		bad(r, "spec", ("none of its %d pod%s may ever be evicted, so no node of theirs can be drained"):format(pods, pods == 1 and "" or "s"), "warning")
	end
	return list
end

--- Services and PodDisruptionBudgets against the pods that they are for.
-- @tparam {table,...} resources
-- @tparam {table,...} workloads those among them that have pods
-- @tparam table ports workload -> its named ports
-- @tparam function ours(r) -> boolean: must what it selects be among the resources?
-- @tparam function bad(r, path, message, level)
function M.others(resources, workloads, ports, ours, bad)
	local guarded = {}
	for _, r in ipairs(resources) do
		local list
		if r.kind == "Service" then list = check_service(r, workloads, ports, bad) end
		if r.kind == "PodDisruptionBudget" and not metadata.empty(r.spec.selector) then list = check_budget(r, workloads, guarded, bad) end
		if list and #list == 0 and ours(r) then bad(r, "spec.selector", "it finds no pod of these objects") end
	end
end

return M
