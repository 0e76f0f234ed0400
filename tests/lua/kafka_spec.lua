-- SPDX-License-Identifier: Apache-2.0
local kafka = require("samzak8s.native.kafka")

local REFUSED = "127.0.0.1:1" -- tcpmux: nobody listens

local function client(servers, ...)
	return assert(kafka.new({ { "bootstrap.servers", servers }, ... }))
end

describe("the mock cluster", function()
	local mock = assert(kafka.mock({ { name = "c", partitions = 3 }, { name = "b", partitions = 12 }, { name = "a", partitions = 2 } }))

	it("lists topics and partitions sorted, with leaders, replicas and brokers", function()
		local c <close> = client(mock:bootstrap())
		local md = assert(c:metadata({ timeout_ms = 5000 }))
		assert.equal(3, md.topic_count)
		assert.equal("a", md.topics[1].name)
		assert.equal("b", md.topics[2].name)
		assert.same({ id = 0, leader = 1, replicas = { 1 }, isr = { 1 } }, md.topics[1].partitions[1])
		for i, p in ipairs(md.topics[2].partitions) do assert.equal(i - 1, p.id) end
		assert.equal(12, #md.topics[2].partitions)
		assert.equal(1, #md.brokers)
		assert.equal(mock:bootstrap(), ("%s:%d"):format(md.brokers[1].host, md.brokers[1].port))
		assert.equal(mock:bootstrap() .. "/1", md.broker)
	end)

	it("gives only the topics asked for, and does not create a missing one", function()
		local c <close> = client(mock:bootstrap(), { "allow.auto.create.topics", "true" })
		for _ = 1, 2 do
			local md = assert(c:metadata({ timeout_ms = 5000, topics = { c = true, a = true, missing = true, ["a\0"] = true } }))
			assert.equal(3, md.topic_count)
			assert.equal(2, #md.topics)
			assert.equal("a", md.topics[1].name)
			assert.equal("c", md.topics[2].name)
		end
		assert.same({}, assert(c:metadata({ timeout_ms = 5000, topics = {} })).topics)
	end)

	it("tells where partitions begin and end", function()
		local c <close> = client(mock:bootstrap())
		local function ask(partitions) return c:watermarks({ topic = "c", partitions = partitions, timeout_ms = 5000 }) end
		assert.same({ { id = 2, low = 0, high = 0 }, { id = 0, low = 0, high = 0 } }, ask({ 2, 0 }))
		assert.same({ { id = 1, low = 0, high = 0 }, { id = 9 } }, ask({ 1, 9 }))
		assert.equal(3, #c:metadata({ timeout_ms = 5000 }).topics)
		for _, wrong in ipairs({ {}, { -1 }, { "x" }, { 1.5 }, { 1 << 40 } }) do
			assert.has_error(function() ask(wrong) end, "bad argument #1 to 'watermarks' (partitions must be an array of ids)")
		end
		local nobody <close> = client(REFUSED)
		assert.equal("kafka.refused", select(2, nobody:watermarks({ topic = "c", partitions = { 0 }, timeout_ms = 300 })).code)
	end)

	it("refuses counts out of range, and a topic named twice", function()
		local function message(topics)
			local none, err = kafka.mock(topics)
			assert.is_nil(none)
			assert.equal("kafka.mock", err.code)
			return err.message
		end
		local range = "topic a: %d partitions, but the mock cluster takes 1 to 10000"
		for _, count in ipairs({ 10001, 0, -1 }) do
			assert.equal(range:format(count), message({ { name = "a", partitions = count } }))
		end
		local twice = { name = "a", partitions = 1 }
		assert.equal("topic a: Broker: Topic already exists", message({ twice, twice }))
		assert.has_error(function() kafka.mock({ { name = "a" } }) end)
	end)

	it("cannot be used once closed", function()
		mock:close()
		mock:close()
		assert.error_matches(function() mock:bootstrap() end, "the mock cluster is closed")
	end)
end)

describe("a client", function()
	it("raises once closed, and closes twice", function()
		local c = client(REFUSED)
		c:close()
		c:close()
		assert.error_matches(function() c:metadata({ timeout_ms = 1 }) end, "the Kafka client is closed")
		assert.error_matches(function() c:log() end, "the Kafka client is closed")
	end)

	it("raises on wrong options", function()
		local c <close> = client(REFUSED)
		assert.error_matches(function() c:metadata({ timeout = 1 }) end, "unknown option 'timeout'")
		assert.error_matches(function() c:metadata({}) end, "timeout_ms must be an integer")
		assert.error_matches(function() c:metadata({ timeout_ms = 1.5 }) end, "timeout_ms must be an integer")
		assert.error_matches(function() c:metadata({ timeout_ms = 1, topics = "a" }) end, "topics must be a set of names")
		assert.error_matches(function() c:metadata({ timeout_ms = 1, topics = { "a" } }) end, "topics must be a set of names")
		assert.error_matches(function() kafka.new({ "bootstrap.servers" }) end, "settings are arrays of { name, value }")
	end)

	it("names the property that librdkafka does not know or accept", function()
		local c, err = kafka.new({ { "no.such", "1" } })
		assert.is_nil(c)
		assert.equal("kafka.config", err.code)
		assert.equal("no.such", err.property)
		assert.equal('librdkafka property no.such: No such configuration property: "no.such"', err.message)
		c, err = kafka.new({ { "security.protocol", "foo" } })
		assert.is_nil(c)
		assert.equal("kafka.config", err.code)
		c, err = kafka.new({ { "bootstrap.servers", " , " } })
		assert.is_nil(c)
		assert.equal("librdkafka property bootstrap.servers: names no broker", err.message)
	end)

	it("has a hint, and the log, where librdkafka refuses the settings as a whole", function()
		local servers = { "bootstrap.servers", REFUSED }
		local c, err = kafka.new({ servers, { "security.protocol", "sasl_plaintext" }, { "sasl.mechanisms", "PLAIN" } })
		assert.is_nil(c)
		assert.equal("librdkafka: sasl.username and sasl.password must be set", err.message)
		assert.equal("set sasl.jaas.config; a file named by -Djava.security.auth.login.config is not read", err.hint)
		c, err = kafka.new({ servers, { "security.protocol", "ssl" }, { "ssl.ca.location", "/no/such/file" } })
		assert.is_nil(c)
		assert.matches("^librdkafka: ssl.ca.location failed: ", err.message)
		assert.matches("/no/such/file", table.concat(err.notes))
		assert.equal("check that the file is there and holds PEM certificates", err.hint)
	end)

	it("never shows a secret", function()
		local c, err = kafka.new({ { "ssl.key.pem", "Pa55word\0" } })
		assert.is_nil(c)
		assert.equal("librdkafka property ssl.key.pem: has a NUL byte", err.message)
		c, err = kafka.new({ { "bootstrap.servers", "h:1" }, { "security.protocol", "ssl" }, { "ssl.key.pem", "Pa55word" } })
		assert.is_nil(c)
		assert.is_nil((err.message .. table.concat(err.notes)):find("Pa55word", 1, true))
	end)

	it("says that the connection was refused when the time is over", function()
		local c <close> = client(REFUSED)
		local md, err = c:metadata({ timeout_ms = 300 })
		assert.is_nil(md)
		assert.equal("kafka.refused", err.code)
		local words = ("Connect to ipv4#%s failed: Connection refused"):format(REFUSED)
		assert.equal("no answer in 300 ms: " .. words, err.message)
		assert.same({ REFUSED .. "/bootstrap: " .. words }, err.notes)
		assert.equal("check that the broker is running and that bootstrap.servers names its host and port", err.hint)
		local lines, more = c:log()
		assert.is_true(#lines > 0 and lines[1]:find("Connection refused", 1, true) ~= nil)
		assert.same({}, (c:log(more)))
	end)

	it("ends before the deadline when no host is known", function()
		local c <close> = client("no-such-host.invalid:9092")
		local md, err = c:metadata({ timeout_ms = 300 })
		assert.is_nil(md)
		assert.is_true(err.code == "kafka.resolve" or err.code == "kafka.timeout") -- the DNS itself may be slow
	end)

	it("calls wait every 100 ms with the time spent, the time left and the brokers' words", function()
		local c <close> = client(REFUSED)
		local calls = {}
		c:metadata({ timeout_ms = 450, wait = function(...) calls[#calls + 1] = { ... } end })
		assert.is_true(#calls >= 2 and #calls <= 4)
		assert.is_true(calls[1][1] >= 100 and calls[1][1] + calls[1][2] == 450)
		assert.is_true(calls[1][3]:find("Connection refused", 1, true) ~= nil)
	end)

	it("passes on what wait raises, and can ask again after that", function()
		local c <close> = client(REFUSED)
		local stop = setmetatable({}, { __name = "stop" })
		local ok, raised = pcall(c.metadata, c, { timeout_ms = 60000, wait = function() error(stop) end })
		assert.is_false(ok)
		assert.equal(stop, raised)
		local _, err = c:metadata({ timeout_ms = 150 })
		assert.equal("kafka.refused", err.code)
	end)

	it("notices when wait closes or uses the client", function()
		local c = client(REFUSED)
		assert.error_matches(function()
			c:metadata({ timeout_ms = 60000, wait = function() c:close() end })
		end, "used inside its own wait function")
		local d <close> = client(REFUSED)
		assert.error_matches(function()
			d:metadata({ timeout_ms = 60000, wait = function() d:metadata({ timeout_ms = 1 }) end })
		end, "used inside its own wait function")
	end)

	it("does not ask when no time is left", function()
		local c <close> = client(REFUSED)
		for _, ms in ipairs({ 0, -5 }) do
			local _, err = c:metadata({ timeout_ms = ms })
			assert.equal("kafka.timeout", err.code)
			assert.equal("no time left to ask", err.message)
		end
	end)

	it("says which librdkafka it is", function()
		assert.matches("^%d+%.%d+%.%d+", kafka.version())
	end)
end)

describe("reading a topic", function()
	local mock = assert(kafka.mock({ { name = "empty", partitions = 2 } }))

	it("gives no records of an empty one, and the number of its partitions", function()
		local c <close> = client(mock:bootstrap())
		for _, partition in ipairs({ 0, 1 }) do
			local read = assert(c:read({ topic = "empty", partition = partition, timeout_ms = 5000 }))
			assert.same({ offsets = {}, keys = {}, values = {}, partitions = 2, low = 0, high = 0 }, read)
		end
	end)

	it("says that there is no such topic, or partition, and does not create it", function()
		local c <close> = client(mock:bootstrap(), { "allow.auto.create.topics", "true" })
		for _ = 1, 2 do
			local read, err = c:read({ topic = "missing", timeout_ms = 5000 })
			assert.is_nil(read)
			assert.equal("kafka.no-topic", err.code)
			assert.equal("there is no topic missing", err.message)
		end
		local _, err = c:read({ topic = "empty", partition = 2, timeout_ms = 5000 })
		assert.equal("kafka.read", err.code)
		assert.equal("topic empty has no partition 2", err.message)
	end)

	it("fails as any request does when nobody listens", function()
		local c <close> = client(REFUSED)
		local calls = 0
		local read, err = c:read({ topic = "t", timeout_ms = 300, wait = function() calls = calls + 1 end })
		assert.is_nil(read)
		assert.equal("kafka.refused", err.code)
		assert.is_true(calls >= 1)
	end)

	it("raises on wrong options", function()
		local c <close> = client(REFUSED)
		assert.error_matches(function() c:read({ topics = "t", timeout_ms = 1 }) end, "unknown option 'topics'")
		assert.error_matches(function() c:read({ timeout_ms = 1 }) end, "topic must be a name")
		assert.error_matches(function() c:read({ topic = "a\0b", timeout_ms = 1 }) end, "topic must be a name")
		assert.error_matches(function() c:read({ topic = "t", partition = -1, timeout_ms = 1 }) end, "partition must be an integer from 0")
		assert.error_matches(function() c:read({ topic = "t" }) end, "timeout_ms must be an integer")
	end)
end)
