-- SPDX-License-Identifier: Apache-2.0
--- The sizes that Kubernetes and Linux hold an object to, and how to measure against them. All in bytes.
local M = {
	env = 131071,           -- one NAME=value string (Linux MAX_ARG_STRLEN without the NUL); longer ones never start
	env_total = 2097152,    -- all arguments and variables of a process with the usual 8 MiB stack
	config_map = 1048576,   -- the values of a ConfigMap or Secret together, decoded
	annotations = 262144,   -- keys and values of an object's annotations together
	last_applied = 262096,  -- an object as JSON, for client-side `kubectl apply`, which stores it in an annotation
	object = 1572864,       -- what etcd takes in one request
	request = 3145728,      -- what the server takes as the body of one request
	auto_env = 32768,       -- `kubernetes.delivery=auto` puts models up to this into env
}

local SHORT = { ["\n"] = 1, ["\r"] = 1, ["\t"] = 1, ["\b"] = 1, ["\f"] = 1 }

-- How often a character stands in a text; plain finds are many times faster than a set in a pattern.
local function count(s, c)
	local n, at = 0, s:find(c, 1, true)
	while at do
		n, at = n + 1, s:find(c, at + 1, true)
	end
	return n
end

-- Length of a JSON string as Go writes it: `<`, `>`, `&` and control characters take six bytes.
local function string_length(s)
	local n = #s + 2 + count(s, '"') + count(s, "\\")
	if s:find("<", 1, true) or s:find(">", 1, true) or s:find("&", 1, true) or s:find("%c") then -- %c follows the locale, so that it only says that a closer look is needed
		for c in s:gmatch("[\0-\31<>&]") do n = n + (SHORT[c] or 5) end
	end
	return n
end

--- Length of a value as compact JSON, the way kubectl writes it.
-- @param value tables with `#t > 0` are arrays
-- @treturn integer bytes
function M.json_length(value)
	if type(value) == "string" then return string_length(value) end
	if type(value) ~= "table" then return #tostring(value) end
	local n, members = 2, 0
	if #value > 0 then
		for _, v in ipairs(value) do n, members = n + M.json_length(v), members + 1 end
	else
		for k, v in pairs(value) do
			n, members = n + string_length(tostring(k)) + 1 + M.json_length(v), members + 1
		end
	end
	return n + math.max(members - 1, 0)
end

--- An upper bound of `json_length`, many times faster: every byte may take six.
-- @treturn integer bytes
function M.json_bound(value)
	if type(value) == "string" then return #value * 6 + 3 end
	if type(value) ~= "table" then return 24 end
	local n = 2
	for k, v in pairs(value) do n = n + (type(k) == "string" and #k * 6 + 4 or 1) + M.json_bound(v) end
	return n
end

--- Length of an object as the server stores it: its texts as they are, a tag and a length for each field.
-- @treturn integer bytes, a little more than it takes
function M.stored_length(value)
	if type(value) == "string" then return #value + 6 end
	if type(value) ~= "table" then return 10 end
	local n = 6
	for k, v in pairs(value) do n = n + (type(k) == "string" and #k or 0) + M.stored_length(v) end
	return n
end

--- What client-side `kubectl apply` would store for an object: its JSON with annotations, a namespace and a newline.
-- @treturn integer bytes, to hold against `last_applied` less the object's own annotations
function M.last_applied_length(object)
	local n = M.json_length(object) + 1
	if object.metadata.annotations == nil then n = n + #',"annotations":{}' end
	if object.metadata.namespace == nil then n = n + #',"namespace":"default"' end
	return n
end

--- Keys and values of a map of strings together.
-- @treturn integer bytes
function M.map_length(map)
	local n = 0
	for k, v in pairs(map or {}) do n = n + #tostring(k) + #tostring(v) end
	return n
end

--- 1234567 as "1,234,567".
function M.number(n)
	local s = ("%d"):format(n):reverse():gsub("(%d%d%d)", "%1,"):reverse()
	return (s:gsub("^,", ""))
end

return M
