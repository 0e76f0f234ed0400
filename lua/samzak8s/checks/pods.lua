-- SPDX-License-Identifier: Apache-2.0
--- What the checks look at in the manifests: Samza's containers, and the workloads that run them.
local controllers = require("samzak8s.kubernetes.controllers")
local expand = require("samzak8s.kubernetes.expansion")
local types = require("samzak8s.kubernetes.types")

local M = {}

local function value_of(container, name)
	for _, entry in ipairs(container.env or {}) do
		if entry.name == name then return entry.value and expand(entry.value, {}) or "" end
	end
end

--- The workloads that run Samza's containers.
-- @tparam {table,...}|nil resources
-- @treturn {table,...} { resource =, spec = of its pods, container =, java_opts = }
function M.samza(resources)
	local found = {}
	for _, r in ipairs(resources or {}) do
		local template = types.known(r) and controllers.template(r)
		for _, c in ipairs(template and template.spec.containers or {}) do
			if value_of(c, "SAMZA_CONTAINER_ID") then
				found[#found + 1] = { resource = r, spec = template.spec, container = c, java_opts = value_of(c, "JAVA_OPTS") }
			end
		end
	end
	return found
end

--- Every workload.
-- @treturn {table,...} { resource =, spec = of its pods }
function M.all(resources)
	local found = {}
	for _, r in ipairs(resources or {}) do
		local template = types.known(r) and controllers.template(r)
		if template then found[#found + 1] = { resource = r, spec = template.spec } end
	end
	return found
end

return M
