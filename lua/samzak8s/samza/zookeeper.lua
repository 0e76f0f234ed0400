-- SPDX-License-Identifier: Apache-2.0
--- Topics and partitions as Kafka's brokers keep them in ZooKeeper. Clusters in KRaft mode have nothing there.
local cjson = require("cjson")
local jobmodel = require("samzak8s.native.jobmodel")
local report = require("samzak8s.report")
local zookeeper = require("samzak8s.native.zookeeper")

local M = {}

local TOPICS = "/brokers/topics"

local HINTS = {
	["zookeeper.refused"] = "is ZooKeeper running there? name it in zookeeper.connect",
	["zookeeper.timeout"] = "is it a ZooKeeper server, and reachable? a longer --timeout may help",
	["zookeeper.resolve"] = "check the host names in zookeeper.connect",
	["zookeeper.config"] = "write host:port,host:port/chroot",
	["zookeeper.expired"] = "the server is overloaded or unreachable; try again, or give a longer --timeout",
	["zookeeper.authentication"] = "its nodes are not readable for everyone; ask the brokers instead (--from kafka)",
	["zookeeper.protocol"] = "is it a ZooKeeper server of release 3.4 or later?",
}

local function advise(err)
	err.hint = err.hint or HINTS[err.code]
	return nil, err
end

-- A client with the run's deadline and waiting line.
local Session = {}
Session.__index = Session

local function open(connect, context)
	local session = setmetatable({ connect = connect, context = context }, Session)
	local client, err = zookeeper.connect(session:waits { hosts = connect })
	if not client then return advise(err) end
	session.client = client
	return session
end

--- Options of one call: what is left of --timeout, and what to say meanwhile.
function Session:waits(options)
	options.timeout_ms = math.max(1, math.floor(self.context.deadline()))
	options.wait = function(elapsed, left) self.context.waiting("asking ZooKeeper " .. self.connect, elapsed, left) end
	return options
end

function Session:children(path)
	return self.client:children(path, self:waits {})
end

function Session:read(paths)
	local values, err = self.client:read(paths, self:waits {})
	if not values then return advise(err) end
	return values
end

--- The text of a node as a table; its layout versions 1 to 3 differ only in members that nobody needs here.
function Session:decode(path, text)
	local ok, err = jobmodel.check(text)
	local value = ok and cjson.decode(text)
	if type(value) == "table" then return value end
	local why = err and err.message or "no JSON object"
	return report.fail { code = "zookeeper.format", source = self.connect,
		message = ("node %s is not as Kafka writes it: %s"):format(path, why),
		hint = "is this Kafka's ZooKeeper, with the right chroot?" }
end

local function integers(list)
	local found = {}
	for i, value in ipairs(type(list) == "table" and list or {}) do found[i] = math.tointeger(value) end
	return found
end

--- Names below /brokers/topics; none when the cluster never had a topic, an error where no Kafka ever was.
local function topic_names(session)
	local names, err = session:children(TOPICS)
	if names then return names end
	if err.code ~= "zookeeper.no-node" then return advise(err) end
	local brokers, why = session:children("/brokers")
	if brokers then return {} end
	if why.code ~= "zookeeper.no-node" then return advise(why) end
	local root = session:children("/")
	err.notes = err.notes or {}
	if not root then
		table.insert(err.notes, "the chroot itself does not exist")
	elseif #root > 0 then
		table.insert(err.notes, "there are: /" .. table.concat(root, ", /"):sub(1, 200))
	end
	err.hint = "does zookeeper.connect lack Kafka's chroot (host:port/kafka)? clusters in KRaft mode keep nothing in ZooKeeper"
	return nil, err
end

--- Fill leader and in-sync replicas from the state nodes; a node that is not there yet means no leader.
local function add_states(session, topics)
	local paths, owners = {}, {}
	for _, topic in ipairs(topics) do
		for _, partition in ipairs(topic.partitions) do
			local path = ("%s/%s/partitions/%d/state"):format(TOPICS, topic.name, partition.id)
			paths[#paths + 1] = path
			owners[path] = partition
		end
	end
	local states, err = session:read(paths)
	if not states then return nil, err end
	for _, path in ipairs(paths) do
		if states[path] then
			local state
			state, err = session:decode(path, states[path])
			if not state then return nil, err end
			local partition = owners[path]
			partition.leader = math.tointeger(state.leader) or -1
			partition.isr = integers(state.isr)
		end
	end
	return topics
end

local function topic_record(session, name, text)
	local path = TOPICS .. "/" .. name
	local node, err = session:decode(path, text)
	if not node then return nil, err end
	local topic = { name = name, partitions = {} }
	for key, replicas in next, type(node.partitions) == "table" and node.partitions or {} do
		local id = math.tointeger(tonumber(key))
		if not id or id < 0 then
			return report.fail { code = "zookeeper.format", source = session.connect,
				message = ("node %s has a partition that is no number"):format(path), hint = "is this Kafka's ZooKeeper?" }
		end
		table.insert(topic.partitions, { id = id, leader = -1, replicas = integers(replicas), isr = {} })
	end
	table.sort(topic.partitions, function(a, b) return a.id < b.id end)
	return topic
end

local function warn_of_deletion(session, topics)
	local marked, err = session:children("/admin/delete_topics")
	if not marked then
		if err.code == "zookeeper.no-node" then return true end
		return advise(err)
	end
	local is_marked = {}
	for _, name in ipairs(marked) do is_marked[name] = true end
	for _, topic in ipairs(topics) do
		if is_marked[topic.name] then
			session.context.warn { code = "zookeeper.deleting", source = session.connect,
				message = ("topic '%s' is marked for deletion"):format(topic.name), hint = "wait until it is gone, or create it anew" }
		end
	end
	return true
end

local function collect(session, wanted)
	local names, err = topic_names(session)
	if not names then return nil, err end
	local paths = {}
	for _, name in ipairs(names) do
		if not wanted or wanted[name] then paths[#paths + 1] = TOPICS .. "/" .. name end
	end
	local nodes
	nodes, err = session:read(paths)
	if not nodes then return nil, err end
	local topics = {}
	for _, path in ipairs(paths) do
		if nodes[path] then
			topics[#topics + 1], err = topic_record(session, path:sub(#TOPICS + 2), nodes[path])
			if err then return nil, err end
		end
	end
	local ok
	ok, err = warn_of_deletion(session, topics)
	if not ok then return nil, err end
	topics, err = add_states(session, topics)
	if not topics then return nil, err end
	return topics, #names
end

local function say_log(lines, connect, context)
	if not context.options.verbose then return end
	for _, line in ipairs(lines or {}) do
		context.note { code = "zookeeper.log", source = connect, message = line }
	end
end

--- Ask an ensemble.
-- @tparam string connect `host:port,host:port/chroot`
-- @tparam {[string]=true}|nil wanted names; nil for all
-- @tparam table context `options`, `deadline()` in ms, `waiting(what, elapsed_ms, left_ms)`, `warn(err)`, `note(err)`
-- @tparam string|nil key the property that names the ensemble, for messages
-- @treturn table|nil listing, see samza.sources; leader -1 is none
-- @treturn table|nil err
function M.listing(connect, wanted, context, key)
	local session, err = open(connect, context)
	if not session then
		say_log(err.log, connect, context)
		err.key = key
		return nil, err
	end
	local client <close> = session.client
	local topics, count = collect(session, wanted)
	say_log(client:log(), connect, context)
	if not topics then
		count.key = key
		return nil, count
	end
	return { kind = "zookeeper", origin = connect, topics = topics, count = count }
end

return M
