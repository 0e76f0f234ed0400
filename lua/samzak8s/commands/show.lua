-- SPDX-License-Identifier: Apache-2.0
--- samzak8s show: a built-in Lua script, to read or to copy; without a name the replaceable ones; editor and linter settings.
local host = require("samzak8s.native.host")
local nearest = require("samzak8s.nearest")
local output = require("samzak8s.output")
local sorted = require("samzak8s.sorted")

local LUARC = [[
{
  "runtime.version": "Lua 5.4",
  "workspace.library": ["lua/meta"],
  "diagnostics.globals": []
}
]]

local LUACHECKRC = [[
std = {
	read_globals = {
		"assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "print", "rawequal", "rawget", "rawlen", "rawset",
		"require", "select", "setmetatable", "string", "table", "math", "utf8", "coroutine", "tonumber", "tostring", "type", "xpcall", "warn", "_VERSION",
	},
}
]]

-- what is no script: settings for editors, shells, and the manual page
local made = {
	luarc = function() return LUARC end,
	luacheckrc = function() return LUACHECKRC end,
	manual = function() return require("samzak8s.manual")() end,
	["bash-completion"] = function() return require("samzak8s.completion").bash() end,
	["zsh-completion"] = function() return require("samzak8s.completion").zsh() end,
}

-- "layouts/statefulset" of the module "layouts.statefulset"
local function name_of(module)
	return (module:gsub("%.", "/"))
end

local function list()
	local lines = {}
	for _, source in ipairs(host.sources()) do
		local name = name_of(source.module)
		if name:find("^groupers/") or name:find("^layouts/") then lines[#lines + 1] = name end
	end
	return table.concat(lines, "\n") .. "\n"
end

return function(options, reporter)
	local name = options.operands[1]
	if not name then return output(list(), reporter) end
	if made[name] then return output(made[name](), reporter) end
	local text = host.source((name:gsub("%.lua$", ""):gsub("/", ".")))
	if text then return output(text, reporter) end
	local names = sorted.keys(made)
	for _, source in ipairs(host.sources()) do names[#names + 1] = name_of(source.module) end
	local near = nearest(name, names)
	reporter:error { code = "show.name", source = name, message = "no built-in script has this name",
		hint = near and ("did you mean %s?"):format(near) or "samzak8s show lists those that can be replaced" }
	return 1
end
