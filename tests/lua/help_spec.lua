-- SPDX-License-Identifier: Apache-2.0
local backslash = require("samzak8s.repl.backslash")
local help = require("samzak8s.help")
local sessions = require("samzak8s.repl.session")
local fake_run = require("support.fake_run")
local sorted = require("samzak8s.sorted")

local function without_entry(names, kind, prefix)
	local missing = {}
	for _, name in ipairs(names) do
		if not help.find(prefix .. name, kind) then table.insert(missing, name) end
	end
	return missing
end

local function session()
	return sessions.new(fake_run(), {}, { flush = function() end })
end

describe("help", function()
	it("has an entry for every function, stage and backslash command of a session, and for nothing else", function()
		local names = {}
		for _, command in ipairs(backslash.list) do table.insert(names, command.name) end
		local functions = sorted.keys(session().functions)
		assert.are.same({}, without_entry(names, "backslash", "\\"))
		assert.are.same({}, without_entry(functions, "function", ""))
		assert.are.equal(#names, #help.names("backslash"))
		assert.are.equal(#functions, #help.names("function"))
		for _, stage in ipairs(sessions.STAGES) do assert.is_truthy(help.find(stage.name, "stage"), stage.name) end
	end)

	it("has an entry for every part of samzak8s.kubernetes, and for nothing else", function()
		local kubernetes = require("samzak8s.kubernetes")
		assert.are.same({}, without_entry(sorted.keys(kubernetes), "policy-api", "kubernetes."))
		for _, name in ipairs(help.names("policy-api")) do
			local part = name:match("^kubernetes%.(.*)")
			assert.is_true(part == nil or kubernetes[part] ~= nil, name)
		end
	end)

	it("gives every entry a signature and a text that is a sentence", function()
		for _, entry in ipairs(help.list) do
			assert.truthy(entry.signature, entry.name)
			assert.truthy(entry.text:find("^%u.*[.]$"), entry.name)
			assert.truthy(help.text(entry):find(entry.signature, 1, true) == 1, entry.name)
		end
	end)

	it("prefers what a session calls by that name to the command", function()
		assert.are.equal("stage", help.find("partitions").kind)
		assert.are.equal("command", help.find("partitions", "command").kind)
		assert.is_nil(help.find("nosuch"))
		assert.are.equal("where", help.nearest("wehre"))
	end)

	it("has examples that run", function()
		local run = session()
		run.write = function() end
		run.functions.topics = function() end -- asks a cluster
		for _, kind in ipairs({ "function", "stage" }) do
			for _, name in ipairs(help.names(kind)) do
				local entry = help.find(name, kind)
				local example = entry.example and entry.example:gsub("17", "3")
				if example then
					run.report.error = function(_, err) error(entry.name .. ": " .. err.message, 0) end
					rawset(run.env, "_", 1)
					rawset(run.env, "_err", { code = "x" })
					assert.is_true(run:evaluate(example, "=example"), name)
				end
			end
		end
	end)

	it("points to built-in scripts that exist", function()
		for _, entry in ipairs(help.list) do
			local name = entry.example and entry.example:match("^samzak8s show (%S+)")
			if name then assert.is_truthy(loadfile("lua/" .. name .. ".lua"), name) end
		end
	end)

	it("is what the editor annotations are made from", function()
		local file <close> = assert(io.open("lua/meta/samzak8s.lua"))
		assert.are.equal(assert(loadfile("lua/meta/generate.lua"))("text"), file:read("a"))
		assert.is_truthy(loadfile("lua/meta/samzak8s.lua"))
	end)
end)
