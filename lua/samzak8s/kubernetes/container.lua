-- SPDX-License-Identifier: Apache-2.0
--- What can be wrong with a container of a pod, before a server or a node sees it.
local expand = require("samzak8s.kubernetes.expansion")
local limits = require("samzak8s.kubernetes.limits")
local names = require("samzak8s.kubernetes.names")
local quantity = require("samzak8s.kubernetes.quantity")
local sorted = require("samzak8s.sorted")

local number = limits.number

-- Fields that `fieldRef` takes in a variable.
local FIELDS = { ["metadata.name"] = true, ["metadata.namespace"] = true, ["metadata.uid"] = true, ["spec.nodeName"] = true,
	["spec.serviceAccountName"] = true, ["status.hostIP"] = true, ["status.hostIPs"] = true, ["status.podIP"] = true,
	["status.podIPs"] = true }

local function is_field(path)
	if FIELDS[path] then return true end
	local key = path:match("^metadata%.labels%['(.+)'%]$") or path:match("^metadata%.annotations%['(.+)'%]$")
	return key ~= nil and names.is_label_key(key)
end

-- The members of a map, to be called once: how many, and one of their names.
local function count(map)
	local n, name = 0, nil
	for key in pairs(map) do n, name = n + 1, key end
	return n, name
end

-- A key of a ConfigMap or Secret; its value when that object is among those checked.
local function keyed(ref, kind, at, pod)
	if ref.name == nil then return pod.bad(at .. ".name", "is missing") end
	local object = pod.refer(kind, ref.name, at .. ".name", ref.optional)
	if not object then return nil end
	for _, field in ipairs { "data", "stringData", "binaryData" } do
		local value = (object[field] or {})[ref.key]
		if value then return value, kind == "Secret" and field == "data" end
	end
	if not ref.optional then pod.bad(at .. ".key", ("%s %s has no key %s"):format(kind, ref.name, ref.key)) end
end

-- Bytes of a variable's value that comes from elsewhere, as far as they are known.
local function source_size(from, at, pod)
	local n, name = count(from)
	if n ~= 1 then
		pod.bad(at, n == 0 and "names no source" or ("names %d sources, and takes one"):format(n))
		return 0
	end
	local value, encoded
	if name == "configMapKeyRef" then value = keyed(from[name], "ConfigMap", at .. "." .. name, pod)
	elseif name == "secretKeyRef" then value, encoded = keyed(from[name], "Secret", at .. "." .. name, pod)
	elseif name == "fieldRef" and not is_field(from[name].fieldPath) then
		pod.bad(at .. ".fieldRef.fieldPath", ('"%s" is no field that a variable can have'):format(from[name].fieldPath))
	end
	if type(value) ~= "string" then return 0 end
	return encoded and #value // 4 * 3 - #value:match("=*$") or #value
end

local function check_one_size(what, size, at, bad)
	if size <= limits.env then return end
	bad(at, ("%s takes %s bytes with its name, and Linux starts no program with one over %s")
		:format(what, number(size), number(limits.env)))
end

local function check_env(env, path, pod)
	local seen, total, values = {}, 0, {}
	for i, entry in ipairs(env) do
		local at, name = ("%s[%d]"):format(path, i - 1), entry.name
		if not names.is_late_env_name(name) then
			pod.bad(at .. ".name", ('"%s" is not the name of an environment variable'):format(name))
		elseif not names.is_env_name(name) then
			pod.bad(at .. ".name", ('"%s" is the name of a variable from Kubernetes 1.32 on only'):format(name), "warning")
		end
		if seen[name] then pod.bad(at .. ".name", ("%s is set twice"):format(name)) end
		seen[name] = true
		local size = #name + 1
		if entry.valueFrom then
			if (entry.value or "") ~= "" then pod.bad(at, ("%s has both value and valueFrom"):format(name)) end
			size = size + source_size(entry.valueFrom, at .. ".valueFrom", pod)
		else
			if (entry.value or ""):find("\0", 1, true) then pod.bad(at .. ".value", ("%s holds a NUL character"):format(name)) end
			values[name] = expand(entry.value or "", values)
			size = size + #values[name]
		end
		check_one_size(name, size, at .. ".value", pod.bad)
		total = total + size + 1
	end
	return total
end

local FROM = { { "configMapRef", "ConfigMap" }, { "secretRef", "Secret" } }

local function check_env_from(list, path, pod)
	local total = 0
	for i, from in ipairs(list) do
		local at, any = ("%s[%d]"):format(path, i - 1), 0
		for _, item in ipairs(FROM) do
			local field, kind = item[1], item[2]
			local ref = from[field]
			any = any + (ref and 1 or 0)
			if ref and ref.name == nil then pod.bad(at .. "." .. field .. ".name", "is missing") end
			local object = ref and ref.name and pod.refer(kind, ref.name, at .. "." .. field .. ".name", ref.optional)
			for key, value in sorted.pairs(object and object.data or {}) do
				local size = type(value) == "string" and #(from.prefix or "") + #key + 1
					+ (kind == "Secret" and #value // 4 * 3 - #value:match("=*$") or #value) or 0
				check_one_size(key, size, at, pod.bad)
				total = total + size + 1
			end
		end
		if any ~= 1 then pod.bad(at, "takes one of configMapRef and secretRef") end
	end
	return total
end

local function check_words(words, path, pod)
	local total = 0
	for i, word in ipairs(words) do
		local at = ("%s[%d]"):format(path, i - 1)
		if word:find("\0", 1, true) then pod.bad(at, "holds a NUL character") end
		if #word > limits.env then
			pod.bad(at, ("has %s bytes, and Linux starts no program with an argument over %s"):format(number(#word), number(limits.env)))
		end
		total = total + #word + 1
	end
	return total
end

local function check_process(c, path, pod)
	local total = check_env(c.env or {}, path .. ".env", pod) + check_env_from(c.envFrom or {}, path .. ".envFrom", pod)
	local words = check_words(c.command or {}, path .. ".command", pod) + check_words(c.args or {}, path .. ".args", pod)
	if total + words > limits.env_total then
		pod.bad(path .. ".env", ("all variables%s take %s bytes, and Linux starts no program with more than %s")
			:format(words > 0 and " and arguments" or "", number(total + words), number(limits.env_total)))
	end
end

local KNOWN = { cpu = "cpu", memory = "memory", ["ephemeral-storage"] = "memory", storage = "memory" }

--- `resources` of a container, or of a claim.
local function check_resources(resources, path, bad)
	local parsed = {}
	for _, group in ipairs { "limits", "requests" } do
		for name, value in sorted.pairs(resources[group] or {}) do
			local at, text = ("%s.%s.%s"):format(path, group, name), tostring(value)
			local q, why
			if KNOWN[name] or name:find("^hugepages%-") then
				q, why = quantity.check(KNOWN[name] or "memory", text, true)
			elseif names.is_label_key(name) and name:find("/", 1, true) then
				q = quantity.parse(text)
				why = ('"%s" is not a Kubernetes quantity'):format(text)
			else
				why = ('"%s" is no resource (cpu, memory, ephemeral-storage, or a name with a domain)'):format(name)
			end
			local limit = parsed["limits" .. name]
			if not q then bad(at, why) end
			parsed[group .. name] = q
			if q and limit and group == "requests" and quantity.compare(q, limit) > 0 then
				bad(at, ("requests %s, more than the limit of %s"):format(text, tostring(resources.limits[name])))
			end
		end
	end
end

local function relative(path)
	return path:sub(1, 1) ~= "/" and not ("/" .. path .. "/"):find("/../", 1, true)
end

local function check_mounts(mounts, path, pod)
	local seen = {}
	for i, mount in ipairs(mounts) do
		local at, where = ("%s[%d]"):format(path, i - 1), mount.mountPath
		if not pod.volumes[mount.name] then pod.bad(at .. ".name", ("there is no volume %s"):format(mount.name)) end
		if where:sub(1, 1) ~= "/" or where:find(":", 1, true) then
			pod.bad(at .. ".mountPath", ('"%s" is not an absolute path without ":"'):format(where))
		end
		local plain = where:gsub("/+$", "")
		if seen[plain] then pod.bad(at .. ".mountPath", ("%s is mounted twice"):format(where)) end
		seen[plain] = true
		if mount.subPath and mount.subPathExpr then pod.bad(at .. ".subPathExpr", "must not be there with subPath") end
		for _, field in ipairs { "subPath", "subPathExpr" } do
			if mount[field] and not relative(mount[field]) then
				pod.bad(at .. "." .. field, ('"%s" is not a relative path without ".."'):format(mount[field]))
			end
		end
	end
end

local function check_ports(ports, path, pod)
	local seen = {}
	for i, port in ipairs(ports) do
		local at, id = ("%s[%d]"):format(path, i - 1), ("%d/%s"):format(port.containerPort, port.protocol or "TCP")
		for _, field in ipairs { "containerPort", "hostPort" } do
			if port[field] and not names.is_port(port[field]) then
				pod.bad(at .. "." .. field, ("%d is no port (1 to 65535)"):format(port[field]))
			end
		end
		if seen[id] then pod.bad(at .. ".containerPort", ("port %s is there twice"):format(id)) end
		seen[id] = true
		if port.name then
			if not names.is_port_name(port.name) then
				pod.bad(at .. ".name", ('"%s" is no name of a port (at most 15 of a-z 0-9 -, a letter among them)'):format(port.name))
			end
			if pod.ports[port.name] then pod.bad(at .. ".name", ("the port name %s is there twice"):format(port.name)) end
			pod.ports[port.name] = port.containerPort
		end
	end
end

local HANDLERS = { "exec", "grpc", "httpGet", "tcpSocket" }
local PROBES = { "startupProbe", "livenessProbe", "readinessProbe" }
local LEAST = { periodSeconds = 1, timeoutSeconds = 1, failureThreshold = 1, successThreshold = 1, initialDelaySeconds = 0 }

local function check_probe(probe, kind, path, pod)
	local handlers = 0
	for _, name in ipairs(HANDLERS) do handlers = handlers + (probe[name] and 1 or 0) end
	if handlers ~= 1 then pod.bad(path, ("has %d handlers, and takes one of %s"):format(handlers, table.concat(HANDLERS, ", "))) end
	for field, least in sorted.pairs(LEAST) do
		if probe[field] and probe[field] < least then
			pod.bad(path .. "." .. field, ("%d is less than %d"):format(probe[field], least))
		end
	end
	if kind ~= "readinessProbe" and (probe.successThreshold or 1) > 1 then
		pod.bad(path .. ".successThreshold", "must be 1 here")
	end
	for _, name in ipairs { "httpGet", "tcpSocket" } do
		local port = probe[name] and probe[name].port
		if type(port) == "string" and not pod.ports[port] then
			pod.bad(("%s.%s.port"):format(path, name), ("no port of the pod is called %s"):format(port))
		elseif type(port) == "number" and not names.is_port(port) then
			pod.bad(("%s.%s.port"):format(path, name), ("%d is no port (1 to 65535)"):format(port))
		end
	end
end

-- Probes and hooks; an ordinary init container, which ends before the next one starts, has none.
local function check_life(c, path, pod, init)
	local ordinary = init and c.restartPolicy ~= "Always"
	for _, kind in ipairs { "startupProbe", "livenessProbe", "readinessProbe", "lifecycle" } do
		if c[kind] and ordinary then
			pod.bad(path .. "." .. kind, "must not be there in an init container without restartPolicy: Always")
		end
	end
	for _, kind in ipairs(PROBES) do
		if c[kind] and not ordinary then check_probe(c[kind], kind, path .. "." .. kind, pod) end
	end
	if c.restartPolicy ~= nil and not (init and c.restartPolicy == "Always") then
		pod.bad(path .. ".restartPolicy", init and ('"%s" is not Always, which makes it a sidecar'):format(c.restartPolicy)
			or "belongs to init containers only, and to the pod")
	end
end

local M = { resources = check_resources, relative = relative }

--- Check one container.
-- @tparam table c
-- @tparam string path for messages
-- @tparam table pod `bad(path, message, level)`, `refer(kind, name, path, optional) -> object|nil`, `volumes` (set of
-- names), `ports` (name -> number of all containers before)
-- @tparam boolean init is it an init container?
function M.check(c, path, pod, init)
	if type(c.image) ~= "string" or c.image == "" or c.image:find("%s") then
		pod.bad(path .. ".image", ('"%s" is not an image'):format(tostring(c.image or "")))
	end
	if c.workingDir and c.workingDir:find(":", 1, true) then pod.bad(path .. ".workingDir", "holds a colon") end
	check_process(c, path, pod)
	check_resources(c.resources or {}, path .. ".resources", pod.bad)
	check_mounts(c.volumeMounts or {}, path .. ".volumeMounts", pod)
	check_ports(c.ports or {}, path .. ".ports", pod)
	check_life(c, path, pod, init)
end

return M
