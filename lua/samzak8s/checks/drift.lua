-- SPDX-License-Identifier: Apache-2.0
--- Live partition counts against those of the earlier output: what Samza's coordinator would watch.
local sorted = require("samzak8s.sorted")
local stores = require("samzak8s.samza.stores")

-- "system.stream" -> the number of its partitions.
local function count(partitions, counts, seen)
	for _, p in ipairs(partitions) do
		local stream = p.system .. "." .. p.stream
		local id = stream .. "\0" .. p.partition
		if not seen[id] then
			seen[id] = true
			counts[stream] = (counts[stream] or 0) + 1
		end
	end
end

--- @tparam table job
-- @tparam function add(level, err)
return function(job, add)
	local earlier = job.context.earlier
	if not earlier or not job.partitions then return end
	local before, now, seen = {}, {}, {}
	for _, container in ipairs(earlier.containers) do
		for _, task in ipairs(container.tasks) do count(task.partitions, before, seen) end
	end
	count(job.partitions, now, {})
	count(job.context.broadcast or {}, now, {})
	local function found(stream, message, hint)
		add("warning", { code = "drift.partitions", source = earlier.origin, key = "task.inputs", message = ("%s %s"):format(stream, message), hint = hint })
	end
	for stream, n in sorted.pairs(before) do
		local live = now[stream]
		if not live then
			found(stream, "was an input, and is none now", "samzak8s plan says what changes")
		elseif live > n then
			local stateful = #stores.with_changelog(job.config) > 0
			found(stream, ("has %d partitions, and the running job reads %d: the others are read by nobody"):format(live, n),
				stateful and "samzak8s plan says what changes, and what becomes of the state" or "run generate again, and apply its output")
		elseif live < n then
			found(stream, ("has %d partitions, and the running job reads %d: the topic was made anew"):format(live, n),
				"stop the job, see to its checkpoints and state, then run generate again")
		end
	end
	for stream in sorted.pairs(now) do
		if not before[stream] then found(stream, "is an input that the running job does not read", "samzak8s plan says what changes") end
	end
end
