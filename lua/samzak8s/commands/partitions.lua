-- SPDX-License-Identifier: Apache-2.0
--- samzak8s partitions: the job's input streams as the cluster lists them; --all every topic; --save a snapshot.
local listing = require("samzak8s.listing")
local output = require("samzak8s.output")
local pipeline = require("samzak8s.pipeline")
local system = require("samzak8s.native.system")

-- Every system that is defined, sorted.
local function systems_of(config)
	local names = {}
	for _, key in ipairs(config:keys("systems.")) do
		names[#names + 1] = key:match("^systems%.(.+)%.samza%.factory$")
	end
	return names
end

-- Every topic of every system that can list its topics.
local function all_partitions(run)
	local config, err = run:get("rewritten")
	if not config then return nil, err end
	local records = {}
	for _, name in ipairs(systems_of(config)) do
		local found
		found, err = require("samzak8s.samza.sources").listing(name, nil, config, run.context)
		if not found then return nil, err end
		for _, topic in ipairs(found.topics) do
			for _, p in ipairs(topic.partitions) do
				records[#records + 1] = { system = name, stream = topic.name, partition = p.id, leader = p.leader, replicas = p.replicas, isr = p.isr }
			end
		end
	end
	return records
end

-- Records back to topics, as a snapshot holds them.
local function as_systems(records)
	local systems, last = {}, nil
	for _, r in ipairs(records) do
		local topics = systems[r.system] or {}
		systems[r.system] = topics
		if not last or last.system ~= r.system or last.name ~= r.stream then
			last = { system = r.system, name = r.stream, partitions = {} }
			topics[#topics + 1] = last
		end
		table.insert(last.partitions, { id = r.partition, leader = r.leader, replicas = r.replicas, isr = r.isr })
	end
	return systems
end

return function(options, reporter)
	local run = pipeline.new(options, reporter)
	local records, err
	if options.all then records, err = all_partitions(run) else records, err = run:get("partitions") end
	if records and options.save then
		local ok
		ok, err = system.write(options.save, require("samzak8s.samza.snapshot").encode(as_systems(records)))
		if not ok then records = nil end
	end
	if not records then
		reporter:error(err)
		return 1
	end
	local form = options.format == "json" and listing.json or listing.text
	return output(form(records), reporter)
end
