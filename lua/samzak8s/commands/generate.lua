-- SPDX-License-Identifier: Apache-2.0
--- samzak8s generate: the manifests as YAML, to a file (whole or not at all), to a directory (one file each) or to stdout.
local lazy = require("samzak8s.lazy")
local files = lazy("samzak8s.kubernetes.files")
local output = require("samzak8s.output")
local pipeline = require("samzak8s.pipeline")
local order = require("samzak8s.kubernetes.order")
local output_directory = lazy("samzak8s.output_directory")
local system = require("samzak8s.native.system")
local yaml = require("samzak8s.native.yaml")

-- Where the output goes: -o, else kubernetes.resources.out. nil is stdout.
local function target(options, config)
	local key = not options.out and "kubernetes.resources.out" or nil
	local path = options.out or config:get(key)
	if path == "-" then return nil end
	return path, key
end

-- One file for each object, and the list of them for kustomize.
local function write_directory(path, resources)
	local names, list = files.names(resources), {}
	for i, resource in ipairs(resources) do
		local text, err = yaml.emit({ resource }, { order = order })
		if not text then return nil, err end
		list[i] = { name = names[i], text = text }
	end
	list[#list + 1] = { name = "kustomization.yaml", text = yaml.emit({ files.kustomization(names) }, { order = order }) }
	return output_directory.write(path, list)
end

local function write(path, resources, text)
	if path:sub(-1) == "/" then return write_directory(path, resources) end
	if system.kind(path) == "directory" then
		return nil, { code = "output.directory", source = path, message = "is a directory",
			hint = "name a file in it, or end it with / for one file for each object" }
	end
	return system.write(path, text)
end

return function(options, reporter)
	local run = pipeline.new(options, reporter)
	local resources, err = run:get("manifests")
	local text
	if resources then text, err = yaml.emit(resources, { order = order }) end
	if not text then
		reporter:error(err)
		return 1
	end
	local config = run:get("rewritten")
	local path, key = target(options, config)
	if not path then return output(text, reporter) end
	local ok
	ok, err = write(path, resources, text)
	if ok then return 0 end
	if key then
		err = config:about(key, { code = err.code, message = (err.source or path) .. ": " .. err.message, hint = err.hint, notes = err.notes })
	end
	reporter:error(err)
	return 1
end
