-- SPDX-License-Identifier: Apache-2.0
--- A plan for people: at most 20 lines, unless all is wanted.
local M = {}

local LINES = 20
local INDENT = 13

local function plural(n, word)
	if n == 1 then return "1 " .. word end
	return ("%d %ss"):format(n, word)
end

local function thousands(n)
	return (("%d"):format(n):reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", ""))
end

-- Control characters of names must not reach the terminal.
local function clean(text)
	return (text:gsub("[%z\1-\31\127]", "?"))
end

local VERDICT = {
	stop = "all containers must stop first",
	roll = "may roll, one container at a time",
	apply = "no pod restarts",
	nothing = "nothing changes",
	first = "a first deployment",
}

local function headline(plan)
	local against = plan.against and ("against %s: "):format(plan.against) or "no earlier output: "
	local why = plan.why[1] and (" (%s)"):format(table.concat(plan.why, ", ")) or ""
	return ("%s, %s%s%s"):format(plan.job.name, against, VERDICT[plan.verdict], why)
end

local sections = {}

function sections.inputs(plan, add)
	for _, item in ipairs(plan.inputs) do
		local to = item.to == 0 and "is no input any more" or ("%d -> %d partitions"):format(item.from, item.to)
		if item.from == 0 then to = plural(item.to, "partition") .. (plan.against and ", a new input" or "") end
		add(("%s: %s"):format(item.stream, to), item.to < item.from and "red" or "green")
	end
end

function sections.tasks(plan, add)
	local tasks = plan.tasks
	if not plan.against then return add(("%s in %s"):format(plural(#tasks.appeared, "task"), plural(plan.containers.count, "container")), "green") end
	for _, t in ipairs(tasks.renumbered) do add(("%s: changelog partition %d -> %d"):format(t.task, t.from, t.to), "red") end
	for _, t in ipairs(tasks.moved) do add(("%s moves from container %s to %s"):format(t.task, t.from, t.to), "yellow") end
	for _, t in ipairs(tasks.vanished) do add(("%s vanishes (container %s, changelog partition %d)"):format(t.task, t.container, t.changelog), "red") end
	for _, t in ipairs(tasks.appeared) do add(("%s appears in container %s, changelog partition %d"):format(t.task, t.container, t.changelog), "green") end
	for _, t in ipairs(tasks.changed) do
		local parts = {}
		if t.gained[1] then parts[1] = "gets " .. table.concat(t.gained, ", ") end
		if t.lost[1] then parts[#parts + 1] = "loses " .. table.concat(t.lost, ", ") end
		add(("%s %s"):format(t.task, table.concat(parts, "; ")), "yellow")
	end
end

function sections.containers(plan, add)
	if not plan.against then return end
	for _, item in ipairs(plan.containers.left) do
		add(("%s leaves%s"):format(item.id, item.command and ": " .. item.command or ""), "red")
	end
	if plan.containers.joined[1] then
		add(("%s %s"):format(table.concat(plan.containers.joined, ", "), #plan.containers.joined == 1 and "joins" or "join"), "green")
	end
end

local CHANGELOG = {
	grow = function(log) return ("%d partitions are needed, there are %d: grow it while the job is stopped"):format(log.needs, log.count or log.had), "yellow" end,
	create = function(log) return ("is missing, %s needed"):format(log.needs == 1 and "1 partition is" or log.needs .. " partitions are"), "yellow" end,
	["too many"] = function(log) return ("%d partitions are needed, there are %d: Samza refuses that, and no topic shrinks; keep the task "
		.. "of the highest number, or name a new topic, which begins empty"):format(log.needs, log.count or log.had), "red" end,
	fits = function(log) return ("%s, as needed: leave it so"):format(plural(log.count or log.had, "partition")) end,
	unknown = function(log) return ("needs %s"):format(plural(log.needs, "partition")) end,
}

function sections.changelogs(plan, add)
	for _, log in ipairs(plan.changelogs) do
		local text, colour = CHANGELOG[log.verdict](log)
		-- one that fits is worth a word when an input changed: it must not follow it
		if log.verdict ~= "fits" or plan.inputs[1] then
			add(("%s.%s (store %s): %s"):format(log.system or "?", log.topic, log.store, text), colour)
		end
	end
end

function sections.restore(plan, add)
	for _, item in ipairs(plan.restore) do
		add(("store %s: %s read%s%s"):format(item.store, plural(item.tasks, "task"), item.tasks == 1 and "s" or "",
			item.messages and (" up to %s"):format(item.messages == 1 and "1 message" or thousands(item.messages) .. " messages") or " their changelog partitions from the start"))
	end
end

function sections.note(plan, add)
	for _, note in ipairs(plan.notes) do add(note, "yellow") end
end

function sections.config(plan, add)
	if plan.config[1] then add(table.concat(plan.config, ", ")) end
end

function sections.objects(plan, add)
	if not plan.against then return end
	for _, name in ipairs(plan.objects.added) do add(name .. " is new", "green") end
	for _, name in ipairs(plan.objects.removed) do add(name .. " leaves", "red") end
	-- all containers change alike, as a rule
	local alike, order = {}, {}
	for _, item in ipairs(plan.objects.changed) do
		local paths = table.concat(item.paths, ", ")
		if not alike[paths] then
			alike[paths] = {}
			order[#order + 1] = paths
		end
		table.insert(alike[paths], item.object)
	end
	for _, paths in ipairs(order) do
		local more = #alike[paths] - 1
		add(("%s%s: %s"):format(alike[paths][1], more > 0 and (" and %d more"):format(more) or "", paths), "yellow")
	end
end

function sections.steps(plan, add)
	for i, step in ipairs(plan.steps) do
		add(step.command and ("%d. %s  # %s"):format(i, step.command, step.text) or ("%d. %s"):format(i, step.text))
	end
end

local ORDER = { "note", "inputs", "tasks", "containers", "changelogs", "restore", "config", "objects", "steps" }
local COLOURS = { red = "\27[31m", green = "\27[32m", yellow = "\27[33m" }

-- How many lines of each section are shown: the longest gives first, steps last.
local function limits_of(lines)
	local shown, total = {}, 1
	for _, name in ipairs(ORDER) do
		shown[name] = #lines[name]
		total = total + shown[name]
	end
	local function shorten(names)
		while total > LINES do
			local longest
			for _, name in ipairs(names) do
				if shown[name] > 1 and (not longest or shown[name] > shown[longest]) then longest = name end
			end
			if not longest then return end
			shown[longest] = shown[longest] - 1
			total = total - 1
		end
	end
	shorten { "objects", "tasks", "inputs", "restore", "changelogs", "containers" }
	shorten { "steps" }
	return shown
end

--- @tparam table plan
-- @tparam table options `full`, `color` (boolean)
-- @treturn string
function M.format(plan, options)
	local lines = {}
	for _, name in ipairs(ORDER) do
		local list = {}
		sections[name](plan, function(text, colour) list[#list + 1] = { clean(text), colour } end)
		lines[name] = list
	end
	local shown = not options.full and limits_of(lines)
	local function painted(text, colour)
		return options.color and colour and COLOURS[colour] .. text .. "\27[0m" or text
	end
	local out = { clean(headline(plan)) }
	if options.color then out[1] = "\27[1m" .. out[1] .. "\27[0m" end
	for _, name in ipairs(ORDER) do
		local list = lines[name]
		local count = shown and shown[name] or #list
		for i = 1, count do
			local label = i == 1 and ("  %-" .. INDENT - 2 .. "s"):format(name) or (" "):rep(INDENT)
			if i == count and count < #list then
				out[#out + 1] = ("%s... and %d more (--full)"):format(label, #list - count + 1)
			else
				out[#out + 1] = label .. painted(list[i][1], list[i][2])
			end
		end
	end
	return table.concat(out, "\n") .. "\n"
end

return M
