-- SPDX-License-Identifier: Apache-2.0
--- First arrow: files and --config to one merged config, in Samza's order, checked key by key.
local config_object = require("samzak8s.config")
local keys = require("samzak8s.keys")
local planned = require("samzak8s.samza.planned")
local props = require("samzak8s.native.props")
local report = require("samzak8s.report")
local system = require("samzak8s.native.system")
local versions = require("samzak8s.samza.versions")
local count_containers = require("samzak8s.samza.count")
local stores = require("samzak8s.samza.stores")
local fail = report.fail

local FACTORY = "org.apache.samza.config.factories.PropertiesConfigFactory"

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
	local key = "job.config.loader.properties.path"
	if config:get("job.config.loader.factory") == nil and config:get(key) == nil then return true end
	local path = config:get(key)
	if path and system.kind(path) == "file" then return load_file(config, path, config.set_below, context) end
	local about = path and key or "job.config.loader.factory"
	context.warn(config:about(about, { code = "config.loader",
		message = path and "cannot be read here, so its properties are missing from the model" or "path is required to read config from properties file",
		hint = "give that file as another operand; it is usually only present in the job's image" }))
	return true
end

local function check_known(config)
	for _, key in ipairs(config:keys("kubernetes.")) do
		local entry = keys.find(key)
		if not entry then
			local nearest = keys.nearest(key)
			return config:fail(key, "config.unknown-key", "unknown property",
				nearest and ("did you mean %s? (samzak8s explain %s)"):format(nearest, nearest) or "samzak8s explain kubernetes. lists the known ones")
		end
		local value, err = config:typed(key)
		if value == nil then return nil, err end
		if entry.min and value < entry.min and key ~= "kubernetes.pod.count" then
			return config:fail(key, "config.integer", ("%d is less than %d"):format(value, entry.min), "give a number of at least " .. entry.min)
		end
		if value == "" and entry.type ~= "selector" and not entry.name:find("<", 1, true) then
			return config:fail(key, "config.empty", "is set, but empty", "give it a value, or remove the line")
		end
	end
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

-- app.name and app.id (JobPlanner): they take the place of job.name and job.id, and must agree with them.
local function identity(config, facts)
	if facts.app_name_wins then
		for _, part in ipairs { "name", "id" } do
			local app, job = config:get("app." .. part), config:get("job." .. part)
			if app and job and app ~= job then
				return config:fail("job." .. part, "samza.app-name", ("Generated job.%s = %s from app.%s = %s does not match user configured job.%s = %s, please configure job.%s same as app.%s")
					:format(part, app, part, app, part, job, part, part), ("set job.%s and app.%s to the same text, or remove one"):format(part, part))
			end
			if app and not job then config:set("job." .. part, app, config.origin["app." .. part]) end
		end
	end
	if config:get("job.name") == nil then
		return fail { code = "config.job-name", key = "job.name", message = facts.missing_name, hint = "set job.name in the properties file, or with --config job.name=NAME" }
	end
	return true
end

-- The planned config of a running job; its loader and its rewriters have done their work.
local function from_coordinator(config, facts, context)
	local ok, err = identity(config, facts)
	if not ok then return nil, err end
	ok, err = planned.load(config, context)
	if not ok then return nil, err end
	config.planned = true
	return check_known(config)
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
	for _, pair in ipairs(options.config or {}) do config:set(pair.key, pair.value, { file = "--config" }) end

	local ok, err = check_known(config)
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
	for _, step in ipairs { identity, count_containers, stores.check } do
		ok, err = step(config, facts, context)
		if not ok then return nil, err end
	end
	return config
end
