-- SPDX-License-Identifier: Apache-2.0
--- The functions of a session; help/session.lua describes each.
local help = require("samzak8s.help")
local keys = require("samzak8s.keys")
local nearest = require("samzak8s.nearest")
local plans = require("samzak8s.plan")
local pretty = require("samzak8s.pretty")
local sorted = require("samzak8s.sorted")
local sources = require("samzak8s.samza.sources")
local what_if = require("samzak8s.plan.what_if")

local M = {}

-- The names of the systems that the config defines, sorted.
local function systems_of(config)
	local names = {}
	for _, key in ipairs(config:keys("systems.")) do
		names[#names + 1] = key:match("^systems%.(.+)%.samza%.factory$")
	end
	return names
end

-- A shell pattern as a Lua pattern for the whole text.
local function glob_pattern(glob)
	return "^" .. glob:gsub("[%^%$%(%)%%%.%[%]%+%-]", "%%%0"):gsub("%*", ".*"):gsub("%?", ".") .. "$"
end

local function check(value, kind, name, optional)
	if optional and value == nil or type(value) == kind or math.type(value) == kind then return end
	error(("%s must be a%s %s, not %s"):format(name, kind == "integer" and "n" or "", kind, pretty.format(value, { depth = 1 })), 3)
end

local function streams_of(session)
	local names, seen = {}, {}
	for _, p in ipairs(session:stage("partitions")) do
		local name = p.system .. "." .. p.stream
		if not seen[name] then
			seen[name] = true
			names[#names + 1] = name
		end
	end
	return names, seen
end

-- The task and container of each place where a partition is consumed, in task order.
local function owners(session, stream, partition)
	local container_of, found = {}, {}
	for _, container in ipairs(session:stage("containers")) do
		for _, task in ipairs(container.tasks) do container_of[task] = container.id end
	end
	for _, task in ipairs(session:stage("tasks")) do
		for _, p in ipairs(task.partitions) do
			if p.system .. "." .. p.stream == stream and (partition == nil or p.partition == partition) then
				found[#found + 1] = { stream = stream, partition = p.partition, task = task.name, container = container_of[task.name] }
			end
		end
	end
	return found
end

--- @treturn table name -> function
function M.new(session)
	local F = {}

	function F.topics(glob)
		check(glob, "string", "glob", true)
		local config, err = session.run:get("rewritten")
		if not config then error(err, 0) end
		local pattern, found = glob_pattern(glob or "*"), {}
		for _, name in ipairs(systems_of(config)) do
			local listing
			listing, err = sources.listing(name, nil, config, session.run.context)
			if not listing then error(err, 0) end
			for _, topic in ipairs(listing.topics) do
				if topic.name:find(pattern) or (name .. "." .. topic.name):find(pattern) then
					found[#found + 1] = { system = name, stream = topic.name, partitions = #topic.partitions }
				end
			end
		end
		return found
	end

	function F.where(stream, partition)
		check(stream, "string", "stream")
		check(partition, "integer", "partition", true)
		local names, known = streams_of(session)
		if not known[stream] then
			local meant = nearest(stream, names)
			error(("the job has no input '%s'%s"):format(stream, meant and (" (did you mean '%s'?)"):format(meant)
				or "; its inputs are " .. table.concat(names, ", ")), 2)
		end
		local found = owners(session, stream, partition)
		if #found == 0 then error(("no task reads partition %d of %s"):format(partition, stream), 2) end
		return #found == 1 and found[1] or found
	end

	function F.diff()
		local earlier, err = session.run:get("earlier")
		if earlier == nil then error(err, 0) end
		if not earlier then error("there is no earlier output; start with -o FILE or --against FILE", 2) end
		return session:plain_copy(plans.diff(earlier, session.run))
	end

	function F.whatif(changes)
		check(changes, "table", "changes")
		local items = {}
		for key, value in sorted.pairs(changes) do items[#items + 1] = { key = key, value = value } end
		local wanted, err = what_if.parse(items, "whatif")
		if not wanted then error(err, 0) end
		local result
		result, err = plans.what_if(session.run, wanted)
		return session:plain_copy(result, err)
	end

	function F.yaml(value) session:write(session.as_yaml(value)) end

	function F.json(value) session:write(session.as_json(value)) end

	function F.all(value)
		session:write(pretty.format(value, { all = true, secret = session.options.show_secrets and false or nil }) .. "\n")
	end

	function F.reload(stage)
		stage = stage or "config"
		check(stage, "string", "stage")
		if not session.is_stage(stage) then error(("there is no stage '%s'"):format(stage), 2) end
		session:forget(stage)
	end

	function F.help(what)
		if what == nil then return session:write(help.overview()) end
		local name = session.env_names[what] or what
		if type(name) ~= "string" then
			return session:write(("a %s; there is no help for it\n"):format(type(name)))
		end
		local entry = help.find(name)
		if entry then return session:write(help.text(entry)) end
		local property = keys.find(name)
		if property then
			local default = property.default ~= nil and pretty.format(property.default) or property.default_text or "none"
			return session:write(("%s (%s)\n  %s\n  default: %s\n"):format(name, property.unit or property.type, property.doc, default))
		end
		local meant = help.nearest(name) or keys.nearest(name)
		error(("no help for '%s'%s"):format(name, meant and (" (did you mean '%s'?)"):format(meant) or ""), 2)
	end

	function F.print(...)
		local texts = table.pack(...)
		for i = 1, texts.n do texts[i] = tostring(texts[i]) end
		session:write(table.concat(texts, "\t") .. "\n")
	end

	return F
end

return M
