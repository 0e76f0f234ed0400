-- SPDX-License-Identifier: Apache-2.0
--- What differs between Kubernetes releases, as named facts. Layouts ask for a fact, never for a version.
local M = {}

--- The release taken when `kubernetes.version` is unset, and the oldest that manifests are written for.
M.default, M.oldest = 30, 21

-- fact -> the minor release of 1.x from which it holds
local facts = {
	sidecar = 29,         -- an init container with restartPolicy Always runs beside the others
	pod_index = 28,       -- the pods of a StatefulSet carry their number as a label
	pod_replacement = 29, -- a Job may wait with the next pod until the last one is gone
	claim_retention = 27, -- a StatefulSet says what becomes of its claims
	eviction_policy = 27, -- a disruption budget lets pods go that were never ready
}

--- @tparam string text such as "1.29", "v1.29.4" or "v1.29.4-gke.100"
-- @treturn integer|nil the minor release
function M.minor(text)
	local minor = text:match("^v?1%.(%d+)$") or text:match("^v?1%.(%d+)[.+-][%w.+-]*$")
	return minor and math.tointeger(tonumber(minor))
end

local known = {}

--- @tparam Config config reads `kubernetes.version`
-- @treturn {[string]=boolean}
function M.facts(config)
	local minor = M.minor(config["kubernetes.version"] or "") or M.default
	if not known[minor] then
		known[minor] = {}
		for name, from in pairs(facts) do known[minor][name] = minor >= from end
	end
	return known[minor]
end

return M
