-- SPDX-License-Identifier: Apache-2.0
--- Addresses that a pod cannot use: the served configuration is what the containers connect by.

-- Keys that hold addresses.
local ENDS = { "%.bootstrap%.servers$", "%.metadata%.broker%.list$", "%.zookeeper%.connect$" }

local function holds_addresses(key)
	for _, pattern in ipairs(ENDS) do
		if key:find(pattern) then return true end
	end
	return false
end

-- Is this host the machine itself?
local function is_local(host)
	host = host:lower():gsub("^%[", ""):gsub("%]$", "")
	return host == "localhost" or host:find("%.localhost$") ~= nil or host:find("^127%.") ~= nil or host == "::1" or host == "0.0.0.0"
		or host == "localhost.localdomain"
end

local function local_hosts(text)
	local found = {}
	for item in text:gmatch("[^,/]+") do
		local address = item:match("^%s*(.-)%s*$"):gsub("^%a[%w_+.-]*:$", "")
		local host = address:match("^(%[.-%])") or address:match("^([^:]+)")
		if host and is_local(host) then found[#found + 1] = host end
	end
	return found
end

local function check_properties(job, add)
	local config = job.config
	for _, key in ipairs(config:keys("systems.")) do
		local hosts = holds_addresses(key) and local_hosts(config:get(key)) or {}
		if hosts[1] then
			add("warning", config:about(key, { code = "brokers.localhost",
				message = ("%s is the pod itself, wherever a container runs"):format(hosts[1]),
				hint = "name the brokers as pods reach them, such as a Service's name" }))
		end
	end
end

-- Through 1.1 the container wants the ZooKeeper of each Kafka system, although it asks nothing of it.
local function check_zookeeper(job, add)
	local config = job.config
	for _, key in ipairs(job.facts.needs_zookeeper and config:keys("systems.") or {}) do
		local system = key:match("^systems%.(.+)%.samza%.factory$")
		local wanted = system and ("systems.%s.consumer.zookeeper.connect"):format(system)
		if system and config:get(key):find("KafkaSystemFactory$") and not config:get(wanted) then
			add("error", config:about(wanted, { code = "brokers.zookeeper", source = config:source(key), text = config:line(key),
				message = ("no zookeeper.connect defined in config: containers of Samza %s end without it"):format(job.facts.version),
				hint = ("set %s; host and port need not be in use"):format(wanted) }))
		end
	end
end

-- Brokers tell clients by which addresses to reach them.
local function check_advertised(job, add)
	for _, system in ipairs(job.offline and {} or job.systems) do
		local listing = job.live(system)
		local told = {}
		for _, broker in ipairs(listing and listing.brokers or {}) do
			if is_local(broker.host) and not told[broker.host] then
				told[broker.host] = true
				add("warning", { code = "brokers.advertised", source = listing.origin, key = ("systems.%s"):format(system),
					message = ("broker %d tells its clients to reach it at %s:%d, which in a pod is the pod itself"):format(broker.id, broker.host, broker.port),
					hint = "set advertised.listeners of the brokers to addresses that pods reach" })
			end
		end
	end
end

--- @tparam table job
-- @tparam function add(level, err)
return function(job, add)
	check_properties(job, add)
	check_zookeeper(job, add)
	check_advertised(job, add)
end
