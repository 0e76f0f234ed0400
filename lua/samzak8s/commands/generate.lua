-- SPDX-License-Identifier: Apache-2.0
--- samzak8s generate: the manifests as YAML, to a file (whole or not at all) or stdout.
local output = require("samzak8s.output")
local pipeline = require("samzak8s.pipeline")
local order = require("samzak8s.kubernetes.order")
local system = require("samzak8s.native.system")
local yaml = require("samzak8s.native.yaml")

-- Where the output goes: -o, else kubernetes.resources.out. nil is stdout.
local function target(options, config)
	local key = not options.out and "kubernetes.resources.out" or nil
	local path = options.out or config:get(key)
	if path == "-" then return nil end
	return path, key
end

local function write(path, key, text, config)
	local ok, err
	if path:sub(-1) == "/" or system.kind(path) == "directory" then
		err = { code = "output.directory", source = path, message = "is a directory", hint = "name a file in it" }
	else
		ok, err = system.write(path, text)
	end
	if ok then return true end
	if key then
		err = config:about(key, { code = err.code, message = path .. ": " .. err.message, hint = err.hint })
	end
	return nil, err
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
	ok, err = write(path, key, text, config)
	if ok then return 0 end
	reporter:error(err)
	return 1
end
