-- SPDX-License-Identifier: Apache-2.0
--- What all pods of a job ask for together, as a quota of the namespace counts it.
local controllers = require("samzak8s.kubernetes.controllers")
local pods = require("samzak8s.checks.pods")
local quantity = require("samzak8s.kubernetes.quantity")

local M = {}

local ZEROS = { cpu = 6, memory = 9, ["ephemeral-storage"] = 9 }

local function amount(name, value)
	local q = value ~= nil and quantity.parse(tostring(value))
	return q and quantity.amount(q, ZEROS[name]) or 0
end

-- Of one pod: its containers and sidecars together, or an init container before them that asks for more.
local function of_pod(spec, group, name)
	local sum, most = 0, 0
	local function of(c) return amount(name, ((c.resources or {})[group] or {})[name] or group == "requests" and ((c.resources or {}).limits or {})[name]) end
	for _, c in ipairs(spec.initContainers or {}) do
		if c.restartPolicy == "Always" then sum = sum + of(c) else most = math.max(most, sum + of(c)) end
	end
	for _, c in ipairs(spec.containers or {}) do sum = sum + of(c) end
	return math.max(sum, most)
end

local function storage_of(r)
	local bytes = 0
	local claims = r.kind == "PersistentVolumeClaim" and { r } or r.kind == "StatefulSet" and r.spec.volumeClaimTemplates or {}
	for _, claim in ipairs(claims) do
		bytes = bytes + amount("memory", ((claim.spec.resources or {}).requests or {}).storage)
	end
	return bytes * (r.kind == "StatefulSet" and controllers.replicas(r) or 1), #claims * (r.kind == "StatefulSet" and controllers.replicas(r) or 1)
end

--- @tparam {table,...} resources
-- @treturn table pods, claims, storage (bytes), requests and limits ({ cpu = thousandths, memory = bytes })
function M.of(resources)
	local totals = { pods = 0, claims = 0, storage = 0, requests = { cpu = 0, memory = 0 }, limits = { cpu = 0, memory = 0 } }
	for _, pod in ipairs(pods.all(resources)) do
		local replicas = controllers.replicas(pod.resource)
		totals.pods = totals.pods + replicas
		for _, group in ipairs { "requests", "limits" } do
			for _, name in ipairs { "cpu", "memory" } do
				totals[group][name] = totals[group][name] + replicas * of_pod(pod.spec, group, name)
			end
		end
	end
	for _, r in ipairs(resources) do
		local bytes, claims = storage_of(r)
		totals.storage, totals.claims = totals.storage + bytes, totals.claims + claims
	end
	return totals
end

local function bytes_text(n)
	for _, unit in ipairs { { "Gi", 30 }, { "Mi", 20 }, { "Ki", 10 } } do
		if n > 0 and n % (1 << unit[2]) == 0 then return ("%d%s"):format(n >> unit[2], unit[1]) end
	end
	return tostring(n)
end

local function cpu_text(n)
	return n % 1000 == 0 and tostring(n // 1000) or n .. "m"
end

--- The totals with quantities as text, for JSON and for people.
function M.texts(totals)
	local function pair(group) return { cpu = cpu_text(totals[group].cpu), memory = bytes_text(totals[group].memory) } end
	return { pods = totals.pods, requests = pair("requests"), limits = pair("limits"), claims = totals.claims, storage = bytes_text(totals.storage) }
end

--- The totals in a line.
function M.line(texts)
	return ("%d pod%s: requests cpu %s, memory %s; limits cpu %s, memory %s%s"):format(texts.pods, texts.pods == 1 and "" or "s",
		texts.requests.cpu, texts.requests.memory, texts.limits.cpu, texts.limits.memory,
		texts.claims > 0 and ("; %d volume%s of %s together"):format(texts.claims, texts.claims == 1 and "" or "s", texts.storage) or "")
end

return M
