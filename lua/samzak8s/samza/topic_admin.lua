-- SPDX-License-Identifier: Apache-2.0
--- The job's own topics at the brokers of one system: what is there, with which settings, and what is made.
local job_topic = require("samzak8s.samza.job_topic")
local report = require("samzak8s.report")
local systems = require("samzak8s.samza.systems")

local M = {}

local Cluster = {}
Cluster.__index = Cluster

-- Say who was asked, and which property named them.
local function blame(self, err)
	err.source = err.source or self.brokers
	err.key = err.key or self.key
	return nil, err
end

local function ask(self, method, request, what)
	request.timeout_ms = self.context.deadline()
	request.wait = function(_, left) self.context.waiting(what, left) end
	local answer, err = self.client[method](self.client, request)
	if answer then return answer end
	return blame(self, err)
end

-- Settings of topics that are there; nil from brokers before 0.11, and where the user may not see them.
local function read_settings(self, names)
	local answers, err = ask(self, "configs", { topics = names }, ("asking %s for the settings of topics"):format(self.brokers))
	if not answers then
		if err.code ~= "kafka.unsupported-request" then return nil, err end
		return {}
	end
	local found = {}
	for _, answer in ipairs(answers) do found[answer.name] = not answer.error and answer.configs or nil end
	return found
end

--- Connect, and look at topics.
-- @tparam string system
-- @tparam {string,...} names
-- @tparam Config config
-- @tparam table context
-- @treturn Cluster|nil brokers (text), broker_count, topics (name -> { partitions =, replicas =, settings = map | nil }), user;
--   or false for a system that is not Kafka, which makes its streams itself
-- @treturn table|nil err
function M.open(system, names, config, context)
	local kind, err = systems.kind(config, system, context.facts, true)
	if not kind then return nil, err end
	if kind.kind ~= "kafka" then return false end
	local found
	found, err = job_topic.brokers(config, system, context)
	if not found then return nil, err end
	if found.kind == "zookeeper" then
		return config:fail(("systems.%s.producer.bootstrap.servers"):format(system), "kafka.bootstrap-missing",
			"topics are made by brokers, and none is named", "name the brokers of the system, host:port,...")
	end
	local self = setmetatable({ system = system, brokers = found.brokers, key = found.key, settings = found.settings, context = context, topics = {} }, Cluster)
	self.client, err = require("samzak8s.native.kafka").new(found.settings)
	if not self.client then return blame(self, err) end
	for _, setting in ipairs(found.settings) do
		if setting[1] == "sasl.username" then self.user = setting[2] end
	end
	local ok
	ok, err = self:look(names)
	if not ok then
		self:close()
		return nil, err
	end
	return self
end

--- Look at topics again.
function Cluster:look(names)
	local wanted, present = {}, {}
	for _, name in ipairs(names) do wanted[name] = true end
	local md, err = ask(self, "metadata", { topics = wanted }, "asking " .. self.brokers)
	if not md then return nil, err end
	self.broker_count = #md.brokers
	for _, topic in ipairs(md.topics) do
		if topic.error and #topic.partitions == 0 then
			return report.fail { code = "bootstrap.topic", source = self.brokers, message = ("%s.%s: %s"):format(self.system, topic.name, topic.error),
				hint = "look at the topic with the broker's own tools, then run again" }
		end
		local fewest
		for _, p in ipairs(topic.partitions) do fewest = math.min(fewest or math.huge, #p.replicas) end
		self.topics[topic.name] = { partitions = #topic.partitions, replicas = fewest, ids = topic.partitions }
		present[#present + 1] = topic.name
	end
	if #present == 0 then return true end
	local settings
	settings, err = read_settings(self, present)
	if not settings then return nil, err end
	for _, name in ipairs(present) do self.topics[name].settings = settings[name] end
	return true
end

--- Does a topic that is there hold no record, and never did?
-- @treturn boolean|nil
-- @treturn table|nil err
function Cluster:is_empty(name)
	local ids = {}
	for i, p in ipairs(self.topics[name].ids) do ids[i] = p.id end
	if #ids == 0 then return true end
	local marks, err = ask(self, "watermarks", { topic = name, partitions = ids }, ("asking %s about %s"):format(self.brokers, name))
	if not marks then return nil, err end
	for _, mark in ipairs(marks) do
		if mark.high ~= 0 then return false end
	end
	return true
end

local HINTS = {
	TOPIC_AUTHORIZATION_FAILED = "let the user Create the topic or on the cluster; or have someone run what --as script or --as kafkatopic prints",
	POLICY_VIOLATION = "ask those who run the brokers about their policy for topics, or have them run what --as script prints",
	TOPIC_ALREADY_EXISTS = "it was made just now, or the user may not see it: run again, with the right to Describe topics",
	INVALID_CONFIG = "correct the property that the setting comes from",
}
HINTS.CLUSTER_AUTHORIZATION_FAILED = HINTS.TOPIC_AUTHORIZATION_FAILED

-- What a broker said about a topic that it would not make.
local function refusal(self, topic, answer, config)
	if answer.code == "INVALID_REPLICATION_FACTOR" then
		local key = topic.replication.key or topic.key
		return config:fail(key, "topics.replication", ("%s cannot have %d replicas: %s"):format(topic.topic, topic.replication.value, answer.error),
			topic.replication.key and ("set %s to the number of brokers or less"):format(key) or nil)
	end
	local denied = answer.code:find("AUTHORIZATION_FAILED$")
	return report.fail { code = denied and "bootstrap.denied" or "bootstrap.refused", source = self.brokers, key = topic.key,
		message = ("%s.%s is not made%s: %s"):format(self.system, topic.topic, self.user and denied and (" for user %s"):format(self.user) or "", answer.error),
		hint = HINTS[answer.code] }
end

--- Make topics, or only ask whether they would be made.
-- @tparam {table,...} topics as samza.topics gives them, with `configs`
-- @tparam boolean validate make nothing
-- @tparam Config config
-- @tparam function made called with each topic that was made
-- @treturn boolean|nil
-- @treturn table|nil err the first refusal; the others are in its notes
function Cluster:create(topics, validate, config, made)
	local list, by_name = {}, {}
	for i, topic in ipairs(topics) do
		list[i] = { name = topic.topic, partitions = topic.partitions, replication = topic.replication.value, configs = topic.configs }
		by_name[topic.topic] = topic
	end
	if #list == 0 then return true end
	local what = ("asking %s to make %d topic%s"):format(self.brokers, #list, #list == 1 and "" or "s")
	local answers, err = ask(self, "create", { topics = list, validate = validate }, what)
	if not answers then
		if err.code == "kafka.unsupported-request" then
			-- 0.10.1 makes topics, but cannot say beforehand whether it would
			if validate and err.message:find("validate_only", 1, true) then return true end
			err.hint = "brokers before 0.10.1 make topics through ZooKeeper only: run what --as script prints"
		end
		return nil, err
	end
	local first
	for _, answer in ipairs(answers) do
		local topic = by_name[answer.name]
		if not answer.error then
			made(topic)
		else
			local _, wrong = refusal(self, topic, answer, config)
			if not first then
				first = wrong
			else
				first.notes = first.notes or {}
				table.insert(first.notes, wrong.message)
			end
		end
	end
	if first then return nil, first end
	return true
end

--- Write records to partition 0 of a topic.
-- @treturn {integer,...}|nil their offsets
-- @treturn table|nil err
function Cluster:write(topic, records)
	local err
	if not self.writer then
		self.writer, err = require("samzak8s.native.kafka").writer(self.settings)
		if not self.writer then return blame(self, err) end
	end
	local offsets
	offsets, err = self.writer:write { topic = topic, records = records, timeout_ms = self.context.deadline(),
		wait = function(_, left) self.context.waiting(("writing %s at %s"):format(topic, self.brokers), left) end }
	if offsets then return offsets end
	err.notes = err.notes or {}
	table.insert(err.notes, ("%d of %d records were written; the same run again writes the rest"):format(err.written or 0, #records))
	return blame(self, err)
end

function Cluster:close()
	if self.context.options.verbose then
		for _, line in ipairs(self.client:log()) do self.context.note { code = "kafka.log", message = line, source = self.brokers } end
	end
	self.client:close()
	if self.writer then self.writer:close() end
end

return M
