-- SPDX-License-Identifier: Apache-2.0
--- How the JobModel reaches a container: an environment variable, ConfigMaps or Secrets.
local limits = require("samzak8s.kubernetes.limits")

local M = {}

M.env_name = "SAMZA_JOB_CONFIG"
M.key = "job-model.json" -- of a model in one piece; pieces are job-model.json.0000, job-model.json.0001 ...
M.placeholder = '"********"' -- in the JSON, for a value that is filled in when a pod starts

local PIECES = 1000000 -- bytes in one ConfigMap of several

local number = limits.number

local function listed(keys)
	if #keys > 1 then return ("%s and %d more"):format(keys[1], #keys - 1) end
	return keys[1]
end

local function check_env(size)
	local total = #M.env_name + 1 + size
	if total <= limits.env then return true end
	return nil, { code = "delivery.env-size", hint = "set kubernetes.delivery=configmap (or auto)",
		message = ("the model makes an environment variable of %s bytes, and Linux starts no program with one over %s")
			:format(number(total), number(limits.env)) }
end

-- With a Secret that the user keeps: the model without its secrets, in ConfigMaps.
local function choose_filled(ask)
	if ask.wanted == "auto" or ask.wanted == "configmap" then return "configmap" end
	return nil, { code = "delivery.secret-name", hint = "use auto or configmap, or remove kubernetes.secret.name",
		message = ("%s holds the model as it is, so nothing is filled in from the Secret %s"):format(ask.wanted, ask.secret_name) }
end

--- Choose the delivery.
-- @tparam {wanted=string,size=integer,secrets={string,...},file_url=boolean,secret_name=string} ask `wanted`: "auto", "env",
-- "configmap" or "secret"; `size`: bytes of the model; `secrets`: keys that hold secrets; `file_url`: this Samza reads
-- `file:` URLs; `secret_name`: the Secret that the user keeps, or nil
-- @treturn string|nil "env", "configmap" or "secret"; or nil and an error {code, message, hint}
-- @treturn string|nil why `auto` chose what it chose, where a user would not expect it
function M.choose(ask)
	local delivery, why = ask.wanted, nil
	local keys = listed(ask.secrets)
	if keys and ask.secret_name then return choose_filled(ask) end
	if delivery == "auto" then
		if keys then
			delivery, why = "secret", ("the model goes into a Secret, as its configuration holds %s"):format(keys)
		elseif ask.file_url and ask.size <= limits.auto_env then
			delivery = "env"
		else
			delivery = "configmap"
			why = ask.file_url and ("the model goes into a ConfigMap, as it has %s bytes (env up to %s)")
				:format(number(ask.size), number(limits.auto_env)) or nil
		end
	elseif delivery == "env" and not ask.file_url then
		return nil, { code = "delivery.env", hint = "use configmap, secret or auto",
			message = "from Samza 0.10 a container reads its model over HTTP only, so env cannot deliver it" }
	elseif delivery ~= "secret" and keys then
		return nil, { code = "delivery.secrets", hint = "use secret or auto, or kubernetes.secret.name for a Secret that you keep",
			message = ("%s would publish %s of the configuration in clear"):format(delivery, keys) }
	end
	if delivery == "env" then
		local ok, err = check_env(ask.size)
		if not ok then return nil, err end
	end
	return delivery, why
end

--- Take secret values out of a model.
-- @tparam string json
-- @tparam {{key=string,name=string,value=string},...} secrets in the order of the JSON: property, and its name and value as JSON
-- @treturn string the model with placeholders
-- @treturn {{from=integer,to=integer,key=string},...} where they are
function M.take_out(json, secrets)
	local pieces, cuts, at, size = {}, {}, 1, 0
	for i, secret in ipairs(secrets) do
		local text = secret.name .. ":" .. secret.value
		local from = json:find(text, at, true)
		-- inside a JSON string its quotes would be escaped, so this is the property itself
		assert(from and json:find("^[{,]", from - 1), secret.key)
		from = from + #secret.name + 1
		pieces[#pieces + 1] = json:sub(at, from - 1)
		pieces[#pieces + 1] = M.placeholder
		size = size + from - at
		cuts[i] = { from = size + 1, to = size + #M.placeholder, key = secret.key }
		size = size + #M.placeholder
		at = from + #secret.value
	end
	pieces[#pieces + 1] = json:sub(at)
	return table.concat(pieces), cuts
end

--- Spread a model over as many ConfigMaps (or Secrets) as it needs.
-- @tparam string text ASCII
-- @tparam {{from=integer,to=integer,key=string},...} cuts values that a start fills in, in order
-- @tparam string name of the first, or only, object
-- @treturn {{name=string,data={[string]=string}},...} objects
-- @treturn {{map=string,key=string,file=string,secret=string},...}|nil pieces in order, nil when the model is in one;
-- `file`: its name in the volume; `secret`: the key of the Secret that takes its place there
function M.pack(text, cuts, name)
	if #text <= limits.config_map and #cuts == 0 then return { { name = name, data = { [M.key] = text } } } end
	local several = #text > limits.config_map
	local maps, parts, room = {}, {}, 0
	local function add(from, to, secret)
		while from <= to do
			if room == 0 or secret and room < to - from + 1 then
				maps[#maps + 1] = { name = several and ("%s-%d"):format(name, #maps) or name, data = {} }
				room = several and PIECES or limits.config_map
			end
			local last = math.min(to, from + room - 1)
			local index = ("%04d"):format(#parts)
			local map = maps[#maps]
			parts[#parts + 1] = { map = map.name, key = M.key .. "." .. index, secret = secret,
				file = secret and index .. ".value" or index }
			map.data[M.key .. "." .. index] = text:sub(from, last)
			room, from = room - (last - from + 1), last + 1
		end
	end
	local at = 1
	for _, cut in ipairs(cuts) do
		add(at, cut.from - 1)
		add(cut.from, cut.to, cut.key)
		at = cut.to + 1
	end
	add(at, #text)
	return maps, parts
end

--- Put the pieces of a model together again.
-- @tparam {[string]=string} texts decoded `data` of one or several objects
-- @treturn string|nil nil when there are no pieces; a piece that is missing is not noticed, but the digest then is another
function M.join(texts)
	local keys = {}
	for key in pairs(texts) do
		if key:sub(1, #M.key) == M.key and key:find("^%.%d+$", #M.key + 1) then keys[#keys + 1] = key end
	end
	table.sort(keys)
	local pieces = {}
	for i, key in ipairs(keys) do pieces[i] = texts[key] end
	return #pieces > 0 and table.concat(pieces) or nil
end

return M
