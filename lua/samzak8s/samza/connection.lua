-- SPDX-License-Identifier: Apache-2.0
--- Where a Kafka system is found: its brokers, or its ZooKeeper, and the settings of the client that asks.
local security = require("samzak8s.samza.security")

local M = {}

local function key_of(system, name)
	return "systems." .. system .. "." .. name
end

--- The property that names the brokers, by precedence; nil when none does.
function M.brokers_key(config, system)
	for _, name in ipairs { "consumer.bootstrap.servers", "producer.bootstrap.servers", "producer.metadata.broker.list" } do
		local key = key_of(system, name)
		if config:get(key) then return key end
	end
end

--- The property that names the ZooKeeper ensemble.
function M.zookeeper_key(system)
	return key_of(system, "consumer.zookeeper.connect")
end

local function broker(config, key, item)
	local address = item:gsub("^%a[%w_+.-]*://", "")
	local host, port = address:match("^(.+):(%d+)$")
	local number = port and #port <= 5 and tonumber(port) or 0
	if not host or number < 1 or number > 65535 or host:find("[%s/,]") or host:find(":", 1, true) and not host:find("^%[.+%]$") then
		return config:fail(key, "kafka.bootstrap-servers", "Invalid url in bootstrap.servers: " .. item,
			"write each broker as host:port, an IPv6 address as [address]:port")
	end
	return host .. ":" .. number
end

local function missing(config, system, context)
	local text = context.facts.bootstrap_from == "producer" and "No bootstrap servers defined in config for %s."
		or "Missing bootstrap.servers config  for %s"
	local key = key_of(system, context.facts.bootstrap_from .. ".bootstrap.servers")
	return config:fail(key, "kafka.bootstrap-missing", text:format(system),
		("set %s=host:port,... or %s"):format(key, M.zookeeper_key(system)))
end

local function warn_of_choice(config, system, key, context)
	local producer = key_of(system, "producer.bootstrap.servers")
	if key:find("%.metadata%.broker%.list$") then
		context.warn(config:about(key, { code = "kafka.broker-list", message = "producer.metadata.broker.list is deprecated",
			hint = "name the brokers in " .. producer }))
	elseif context.facts.bootstrap_from == "producer" and key ~= producer and config:get(producer)
		and config:get(producer) ~= config:get(key) then
		context.warn(config:about(key, { code = "kafka.bootstrap-differs",
			message = ("Samza %s reads %s instead, which names other brokers"):format(context.facts.version, producer),
			hint = "give both properties the same value" }))
	end
end

-- The value that -X gives one of these librdkafka properties.
local function overriding(context, ...)
	local value
	for _, pair in ipairs(context.options.x or {}) do
		for _, name in ipairs { ... } do
			if pair[1] == name then value = pair[2] end
		end
	end
	return value
end

local function overriding_brokers(context)
	return overriding(context, "bootstrap.servers", "metadata.broker.list")
end

--- The brokers of a system, checked: `host:port,host:port`.
-- @tparam Config config
-- @tparam string system
-- @tparam table context reads `facts`, calls `warn`
-- @treturn string|nil
-- @treturn table|nil err
function M.brokers(config, system, context)
	if overriding_brokers(context) then return overriding_brokers(context) end
	local key = M.brokers_key(config, system)
	if not key then return missing(config, system, context) end
	local found = {}
	for item in config:get(key):gmatch("[^,]+") do
		item = item:match("^%s*(.-)%s*$")
		if item ~= "" then
			local address, err = broker(config, key, item)
			if not address then return nil, err end
			found[#found + 1] = address
		end
	end
	if #found == 0 then
		return config:fail(key, "kafka.bootstrap-servers", "no broker is named", "write host:port, several with commas")
	end
	warn_of_choice(config, system, key, context)
	return table.concat(found, ",")
end

--- The connect string of a system's ZooKeeper.
-- @treturn string|nil
-- @treturn table|nil err
function M.zookeeper(config, system)
	local key = M.zookeeper_key(system)
	local connect = config:get(key)
	if not connect then
		return config:fail(key, "zookeeper.connect-missing", "no zookeeper.connect defined in config",
			("set %s=host:port,.../chroot"):format(key))
	end
	local parsed, err = require("samzak8s.native.zookeeper").parse(connect)
	if not parsed then
		return config:fail(key, err.code, err.message, "write host:port,host:port/chroot without a slash at the end")
	end
	return connect
end

--- Which source answers for a system: what `--from` says, else Kafka where brokers are named, else ZooKeeper.
-- @treturn string|nil "kafka" or "zookeeper"
-- @treturn table|nil err
function M.source(config, system, context)
	if context.options.from then return context.options.from end
	if overriding_brokers(context) or M.brokers_key(config, system) then return "kafka" end
	if config:get(M.zookeeper_key(system)) then return "zookeeper" end
	return missing(config, system, context)
end

--- The client id that this release's admin client has; quotas and broker logs go by it.
function M.client_id(config, facts)
	local name, id = config:get("job.name") or "", config:get("job.id") or "1"
	if facts.client_id_style == "kafka_admin_consumer" then
		return ("kafka_admin_consumer-%s-%s"):format(name:gsub("[^%w_]", "_"), (id:gsub("[^%w_]", "_")))
	end
	local parts = { "samza_admin", (name:gsub("%W", "_")), (id:gsub("%W", "_")) }
	if facts.client_id_unique then
		parts[#parts + 1] = tostring(os.time() * 1000)
		parts[#parts + 1] = "0"
	end
	return table.concat(parts, "-")
end

-- Java's consumer property, librdkafka's, and the range of the latter. A -1 stands for the system's default, which is 0.
local NUMBERS = {
	{ "request.timeout.ms", "socket.timeout.ms", 10, 300000 },
	{ "socket.timeout.ms", "socket.timeout.ms", 10, 300000 },
	{ "socket.receive.buffer.bytes", "socket.receive.buffer.bytes", 0, 100000000 },
	{ "receive.buffer.bytes", "socket.receive.buffer.bytes", 0, 100000000 },
	{ "send.buffer.bytes", "socket.send.buffer.bytes", 0, 100000000 },
	{ "reconnect.backoff.ms", "reconnect.backoff.ms", 0, 3600000 },
	{ "reconnect.backoff.max.ms", "reconnect.backoff.max.ms", 0, 3600000 },
	{ "retry.backoff.ms", "retry.backoff.ms", 1, 300000 },
	{ "socket.connection.setup.timeout.ms", "socket.connection.setup.timeout.ms", 1000, 2147483647 },
}

local function add_numbers(config, system, settings)
	for _, row in ipairs(NUMBERS) do
		local key = key_of(system, "consumer." .. row[1])
		local text = config:get(key)
		if text then
			local value = text:find("^[+-]?%d+$") and math.tointeger(tonumber((text:gsub("^%+", ""))))
			if not value then
				return config:fail(key, "config.integer", ('"%s" is not a whole number'):format(text), "write digits only")
			end
			settings[#settings + 1] = { row[2], tostring(math.max(row[3], math.min(row[4], value))) }
		end
	end
	return true
end

-- Everything that the Kafka client of a system is made with; `-X` has the last word.
local function client_settings(config, system, servers, context)
	local settings = { { "bootstrap.servers", servers }, { "client.id", M.client_id(config, context.facts) },
		{ "allow.auto.create.topics", "false" } }
	local ok, err = add_numbers(config, system, settings)
	if not ok then return nil, err end
	local secured
	secured, err = security.settings(config, system, context)
	if not secured then return nil, err end
	table.move(secured, 1, #secured, #settings + 1, settings)
	local x = context.options.x or {}
	table.move(x, 1, #x, #settings + 1, settings)
	return settings
end

--- How a Kafka system is asked.
-- @tparam Config config
-- @tparam string system
-- @tparam table context reads `facts`, `options.from`, `options.x`; calls `warn`
-- @treturn table|nil { kind = "kafka", brokers =, settings = librdkafka properties, some of them secret, key = }
--   or { kind = "zookeeper", connect =, key = }; `key` is the property to blame
-- @treturn table|nil err
function M.find(config, system, context)
	local kind, err = M.source(config, system, context)
	if not kind then return nil, err end
	if kind == "zookeeper" then
		local connect
		connect, err = M.zookeeper(config, system)
		return connect and { kind = kind, connect = connect, key = M.zookeeper_key(system) }, err
	end
	local brokers, settings
	brokers, err = M.brokers(config, system, context)
	if not brokers then return nil, err end
	settings, err = client_settings(config, system, brokers, context)
	if not settings then return nil, err end
	return { kind = kind, brokers = brokers, settings = settings, key = M.brokers_key(config, system) }
end

return M
