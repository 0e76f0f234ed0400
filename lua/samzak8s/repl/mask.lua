-- SPDX-License-Identifier: Apache-2.0
--- Copies for a session: what is assigned to them never reaches the pipeline, and secrets in them are masked.
local jobmodel = require("samzak8s.native.jobmodel")
local keys = require("samzak8s.keys")
local sorted = require("samzak8s.sorted")

local M = {}

-- Shorter values are masked by their key only: replacing every "kafka" in sight would garble the rest.
local LEAST = 8

local function plain(text)
	return (text:gsub("%p", "%%%0"))
end

-- The texts to look for, longest first, so that no part of one stays behind.
local function needles(raw)
	local found, seen = {}, {}
	local function add(text, replacement)
		if text ~= "" and not seen[text] then
			seen[text] = true
			found[#found + 1] = { text = text, pattern = plain(text), replacement = (replacement:gsub("%%", "%%%%")) }
		end
	end
	for key, value in sorted.pairs(raw) do
		if keys.secret(key) and type(value) == "string" and value ~= "" then
			local name, text = jobmodel.encode(key), jobmodel.encode(value)
			for _, dollar in ipairs({ "$", "$$" }) do -- env values have $ doubled
				local inside = text:gsub("%$", dollar)
				add(name .. ":" .. inside, name .. ':"' .. keys.mask .. '"')
				add(name .. ": " .. inside, name .. ': "' .. keys.mask .. '"')
				if #value >= LEAST then
					add(inside:sub(2, -2), keys.mask)
					add((value:gsub("%$", dollar)), keys.mask)
				end
			end
		end
	end
	table.sort(found, function(a, b)
		if #a.text ~= #b.text then return #a.text > #b.text end
		return a.text < b.text
	end)
	return found
end

-- A table that computes its entries when they are first read.
local function memo(f)
	return setmetatable({}, { __index = function(t, key)
		local value = f(key)
		t[key] = value
		return value
	end })
end

--- Make the function that copies values for the session.
-- @tparam table raw the merged properties, key to text
-- @tparam boolean show keep secrets as they are
-- @treturn function(value) -> a deep copy; `value` may have cycles
function M.new(raw, show)
	local list = show and {} or needles(raw)

	-- a large job repeats a few texts a million times
	local scrubbed = memo(function(text)
		for _, needle in ipairs(list) do
			if text:find(needle.text, 1, true) then text = text:gsub(needle.pattern, needle.replacement) end
		end
		return text
	end)
	local secret = memo(function(key) return not show and keys.secret(key) end)

	local function mask_values(new)
		local name, value = rawget(new, "name"), rawget(new, "value")
		if type(value) == "string" and type(name) == "string" and secret[name] then new.value = keys.mask end
		if rawget(new, "kind") == "Secret" then
			for _, part in ipairs({ "data", "stringData" }) do
				local data = rawget(new, part)
				for key in next, type(data) == "table" and data or {} do data[key] = keys.mask end
			end
		end
	end

	local function copy(value, seen)
		if seen[value] then return seen[value] end
		local new = setmetatable({}, getmetatable(value))
		seen[value] = new
		for key, item in next, value do
			local kind = type(item)
			if type(key) == "string" then
				if kind == "string" and secret[key] then item = keys.mask end
				key = scrubbed[key]
			end
			if kind == "string" then item = scrubbed[item] elseif kind == "table" then item = copy(item, seen) end
			rawset(new, key, item)
		end
		if not show then mask_values(new) end
		return new
	end

	return function(value)
		if type(value) == "table" then return copy(value, {}) end
		return type(value) == "string" and scrubbed[value] or value
	end
end

return M
