-- SPDX-License-Identifier: Apache-2.0
--- The merged properties of a job: raw and typed values, and where each came from.
local jobmodel = require("samzak8s.native.jobmodel")
local keys = require("samzak8s.keys")
local report = require("samzak8s.report")

local Config = {}
Config.__index = Config

local M = {}

--- @treturn Config empty
function M.new()
	-- raw: key -> text; origin: key -> { file =, line =, bytes = } or { file = "--config" }
	return setmetatable({ raw = {}, origin = {} }, Config)
end

--- A config of its own with the same properties; what was found out about it (count, count_key) is left behind.
-- @treturn Config
function Config:copy()
	local copy = M.new()
	for key, value in next, self.raw do copy:set(key, value, self.origin[key]) end
	return copy
end

--- Set a property; a later call wins.
function Config:set(key, value, origin)
	self.raw[key] = value
	self.origin[key] = origin
end

--- Set a property that came from a file of lower precedence.
function Config:set_below(key, value, origin)
	if self.raw[key] == nil then self:set(key, value, origin) end
end

--- @treturn string|nil the text as merged
function Config:get(key)
	return self.raw[key]
end

--- @treturn {string,...} the keys that begin with `prefix`, in Java string order
function Config:keys(prefix)
	local found = {}
	for key in next, self.raw do
		if key:sub(1, #prefix) == prefix then found[#found + 1] = key end
	end
	return jobmodel.sort(found)
end

--- @treturn string|nil "job.properties:12", or "--config"
function Config:source(key)
	local origin = self.origin[key]
	if not origin then return nil end
	return origin.line and ("%s:%d"):format(origin.file, origin.line) or origin.file
end

-- the n-th natural line of a properties file
local function nth_line(bytes, n)
	local at = 1
	for _ = 2, n do
		local e = bytes:find("[\r\n]", at)
		if not e then return "" end
		at = e + 1
		if bytes:sub(e, at) == "\r\n" then at = at + 1 end
	end
	return bytes:match("[^\r\n]*", at)
end

--- @treturn string|nil the user's own line; the value of a secret is masked, a long line cut
function Config:line(key)
	local origin = self.origin[key]
	if not origin then return nil end
	if keys.secret(key) then return key .. "=" .. keys.mask end
	local text = origin.line and nth_line(origin.bytes, origin.line) or key .. "=" .. self.raw[key]
	if not utf8.len(text) then text = text:gsub("[\128-\255]", "?") end
	if #text > 160 then
		local cut = utf8.offset(text, 0, 160) - 1
		text = text:sub(1, cut) .. "..."
	end
	return text
end

--- The directory that a relative path in this property is resolved against: its file's, or the working directory.
function Config:directory(key)
	local origin = self.origin[key]
	return origin and origin.line and origin.file:match("^(.*)/[^/]*$") or "."
end

--- An error about a property: source, key and line are filled in.
-- @treturn nil
-- @treturn table err
function Config:fail(key, code, message, hint, notes)
	return report.fail(self:about(key, { code = code, message = message, hint = hint, notes = notes }))
end

--- Fill source, key and line into an error, warning or note about a property.
function Config:about(key, err)
	err.key = key
	err.source = err.source or self:source(key)
	err.text = err.text or self.raw[key] ~= nil and self:line(key) or nil
	return err
end

--- The typed value of a known property, or its default.
-- @treturn any value; nil when unset and without a default
-- @treturn table|nil err when the text is no value of that type
function Config:typed(key)
	local entry = assert(keys.find(key), key)
	local text = self.raw[key]
	if text == nil then return entry.default end
	local value, wrong, hint = keys.convert(entry, text)
	if value == nil then
		local what = { integer = "config.integer", choice = "config.choice" }
		return self:fail(key, what[entry.type] or "config.value", wrong, hint)
	end
	return value
end

local function check_key(config, key)
	local entry = keys.find(key)
	if not entry then
		local nearest = keys.nearest(key)
		return config:fail(key, "config.unknown-key", "unknown property",
			nearest and ("did you mean %s? (samzak8s explain %s)"):format(nearest, nearest) or "samzak8s explain kubernetes. lists the known ones")
	end
	local value, err = config:typed(key)
	if value == nil then return nil, err end
	if entry.min and value < entry.min and key ~= "kubernetes.pod.count" then
		return config:fail(key, "config.integer", ("%d is less than %d"):format(value, entry.min), "give a number of at least " .. entry.min)
	end
	if value == "" and entry.type ~= "selector" and not entry.name:find("<", 1, true) then
		return config:fail(key, "config.empty", "is set, but empty", "give it a value, or remove the line")
	end
	return true
end

--- Hold every kubernetes.* property against those that are known: name, type, range.
-- @treturn boolean|nil
-- @treturn table|nil err
function Config:check_known()
	local first, others = nil, {}
	for _, key in ipairs(self:keys("kubernetes.")) do
		local ok, err = check_key(self, key)
		if not ok and first then others[#others + 1] = err end
		if not ok then first = first or err end
	end
	if not first then return true end
	first.others = others -- for `check`
	return nil, first
end

--- The table that policies read: every raw property, the typed values over them.
function Config:values()
	local values = {}
	for _, entry in ipairs(keys.list) do
		if not entry.name:find("<", 1, true) then values[entry.name] = entry.default end
	end
	for key, text in next, self.raw do
		local entry = keys.find(key)
		values[key] = text
		if entry then values[key] = keys.convert(entry, text) or text end
		if entry and entry.type == "boolean" then values[key] = text:lower() == "true" end
	end
	if self.count then values["kubernetes.pod.count"] = self.count end
	return values
end

return M
