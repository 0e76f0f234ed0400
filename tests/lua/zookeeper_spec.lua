-- SPDX-License-Identifier: Apache-2.0
local zookeeper = require("samzak8s.native.zookeeper")

describe("zookeeper.parse", function()
	it("gives servers, the default port and the chroot", function()
		assert.same({ servers = { { host = "a", port = 1 }, { host = "b", port = 2181 } }, chroot = "/kafka" },
			zookeeper.parse(" a:1 ,, b/kafka "))
	end)
	it("says why a text is no connect string", function()
		local parsed, err = zookeeper.parse("a/kafka/")
		assert.is_nil(parsed)
		assert.equal("zookeeper.config", err.code)
		assert.equal("the path /kafka/ ends with a slash or has an empty part", err.message)
	end)
end)

describe("zookeeper.connect", function()
	it("reports refused connections at the deadline, with the server's last words", function()
		local calls = 0
		local client, err = zookeeper.connect{ hosts = "127.0.0.1:1/x", timeout_ms = 350,
			wait = function(elapsed, left)
				calls = calls + 1
				assert.is_true(elapsed > 0 and left > 0 and elapsed + left == 350)
			end }
		assert.is_nil(client)
		assert.same({ code = "zookeeper.refused", message = "connections were refused for 350 ms", source = "127.0.0.1:1/x",
			notes = { "127.0.0.1:1: Connection refused (server refused to accept the client)" } },
			{ code = err.code, message = err.message, source = err.source, notes = err.notes })
		assert.is_true(calls >= 2)
		assert.matches("127.0.0.1:1", table.concat(err.log, "\n"), 1, true)
	end)
	it("ends at once when no host has an address", function()
		local client, err = zookeeper.connect{ hosts = "no-such-host.invalid:2181", timeout_ms = 20000 }
		assert.is_nil(client)
		-- Where no resolver answers at all, only the deadline would tell; there the code is the same.
		assert.equal("zookeeper.resolve", err.code)
		assert.matches('^cannot resolve "no%-such%-host.invalid": ', err.notes[1])
	end)
	it("refuses a connect string without servers", function()
		local client, err = zookeeper.connect{ hosts = "/kafka", timeout_ms = 1000 }
		assert.is_nil(client)
		assert.equal("zookeeper.config", err.code)
	end)
	it("raises on unknown and wrong options", function()
		assert.has_error(function() zookeeper.connect{ hosts = "a", timeout_ms = 1, host = "b" } end)
		assert.has_error(function() zookeeper.connect{ hosts = "a", timeout_ms = 0 } end)
		assert.has_error(function() zookeeper.connect{ hosts = 7, timeout_ms = 1 } end)
	end)
	it("lets an error of the wait function through and cleans up", function()
		local ok, err = pcall(zookeeper.connect, { hosts = "127.0.0.1:1", timeout_ms = 5000,
			wait = function() error("interrupted", 0) end })
		assert.is_false(ok)
		assert.equal("interrupted", err)
		collectgarbage()
	end)
end)
