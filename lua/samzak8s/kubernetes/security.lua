-- SPDX-License-Identifier: Apache-2.0
--- Security contexts that satisfy the Pod Security level "restricted".
local K = {}

local function restricted(config)
	return config["kubernetes.security.context"] ~= "none"
end

--- `securityContext` of a pod, or nil. The group is 0, as images for any user have it; volumes belong to the user's own.
-- @tparam Config config reads `kubernetes.security.context`, `kubernetes.security.user`
function K.pod_security(config)
	if not restricted(config) then return nil end
	local user = config["kubernetes.security.user"]
	return { runAsNonRoot = true, runAsUser = user, runAsGroup = 0, fsGroup = user,
		fsGroupChangePolicy = "OnRootMismatch", seccompProfile = { type = "RuntimeDefault" } }
end

--- `securityContext` of a container, or nil.
-- @tparam Config config reads `kubernetes.security.context`
-- @tparam boolean read_only mount the image read-only
function K.container_security(config, read_only)
	local root = read_only or nil
	if not restricted(config) then return root and { readOnlyRootFilesystem = root } end
	return { allowPrivilegeEscalation = false, capabilities = { drop = { "ALL" } }, readOnlyRootFilesystem = root }
end

return K
