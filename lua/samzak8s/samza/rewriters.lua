-- SPDX-License-Identifier: Apache-2.0
--- Config rewriters (`job.config.rewriters`): the two that Samza has, run on a copy of the merged properties.
local inputs = require("samzak8s.samza.inputs")
local java_regex = require("samzak8s.samza.java_regex")
local jobmodel = require("samzak8s.native.jobmodel")
local report = require("samzak8s.report")
local sorted = require("samzak8s.sorted")
local sources = require("samzak8s.samza.sources")
local system = require("samzak8s.native.system")

local M = {}

local LIST = "job.config.rewriters"
local SKIP = "kubernetes.rewriters.skip"
local REGEX = "org.apache.samza.config.RegExTopicGenerator"
local ENVIRONMENT = "org.apache.samza.config.EnvironmentConfigRewriter"

local function key_of(name, part)
	return ("job.config.rewriter.%s.%s"):format(name, part)
end

-- Every topic of a system; asked once a run, and used for the partitions as well.
local function topics_of(name, owner, config, context)
	context.whole = context.whole or {}
	if not context.whole[owner] then
		local listing, err = sources.listing(owner, nil, config, context)
		if not listing then return nil, err end
		if listing.kind == "fixed" then
			return config:fail(key_of(name, "system"), "samza.rewriter-system", ("system %s cannot list its streams"):format(owner),
				"name a Kafka system, or list the inputs in task.inputs")
		end
		context.whole[owner] = listing
	end
	return context.whole[owner].topics
end

-- The names that the regex matches, sorted. It is compiled when there is a name to match.
local function matching(name, topics, config)
	local key = key_of(name, "regex")
	local re, found = nil, {}
	for _, topic in ipairs(topics) do
		local matches, err
		if not re then re, err = java_regex.compile(config:get(key)) end
		if re then matches, err = re:matches(topic.name) end
		if matches == nil then
			return config:fail(key, err.code, err.message, ("correct the regex; it must match whole names, as orders-.* does (samzak8s explain %s)"):format(err.code))
		end
		if matches then found[#found + 1] = topic.name end
	end
	return jobmodel.sort(found)
end

-- RegExTopicGenerator throws before 1.0; since then it warns.
local function already_listed(name, owner, streams, config, context)
	local key, facts = key_of(name, "regex"), context.facts
	local function text(stream)
		return ("Regex '%s' matches existing, statically defined input SystemStream [system=%s, stream=%s]."):format(config:get(key), owner, stream)
	end
	if #streams == 0 then return true end
	if facts.regex_match_of_input == "error" then
		return config:fail(key, "samza.rewriter-input", text(streams[1]), ("take %s.%s out of task.inputs, or narrow the regex"):format(owner, streams[1]))
	end
	for _, stream in ipairs(streams) do
		context.warn(config:about(key, { code = "samza.rewriter-input", message = text(stream), hint = "list it in one place only" }))
	end
	return true
end

-- systems.<s>.streams.<topic>.<suffix> for every config.<suffix> of the rewriter; what is there already wins.
local function add_stream_config(name, owner, streams, config)
	local prefix = key_of(name, "config.")
	for _, key in ipairs(config:keys(prefix)) do
		for _, stream in ipairs(streams) do
			config:set_below(("systems.%s.streams.%s.%s"):format(owner, stream, key:sub(#prefix + 1)), config:get(key), { file = "rewriter " .. name })
		end
	end
end

local function regex_rewriter(name, config, context)
	if config:get(key_of(name, "regex")) == nil then
		return config:fail(key_of(name, "regex"), "samza.rewriter-config", "No job.config.rewriter.%s.regex defined in config", "set " .. key_of(name, "regex"))
	end
	local owner = config:get(key_of(name, "system"))
	if owner == nil then
		return config:fail(key_of(name, "system"), "samza.rewriter-config", ("No system defined for %s."):format(name), "set " .. key_of(name, "system"))
	end
	local topics, err = topics_of(name, owner, config, context)
	if not topics then return nil, err end
	local listed, found
	listed, err = inputs.streams(config)
	if not listed then return nil, err end
	found, err = matching(name, topics, config)
	if not found then return nil, err end

	local names, have, twice = {}, {}, {}
	local function add(text)
		if not have[text] then names[#names + 1] = text end
		have[text] = true
	end
	for _, stream in ipairs(listed) do add(stream.system .. "." .. stream.stream) end
	for _, stream in ipairs(found) do
		local text = owner .. "." .. stream
		if have[text] then twice[#twice + 1] = stream end
		add(text)
	end
	local ok
	ok, err = already_listed(name, owner, twice, config, context)
	if not ok then return nil, err end
	add_stream_config(name, owner, found, config)
	config:set("task.inputs", table.concat(jobmodel.sort(names), ","), { file = "rewriter " .. name })
	return true
end

-- Every SAMZA_A_B as a.b, with the variable it came from.
local function from_environment(name)
	local found, origin = {}, {}
	for variable, value in sorted.pairs(system.environ()) do
		if variable:sub(1, 6) == "SAMZA_" then
			if variable == "SAMZA_" then
				return report.fail { code = "samza.environment", source = "rewriter " .. name, message = "a variable of the environment is called SAMZA_ and nothing more",
					hint = "unset it" }
			end
			if not utf8.len(variable) or not utf8.len(value) then
				return report.fail { code = "samza.environment", source = "rewriter " .. name, message = variable:gsub("[\128-\255]", "?") .. " is not UTF-8 in the environment", hint = "unset it" }
			end
			local key = variable:sub(7):lower():gsub("_", ".")
			found[key], origin[key] = value, variable
		end
	end
	return found, origin
end

local function environment_rewriter(name, config, context)
	local found, origin = from_environment(name)
	if not found then return nil, origin end
	for _, key in ipairs(config:keys("")) do
		if not found[key] and found[key:lower()] then
			return config:fail(key, "samza.environment", "Can't override property from environment with mixed case: " .. key,
				("unset %s, or write the property in lower case"):format(origin[key:lower()]))
		end
	end
	local names = {}
	for key, value in sorted.pairs(found) do
		names[#names + 1] = key
		config:set(key, value, { file = ("rewriter %s: %s"):format(name, origin[key]) })
		if key:find("%.service%.host$") then
			context.warn { code = "samza.environment-service", source = "rewriter " .. name, key = key, message = "comes from a Kubernetes Service, not from you",
				hint = "set enableServiceLinks: false in the pod that this program runs in" }
		end
	end
	if #names > 0 then
		context.note { code = "samza.environment", source = "rewriter " .. name, message = "taken from the environment: " .. table.concat(names, ", ") }
	end
	return true
end

-- String.split(","), whose items are not trimmed
local function names_of(text)
	local names = {}
	for name in (text .. ","):gmatch("(.-),") do names[#names + 1] = name end
	while text ~= "" and names[#names] == "" do names[#names] = nil end
	return names
end

-- The rewriters to go on without, as a set.
local function skipped(config, names)
	local known, skip = {}, {}
	for _, name in ipairs(names) do known[name] = true end
	for _, name in ipairs(config:typed(SKIP) or {}) do
		if not known[name] then
			return config:fail(SKIP, "samza.rewriter-skip", ("'%s' is no rewriter of this job"):format(name),
				"the names are those of " .. LIST .. (#names > 0 and ": " .. table.concat(names, ", ") or ""))
		end
		skip[name] = true
	end
	return skip
end

local function class_of(name, original, config, facts)
	local reads = facts.rewriter_class_from == "original" and original or config
	local key = key_of(name, "class")
	local class = reads:get(key)
	if class then return class end
	return reads:fail(LIST, "samza.rewriter-config", ("Unable to find class config for config rewriter %s."):format(name),
		(name:find("^%s") or name:find("%s$")) and "names are not trimmed: write no blanks around commas" or "set " .. key)
end

local function run(name, class, config, context)
	local facts = context.facts
	if class == REGEX then return regex_rewriter(name, config, context) end
	if class == ENVIRONMENT and facts.environment_rewriter then return environment_rewriter(name, config, context) end
	local message = class == ENVIRONMENT and ("%s of rewriter %s is not in Samza %s"):format(class, name, facts.version)
		or ("%s of rewriter %s cannot be run here: it is Java code"):format(class, name)
	return config:fail(key_of(name, "class"), "samza.rewriter", message,
		("write its result into the properties, and set %s=%s to go on without it"):format(SKIP, name))
end

-- Without warnings: the same rewriters have spoken already.
local function quiet(context)
	return setmetatable({ warn = function() end, note = function() end }, { __index = context, __newindex = context })
end

-- The coordinator of 1.3 and later runs topic generators once more, for the inputs alone or for the whole config.
local function run_again(names, classes, config, context)
	local again = config:copy()
	for _, name in ipairs(names) do
		if classes[name] == REGEX then
			local ok, err = regex_rewriter(name, again, quiet(context))
			if not ok then return nil, err end
		end
	end
	if context.facts.rewriters_again == "config" then return again end
	config.inputs = again:get("task.inputs")
	return config
end

--- The properties as the job's rewriters leave them.
-- @tparam Config original is not changed
-- @tparam table context
-- @treturn Config|nil `original` itself when the job has no rewriters, or when they have run already
-- @treturn table|nil err
function M.apply(original, context)
	local text = original:get(LIST)
	if text == nil or original.planned then return original end
	local names, classes = names_of(text), {}
	local skip, err = skipped(original, names)
	if not skip then return nil, err end
	local config = original:copy()
	for _, name in ipairs(names) do
		if skip[name] then
			context.note(original:about(SKIP, { code = "samza.rewriter-skipped",
				message = ("rewriter %s (%s) is left out, as you asked for"):format(name, config:get(key_of(name, "class")) or "without a class") }))
		else
			local class, ok
			class, err = class_of(name, original, config, context.facts)
			if not class then return nil, err end
			classes[name] = class
			ok, err = run(name, class, config, context)
			if not ok then return nil, err end
		end
	end
	if context.facts.rewriters_again == "never" then return config end
	return run_again(names, classes, config, context)
end

return M
