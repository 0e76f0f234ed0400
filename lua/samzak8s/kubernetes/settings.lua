-- SPDX-License-Identifier: Apache-2.0
--- Check the `kubernetes.*` properties that go straight into objects, so that an error names the property and its line.
local names = require("samzak8s.kubernetes.names")
local quantity = require("samzak8s.kubernetes.quantity")
local release = require("samzak8s.kubernetes.release")

-- property, kind of quantity, the limit that it may not pass
local QUANTITIES = {
	{ "kubernetes.container.memory", "memory" },
	{ "kubernetes.container.memory.request", "memory", "kubernetes.container.memory" },
	{ "kubernetes.container.cpu.cores", "cpu" },
	{ "kubernetes.container.cpu.request", "cpu", "kubernetes.container.cpu.cores" },
	{ "kubernetes.state.size", "memory" },
}

-- property, least, most
local INTEGERS = { { "kubernetes.security.user", 1, 2147483647 }, { "kubernetes.disruption.budget", 1, 2147483647 },
	{ "kubernetes.jmx.port", 1024, 65535 } }
local BOOLEANS = { "kubernetes.security.read.only.root", "kubernetes.log.stdout" }
local CHOICES = { "kubernetes.model.server", "kubernetes.state.volume", "kubernetes.state.access.mode", "kubernetes.security.context",
	"kubernetes.network.policy", "kubernetes.image.pull.policy" }

-- Labels that the layouts set themselves and select by.
local RESERVED = { app = true, ["container-id"] = true, ["app.kubernetes.io/name"] = true,
	["app.kubernetes.io/instance"] = true, ["app.kubernetes.io/component"] = true,
	["app.kubernetes.io/managed-by"] = true, ["app.kubernetes.io/version"] = true, ["app.kubernetes.io/part-of"] = true }

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
	for _, name_key in ipairs { "kubernetes.service.account", "kubernetes.priority.class", "kubernetes.secret.name",
		"kubernetes.state.storage.class" } do
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

local function check_version(config)
	local key = "kubernetes.version"
	local text = config:get(key)
	if text == nil then return true end
	local minor = release.minor(text)
	if not minor then
		return config:fail(key, "config.value", ('"%s" is no release of Kubernetes'):format(text), "write it as 1.28 or v1.29.4")
	end
	if minor < release.oldest then
		return config:fail(key, "config.value", ("manifests are written for Kubernetes 1.%d and later"):format(release.oldest),
			("upgrade the cluster, which has %s"):format(text))
	end
	return true
end

local function check_values(config)
	for _, key in ipairs(CHOICES) do
		local _, err = config:typed(key)
		if err then return nil, err end
	end
	for _, item in ipairs(INTEGERS) do
		local value, err = config:typed(item[1])
		if err then return nil, err end
		if value and (value < item[2] or value > item[3]) then
			return config:fail(item[1], "config.integer", ("%d is not from %d to %d"):format(value, item[2], item[3]))
		end
	end
	for _, key in ipairs(BOOLEANS) do
		local text = config:get(key)
		if text and text ~= "true" and text ~= "false" then
			return config:fail(key, "config.value", ('"%s" is neither true nor false'):format(text), "write true or false")
		end
	end
	for _, text in ipairs(config:typed("kubernetes.network.policy.ports") or {}) do
		local port = text:find("^%d+$") and math.tointeger(tonumber(text))
		if not port or port < 1 or port > 65535 then
			return config:fail("kubernetes.network.policy.ports", "config.value", ('"%s" is no TCP port'):format(text), "write ports from 1 to 65535, with commas")
		end
	end
	return true
end

-- property, what it needs, the value that it needs
local NEEDS = {
	{ "kubernetes.state.storage.class", "kubernetes.state.volume", "pvc" },
	{ "kubernetes.state.access.mode", "kubernetes.state.volume", "pvc" },
	{ "kubernetes.network.policy.ports", "kubernetes.network.policy", "egress" },
}

local function check_needs(config)
	for _, item in ipairs(NEEDS) do
		if config:get(item[1]) and config:typed(item[2]) ~= item[3] then
			return config:fail(item[1], "config.alone", ("says nothing without %s=%s"):format(item[2], item[3]),
				("set %s=%s, or remove it"):format(item[2], item[3]))
		end
	end
	if config:get("kubernetes.jmx.port") and (config:get("task.opts") or ""):find("com.sun.management.jmxremote.port", 1, true) then
		return config:fail("kubernetes.jmx.port", "config.twice", "task.opts sets com.sun.management.jmxremote.port already",
			"remove one of the two")
	end
	return true
end

--- @tparam Config config
-- @treturn boolean|nil true, or nil and an error with key and line
return function(config)
	for _, check in ipairs { check_quantities, check_selector, check_labels, check_names, check_version, check_values, check_needs } do
		local ok, err = check(config)
		if not ok then return nil, err end
	end
	return true
end
