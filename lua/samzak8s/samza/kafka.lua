-- SPDX-License-Identifier: Apache-2.0
--- Partitions from a Kafka broker: one metadata request for all topics, then a look-up; nothing is created.
local kafka = require("samzak8s.native.kafka")

local M = {}

-- Put where, and what else is known, into an error of the client.
local function explain(err, system, brokers, key)
	err.source = err.source or brokers
	err.key = err.key or key or ("systems.%s.consumer.bootstrap.servers"):format(system)
	return nil, err
end

--- Ask a cluster.
-- @tparam string system for messages
-- @tparam table|nil wanted set of topic names; nil: all
-- @tparam {{string,string},...} settings of librdkafka
-- @tparam string brokers for messages
-- @tparam table context
-- @tparam string|nil key the property that named the brokers, for messages
-- @treturn table|nil listing, see samza.sources
-- @treturn table|nil err
function M.listing(system, wanted, settings, brokers, context, key)
	local client, err = kafka.new(settings)
	if not client then return explain(err, system, brokers, key) end
	local md
	md, err = client:metadata {
		timeout_ms = context.deadline(), topics = wanted,
		wait = function(_, left) context.waiting("asking " .. brokers, left) end,
	}
	if context.options.verbose then
		for _, line in ipairs(client:log()) do context.note { code = "kafka.log", message = line, source = brokers } end
	end
	client:close()
	if not md then return explain(err, system, brokers, key) end
	local user
	for _, setting in ipairs(settings) do
		if setting[1] == "sasl.username" then user = setting[2] end
	end
	return { kind = "kafka", origin = brokers, topics = md.topics, count = md.topic_count, user = user, brokers = md.brokers }
end

return M
