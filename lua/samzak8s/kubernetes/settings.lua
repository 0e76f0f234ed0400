-- SPDX-License-Identifier: Apache-2.0
--- Check the `kubernetes.*` properties that go straight into objects, so that an error names the property and its line.
local names = require("samzak8s.kubernetes.names")
local quantity = require("samzak8s.kubernetes.quantity")

-- property, kind of quantity, the limit that it may not pass
local QUANTITIES = {
	{ "kubernetes.container.memory", "memory" },
	{ "kubernetes.container.memory.request", "memory", "kubernetes.container.memory" },
	{ "kubernetes.container.cpu.cores", "cpu" },
	{ "kubernetes.container.cpu.request", "cpu", "kubernetes.container.cpu.cores" },
}

-- Labels that the layouts set themselves and select by.
local RESERVED = { app = true, ["container-id"] = true, ["app.kubernetes.io/name"] = true,
	["app.kubernetes.io/instance"] = true, ["app.kubernetes.io/component"] = true,
	["app.kubernetes.io/managed-by"] = true }

local LABELS, ANNOTATIONS = "kubernetes.labels.", "kubernetes.annotations."
local DNS_HINT = "use a-z, 0-9 and -, with a letter or digit at both ends"

local function check_quantities(config)
	local parsed = {}
	for _, item in ipairs(QUANTITIES) do
		local key, kind, limit = item[1], item[2], item[3]
		local text, err = config:typed(key)
		if err then return nil, err end
		if text ~= nil then
			local q, why, hint = quantity.check(kind, text, limit ~= nil)
			if not q then return config:fail(key, "config.quantity", why, hint) end
			parsed[key] = q
			if limit and quantity.compare(q, parsed[limit]) > 0 then
				return config:fail(key, "config.quantity", ("%s is more than the limit of %s (%s)"):format(text,
					config:typed(limit), limit), ("lower it, or raise %s"):format(limit))
			end
		end
	end
	return true
end

local function check_selector(config)
	local key = "kubernetes.node.selector"
	local text = config:get(key)
	if text == nil then return true end
	local map, why = names.node_selector(text)
	if map then return true end
	return config:fail(key, "config.selector", ('"%s" is no node selector: %s'):format(text, why),
		"write key:value,key:value without blanks, as in kubernetes.io/os:linux,disk:ssd")
end

local function check_labels(config)
	for _, key in ipairs(config:keys(LABELS)) do
		local label, value = key:sub(#LABELS + 1), config:get(key)
		local function bad(message, hint) return config:fail(key, "config.label", message, hint) end
		if RESERVED[label] or label:find("^samzak8s%.io/") then
			return bad(("the label %s is set by the layouts"):format(label), "choose another label")
		end
		if not names.is_label_key(label) then
			return bad(('"%s" is not a label key'):format(label),
				"use at most 63 letters, digits, -, _ and ., after an optional DNS name and /")
		end
		if not names.is_label_value(value) then
			return bad(('"%s" is not a label value (%d characters)'):format(value, #value),
				"use at most 63 letters, digits, -, _ and ., with a letter or digit at both ends; or an annotation")
		end
	end
	for _, key in ipairs(config:keys(ANNOTATIONS)) do
		local name = key:sub(#ANNOTATIONS + 1)
		if name:find("^samzak8s%.io/") then
			return config:fail(key, "config.annotation", ("the annotation %s is set by the layouts"):format(name),
				"choose another annotation")
		end
		if not names.is_label_key(name) then
			return config:fail(key, "config.annotation", ('"%s" is not an annotation key'):format(name),
				"use at most 63 letters, digits, -, _ and ., after an optional DNS name and /")
		end
	end
	return true
end

local function check_names(config)
	local key = "kubernetes.namespace"
	local namespace = config:get(key)
	if namespace and not names.is_dns_label(namespace) then
		return config:fail(key, "config.name", ('"%s" is not the name of a namespace'):format(namespace), DNS_HINT)
	end
	for _, name_key in ipairs { "kubernetes.service.account", "kubernetes.priority.class" } do
		local name = config:get(name_key)
		if name and not names.is_dns_subdomain(name) then
			return config:fail(name_key, "config.name", ('"%s" is not the name of a Kubernetes object'):format(name), DNS_HINT)
		end
	end
	key = "kubernetes.image.pull.secrets"
	for _, name in ipairs(config:typed(key) or {}) do
		if not names.is_dns_subdomain(name) then
			return config:fail(key, "config.name", ('"%s" is not the name of a Secret'):format(name), DNS_HINT)
		end
	end
	for _, image_key in ipairs { "kubernetes.container.image", "kubernetes.model.server.image" } do
		local image = config:get(image_key)
		if image and (image == "" or image:find("[%s%z\1-\31]")) then
			return config:fail(image_key, "config.image", ('"%s" is not an image reference'):format(image),
				"write registry/name:tag without blanks")
		end
	end
	return true
end

--- @tparam Config config
-- @treturn boolean|nil true, or nil and an error with key and line
return function(config)
	for _, check in ipairs { check_quantities, check_selector, check_labels, check_names } do
		local ok, err = check(config)
		if not ok then return nil, err end
	end
	return true
end
