-- SPDX-License-Identifier: Apache-2.0
-- The look-up on an ensemble made of a table: { [path] = bytes }.
local report = require("samzak8s.report")

local function fake_client(nodes)
	local client = {}
	function client.children(_, path)
		local found, seen = {}, {}
		for name in pairs(nodes) do
			local below = path == "/" and name:match("^/([^/]+)") or name:sub(1, #path + 1) == path .. "/" and name:sub(#path + 2):match("^[^/]+")
			if below and not seen[below] then
				seen[below] = true
				table.insert(found, below)
			end
		end
		if #found == 0 and not nodes[path] then
			return report.fail { code = "zookeeper.no-node", message = "no such node: " .. path, source = "zk:1" }
		end
		table.sort(found)
		return found
	end
	function client.log() return { "a line" } end
	function client.read(_, paths)
		if nodes.error then return report.fail { code = nodes.error, message = "lost", source = "zk:1" } end
		local values = {}
		for _, path in ipairs(paths) do values[path] = nodes[path] or false end
		return values
	end
	return setmetatable(client, { __close = function() nodes.closed = true end })
end

describe("zookeeper.listing", function()
	local nodes, warnings, notes, ask, connect_error

	before_each(function()
		nodes, warnings, notes, connect_error = {}, {}, {}, nil
		package.loaded["samzak8s.samza.zookeeper"] = nil
		local native = package.loaded["samzak8s.native.zookeeper"]
		package.loaded["samzak8s.native.zookeeper"] = { connect = function(options)
			assert.equal(1234, options.timeout_ms)
			options.wait(1000, 234)
			if connect_error then return nil, connect_error end
			return fake_client(nodes)
		end }
		ask = require("samzak8s.samza.zookeeper").listing
		package.loaded["samzak8s.native.zookeeper"] = native
	end)

	local function look(wanted)
		local listing, err = ask("zk:1", wanted, { options = { verbose = true }, deadline = function() return 1234 end,
			warn = function(w) table.insert(warnings, w) end, note = function(n) table.insert(notes, n) end,
			waiting = function(what, elapsed, left) assert.same({ "asking ZooKeeper zk:1", 1000, 234 }, { what, elapsed, left }) end }, "k")
		if not listing then
			assert.equal("k", err.key)
			return nil, err
		end
		assert.same({ "zookeeper", "zk:1" }, { listing.kind, listing.origin })
		return listing.topics, listing.count
	end

	it("reads every version of a topic node, sorts ids as numbers, keeps holes", function()
		nodes["/brokers/topics/a"] = '{"version":1,"partitions":{"10":[2,3],"2":[1],"0":[]}}'
		nodes["/brokers/topics/b"] = '{"version":2,"partitions":{"0":[1]},"adding_replicas":{},"removing_replicas":{}}'
		nodes["/brokers/topics/c"] = '{"removing_replicas":{},"partitions":{"1":[1]},"topic_id":"x","adding_replicas":{},"version":3}'
		nodes["/brokers/topics/a/partitions/10/state"] =
			'{"controller_epoch":1,"leader":2,"version":1,"leader_epoch":0,"isr":[2]}'
		nodes["/brokers/topics/a/partitions/2/state"] = '{"controller_epoch":1,"leader":-1,"version":1,"leader_epoch":0,"isr":[]}'
		local topics, count = look()
		assert.equal(3, count)
		assert.same({ { code = "zookeeper.log", source = "zk:1", message = "a line" } }, notes)
		assert.same({
			{ name = "a", partitions = { { id = 0, leader = -1, replicas = {}, isr = {} }, { id = 2, leader = -1, replicas = { 1 }, isr = {} },
				{ id = 10, leader = 2, replicas = { 2, 3 }, isr = { 2 } } } },
			{ name = "b", partitions = { { id = 0, leader = -1, replicas = { 1 }, isr = {} } } },
			{ name = "c", partitions = { { id = 1, leader = -1, replicas = { 1 }, isr = {} } } },
		}, topics)
		assert.is_true(nodes.closed)
	end)
	it("gives only what is wanted, and says how many topics there are", function()
		nodes["/brokers/topics/a"] = '{"version":1,"partitions":{"0":[1]}}'
		nodes["/brokers/topics/b"] = "unread"
		local topics, count = look { a = true, absent = true }
		assert.same({ 1, "a", 2 }, { #topics, topics[1].name, count })
	end)
	it("warns about topics that are marked for deletion", function()
		nodes["/brokers/topics/a"] = '{"version":1,"partitions":{"0":[1]}}'
		nodes["/admin/delete_topics/a"], nodes["/admin/delete_topics/b"] = "", ""
		look()
		assert.same({ 1, "zookeeper.deleting", "topic 'a' is marked for deletion" }, { #warnings, warnings[1].code, warnings[1].message })
	end)
	it("finds no topic in a cluster that has none", function()
		nodes["/brokers/ids/1"] = "{}"
		assert.same({}, (look()))
	end)
	it("tells a wrong chroot from a cluster without topics, and what is there", function()
		nodes["/kafka/brokers/ids/1"], nodes["/zookeeper"] = "{}", ""
		local topics, err = look()
		assert.is_nil(topics)
		assert.equal("no such node: /brokers/topics", err.message)
		assert.same({ "there are: /kafka, /zookeeper" }, err.notes)
		assert.matches("chroot", err.hint)
	end)
	it("refuses nodes that Kafka did not write", function()
		for text, why in pairs { ["x"] = "", ["[1"] = "", ["7"] = "no JSON object", ['{"a":1,"a":2}'] = "" } do
			nodes["/brokers/topics/a"] = text
			local topics, err = look()
			assert.is_nil(topics)
			assert.equal("zookeeper.format", err.code)
			assert.matches("^node /brokers/topics/a is not as Kafka writes it: .*" .. why, err.message)
		end
		nodes["/brokers/topics/a"] = '{"partitions":{"first":[1]}}'
		local _, err = look()
		assert.equal("node /brokers/topics/a has a partition that is no number", err.message)
	end)
	it("gives every failure a hint", function()
		for _, code in ipairs { "timeout", "refused", "resolve", "config", "expired", "authentication", "protocol" } do
			connect_error = { code = "zookeeper." .. code, log = { "said" } }
			local topics, err = look()
			assert.is_nil(topics)
			assert.is_string(err.hint)
		end
		connect_error = nil
		nodes["/brokers/topics/a"] = '{"version":1,"partitions":{"0":[1]}}'
		nodes.error = "zookeeper.expired"
		local _, err = look()
		assert.matches("overloaded", err.hint)
		assert.same({ "said", "a line" }, { notes[1].message, notes[#notes].message })
		assert.is_true(nodes.closed)
	end)
end)
