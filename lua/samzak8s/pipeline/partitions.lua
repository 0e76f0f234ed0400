-- SPDX-License-Identifier: Apache-2.0
--- Second arrow: input streams to their partitions, as the cluster counts them.
local nearest = require("samzak8s.nearest")
local report = require("samzak8s.report")
local read_broadcast = require("samzak8s.samza.inputs").broadcast
local sorted = require("samzak8s.sorted")
local sources = require("samzak8s.samza.sources")

local function names_of(listing)
	local names = {}
	for _, topic in ipairs(listing.topics) do names[#names + 1] = topic.name end
	return names
end

local function topics_text(count)
	return count == 1 and "1 topic" or count .. " topics"
end

-- StreamMetadataCache's text, and what can be known about why.
local function missing(config, listing, streams, context)
	local items = {}
	for i, s in ipairs(streams) do items[i] = ("SystemStream [system=%s, stream=%s]"):format(s.system, s.stream) end
	local notes = {}
	local hint
	if listing.kind == "snapshot" then
		notes[1] = ("%s has %s for this system"):format(listing.origin, topics_text(listing.count))
		hint = "add the topic to the snapshot, or write a new one with samzak8s partitions --save FILE"
	elseif listing.kind == "zookeeper" then
		notes[1] = ("%s has %s"):format(listing.origin, topics_text(listing.count))
		hint = "create the topic, or correct task.inputs (samzak8s partitions --all lists every topic)"
	else
		notes[1] = ("%s lists %s%s"):format(listing.origin, topics_text(listing.count), listing.user and " to user " .. listing.user or "")
		notes[2] = "a topic that this user may not describe is left out of the listing, too"
		hint = "create the topic, or correct task.inputs (samzak8s partitions --all lists every topic)"
	end
	-- worth a second look at the whole listing, since the run has failed anyway
	local all = sources.listing(streams[1].system, nil, config, context)
	local near = all and nearest(streams[1].stream, names_of(all))
	if near then hint = ("did you mean %s.%s?"):format(streams[1].system, near) end
	return config:fail("task.inputs", "partitions.unknown-stream", "Cannot get metadata for unknown streams: " .. table.concat(items, ", "), hint, notes)
end

local function ids_text(ids)
	local shown = { table.unpack(ids, 1, 8) }
	return table.concat(shown, ", ") .. (#ids > 8 and (" and %d more"):format(#ids - 8) or "")
end

-- Warn about partitions without a leader, and about holes in the ids: both are counted as the cluster lists them.
local function inspect(stream, topic, listing, context)
	local leaderless, holes, expected = {}, {}, 0
	for _, p in ipairs(topic.partitions) do
		if p.leader == -1 then leaderless[#leaderless + 1] = p.id end
		while expected < p.id and #holes < 1000 do
			holes[#holes + 1] = expected
			expected = expected + 1
		end
		expected = p.id + 1
	end
	local name = stream.system .. "." .. stream.stream
	if #leaderless > 0 then
		context.warn { code = "partitions.no-leader", source = listing.origin, message = ("%s: partitions without a leader: %s"):format(name, ids_text(leaderless)),
			hint = "they are counted, as Samza counts them; the job cannot read them until they have a leader" }
	end
	if #holes > 0 then
		context.warn { code = "partitions.holes", source = listing.origin, message = ("%s: the listing has holes; missing are partitions %s"):format(name, ids_text(holes)),
			hint = "a partition that never had a leader is left out by brokers; the job gets no task for it until it has one" }
	end
end

-- The topic with as many partitions as a what-if wants; those that it has not got yet have no leader to tell.
local function resized(topic, count)
	if not count then return topic end
	local partitions = {}
	for _, p in ipairs(topic.partitions) do
		if p.id < count then partitions[#partitions + 1] = p end
	end
	local last = partitions[#partitions]
	for id = last and last.id + 1 or 0, count - 1 do partitions[#partitions + 1] = { id = id } end
	return { name = topic.name, error = topic.error, partitions = partitions }
end

-- Topics that `bootstrap` is about to make count as if they were there.
local function add_planned(by_name, system, context)
	for _, topic in ipairs(context.to_be_made or {}) do
		if topic.system == system and not by_name[topic.topic] then
			by_name[topic.topic] = resized({ name = topic.topic, partitions = {} }, topic.partitions)
		end
	end
end

local function check_what_if(partitions, inputs)
	local names, known = {}, {}
	for i, s in ipairs(inputs) do
		names[i] = s.system .. "." .. s.stream
		known[names[i]] = true
	end
	for name in sorted.pairs(partitions) do
		if not known[name] then
			local near = nearest(name, names)
			return report.fail { code = "what-if.stream", source = "what-if", message = ("the job has no input %s"):format(name),
				hint = near and ("did you mean %s?"):format(near) or "its inputs are " .. table.concat(names, ", ") }
		end
	end
	return true
end

local function add_stream(records, stream, topic, listing, context)
	local name = stream.system .. "." .. stream.stream
	topic = resized(topic, context.what_if[name])
	if topic.error and #topic.partitions == 0 then
		return report.fail { code = "partitions.topic-error", source = listing.origin, key = "task.inputs", message = ("%s: %s"):format(name, topic.error),
			hint = "look at the topic with the broker's own tools, then run again" }
	end
	if #topic.partitions == 0 then
		return report.fail { code = "partitions.none", source = listing.origin, key = "task.inputs", message = name .. " has no partitions",
			hint = "the topic may be half created or half deleted; look at it with the broker's own tools" }
	end
	inspect(stream, topic, listing, context)
	for _, p in ipairs(topic.partitions) do
		records[#records + 1] = { system = stream.system, stream = stream.stream, partition = p.id, leader = p.leader, replicas = p.replicas, isr = p.isr }
	end
	return true
end

-- Broadcast partitions come from the config alone. Where the cluster is asked anyway, say which are not there.
local function check_broadcast(broadcast, system, by_name, listing, context)
	if listing.kind == "snapshot" then return end
	local streams, lost, known = {}, {}, {}
	for _, p in ipairs(broadcast) do
		if p.system == system then
			if not known[p.stream] then
				known[p.stream], lost[p.stream] = {}, {}
				streams[#streams + 1] = p.stream
				for _, there in ipairs(by_name[p.stream] and by_name[p.stream].partitions or {}) do known[p.stream][there.id] = true end
			end
			if not known[p.stream][p.partition] then table.insert(lost[p.stream], p.partition) end
		end
	end
	for _, stream in ipairs(streams) do
		if #lost[stream] > 0 then
			context.warn { code = "partitions.broadcast", source = listing.origin, key = "task.broadcast.inputs",
				message = ("%s.%s: partitions that are not there: %s"):format(system, stream, ids_text(lost[stream])),
				hint = "Samza does not look; correct the numbers, or create the partitions before the job starts" }
		end
	end
end

--- @tparam {{system=string,stream=string},...} inputs sorted
-- @tparam Config config
-- @tparam table context
-- @treturn {Partition,...}|nil sorted by system, stream, partition: { system=, stream=, partition=, leader=, replicas=, isr= }
-- @treturn table|nil err
return function(inputs, config, context)
	local records = {}
	local broadcast = read_broadcast(config, context.facts, function() end) or {} -- what is wrong with it, the next stage says
	local fine, wrong = check_what_if(context.what_if, inputs)
	if not fine then return nil, wrong end
	context.listings = {}
	local i = 1
	while i <= #inputs do
		local system, wanted, last = inputs[i].system, {}, i
		while inputs[last] and inputs[last].system == system do
			wanted[inputs[last].stream] = true
			last = last + 1
		end
		for _, p in ipairs(broadcast) do
			if p.system == system then wanted[p.stream] = true end
		end
		-- a rewriter may have listed all topics already
		local listing, err = context.whole and context.whole[system], nil
		if not listing then listing, err = sources.listing(system, wanted, config, context) end
		if not listing then return nil, err end
		context.listings[system] = listing
		local by_name, unknown = {}, {}
		for _, topic in ipairs(listing.topics) do by_name[topic.name] = topic end
		add_planned(by_name, system, context)
		for k = i, last - 1 do
			if not by_name[inputs[k].stream] then unknown[#unknown + 1] = inputs[k] end
		end
		if #unknown > 0 then return missing(config, listing, unknown, context) end
		check_broadcast(broadcast, system, by_name, listing, context)
		for k = i, last - 1 do
			local ok
			ok, err = add_stream(records, inputs[k], by_name[inputs[k].stream], listing, context)
			if not ok then return nil, err end
		end
		i = last
	end
	return records
end
