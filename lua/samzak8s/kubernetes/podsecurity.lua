-- SPDX-License-Identifier: Apache-2.0
--- Security contexts: what contradicts itself, and what the Pod Security level "restricted" refuses.
local sorted = require("samzak8s.sorted")

local M = {}

local LISTS = { "initContainers", "containers" }

-- Call `f(container, path)` for every container of a pod.
local function each(spec, path, f)
	for _, list in ipairs(LISTS) do
		for i, c in ipairs(spec[list] or {}) do f(c, ("%s.%s[%d]"):format(path, list, i - 1)) end
	end
end

local function check_profile(profile, path, bad)
	if not profile then return end
	if profile.type == "Localhost" and not profile.localhostProfile then bad(path .. ".localhostProfile", "is missing") end
	if profile.type ~= "Localhost" and profile.localhostProfile then bad(path .. ".localhostProfile", "goes with Localhost only") end
end

--- What a server or node refuses in any namespace.
-- @tparam table spec of a pod
-- @tparam string path
-- @tparam function bad(path, message)
function M.contradictions(spec, path, bad)
	local pod = spec.securityContext or {}
	check_profile(pod.seccompProfile, path .. ".securityContext.seccompProfile", bad)
	for _, field in ipairs { "runAsUser", "runAsGroup", "fsGroup" } do
		if pod[field] and pod[field] < 0 then bad(("%s.securityContext.%s"):format(path, field), ("%d is less than 0"):format(pod[field])) end
	end
	each(spec, path, function(c, at)
		local own = c.securityContext or {}
		local where = at .. ".securityContext"
		check_profile(own.seccompProfile, where .. ".seccompProfile", bad)
		if own.privileged and own.allowPrivilegeEscalation == false then
			bad(where .. ".allowPrivilegeEscalation", "cannot be false with privileged")
		end
		local user, non_root = own.runAsUser or pod.runAsUser, own.runAsNonRoot
		if non_root == nil then non_root = pod.runAsNonRoot end
		if non_root and user == 0 then bad(where .. ".runAsUser", "is 0, which is root, with runAsNonRoot") end
	end)
end

local VOLUMES = { configMap = true, csi = true, downwardAPI = true, emptyDir = true, ephemeral = true, image = true,
	persistentVolumeClaim = true, projected = true, secret = true, name = true }
local PROFILES = { RuntimeDefault = true, Localhost = true }

local function drops_all(capabilities)
	for _, name in ipairs(capabilities.drop or {}) do
		if name == "ALL" then return true end
	end
	return false
end

local function restricted_container(c, at, pod, bad)
	local own = c.securityContext or {}
	local where, capabilities = at .. ".securityContext", own.capabilities or {}
	local non_root = own.runAsNonRoot
	if non_root == nil then non_root = pod.runAsNonRoot end
	if not non_root then bad(where .. ".runAsNonRoot", "is not true") end
	if own.runAsUser == 0 then bad(where .. ".runAsUser", "is 0, which is root") end
	if not PROFILES[(own.seccompProfile or pod.seccompProfile or {}).type] then
		bad(where .. ".seccompProfile.type", "is not RuntimeDefault or Localhost")
	end
	if own.allowPrivilegeEscalation ~= false then bad(where .. ".allowPrivilegeEscalation", "is not false") end
	if own.privileged then bad(where .. ".privileged", "is true") end
	if not drops_all(capabilities) then bad(where .. ".capabilities.drop", "does not name ALL") end
	for i, name in ipairs(capabilities.add or {}) do
		if name ~= "NET_BIND_SERVICE" then bad(("%s.capabilities.add[%d]"):format(where, i - 1), name .. " may not be added") end
	end
	for i, port in ipairs(c.ports or {}) do
		if port.hostPort and port.hostPort ~= 0 then bad(("%s.ports[%d].hostPort"):format(at, i - 1), "is set") end
	end
end

--- What a namespace that enforces "restricted" refuses.
-- @tparam table spec of a pod
-- @tparam string path
-- @tparam function bad(path, message)
function M.restricted(spec, path, bad)
	local pod = spec.securityContext or {}
	for _, field in ipairs { "hostNetwork", "hostPID", "hostIPC" } do
		if spec[field] then bad(path .. "." .. field, "is true") end
	end
	if pod.runAsUser == 0 then bad(path .. ".securityContext.runAsUser", "is 0, which is root") end
	for i, volume in ipairs(spec.volumes or {}) do
		for _, source in ipairs(sorted.keys(volume)) do
			if not VOLUMES[source] then bad(("%s.volumes[%d].%s"):format(path, i - 1, source), "is a kind of volume that is not allowed") end
		end
	end
	each(spec, path, function(c, at) restricted_container(c, at, pod, bad) end)
end

return M
