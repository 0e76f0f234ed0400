-- SPDX-License-Identifier: Apache-2.0
--- samzak8s bootstrap: the topics of a job, and Samza's own records in them. The only command that writes to Kafka.
local bootstrap = require("samzak8s.samza.bootstrap")
local connection = require("samzak8s.samza.connection")
local intermediate = require("samzak8s.samza.intermediate")
local listing = require("samzak8s.commands.bootstrap_listing")
local order = require("samzak8s.kubernetes.order")
local output = require("samzak8s.output")
local pipeline = require("samzak8s.pipeline")
local report = require("samzak8s.report")
local sources = require("samzak8s.samza.sources")
local stores = require("samzak8s.samza.stores")
local strimzi = require("samzak8s.kubernetes.strimzi")
local topic_script = require("samzak8s.samza.topic_script")
local yaml = require("samzak8s.native.yaml")

local QUIET_MS = 30000

local function clock() return os.time() * 1000 end

-- Options that cannot go together with writing.
local function check_options(options)
	if options.as then return true end
	if options.partitions then
		return report.fail { code = "bootstrap.offline", source = "--partitions", message = "means no network, and topics are made over one",
			hint = "leave it out, or add --as script or --as kafkatopic" }
	end
	if options.mock_kafka and not options.dry_run then
		return report.fail { code = "bootstrap.offline", source = "--mock-kafka", message = "the in-process Kafka makes no topics",
			hint = "add --dry-run, --as script or --as kafkatopic" }
	end
	return true
end

local function check_coordinator(config, facts)
	if not facts.needs_coordinator_system or config:get("job.coordinator.system") or facts.default_system and config:get("job.default.system") then return true end
	return config:fail("job.coordinator.system", "samza.coordinator-system", "Missing job.coordinator.system configuration. Cannot proceed with job execution.",
		"set job.coordinator.system to the Kafka system, as in job.coordinator.system=kafka")
end

-- The most partitions of an input that is no intermediate stream.
local function most_partitions(run, declared)
	local inputs, err = run:get("inputs")
	if not inputs then return nil, err end
	local own, systems, most = {}, {}, 1
	for _, topic in ipairs(declared) do own[topic.system .. "." .. topic.topic] = true end
	for _, input in ipairs(inputs) do
		if not own[input.system .. "." .. input.stream] then
			systems[input.system] = systems[input.system] or {}
			systems[input.system][input.stream] = true
		end
	end
	for system, wanted in require("samzak8s.sorted").pairs(systems) do
		local found
		found, err = sources.listing(system, wanted, run:get("rewritten"), run.context)
		if not found then return nil, err end
		for _, topic in ipairs(found.topics) do most = math.max(most, #topic.partitions) end
	end
	return most
end

-- Streams that the properties declare, with their partitions; the stages below take them for there.
local function declare(job, run)
	local config, context = job.config, run.context
	job.declared = intermediate.declared(config, job.facts)
	if #job.declared > 0 then
		local most, err = most_partitions(run, job.declared)
		local count
		if most then count, err = intermediate.partitions(config, most) end
		if not count then return nil, err end
		for _, topic in ipairs(job.declared) do topic.partitions = count end
	elseif job.facts.intermediate_streams and config:get("app.class") then
		context.note(config:about("app.class", { code = "bootstrap.app-class", message = "what streams this application has between its parts is known to its Java code only, and none is declared",
			hint = "if it has any, declare each: streams.ID.samza.intermediate=true and streams.ID.samza.system=SYSTEM" }))
	end
	context.to_be_made = job.declared
	return true
end

-- A job whose changelogs hold nothing has no earlier numbering to know.
local function number_new_job(job, run)
	local previous, err = run:get("previous")
	if not previous then return nil, err end
	job.inputs_known = next(previous.state.partitions) ~= nil
	if previous.numbered or not job.clusters or #stores.with_changelog(job.config) == 0 then return true end
	local new
	new, err = bootstrap.is_new(job.topics, job.clusters)
	if err then return nil, err end
	if new then
		job.is_new, previous.numbered = true, true
		job.context.note { code = "bootstrap.new", key = "job.name", message = "the changelogs of this job hold no record, so that it is numbered as a new one" }
	end
	return true
end

-- All that is to be known before anything is written.
local function prepare(options, run)
	local config, err = run:get("rewritten")
	if not config then return nil, err end
	local job = { config = config, context = run.context, facts = run.context.facts, quiet_ms = options.quiet_for_ms or QUIET_MS }
	local ok
	ok, err = check_coordinator(config, job.facts)
	if ok then ok, err = declare(job, run) end
	if not ok then return nil, err end
	job.topics, err = bootstrap.topics(config, job.facts, nil, job.declared)
	if not job.topics then return nil, err end
	if not options.partitions then
		job.clusters, err = bootstrap.look(job.topics, config, run.context)
		if not job.clusters then return nil, err end
	end
	ok, err = number_new_job(job, run)
	if not ok then return nil, err end
	job.model, err = run:get("model")
	if not job.model then return nil, err end
	job.previous = run.context.state.changelog
	job.topics, err = bootstrap.topics(config, job.facts, job.model.max_changelog + 1, job.declared)
	return job.topics and job, err
end

-- The topics of Kafka systems, those of one system together.
local function by_system(job)
	local found, at = {}, {}
	for i, topic in ipairs(job.topics) do
		local cluster = job.clusters and job.clusters[topic.system]
		at[topic.system] = at[topic.system] or i
		topic.rank = at[topic.system] * 100000 + i
		if cluster ~= false then found[#found + 1] = topic end
	end
	table.sort(found, function(a, b) return a.rank < b.rank end)
	return found
end

local function print_topics(job, options, reporter)
	local config = job.config
	if options.as == "script" then
		return output(topic_script(by_system(job), { name = config:get("job.name"), version = job.facts.version }, function(system)
			local key = connection.brokers_key(config, system)
			return key and config:get(key), config:get(connection.zookeeper_key(system))
		end), reporter)
	end
	local resources = strimzi(by_system(job), { cluster = config:get("kubernetes.strimzi.cluster"), namespace = config:get("kubernetes.strimzi.namespace") })
	local text, err = yaml.emit(resources, { order = order })
	if text then return output(text, reporter) end
	reporter:error(err)
	return 1
end

-- Report what differs; false when something does that stops Samza.
local function verify(job, reporter)
	local first, notes = nil, {}
	bootstrap.verify(job, function(level, err)
		if level ~= "error" then
			job.context[level == "note" and "note" or "warn"](err)
		elseif not first then
			first = err
		else
			notes[#notes + 1] = err
		end
	end)
	if not first then return true end
	reporter:error(first)
	for _, err in ipairs(notes) do reporter:error(err) end
	return false
end

-- What was done before it went wrong.
local function explain(err, job)
	local made = {}
	for _, topic in ipairs(job.topics) do
		if topic.made then made[#made + 1] = topic.topic end
	end
	err.notes = err.notes or {}
	if #made > 0 then table.insert(err.notes, "made: " .. table.concat(made, ", ")) end
	if job.written and #job.written.records > 0 then table.insert(err.notes, ("%d records were written to %s"):format(#job.written.records, job.written.topic.topic)) end
	if #made > 0 or job.written then table.insert(err.notes, "the same run again goes on from there") end
	return err
end

local function work(job, options, reporter)
	if options.as then return print_topics(job, options, reporter) end
	if not verify(job, reporter) then return 1 end
	local plan, err
	if options.dry_run then
		local ok = true
		if not options.mock_kafka then ok, err = bootstrap.validate(job) end
		if ok then plan, err = bootstrap.records(job, clock()) end
	else
		plan, err = bootstrap.apply(job, clock)
	end
	if not plan then
		reporter:error(explain(err, job))
		return 1
	end
	reporter:flush()
	return output((options.format == "json" and listing.json or listing.text)(job, plan, options.dry_run), reporter)
end

return function(options, reporter)
	local ok, err = check_options(options)
	local run = ok and pipeline.new(options, reporter)
	local job
	if ok then job, err = prepare(options, run) end
	if not job then
		reporter:error(err)
		return 1
	end
	local code = work(job, options, reporter)
	for _, cluster in next, job.clusters or {} do
		if cluster then cluster:close() end
	end
	return code
end
