-- SPDX-License-Identifier: Apache-2.0
--- samzak8s explain NAME [JOB ...]: what a property, diagnostic code, command or Lua function means.
local codes = require("samzak8s.codes")
local help = require("samzak8s.help")
local keys = require("samzak8s.keys")
local nearest = require("samzak8s.nearest")
local output = require("samzak8s.output")
local pipeline = require("samzak8s.pipeline")
local secret_keys = require("samzak8s.kubernetes.job").secret_keys
local sorted = require("samzak8s.sorted")

local function default_text(entry)
	if entry.default_text then return entry.default_text end
	if entry.default == nil then return "none" end
	return entry.default == "" and "empty" or tostring(entry.default)
end

local function describe(entry, name)
	local lines = { name, "  " .. entry.doc, "  type: " .. entry.type .. (entry.values and " (" .. table.concat(entry.values, ", ") .. ")" or "") }
	if entry.unit then lines[#lines + 1] = "  unit: " .. entry.unit end
	if entry.min then lines[#lines + 1] = "  at least: " .. entry.min end
	lines[#lines + 1] = "  default: " .. default_text(entry)
	if entry.lands then lines[#lines + 1] = "  lands in: " .. entry.lands end
	return lines
end

-- With a job: the value, and the file and line that it came from.
local function describe_value(lines, name, config, options)
	local text = config:get(name)
	if text == nil then
		lines[#lines + 1] = "  value: not set"
	else
		local shown = keys.secret(name) and not options.show_secrets and keys.mask or text
		lines[#lines + 1] = ("  value: %s (%s)"):format(shown, config:source(name))
	end
	if name == "kubernetes.secret.name" then
		local wanted = secret_keys(config)
		lines[#lines + 1] = "  keys of the Secret: " .. (#wanted > 0 and table.concat(wanted, ", ") or "none, as the job has no secrets")
	end
	if name == "kubernetes.pod.count" and not config.count then
		lines[#lines + 1] = "  in force: what the config rewriters leave"
	elseif name == "kubernetes.pod.count" then
		lines[#lines + 1] = ("  in force: %d (from %s)"):format(config.count, config:get(config.count_key) and config.count_key or "the default")
	end
end

local function explain_property(name, config, options)
	local entry = keys.find(name)
	if not entry and not (config and config:get(name)) then return nil end
	local lines = entry and describe(entry, name) or { name, "  a property that this program does not read; it is passed on in the JobModel" }
	if config then describe_value(lines, name, config, options) end
	return table.concat(lines, "\n") .. "\n"
end

local function explain_family(prefix, config)
	local lines, seen = {}, {}
	for _, entry in ipairs(keys.list) do
		if entry.name:sub(1, #prefix) == prefix then
			lines[#lines + 1] = ("%s\n  %s (default: %s)"):format(entry.name, entry.doc, default_text(entry))
			seen[entry.name] = true
		end
	end
	for _, name in ipairs(config and config:keys(prefix) or {}) do
		if not seen[name] then lines[#lines + 1] = ("%s\n  set in %s"):format(name, config:source(name)) end
	end
	for code, entry in sorted.pairs(codes) do
		if code:sub(1, #prefix) == prefix then lines[#lines + 1] = ("%s\n  %s"):format(code, entry.means) end
	end
	return #lines > 0 and table.concat(lines, "\n") .. "\n" or nil
end

local function explain_code(name)
	local entry = codes[name]
	return entry and ("%s\n  %s\n  what to do: %s\n"):format(name, entry.means, entry.remedy)
end

local function explain_help(name)
	local entry = help.find(name)
	if not entry then return nil end
	return help.text(entry) .. (name == "layouts" and require("samzak8s.kubernetes.layouts").text() or "")
end

local function known_names()
	local names = help.names()
	for _, entry in ipairs(keys.list) do names[#names + 1] = entry.name end
	for code in sorted.pairs(codes) do names[#names + 1] = code end
	return names
end

return function(options, reporter)
	local name = options.operands[1]
	if not name then
		return output("samzak8s explain NAME: a property (kubernetes.pod.count), a family (kubernetes.), a diagnostic code (config.integer),\n"
			.. "a command (repl), a Lua function (kubernetes.pod), each with its meaning; with a job file also the value in force.\n", reporter)
	end
	local config, err
	if #options.files > 0 or options.config then
		config, err = pipeline.new(options, reporter):get("config")
		if not config then
			reporter:error(err)
			return 1
		end
	end
	local text
	if name:sub(-1) == "." then text = explain_family(name, config)
	else text = explain_code(name) or explain_property(name, config, options) or explain_help(name) end
	if text then return output(text, reporter) end
	local near = nearest(name, known_names())
	reporter:error { code = "explain.name", source = name, message = "nothing known has this name",
		hint = near and ("did you mean %s?"):format(near) or "samzak8s explain kubernetes. lists the properties" }
	return 1
end
