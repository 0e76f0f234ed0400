-- SPDX-License-Identifier: Apache-2.0
--- Can two processes of one container id run at once? What decides is the kind of object that makes the pods.
local M = {}

local ALL_AT_ONCE = "each pod is stopped, then started, those of all containers at the same time"

--- The built-in layouts, in the order of help: name, kind of object that runs the containers, what it is for, what an update does.
M.list = {
	{ name = "replication-controller", kind = "ReplicationController", for_ = "one ReplicationController for each container, as the proof of concept had them (default for Samza 0.9.x)",
		update = "none: running pods keep the old template until they are deleted" },
	{ name = "statefulset", kind = "StatefulSet", for_ = "one StatefulSet for each container (default from Samza 0.10)", update = ALL_AT_ONCE },
	{ name = "statefulset-indexed", kind = "StatefulSet", for_ = "one StatefulSet for the job; container ids are the pods' indices, 0 to n-1",
		update = "one pod after the other, from the last: a new assignment of tasks needs a full stop before" },
	{ name = "deployment", kind = "Deployment", for_ = "one Deployment for each container, with Recreate", update = ALL_AT_ONCE },
	{ name = "job", kind = "Job", for_ = "one Job for each container, for inputs that end",
		update = "none: the template of a Job cannot change; delete the Jobs, and apply again" },
}

local NEVER = "never, as long as nobody deletes a pod by force: its next pod starts when the last one is gone"
local REPLACED = "for up to the grace period, whenever a pod is deleted, evicted or drained: the next pod starts while it stops; and longer when its node is cut off"

-- kind -> can two overlap?, when
local KINDS = {
	StatefulSet = { false, NEVER },
	ReplicationController = { true, REPLACED },
	ReplicaSet = { true, REPLACED },
	Deployment = { true, REPLACED .. "; a change of its template stops the old pod first, with Recreate only" },
	Job = { true, REPLACED .. "; not with podReplacementPolicy Failed, unless its node is cut off" },
	CronJob = { true, REPLACED .. "; and when a run lasts into the next, unless concurrencyPolicy is Forbid" },
	DaemonSet = { true, "always: every node runs one" },
	Pod = { false, "never: a pod by itself is not started again" },
}

--- Can two pods of this object, for one container id, run at once?
-- @tparam table resource reads `kind`, and `spec` where that decides
-- @treturn boolean
-- @treturn string when
function M.overlap(resource)
	local kind = KINDS[resource.kind]
	if not kind then return true, "nothing is known of this kind" end
	if resource.kind == "Job" and resource.spec and resource.spec.podReplacementPolicy == "Failed" then
		return false, "only when its node is cut off: its next pod starts when the last one has ended"
	end
	return kind[1], kind[2]
end

--- What `explain layouts` says: for each layout, whether two processes of one id can overlap, and what an update does.
-- @treturn string lines with a final newline
function M.text()
	local lines = { "can two processes of one container id run at once?" }
	for _, layout in ipairs(M.list) do
		local spec = layout.name == "job" and { podReplacementPolicy = "Failed" } or nil
		local overlaps, when = M.overlap { kind = layout.kind, spec = spec }
		lines[#lines + 1] = ("  %s: %s"):format(layout.name, layout.for_)
		lines[#lines + 1] = ("    %s: %s"):format(overlaps and "yes" or "no", when)
		lines[#lines + 1] = ("    an update: %s"):format(layout.update)
	end
	return table.concat(lines, "\n") .. "\n"
end

return M
