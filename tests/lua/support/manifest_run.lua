-- SPDX-License-Identifier: Apache-2.0
--- Run the manifests stage on a small model, with the built-in layouts read from the tree.
local config_object = require("samzak8s.config")
local versions = require("samzak8s.samza.versions")

-- The real policy.lua finds built-ins in the program only.
local policy = {
	call = function(kind, setting, config, context, job)
		local layout = dofile(("lua/%s/%s.lua"):format(kind, config:get(setting.key) or setting.default))
		return layout(job, config:values(), context), { source = "layout.lua" }
	end,
	blame = function(where, _, err)
		err.source = err.source or where.source
		return nil, err
	end,
}

--- @tparam table properties raw; image and names have defaults, false removes one
-- @tparam[opt] table how `version`, `containers` (ids), `json`, `resources` (what a user's layout returns)
-- @treturn table|nil resources
-- @treturn table|nil err
-- @treturn {string,...} warnings and notes, as "level code: message"
return function(properties, how)
	how = how or {}
	local raw = { ["job.name"] = "page-views", ["kubernetes.container.image"] = "registry/page-views:1",
		["job.coordinator.system"] = "kafka" }
	for key, value in pairs(properties) do raw[key] = value or nil end
	local config = config_object.new()
	for key, value in pairs(raw) do config:set(key, value, { file = "job.properties", line = 7, bytes = "" }) end
	local containers = {}
	for i, id in ipairs(how.containers or { "0", "1" }) do
		containers[i] = { id = id, tasks = { { name = "Partition " .. i - 1, changelog = i - 1, partitions = {} } } }
	end
	local said = {}
	local function say(level)
		return function(err) said[#said + 1] = ("%s %s: %s"):format(level, err.code, err.message) end
	end
	local context = { facts = versions.facts(how.version or "0.9.1"), warn = say("warning"), note = say("note"), options = {} }
	local ok, wrong = require("samzak8s.pipeline.settings")(config, config, context)
	if not ok then return nil, wrong, said end
	local saved = package.loaded["samzak8s.policy"]
	package.loaded["samzak8s.pipeline.manifests"] = nil
	package.loaded["samzak8s.policy"] = how.resources and setmetatable({
		call = function(...) return how.resources(select(5, ...)), { source = "my_layout.lua" } end }, { __index = policy }) or policy
	local resources, err = require("samzak8s.pipeline.manifests")({ json = how.json or '{"config":{}}', containers = containers },
		config, context)
	package.loaded["samzak8s.policy"], package.loaded["samzak8s.pipeline.manifests"] = saved, nil
	return resources, err, said
end
