-- SPDX-License-Identifier: Apache-2.0
--- First arrow: files and --config to one merged config, in Samza's order, checked key by key.
local config_object = require("samzak8s.config")
local planned = require("samzak8s.samza.planned")
local props = require("samzak8s.native.props")
local report = require("samzak8s.report")
local system = require("samzak8s.native.system")
local versions = require("samzak8s.samza.versions")
local job = require("samzak8s.samza.job")
local fail = report.fail

local FACTORY = "org.apache.samza.config.factories.PropertiesConfigFactory"
local LOADER = "org.apache.samza.config.loaders.PropertiesConfigLoaderFactory"

-- The path that a --config-path names: a path, or a file: URI as PropertiesConfigFactory reads it.
local function uri_path(text)
	local scheme = text:match("^([%a][%w+.-]*):")
	if not scheme then return text end
	local function bad(message, hint)
		return fail { code = "config.uri", source = "--config-path", message = message, hint = hint }
	end
	if scheme ~= "file" then
		return bad("only the file:// scheme is supported for properties files, not " .. scheme .. ":", "give a path, or a file:///absolute/path URI")
	end
	local path = text:sub(6):gsub("^//[^/]*", ""):gsub("[?#].*$", "")
	if path:sub(1, 1) ~= "/" then return bad("'" .. text .. "' has no absolute path", "write file:///absolute/path") end
	return (path:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

-- Add one file's entries; `set` is Config.set or Config.set_below.
local function load_file(config, path, set, context)
	local bytes, err = system.read(path)
	if not bytes then return nil, err end
	local entries, warnings = props.parse(bytes)
	if not entries then
		err = warnings
		return fail { code = err.code, source = ("%s:%d"):format(path, err.line or 1), message = err.message, hint = err.hint
			or "write \\u and four hexadecimal digits, or \\\\u for a backslash and a u" }
	end
	for _, w in ipairs(warnings) do
		context.warn { code = w.code or "properties.encoding", source = w.line and ("%s:%d"):format(path, w.line) or path, message = w.message, hint = w.hint }
	end
	-- in one file the last of equal keys wins, whichever way it is merged
	local last = {}
	for _, entry in ipairs(entries) do last[entry.key] = entry end
	for key, entry in next, last do
		set(config, key, entry.value, { file = path, line = entry.line, bytes = bytes })
	end
	return true
end

-- Samza 1.4+ loads this file below the submitted config; its path is usually valid only inside the job's image.
local function load_loader(config, context)
	local factory, key = "job.config.loader.factory", "job.config.loader.properties.path"
	local class, path = config:get(factory), config:get(key)
	if class == nil and path == nil then return true end
	local about, message = key, "cannot be read here, so its properties are missing from the model"
	if class and class ~= LOADER then
		about, message = factory, class .. " cannot be run here, as it is Java code: the properties that it loads are missing from the model"
	elseif path == nil then
		return config:fail(factory, "config.loader", "path is required to read config from properties file", "set " .. key)
	elseif system.kind(path) == "file" then
		local ok, err = load_file(config, path, config.set_below, context)
		if ok then return config:check_known() end
		if err.code ~= "file.read" then return nil, err end
	end
	context.warn(config:about(about, { code = "config.loader", message = message,
		hint = "give those properties in one more file, as another operand; the loader's own is usually only present in the job's image" }))
	return true
end

local function find_version(config, context)
	local key = "kubernetes.samza.version"
	local text = config:get(key)
	if not text then
		context.note { code = "samza.version-default", key = key, message = "is not set; Samza " .. versions.default .. " is assumed",
			hint = ("set %s to the release in the image (%s to %s)"):format(key, versions.releases[1], versions.releases[#versions.releases]) }
		return versions.facts(versions.default)
	end
	local release = versions.resolve(text)
	if not release then
		return config:fail(key, "samza.version", ("'%s' is no release that is known"):format(text), "known are " .. table.concat(versions.releases, ", "))
	end
	return versions.facts(release)
end

-- The planned config of a running job; its loader and its rewriters have done their work.
local function from_coordinator(config, facts, context)
	local ok, err = job.identity(config, facts)
	if not ok then return nil, err end
	ok, err = planned.load(config, context)
	if not ok then return nil, err end
	config.planned = true
	return config:check_known()
end

--- @tparam table options of the command line
-- @tparam nil _ unused: this is the first stage
-- @tparam table context receives `facts`
-- @treturn Config|nil
-- @treturn table|nil err
return function(options, _, context)
	if options.config_factory and options.config_factory ~= FACTORY then
		return fail { code = "config.factory", source = "--config-factory", message = options.config_factory .. " cannot be run here: it is Java code",
			hint = "give the properties themselves as a file" }
	end
	local config = config_object.new()
	for _, file in ipairs(options.files) do
		local path, err = file.path, nil
		if file.uri then path, err = uri_path(path) end
		if not path then return nil, err end
		local ok
		ok, err = load_file(config, path, config.set, context)
		if not ok then return nil, err end
	end
	for _, pair in ipairs(options.config or {}) do config:set(pair.key, pair.value, { file = pair.from or "--config" }) end

	context.config = config -- for `check`, which goes on after an error

	local ok, err = config:check_known()
	if not ok then return nil, err end
	local facts
	facts, err = find_version(config, context)
	if not facts then return nil, err end
	context.facts = facts
	if options.config_from_coordinator then
		ok, err = from_coordinator(config, facts, context)
		if not ok then return nil, err end
	elseif facts.config_loader then
		ok, err = load_loader(config, context)
		if not ok then return nil, err end
	end
	-- rewriters may still set what a job needs; then the next stage checks it
	if config.planned or config:get("job.config.rewriters") == nil then
		ok, err = job.check(config, context)
		if not ok then return nil, err end
	end
	return config
end
