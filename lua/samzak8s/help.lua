-- SPDX-License-Identifier: Apache-2.0
--- The one source of help: REPL, `explain`, the manual's chapter and the editor annotations (lua/meta) are made from it.
--
-- An entry has `name`, `kind` (stage, function, backslash, command, policy-api), `signature`, `text` and, where they
-- apply, `params` ({ name, type, meaning } each), `fields` (likewise, of a record), `result` (a type), `reads`, `returns`,
-- `raises`, `unit`, `example`, and `since` (the API level, 1 unless it says more).
local nearest = require("samzak8s.nearest")

local M = { list = {} }

local by_name = {}

local function signature(entry)
	local params = {}
	for i, param in ipairs(entry.params) do
		params[i] = param[2]:sub(-1) == "?" and "[" .. param[1] .. "]" or param[1]
	end
	return ("%s(%s)%s"):format(entry.name, table.concat(params, ", "), entry.result and " -> " .. entry.result or "")
end

for _, part in ipairs({ "session", "records", "policy", "commands" }) do
	for _, entry in ipairs(require("samzak8s.help." .. part)) do
		entry.since = entry.since or 1
		if not entry.signature then
			entry.signature = entry.params and signature(entry) or entry.name
		end
		M.list[#M.list + 1] = entry
		by_name[entry.kind .. " " .. entry.name] = entry
	end
end

local KINDS = { "function", "stage", "backslash", "policy-api", "command" }

--- The entry of a name. A session's own names win over commands, which share some of them.
-- @tparam string name
-- @tparam[opt] string kind only that kind
-- @treturn table|nil
function M.find(name, kind)
	for _, candidate in ipairs(kind and { kind } or KINDS) do
		local entry = by_name[candidate .. " " .. name]
		if entry then return entry end
	end
end

--- All names, of one kind or of every kind, in the order of the manual.
-- @treturn {string,...}
function M.names(kind)
	local names = {}
	for _, entry in ipairs(M.list) do
		if kind == nil or entry.kind == kind then names[#names + 1] = entry.name end
	end
	return names
end

--- The known name nearest to a mistyped one, or nil.
function M.nearest(name)
	return nearest(name, M.names())
end

local function wrap(text, width, indent)
	local lines, line = {}, ""
	for word in text:gmatch("%S+") do
		if line ~= "" and utf8.len(line) + 1 + utf8.len(word) > width then
			lines[#lines + 1] = indent .. line
			line = word
		else
			line = line == "" and word or line .. " " .. word
		end
	end
	lines[#lines + 1] = indent .. line
	return table.concat(lines, "\n")
end

--- An entry as text: signature, meaning, then what it takes, reads, returns and raises.
-- @tparam table entry
-- @treturn string with a final newline
function M.text(entry)
	local lines = { entry.signature, wrap(entry.text, 96, "  ") }
	for _, param in ipairs(entry.params or entry.fields or {}) do
		local meaning = param[3] and ": " .. param[3] or ""
		lines[#lines + 1] = ("  %s (%s)%s"):format(param[1], param[2]:gsub("%?$", ", optional"), meaning)
	end
	if entry.kind == "stage" and entry.result then lines[#lines + 1] = "  type: " .. entry.result end
	for _, field in ipairs({ "reads", "returns", "raises", "unit", "example" }) do
		if entry[field] then lines[#lines + 1] = ("  %s: %s"):format(field, entry[field]) end
	end
	if entry.since > 1 then lines[#lines + 1] = ("  since: API level %d"):format(entry.since) end
	return table.concat(lines, "\n") .. "\n"
end

--- What a session offers, a line each.
-- @treturn string with a final newline
function M.overview()
	local lines, widest = {}, 0
	local titles = { { "stage", "Values (made when first used):" }, { "function", "Functions:" },
		{ "backslash", "Commands (all else is Lua):" } }
	for _, entry in ipairs(M.list) do
		if entry.kind ~= "policy-api" and entry.kind ~= "command" then
			widest = math.max(widest, #entry.signature:gsub(" %->.*", ""))
		end
	end
	for _, title in ipairs(titles) do
		lines[#lines + 1] = title[2]
		for _, entry in ipairs(M.list) do
			if entry.kind == title[1] then
				local call = entry.signature:gsub(" %->.*", "")
				local first = entry.text:match("^(.-)[.:]%s") or entry.text:gsub("%.$", "")
				lines[#lines + 1] = ("  %s%s  %s"):format(call, (" "):rep(widest - #call), first)
			end
		end
	end
	return table.concat(lines, "\n") .. "\n"
end

return M
