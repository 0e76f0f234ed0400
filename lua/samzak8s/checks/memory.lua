-- SPDX-License-Identifier: Apache-2.0
--- Heap, RocksDB and the rest of a JVM against the memory limit.
local pods = require("samzak8s.checks.pods")
local quantity = require("samzak8s.kubernetes.quantity")
local stores = require("samzak8s.samza.stores")

local KEY = "kubernetes.container.memory"
local MIB = 1 << 20
local DEFAULT_HEAP = 768 * MIB -- run-class.sh, whatever the limit
local CACHE, STORE = 100 * MIB, 100 * MIB -- of a RocksDB store: its block cache by default, and the rest
local UNITS = { [""] = 0, k = 10, m = 20, g = 30, t = 40 }

-- The heap that the JVM gets: the last -Xmx counts. Bytes, and the option.
local function heap_of(options)
	local bytes, option
	for word in options:gmatch("%S+") do
		local digits, unit = word:match("^%-Xmx(%d+)([kKmMgGtT]?)$")
		if not digits then digits, unit = word:match("^%-XX:MaxHeapSize=(%d+)([kKmMgGtT]?)$") end
		if digits and #digits < 13 then bytes, option = math.tointeger(tonumber(digits)) << UNITS[unit:lower()], word end
	end
	return bytes, option
end

-- Bytes of the stores outside the heap, and how many there are.
local function store_bytes(config)
	local bytes, count = 0, 0
	for _, name in ipairs(stores.names(config)) do
		if (config:get(("stores.%s.factory"):format(name)) or ""):find("RocksDb", 1, true) then
			local cache = math.tointeger(tonumber(config:get(("stores.%s.container.cache.size.bytes"):format(name)))) or CACHE
			bytes, count = bytes + STORE + math.max(cache, CACHE), count + 1
		end
	end
	return bytes, count
end

local function mib(bytes)
	return (bytes + MIB - 1) // MIB
end

-- Each pair of limit and options once; before there are manifests, those of the properties.
local function settings(job)
	local found, seen = {}, {}
	for _, pod in ipairs(pods.samza(job.resources)) do
		local limit = ((pod.container.resources or {}).limits or {}).memory
		local id = ("%s\0%s"):format(tostring(limit), pod.java_opts or "")
		if not seen[id] then found[#found + 1] = { limit = limit, options = pod.java_opts or "" } end
		seen[id] = true
	end
	if not job.resources then found[1] = { limit = job.config:typed(KEY), options = job.config:get("task.opts") or "" } end
	return found
end

--- @tparam table job `config`, `facts`, `resources`
-- @tparam function add(level, err)
return function(job, add)
	local config = job.config
	for _, setting in ipairs(settings(job)) do
		local parsed = setting.limit ~= nil and quantity.parse(tostring(setting.limit))
		if not parsed then
			if setting.limit == nil then
				add("warning", config:about(KEY, { code = "memory.no-limit", message = "a pod has no memory limit, so that a leak takes the node with it" }))
			end
		else
			local limit = quantity.amount(parsed, 9)
			local heap, option = heap_of(setting.options)
			local outside, count = store_bytes(config)
			local overhead = job.facts.memory_overhead * MIB
			local needed = (heap or DEFAULT_HEAP) + overhead + outside
			local heap_text = option and ("%s of task.opts"):format(option) or "-Xmx768M, which run-class.sh adds where task.opts has no -Xmx"
			local notes = { ("%d MiB of heap (%s), %d MiB for the JVM%s"):format(mib(heap or DEFAULT_HEAP), heap_text, mib(overhead),
				count > 0 and (", %d MiB for %d RocksDB store%s"):format(mib(outside), count, count == 1 and "" or "s") or "") }
			local hint = ("set %s=%dMi or more, or a smaller -Xmx in task.opts"):format(KEY, mib(needed))
			if (heap or DEFAULT_HEAP) >= limit then
				add("error", config:about(KEY, { code = "memory.heap", message = ("the heap alone fills the limit of %s: the container is killed when it is used")
					:format(setting.limit), notes = notes, hint = hint }))
			elseif needed > limit then
				add("warning", config:about(KEY, { code = "memory.limit", message = ("the limit of %s is %d MiB short of what the container may need")
					:format(setting.limit, mib(needed - limit)), notes = notes, hint = hint }))
			end
		end
	end
end
