-- SPDX-License-Identifier: Apache-2.0
local kafka = require("samzak8s.native.kafka")

describe("a client that writes", function()
	local mock, address, client
	before_each(function()
		mock = assert(kafka.mock { { name = "t", partitions = 2 } })
		address = mock:bootstrap()
		client = assert(kafka.writer { { "bootstrap.servers", address } })
	end)
	after_each(function()
		client:close()
		mock:close()
	end)

	local function read(partition)
		local reader <close> = assert(kafka.new { { "bootstrap.servers", address } })
		return assert(reader:read { topic = "t", partition = partition, timeout_ms = 5000 })
	end

	it("writes records in order, with empty values and without any, and says their offsets", function()
		assert.same({ 0, 1, 2, 3 }, client:write { topic = "t", timeout_ms = 5000,
			records = { { key = "a", value = "1" }, { key = "b", value = "" }, { key = "a" }, { key = "\0\xFF", value = "\0" } } })
		local found = read(0)
		assert.same({ "a", "b", "a", "\0\xFF" }, found.keys)
		assert.same({ "1", "", false, "\0" }, found.values)
		assert.same({}, client:write { topic = "t", records = {}, timeout_ms = 5000 })
		assert.same({ 0 }, client:write { topic = "t", partition = 1, records = { { key = "x", value = "y" } }, timeout_ms = 5000 })
	end)
	it("writes more records than fit into the queue", function()
		local records = {}
		for i = 1, 120000 do records[i] = { key = "k", value = tostring(i) } end
		assert.equal(119999, client:write { topic = "t", records = records, timeout_ms = 20000 }[120000])
		local found = read(0).values
		for i = 1, 120000 do assert(found[i] == tostring(i)) end
	end)
	it("says how many records were taken when a topic is missing, within the timeout", function()
		local _, err = client:write { topic = "t", partition = 7, records = { { key = "a", value = "1" } }, timeout_ms = 1000 }
		assert.truthy(err.code == "kafka.write" or err.code == "kafka.timeout")
		assert.same({ 0, 1 }, { err.written, err.asked })
	end)
	it("hears from wait, which may end it", function()
		local silent = assert(kafka.writer { { "bootstrap.servers", "127.0.0.1:1" } })
		local ok, raised = pcall(silent.write, silent, { topic = "t", records = { { key = "a" } }, timeout_ms = 5000, wait = function() error("enough", 0) end })
		assert.same({ false, "enough" }, { ok, raised })
		silent:close()
	end)
	it("takes the last word on what keeps order and acknowledgements", function()
		local own <close> = assert(kafka.writer { { "bootstrap.servers", address }, { "enable.idempotence", "true" }, { "acks", "0" } })
		assert.same({ 0 }, own:write { topic = "t", records = { { key = "a", value = "1" } }, timeout_ms = 5000 })
	end)
	it("does not read, and one that reads does not write", function()
		assert.has_error(function() client:read { topic = "t", timeout_ms = 1000 } end, "calling 'read' on bad self (made by kafka.writer, which cannot read)")
		local reader <close> = assert(kafka.new { { "bootstrap.servers", address } })
		assert.has_error(function() reader:write { topic = "t", records = {}, timeout_ms = 1000 } end,
			"calling 'write' on bad self (made by kafka.new, which cannot write)")
	end)
	it("raises for what a program gets wrong", function()
		for _, request in ipairs { { topic = "t" }, { topic = "t", records = { 1 } }, { topic = "t", records = { { value = "x" } } },
			{ topic = "t", records = { { key = "x", value = 1 } } }, { topic = "t\0", records = {} }, { topic = "t", partition = -1, records = {} },
			{ topic = "t", records = {}, what = 1 } } do
			request.timeout_ms = 1000
			assert.has_error(function() client:write(request) end)
		end
	end)
end)

-- The mock cluster has no controller: what brokers make, the tests with real ones show.
describe("topics at brokers without a controller", function()
	local mock, client
	before_each(function()
		mock = assert(kafka.mock { { name = "t", partitions = 2 } })
		client = assert(kafka.new { { "bootstrap.servers", mock:bootstrap() } })
	end)
	after_each(function()
		client:close()
		mock:close()
	end)

	it("are an error within the timeout", function()
		for _, method in ipairs { "create", "configs" } do
			local topics = method == "create" and { { name = "x", partitions = 1, replication = 1, configs = { { "cleanup.policy", "compact" } } } } or { "t" }
			local _, err = client[method](client, { topics = topics, timeout_ms = 200 })
			assert.equal("kafka.timeout", err.code)
		end
	end)
	it("time out where nobody answers", function()
		local silent <close> = assert(kafka.new { { "bootstrap.servers", "127.0.0.1:1" } })
		local _, err = silent:create { topics = { { name = "x", partitions = 1, replication = 1 } }, timeout_ms = 300 }
		assert.truthy(err.code:find("^kafka%."))
		assert.equal("kafka.timeout", select(2, silent:configs { topics = { "x" }, timeout_ms = 0 }).code)
	end)
	it("raise for what a program gets wrong", function()
		for _, topic in ipairs { 1, { name = "x" }, { name = "x", partitions = 0, replication = 1 }, { name = "x", partitions = 1, replication = 40000 },
			{ name = "x\0", partitions = 1, replication = 1 }, { name = "x", partitions = 1, replication = 1, configs = { 1 } },
			{ name = "x", partitions = 1, replication = 1, configs = { { "a", 1 } } } } do
			assert.has_error(function() client:create { topics = { topic }, timeout_ms = 1000 } end)
		end
		assert.has_error(function() client:create { topics = {}, timeout_ms = 1000 } end)
		assert.has_error(function() client:configs { topics = { 1 }, timeout_ms = 1000 } end)
	end)
end)
