-- SPDX-License-Identifier: Apache-2.0
--- What can be wrong with objects that run nothing: ConfigMap, Secret, Service, PodDisruptionBudget, NetworkPolicy, claims.
local controllers = require("samzak8s.kubernetes.controllers")
local limits = require("samzak8s.kubernetes.limits")
local metadata = require("samzak8s.kubernetes.metadata")
local names = require("samzak8s.kubernetes.names")
local sorted = require("samzak8s.sorted")

local number = limits.number
local KINDS = {}

-- ConfigMap and Secret: keys, and the size of what they hold.
function KINDS.ConfigMap(r, bad)
	local size, seen = 0, {}
	for _, field in ipairs { "data", "binaryData", "stringData" } do
		local encoded = field == "binaryData" or field == "data" and r.kind == "Secret"
		for key, value in sorted.pairs(r[field] or {}) do
			if not names.is_data_key(key) then bad(field, ('"%s" is not a key (A-Z a-z 0-9 - _ .)'):format(key)) end
			if seen[key] and field == "binaryData" then bad(field, ("%s is in data, too"):format(key)) end
			seen[key] = true
			if encoded and (#value % 4 ~= 0 or not value:find("^[A-Za-z0-9+/]*=?=?$")) then bad(field .. "." .. key, "is not base64") end
			size = size + (encoded and #value // 4 * 3 - #value:match("=*$") or #value)
		end
	end
	if size > limits.config_map then
		bad("data", ("it holds %s bytes, a %s may hold %s"):format(number(size), r.kind, number(limits.config_map)))
	end
end
KINDS.Secret = KINDS.ConfigMap

local function check_service_ports(ports, bad)
	local seen, called = {}, {}
	for i, port in ipairs(ports) do
		local at, id = ("spec.ports[%d]"):format(i - 1), ("%d/%s"):format(port.port, port.protocol or "TCP")
		if not names.is_port(port.port) then bad(at .. ".port", ("%d is no port (1 to 65535)"):format(port.port)) end
		if type(port.targetPort) == "number" and not names.is_port(port.targetPort) then
			bad(at .. ".targetPort", ("%d is no port (1 to 65535)"):format(port.targetPort))
		elseif type(port.targetPort) == "string" and not names.is_port_name(port.targetPort) then
			bad(at .. ".targetPort", ('"%s" is no name of a port'):format(port.targetPort))
		end
		if seen[id] then bad(at .. ".port", ("port %s is there twice"):format(id)) end
		seen[id] = true
		if not port.name then
			if #ports > 1 then bad(at .. ".name", "is missing; a Service with several ports names them") end
		elseif not names.is_dns_label(port.name) then
			bad(at .. ".name", ('"%s" is not a DNS label of at most 63 characters'):format(port.name))
		elseif called[port.name] then
			bad(at .. ".name", ("the port name %s is there twice"):format(port.name))
		end
		called[port.name or ""] = true
	end
end

function KINDS.Service(r, bad)
	local spec = r.spec
	metadata.labels(spec.selector, "spec.selector", bad)
	check_service_ports(spec.ports or {}, bad)
	if spec.clusterIP == "None" then
		if spec.type and spec.type ~= "ClusterIP" then bad("spec.clusterIP", ("None does not go with type %s"):format(spec.type)) end
	elseif spec.type == "ExternalName" then
		if not spec.externalName then bad("spec.externalName", "is missing") end
	elseif not (spec.ports and spec.ports[1]) then
		bad("spec.ports", "is missing; only a headless Service needs none")
	end
end

-- A number of pods, or a share of them.
local function is_share(value)
	if type(value) == "number" then return value >= 0 end
	local percent = value:match("^(%d+)%%$")
	return percent ~= nil and #percent <= 3 and tonumber(percent) <= 100
end

function KINDS.PodDisruptionBudget(r, bad)
	local spec = r.spec
	if spec.minAvailable ~= nil and spec.maxUnavailable ~= nil then
		bad("spec.maxUnavailable", "must not be there with minAvailable")
	elseif spec.minAvailable == nil and spec.maxUnavailable == nil then
		bad("spec.maxUnavailable", "is missing, and so is minAvailable", "warning")
	end
	for _, field in ipairs { "minAvailable", "maxUnavailable" } do
		if spec[field] ~= nil and not is_share(spec[field]) then
			bad("spec." .. field, ('"%s" is neither a number of pods nor a percentage'):format(spec[field]))
		end
	end
	if metadata.empty(spec.selector) then bad("spec.selector", "is missing") else metadata.selector(spec.selector, "spec.selector", bad) end
end

local function is_cidr(text)
	local a, b, c, d, bits = text:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)/(%d+)$")
	if a then
		for _, byte in ipairs { a, b, c, d } do
			if #byte > 3 or tonumber(byte) > 255 then return false end
		end
		return #bits <= 2 and tonumber(bits) <= 32
	end
	local address, length = text:match("^([%x:.]+)/(%d+)$")
	return address ~= nil and address:find(":", 1, true) ~= nil and #length <= 3 and tonumber(length) <= 128
end

local function check_peers(peers, path, bad)
	for i, peer in ipairs(peers) do
		local at = ("%s[%d]"):format(path, i - 1)
		if peer.ipBlock and not is_cidr(peer.ipBlock.cidr) then
			bad(at .. ".ipBlock.cidr", ('"%s" is not an address with a length, as in 10.0.0.0/8'):format(peer.ipBlock.cidr))
		end
		if peer.ipBlock and (peer.podSelector or peer.namespaceSelector) then bad(at .. ".ipBlock", "must not be there with a selector") end
		for _, field in ipairs { "podSelector", "namespaceSelector" } do
			if peer[field] then metadata.selector(peer[field], at .. "." .. field, bad) end
		end
		if next(peer) == nil then bad(at, "names nobody") end
	end
end

local function check_policy_ports(ports, path, bad)
	for i, port in ipairs(ports) do
		local at = ("%s[%d]"):format(path, i - 1)
		if type(port.port) == "number" and not names.is_port(port.port) then bad(at .. ".port", ("%d is no port (1 to 65535)"):format(port.port)) end
		if type(port.port) == "string" and not names.is_port_name(port.port) then bad(at .. ".port", ('"%s" is no name of a port'):format(port.port)) end
		if port.endPort and (type(port.port) ~= "number" or port.endPort < port.port) then
			bad(at .. ".endPort", "goes with a port that is a number and not above it")
		end
	end
end

-- Does a rule let DNS through? One without ports lets everything through.
local function lets_dns(rules)
	local udp = false
	for _, rule in ipairs(rules) do
		if not (rule.ports and rule.ports[1]) then return true end
		for _, port in ipairs(rule.ports) do
			local inside = port.port == nil or port.port == 53 or type(port.port) == "string"
				or port.endPort and port.port <= 53 and port.endPort >= 53
			udp = udp or inside and port.protocol == "UDP"
		end
	end
	return udp
end

function KINDS.NetworkPolicy(r, bad)
	local spec = r.spec
	if spec.podSelector then metadata.selector(spec.podSelector, "spec.podSelector", bad) end
	for _, item in ipairs { { "ingress", "from" }, { "egress", "to" } } do
		for i, rule in ipairs(spec[item[1]] or {}) do
			local at = ("spec.%s[%d]."):format(item[1], i - 1)
			check_peers(rule[item[2]] or {}, at .. item[2], bad)
			check_policy_ports(rule.ports or {}, at .. "ports", bad)
		end
	end
	if spec.egress and spec.egress[1] and not lets_dns(spec.egress) then
		bad("spec.egress", "no rule lets DNS (port 53, UDP) through: the pods cannot resolve their brokers", "warning")
	end
end

function KINDS.PersistentVolumeClaim(r, bad)
	controllers.claim(r.spec, "spec", bad)
end

function KINDS.RoleBinding(r, bad)
	for i, subject in ipairs(r.subjects or {}) do
		if subject.kind == "ServiceAccount" and not names.is_dns_subdomain(subject.name) then
			bad(("subjects[%d].name"):format(i - 1), ('"%s" is not a DNS name'):format(subject.name))
		end
	end
end

return KINDS
