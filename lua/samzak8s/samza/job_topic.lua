-- SPDX-License-Identifier: Apache-2.0
--- A topic that Samza keeps for a job, read whole: partition 0, up to where it ends now. Nothing is written or created.
local connection = require("samzak8s.samza.connection")
local sources = require("samzak8s.samza.sources")
local systems = require("samzak8s.samza.systems")

local M = {}

--- The brokers of a system: only they have records, also where --from zookeeper asks for partitions elsewhere.
-- @treturn table|nil { settings =, brokers = text, key = }, or { kind = "zookeeper" } where none is named
-- @treturn table|nil err
function M.brokers(config, system, context)
	if context.options.mock_kafka then
		local bootstrap, err = sources.mock(context)
		return bootstrap and { settings = { { "bootstrap.servers", bootstrap } }, brokers = "in-process Kafka" }, err
	end
	local asking = setmetatable({ options = setmetatable({ from = false }, { __index = context.options }) }, { __index = context })
	local kind, err = connection.source(config, system, asking)
	if not kind then return nil, err end
	if kind == "zookeeper" then return { kind = kind } end
	return connection.find(config, system, asking)
end

local function ask(found, topic, context)
	local client, err = require("samzak8s.native.kafka").new(found.settings)
	if not client then return nil, err end
	local read
	read, err = client:read {
		topic = topic, timeout_ms = context.deadline(),
		wait = function(_, left) context.waiting(("reading %s from %s"):format(topic, found.brokers), left) end,
	}
	if context.options.verbose then
		for _, line in ipairs(client:log()) do context.note { code = "kafka.log", message = line, source = found.brokers } end
	end
	client:close()
	return read, err
end

local function user_of(settings)
	for _, setting in ipairs(settings) do
		if setting[1] == "sasl.username" then return setting[2] end
	end
end

--- How many messages partitions hold at most: what lies between their first and last offsets, compacted or not.
-- @tparam Config config
-- @tparam table context
-- @tparam string system a Kafka system
-- @tparam string topic that exists
-- @tparam {integer,...} partitions that it has
-- @treturn integer|nil nil without an error where no broker may be asked
-- @treturn table|nil err
function M.messages(config, context, system, topic, partitions)
	local kind = not context.options.partitions and systems.kind(config, system, context.facts, true)
	if not kind or kind.kind ~= "kafka" then return nil end
	local found, err = M.brokers(config, system, context)
	if not found or found.kind == "zookeeper" then return nil, err end
	local client
	client, err = require("samzak8s.native.kafka").new(found.settings)
	if not client then return nil, err end
	local marks
	marks, err = client:watermarks { topic = topic, partitions = partitions, timeout_ms = context.deadline(),
		wait = function(_, left) context.waiting(("asking %s about %s"):format(found.brokers, topic), left) end }
	client:close()
	if not marks then
		err.source = err.source or found.brokers
		return nil, err
	end
	local total = 0
	for _, p in ipairs(marks) do total = total + (p.low and p.high - p.low or 0) end
	return total
end

--- Read a topic.
-- @tparam Config config
-- @tparam table context
-- @tparam string system a Kafka system
-- @tparam string topic
-- @treturn table|nil what the client read (offsets, keys, values, partitions, low, high, cleanup_policy), and `origin` and `brokers` for messages;
--   or { missing = why it was not read, a clause }
-- @treturn table|nil err
function M.read(config, context, system, topic)
	local origin = system .. "." .. topic
	if context.options.partitions then
		return { missing = ("%s is not read: --partitions %s means no network"):format(origin, context.options.partitions) }
	end
	local kind, err = systems.kind(config, system, context.facts, true)
	if not kind then return nil, err end
	if kind.kind ~= "kafka" then return { missing = ("%s is not read: %s is no Kafka system"):format(origin, system) } end
	local found
	found, err = M.brokers(config, system, context)
	if not found then return nil, err end
	if found.kind == "zookeeper" then
		return { missing = ("%s is not read: only brokers have records, and %s names none"):format(origin, "systems." .. system) }
	end
	local read
	read, err = ask(found, topic, context)
	if read then
		read.origin, read.brokers = origin, found.brokers
		return read
	end
	if err.code == "kafka.no-topic" then
		local user = user_of(found.settings)
		return { missing = ("%s has no topic %s%s"):format(found.brokers, topic, user and (" that user %s may describe"):format(user) or "") }
	end
	err.source = err.source or found.brokers
	err.key = err.key or found.key
	return nil, err
end

return M
