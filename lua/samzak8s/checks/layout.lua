-- SPDX-License-Identifier: Apache-2.0
--- What the layout lets happen: two processes of one container id, pods that a restricted namespace refuses, objects that lint refuses.
local layouts = require("samzak8s.kubernetes.layouts")
local ownership = require("samzak8s.kubernetes.ownership")
local pods = require("samzak8s.checks.pods")
local podsecurity = require("samzak8s.kubernetes.podsecurity")
local stores = require("samzak8s.samza.stores")

local KEY = "kubernetes.layout"

local function check_overlap(job, add)
	local told = {}
	for _, pod in ipairs(pods.samza(job.resources)) do
		local kind = pod.resource.kind
		local overlaps, when = layouts.overlap(pod.resource)
		if not told[kind] then
			local stateful = #stores.with_changelog(job.config) > 0
			local message = ("two processes of one container id, each in a pod of a %s, run at once: %s"):format(kind, when)
			add(overlaps and (stateful and "warning" or "note") or "note", job.config:about(KEY, { code = overlaps and "layout.overlap" or "layout.exclusive", message = message,
				hint = overlaps and "use kubernetes.layout=statefulset: both would write the same changelogs and checkpoints" or "nothing to do" }))
		end
		told[kind] = true
	end
end

local function check_security(job, add)
	local first, count = nil, 0
	for _, pod in ipairs(pods.all(job.resources)) do
		podsecurity.restricted(pod.spec, "spec", function(path, message)
			count = count + 1
			first = first or ("%s/%s: %s %s"):format(pod.resource.kind, pod.resource.metadata.name, path, message)
		end)
	end
	if first then
		local more = count > 1 and { ("and %d more of this kind"):format(count - 1) } or nil
		add("note", { code = "layout.security", message = "a namespace that enforces restricted pods refuses them: " .. first, notes = more })
	end
end

--- @tparam table job
-- @tparam function add(level, err)
return function(job, add)
	if not job.resources then return end
	check_overlap(job, add)
	check_security(job, add)
	ownership(job.resources, function(r, path, message, level, code)
		add(level, { code = code or "manifest.risk", message = ("%s/%s: %s%s"):format(r.kind, r.metadata.name, path ~= "" and path .. ": " or "", message) })
	end)
end
