-- SPDX-License-Identifier: Apache-2.0
--- The parts that layouts are built from. `require("samzak8s.kubernetes")` in a layout gives this table.
-- Everything here is pure: digests and encodings come ready in `job`.
local EXPORTS = {
	parts = { "name", "service_name", "labels", "selector", "annotations", "metadata", "template_metadata", "grace_period",
		"node_selector", "resources", "quantity", "env_value", "retries" },
	security = { "pod_security", "container_security" },
	model = { "model_port", "config_map", "secret", "model_objects", "model_volumes", "model_server", "model_service" },
	state = { "state_claim", "claim_templates" },
	seed = { "seed_pod" },
	pod = { "command", "env", "volumes", "pod", "template", "pod_replacement" },
	objects = { "headless_service", "disruption_budget", "network_policy", "shared" },
}

local K = {}

--- Fill a resource with what the server would default, in place: `K.with_defaults(resource, config) -> resource`.
function K.with_defaults(...) return require("samzak8s.kubernetes.defaults")(...) end

-- Parts that the proof of concept's pod does without are loaded by their first call.
local LATER = { pod = true, objects = true, state = true, security = true }

for file, names in pairs(EXPORTS) do
	local module = "samzak8s.kubernetes." .. file
	for _, name in ipairs(names) do
		if LATER[file] then
			K[name] = function(...) return require(module)[name](...) end
		else
			K[name] = assert(require(module)[name], name)
		end
	end
end

return K
