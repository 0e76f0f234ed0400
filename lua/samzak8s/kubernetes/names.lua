-- SPDX-License-Identifier: Apache-2.0
--- Names: what Kubernetes allows, and what a job and its containers are called.
local M = {}

-- A StatefulSet's pods carry its name and up to 11 characters more as a label, so 52 is the shortest limit of all.
-- A job's name leaves room for "-" and a container id of five characters at least: the count of containers may grow.
M.object_max = 52
local ID_ROOM = 5

local LABEL_NAME = "^[A-Za-z0-9]$"
local LABEL_NAMES = "^[A-Za-z0-9][A-Za-z0-9_.-]*[A-Za-z0-9]$"

--- A DNS-1123 label: container, volume and namespace names.
function M.is_dns_label(s, max)
	return #s <= (max or 63) and (s:find("^[a-z0-9]$") or s:find("^[a-z0-9][a-z0-9-]*[a-z0-9]$")) ~= nil
end

--- A DNS-1123 subdomain: DNS labels joined with dots.
function M.is_dns_subdomain(s, max)
	if #s > (max or 253) or s == "" then return false end
	for label in (s .. "."):gmatch("([^.]*)%.") do
		if not M.is_dns_label(label) then return false end
	end
	return true
end

local function is_label_name(s)
	return #s <= 63 and (s:find(LABEL_NAME) or s:find(LABEL_NAMES)) ~= nil
end

--- A value of a label or selector; may be empty.
function M.is_label_value(s)
	return s == "" or is_label_name(s)
end

--- A key of a label, annotation or selector: `name` or `prefix/name`.
-- @treturn boolean
function M.is_label_key(s)
	local prefix, name = s:match("^([^/]*)/(.*)$")
	if not prefix then return is_label_name(s) end
	return M.is_dns_subdomain(prefix) and is_label_name(name)
end

--- A key of a ConfigMap or Secret.
function M.is_data_key(s)
	return #s <= 253 and s:find("^[A-Za-z0-9._-]+$") ~= nil and s ~= "." and s:sub(1, 2) ~= ".."
end

--- The name of an environment variable as Kubernetes takes it from 1.32 on: anything printable but `=`.
function M.is_late_env_name(s)
	return s:find("^[ -<>-~]+$") ~= nil
end

--- The name of an environment variable, in the form that every release takes.
function M.is_env_name(s)
	return s:find("^[A-Za-z_.-][A-Za-z0-9_.-]*$") ~= nil
end

--- The number of a port.
function M.is_port(n)
	return n >= 1 and n <= 65535
end

--- The name of a port.
function M.is_port_name(s)
	return #s <= 15 and s:find("^[a-z0-9-]+$") ~= nil and s:find("%a") ~= nil and not s:find("--", 1, true)
		and not s:find("^%-") and not s:find("%-$")
end

-- What a kind's name must be: test, longest, words for the message.
local KINDS = {
	StatefulSet = { M.is_dns_label, 52, "a DNS label" },
	Service = { function(s, max) return M.is_dns_label(s, max) and s:find("^[a-z]") ~= nil end, 63,
		"a DNS label that begins with a letter" },
	Job = { M.is_dns_label, 63, "a DNS label" },
	CronJob = { M.is_dns_label, 52, "a DNS label" },
	Namespace = { M.is_dns_label, 63, "a DNS label" },
}
-- The names of these go into the names of pods, or are those, and a pod's name is its host's.
local NAMES_PODS = { ReplicationController = true, ReplicaSet = true, Deployment = true, DaemonSet = true, Pod = true }
local OTHER = { M.is_dns_subdomain, 253, "a DNS name" }

--- Check the name of an object.
-- @tparam string kind such as "StatefulSet"
-- @tparam string name
-- @treturn boolean|nil true, or nil and what is wrong, with the numbers
function M.check(kind, name)
	local rule = KINDS[kind] or OTHER
	if #name > rule[2] then
		return nil, ("the name %s has %d characters, a %s may have %d"):format(name, #name, kind, rule[2])
	end
	if not rule[1](name, rule[2]) then
		return nil, ('the name "%s" is not %s (a-z, 0-9 and -, no - at either end)'):format(name, rule[3])
	end
	return true
end

--- What is unwise about a name that Kubernetes takes.
-- @treturn string|nil
function M.unwise(kind, name)
	if not NAMES_PODS[kind] or M.is_dns_label(name) then return nil end
	return ("the name %s is used in the names of pods and hosts, where it %s"):format(name,
		#name > 63 and ("is cut, as it has %d characters and 63 are the most"):format(#name) or "should hold no dots")
end

local function mangle(s)
	return (s:lower():gsub("[^a-z0-9]+", "-"):gsub("^%-+", ""):gsub("%-+$", ""))
end

--- What a job is called in Kubernetes. Different jobs never share a name, but for `_` and `-`, as in Samza's topics.
-- @tparam string name `job.name`
-- @tparam string id `job.id`
-- @tparam function sha256 bytes -> hex digits
-- @tparam[opt=5] integer id_length characters of the longest container id
-- @treturn string|nil the name; nil when the container ids leave no room
-- @treturn string|nil why it is not plainly `job.name`: "empty", "changed", "cut" or "id"
function M.resource_name(name, id, sha256, id_length)
	local max = M.object_max - 1 - math.max(id_length or 0, ID_ROOM)
	local mangled = mangle(name)
	local why = mangled == "" and "empty" or mangled ~= name:gsub("_", "-") and "changed" or nil
	if id ~= "1" then
		mangled, why = mangle(mangled .. "-" .. mangle(id)), "id"
	elseif not why and #mangled > max then
		why = "cut"
	end
	if not why then return mangled end
	local room = max - 7
	if room < 1 then return nil end
	local head = mangled:sub(1, room):gsub("%-+$", "")
	if head == "" then head = ("samza"):sub(1, room) end
	return head .. "-" .. sha256(name .. "\0" .. id):sub(1, 6), why
end

--- What a container's object is called.
function M.object(resource_name, id)
	return resource_name .. "-" .. id
end

--- Is this a name that the built-in layouts give to what their pods refer to? Others may begin with the job's name, too: a
-- Secret that the user keeps.
-- @tparam string resource_name of the job
-- @tparam string name
function M.made(resource_name, name)
	if name == resource_name then return true end
	local rest = name:sub(1, #resource_name + 1) == resource_name .. "-" and name:sub(#resource_name + 2) or ""
	return rest:find("^model%-%w%w%w%w%w%w%w%w%w%w$") ~= nil or rest:find("^model%-%w%w%w%w%w%w%w%w%w%w%-%d+$") ~= nil
		or rest:find("^fill%-%w%w%w%w%w%w%w%w%w%w$") ~= nil or rest:find("%-state$") ~= nil
end

--- Ten hex digits of a SHA-256 in the spelling of kustomize: no vowels, so no words.
-- @tparam string hex
function M.short_hash(hex)
	return (hex:sub(1, 10):gsub("[013ae]", { ["0"] = "g", ["1"] = "h", ["3"] = "k", a = "m", e = "t" }))
end

--- Read `kubernetes.node.selector`: `key:value,key:value`; commas at the end are ignored, a later key wins.
-- @tparam string text
-- @treturn table|nil map, or nil and what is wrong
function M.node_selector(text)
	local map, any = {}, false
	local trimmed = text:gsub(",+$", "")
	for item in (trimmed .. ","):gmatch("([^,]*),") do
		local key, value, more = item:match("^([^:]*):([^:]*)(:?)")
		if item == "" then return nil, "an entry is empty" end
		if not key then return nil, ('"%s" has no colon'):format(item) end
		if more == ":" then return nil, ('"%s" has more than one colon'):format(item) end
		if key == "" then return nil, ('"%s" has no key'):format(item) end
		if value == "" then return nil, ('"%s" has no value'):format(item) end
		if not M.is_label_key(key) then return nil, ('"%s" is not a valid label key'):format(key) end
		if not M.is_label_value(value) then return nil, ('"%s" is not a valid label value'):format(value) end
		map[key], any = value, true
	end
	if not any then return nil, "it is empty" end
	return map
end

return M
