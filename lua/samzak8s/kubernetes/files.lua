-- SPDX-License-Identifier: Apache-2.0
--- Names of files for objects, one each: they stay the same from run to run, and say what is inside.
local M = {}

local function plain(text)
	text = text:lower():gsub("[^a-z0-9.-]+", "-"):gsub("^[.-]+", ""):gsub("[.-]+$", "")
	return text == "" and "object" or text
end

--- Names for objects: kind-name.yaml; with the namespace, then with the group and a number, where two would be alike.
-- @tparam {table,...} resources
-- @treturn {string,...}
function M.names(resources)
	local names, taken = {}, { ["kustomization.yaml"] = true }
	for i, r in ipairs(resources) do
		local short = plain(("%s-%s"):format(r.kind, r.metadata.name))
		local group = r.apiVersion:match("^(.*)/") or ""
		local long = plain(("%s-%s-%s-%s"):format(r.kind, r.metadata.name, r.metadata.namespace or "default", group))
		local name, n = short, 1
		if taken[name .. ".yaml"] then name = long end
		while taken[name .. ".yaml"] do
			n = n + 1
			name = ("%s-%d"):format(long, n)
		end
		names[i] = name .. ".yaml"
		taken[names[i]] = true
	end
	return names
end

--- The list of the files for kustomize, in apply order.
function M.kustomization(names)
	return { apiVersion = "kustomize.config.k8s.io/v1beta1", kind = "Kustomization", resources = names }
end

return M
