-- SPDX-License-Identifier: Apache-2.0
--- samzak8s check JOB.properties ...: everything wrong or risky about the job, without writing anything.
local audit = require("samzak8s.audit")
local pipeline = require("samzak8s.pipeline")
local sources = require("samzak8s.samza.sources")
local systems = require("samzak8s.samza.systems")
local topics = require("samzak8s.samza.topics")
local versions = require("samzak8s.samza.versions")
local totals = require("samzak8s.checks.totals")

-- In the order of the report: those that need the properties only, then those that need what came of them.
local CHECKS = { "policies", "migration", "brokers", "memory", "stopping", "java", "topics", "drift", "layout" }

-- Nothing about the job is wrong then, as far as can be seen: it could not be looked at.
local NO_ANSWER = { "timeout", "authentication", "tls", "resolve", "refused", "protocol", "expired" }

local function could_not_look(code)
	if code == "file.read" or code == "interrupted" then return true end
	for _, what in ipairs(NO_ANSWER) do
		if code == "kafka." .. what or code == "zookeeper." .. what then return true end
	end
	return false
end

local function add(found, level, err)
	if could_not_look(err.code) then found:fail(err) else found:add(level, err) end
end

-- A stage's error as findings: some stages know more than the first.
local function add_error(found, err)
	add(found, "error", err)
	for _, other in ipairs(err.others or {}) do add(found, "error", other) end
end

-- Run the stages as far as they go; what warns or notes on the way is a finding, too.
local function run_stages(job, run, found)
	for _, stage in ipairs { "settings", "partitions", "model", "manifests" } do
		local value, err = run:get(stage)
		if value == nil then
			add_error(found, err)
			job.unreachable = job.unreachable or could_not_look(err.code)
			if stage ~= "settings" then return end
		end
		job[stage] = value
	end
	job.resources = job.manifests
end

-- The Kafka systems that are defined.
local function kafka_systems(config, facts)
	local names = {}
	for _, key in ipairs(config:keys("systems.")) do
		local name = key:match("^systems%.(.+)%.samza%.factory$")
		local kind = name and systems.kind(config, name, facts, true)
		if kind and kind.kind == "kafka" then names[#names + 1] = name end
	end
	return names
end

-- Ask a system about the job's own topics, once: its listing, and whether what is not in it is not there.
local function asker(job, found)
	local wanted, answers = {}, {}
	for _, topic in ipairs(topics.wanted(job.config, job.facts)) do
		if topic.system then
			wanted[topic.system] = wanted[topic.system] or {}
			wanted[topic.system][topic.topic] = true
		end
	end
	local kafka = {}
	for _, name in ipairs(job.systems) do kafka[name] = true end
	return function(system)
		if job.unreachable or not kafka[system] then return nil end
		if answers[system] == nil then
			local listing, err = sources.listing(system, wanted[system] or {}, job.config, job.context)
			if not listing then
				add_error(found, err)
				job.unreachable = could_not_look(err.code)
			end
			answers[system] = listing or false
		end
		return answers[system] or nil, not job.offline
	end
end

return function(options, reporter)
	local found = audit.new(options, reporter, "check")
	local listener = { warning = function(_, err) found:add("warning", err) end, note = function(_, err) found:add("note", err) end,
		waiting = function(_, ...) reporter:waiting(...) end }
	local run = pipeline.new(options, listener)
	local config, err = run:get("config")
	if not config then add_error(found, err) end
	local job = { config = config or run.context.config, context = run.context,
		offline = options.partitions or options.mock_kafka and "--mock-kafka" or nil }
	if config then
		run_stages(job, run, found)
		job.config = run.done.rewritten or config
	else
		job.unreachable = true
	end
	-- after an error in the properties the rest of them is still looked at
	local release = job.config and versions.resolve(job.config:get("kubernetes.samza.version") or versions.default)
	job.facts = run.context.facts or release and versions.facts(release)
	if job.facts then
		job.systems = kafka_systems(job.config, job.facts)
		job.live = asker(job, found)
		for _, name in ipairs(CHECKS) do
			require("samzak8s.checks." .. name)(job, function(level, e) add(found, level, e) end)
		end
	end
	local facts, lines = {}, {}
	if job.resources then
		facts.totals = totals.texts(totals.of(job.resources))
		lines[1] = totals.line(facts.totals)
	end
	return found:finish(facts, lines, "")
end
