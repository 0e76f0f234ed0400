-- SPDX-License-Identifier: Apache-2.0
--- What tests of policies share: a config made of a table, a context that records, script files, the built-in sources.
local config = require("samzak8s.config")
local versions = require("samzak8s.samza.versions")

local M = {}

--- A config whose properties come from job.properties, one a line in sorted order; relative paths start at `directory`.
function M.config(properties, directory)
	local keys = {}
	for key in next, properties do keys[#keys + 1] = key end
	table.sort(keys)
	local file, lines, result = "job.properties", {}, config.new()
	if directory then file = directory .. "/job.properties" end
	for _, key in ipairs(keys) do lines[#lines + 1] = key .. "=" .. properties[key] end
	for line, key in ipairs(keys) do
		result:set(key, properties[key], { file = file, line = line, bytes = table.concat(lines, "\n") })
	end
	return result
end

--- A stage's context for a release; what is said lands in `warnings` and `notes`.
function M.context(release, more)
	local context = { warnings = {}, notes = {}, options = {}, facts = versions.facts(release or "0.9.1"),
		state = { changelog = {}, containers = {}, partitions = {}, modes = {}, hosts = {} } }
	for k, v in pairs(more or {}) do context[k] = v end
	function context.warn(err) table.insert(context.warnings, err) end
	function context.note(err) table.insert(context.notes, err) end
	return context
end

--- Write a script of a test's own into a fresh directory. -> the directory
function M.directory(files)
	local path = os.tmpname()
	os.remove(path)
	assert(os.execute("mkdir " .. path))
	for name, text in pairs(files) do
		if name:find("/") then os.execute(("mkdir -p %s/%s"):format(path, name:match("^(.*)/"))) end
		local file <close> = assert(io.open(path .. "/" .. name, "w"))
		file:write(text)
	end
	return path
end

function M.remove(directory)
	os.execute("rm -rf " .. directory)
end

--- Stand in for the program's embedded sources with those of the tree, and `extra` (module -> text).
function M.sources(extra)
	local texts, paths, names = {}, {}, {}
	local pipe = assert(io.popen("find lua -path 'lua/groupers/*.lua' -o -path 'lua/layouts/*.lua'"))
	for path in pipe:lines() do
		local file <close> = assert(io.open(path))
		local module = path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/", ".")
		texts[module], paths[module] = file:read("a"), path
	end
	pipe:close()
	for module, text in pairs(extra or {}) do
		texts[module], paths[module] = text, "lua/" .. module:gsub("%.", "/") .. ".lua"
	end
	for module in pairs(texts) do names[#names + 1] = module end
	table.sort(names)
	package.loaded["samzak8s.native.host"] = {
		source = function(module) return texts[module], paths[module] end,
		sources = function()
			local result = {}
			for i, module in ipairs(names) do result[i] = { module = module, path = paths[module] } end
			return result
		end,
	}
end

return M
