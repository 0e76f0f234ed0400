-- SPDX-License-Identifier: Apache-2.0
local validate = require("samzak8s.kubernetes.validate")

local a = ("a"):rep(300)

local function pod(change)
	local spec = { volumes = { { name = "log", emptyDir = {} } },
		containers = { { name = "samza", image = "i:1", env = { { name = "A", value = "b" } },
			volumeMounts = { { name = "log", mountPath = "/log" } } } } }
	if change then change(spec, spec.containers[1]) end
	return spec
end

-- One of every part of a pod that is looked into.
local function everything(spec, c)
	local term = { topologyKey = "h", labelSelector = { matchLabels = { a = "b" } } }
	local node = { matchExpressions = { { key = "k", operator = "In", values = { "v" } } } }
	spec.affinity = {
		podAntiAffinity = { preferredDuringSchedulingIgnoredDuringExecution = { { weight = 1, podAffinityTerm = term } },
			requiredDuringSchedulingIgnoredDuringExecution = { term } },
		nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution = { nodeSelectorTerms = { node } },
			preferredDuringSchedulingIgnoredDuringExecution = { { weight = 1, preference = node } } } }
	spec.tolerations = { { key = "k", operator = "Exists", effect = "NoExecute", tolerationSeconds = 1 } }
	spec.topologySpreadConstraints = { { maxSkew = 1, topologyKey = "h", whenUnsatisfiable = "DoNotSchedule" } }
	spec.securityContext = { runAsNonRoot = true, runAsUser = 1000, fsGroup = 2000, seccompProfile = { type = "RuntimeDefault" } }
	spec.imagePullSecrets = { { name = "pull" } }
	spec.volumes[3] = { name = "p", projected = { sources = { { configMap = { name = "m", items = { { key = "k", path = "p" } } } } } } }
	spec.volumes[4] = { name = "s", emptyDir = { sizeLimit = "1Gi", medium = "Memory" } }
	c.securityContext = { capabilities = { drop = { "ALL" } }, allowPrivilegeEscalation = false }
	c.ports = { { name = "jmx", containerPort = 9010 } }
	c.command, c.args, c.workingDir = { "run" }, { "now" }, "/samza"
	c.envFrom = { { configMapRef = { name = "m" } } }
	c.env[2] = { name = "B", valueFrom = { secretKeyRef = { name = "s", key = "k" } } }
	c.startupProbe = { tcpSocket = { port = "jmx" }, periodSeconds = 1 }
end

local function controller(name, change)
	local r = { apiVersion = "v1", kind = "ReplicationController", metadata = { name = name },
		spec = { replicas = 1, selector = { id = name },
			template = { metadata = { labels = { id = name, job = "j" } }, spec = pod() } } }
	if change then change(r, r.spec.template.spec, r.spec.template.spec.containers[1]) end
	return r
end

local function check(...)
	local said = {}
	local ok, err = validate({ ... }, { source = "my.lua", made = function(name) return name:find("^j%-") ~= nil end,
		warn = function(w) said[#said + 1] = w.message end })
	return ok, err, said
end

local function refuses(message, ...)
	local ok, err = check(...)
	assert.is_nil(ok)
	assert.equal(message, err.message)
	assert.equal("my.lua", err.source)
end

describe("validation", function()
	it("takes good objects without a word", function()
		local ok, err, said = check({ apiVersion = "v1", kind = "ConfigMap", metadata = { name = "j-m" }, data = { a = "b" } },
			controller("x", function(_, spec) spec.volumes[2] = { name = "m", configMap = { name = "j-m" } } end), controller("y"))
		assert.is_nil(err)
		assert.is_true(ok)
		assert.same({}, said)
	end)

	it("wants objects", function()
		refuses("resource 1 is a string, not a table", "text")
		refuses("resource 2 has no apiVersion", controller("x"), { kind = "Pod" })
		refuses("resource 1 has no kind", { apiVersion = "v1" })
		refuses("resource 1 (Pod) has no metadata.name", { apiVersion = "v1", kind = "Pod", metadata = {} })
	end)

	it("names what has the wrong type, and never raises", function()
		refuses("ReplicationController/x: metadata.labels: is a string, not a mapping",
			controller("x", function(r) r.metadata.labels = "a" end))
		refuses("ReplicationController/x: spec.template.spec.containers[0].env[0]: is a string, not a mapping",
			controller("x", function(_, _, c) c.env[1] = "A=b" end))
		-- put each kind of value into each place in turn
		local function places(value, path, found)
			for k, v in pairs(value) do
				local at = { table.unpack(path) }
				at[#at + 1] = k
				found[#found + 1] = at
				if type(v) == "table" then places(v, at, found) end
			end
			return found
		end
		local function good()
			return controller("x", function(r, spec, c)
				everything(spec, c)
				r.metadata.labels, r.metadata.annotations, r.metadata.namespace = { a = "b" }, { a = "b" }, "n"
				spec.nodeSelector, spec.serviceAccountName, spec.terminationGracePeriodSeconds = { a = "b" }, "s", 30
				spec.volumes[2] = { name = "m", configMap = { name = "other" } }
				spec.initContainers = { { name = "init", image = "i" } }
				c.resources = { limits = { cpu = "1" }, requests = { cpu = "1" } }
			end)
		end
		local tried = 0
		for _, place in ipairs(places(good(), {}, {})) do
			for _, value in ipairs { 7, 1.5, true, "text", "", { 1 }, { a = "b" }, {} } do
				local r = good()
				local t = r
				for i = 1, #place - 1 do t = t[place[i]] end
				t[place[#place]] = value
				local ran, ok, err = pcall(check, r)
				assert.is_true(ran, ("%s = %s: %s"):format(table.concat(place, "."), tostring(value), tostring(ok)))
				assert.is_true(ok == true or type(err.message) == "string")
				tried = tried + 1
			end
		end
		assert.is_true(tried > 1000)
	end)

	it("wants names that are valid, and only once", function()
		refuses('ReplicationController/A: metadata.name: the name "A" is not a DNS name (a-z, 0-9 and -, no - at either end)',
			controller("A", function(r) r.spec.selector.id = "x" r.spec.template.metadata.labels.id = "x" end))
		refuses("ReplicationController/x: metadata.name: resources 1 and 2 have this name", controller("x"), controller("x"))
		refuses('ReplicationController/x: metadata.namespace: "A" is not a DNS label of at most 63 characters',
			controller("x", function(r) r.metadata.namespace = "A" end))
	end)

	it("holds labels and annotations to their grammar and size", function()
		refuses('ReplicationController/x: metadata.labels.a: "-" is not a label value (1 characters; '
			.. "at most 63 of A-Z a-z 0-9 - _ .)", controller("x", function(r) r.metadata.labels = { a = "-" } end))
		refuses("ReplicationController/x: metadata.labels.a: is a number, not a string",
			controller("x", function(r) r.metadata.labels = { a = 1 } end))
		refuses("ReplicationController/x: metadata.annotations: the annotations have 262,145 bytes, an object may have 262,144",
			controller("x", function(r) r.metadata.annotations = { a = ("x"):rep(262144) } end))
		refuses('ReplicationController/x: spec.template.metadata.labels: "a b" is not a label key '
			.. "(at most 63 of A-Z a-z 0-9 - _ ., after an optional DNS/)",
			controller("x", function(r) r.spec.template.metadata.labels["a b"] = "" end))
	end)

	it("wants selectors that find their own pods, and no others", function()
		refuses("ReplicationController/x: spec.selector: is missing", controller("x", function(r)
			r.spec.selector, r.spec.template.metadata.labels = nil, nil
		end))
		assert.same({ "ReplicationController/x: spec.selector: is missing; the server takes the template's labels" },
			(select(3, check(controller("x", function(r) r.spec.selector = nil end)))))
		refuses("ReplicationController/x: spec.selector: it wants id=y, the template has id=x",
			controller("x", function(r) r.spec.selector.id = "y" end))
		refuses("ReplicationController/x: spec.selector: it wants z=1, the template has no such label",
			controller("x", function(r) r.spec.selector.z = "1" end))
		local function by_job(r) r.spec.selector = { job = "j" } end
		refuses("ReplicationController/y: spec.selector: it finds the pods of ReplicationController/x as well",
			controller("x", by_job), controller("y", by_job))
		refuses("ReplicationController/y: spec.selector: it finds the pods of ReplicationController/x as well",
			controller("x"), controller("y", by_job))
	end)

	it("measures variables as the process sees them", function()
		local function value(text) return controller("x", function(_, _, c) c.env[1].value = text end) end
		assert.is_true((check(value(("$"):rep(2 * 131069)))))
		refuses("ReplicationController/x: spec.template.spec.containers[0].env[0].value: A takes 131,072 bytes with its name, "
			.. "and Linux starts no program with one over 131,071", value(("x"):rep(131070)))
		refuses("ReplicationController/x: spec.template.spec.containers[0].env: all variables take 2,200,087 bytes, "
			.. "and Linux starts no program with more than 2,097,152", controller("x", function(_, _, c)
				for i = 1, 22 do c.env[i] = { name = ("E%02d"):format(i), value = ("x"):rep(99999 - (i == 1 and 1 or 0)) } end
			end))
	end)

	for message, change in pairs {
		['.env[0].name: "A=" is not the name of an environment variable'] = function(_, c) c.env[1].name = "A=" end,
		[".env[1].name: A is set twice"] = function(_, c) c.env[2] = { name = "A", value = "c" } end,
		[".env[0].value: is a number, not a string"] = function(_, c) c.env[1].value = 1 end,
		['.image: "" is not an image'] = function(_, c) c.image = nil end,
		['.name: the container name "' .. a .. '" is not a DNS label of at most 63 characters'] = function(_, c) c.name = a end,
		[".volumeMounts[0].name: there is no volume logs"] = function(_, c) c.volumeMounts[1].name = "logs" end,
		[".volumeMounts[1].mountPath: /log is mounted twice"] = function(_, c) c.volumeMounts[2] = c.volumeMounts[1] end,
		['.volumeMounts[0].mountPath: "log" is not an absolute path without ":"'] = function(_, c)
			c.volumeMounts[1].mountPath = "log" end,
		['.resources.limits.memory: "1GB" is not a Kubernetes quantity'] = function(_, c)
			c.resources = { limits = { memory = "1GB" } } end,
		[".resources.requests.cpu: requests 2, more than the limit of 1500m"] = function(_, c)
			c.resources = { limits = { cpu = "1500m" }, requests = { cpu = "2" } } end,
	} do
		it("refuses a container with " .. message:sub(1, 60), function()
			refuses("ReplicationController/x: spec.template.spec.containers[0]" .. message,
				controller("x", function(_, spec, c) change(spec, c) end))
		end)
	end

	for message, change in pairs {
		[".containers: there is no container"] = function(spec) spec.containers = {} end,
		[".containers[1].name: the container name samza is there twice"] = function(spec) spec.containers[2] = spec.containers[1] end,
		[".volumes[1].name: the volume name log is there twice"] = function(spec) spec.volumes[2] = spec.volumes[1] end,
		['.nodeSelector: "a: b c" is not a label'] = function(spec) spec.nodeSelector = { a = "b c" } end,
		[".terminationGracePeriodSeconds: 0 is not a whole number of seconds above 0"] = function(spec)
			spec.terminationGracePeriodSeconds = 0 end,
		[".restartPolicy: a ReplicationController takes Always only, not Never"] = function(spec) spec.restartPolicy = "Never" end,
		['.serviceAccountName: "A" is not a DNS name'] = function(spec) spec.serviceAccountName = "A" end,
		[".volumes[1].configMap.name: there is no ConfigMap j-model"] = function(spec)
			spec.volumes[2] = { name = "m", configMap = { name = "j-model" } } end,
		[".volumes[1].secret.secretName: there is no Secret j-model"] = function(spec)
			spec.volumes[2] = { name = "m", secret = { secretName = "j-model" } } end,
	} do
		it("refuses a pod with " .. message:sub(1, 60), function()
			refuses("ReplicationController/x: spec.template.spec" .. message, controller("x", function(_, spec) change(spec) end))
		end)
	end

	it("lets objects refer to what others made", function()
		assert.is_true((check(controller("x", function(_, spec)
			spec.volumes[2] = { name = "m", secret = { secretName = "certificates" } } end))))
	end)

	it("holds ConfigMaps and Secrets to their keys, encoding and size", function()
		local function map(kind, data) return { apiVersion = "v1", kind = kind, metadata = { name = "m" }, data = data } end
		refuses('ConfigMap/m: data: "a/b" is not a key (A-Z a-z 0-9 - _ .)', map("ConfigMap", { ["a/b"] = "x" }))
		refuses("ConfigMap/m: data.a: is a number, not a string", map("ConfigMap", { a = 1 }))
		refuses("Secret/m: data.a: is not base64", map("Secret", { a = "abc" }))
		refuses("ConfigMap/m: data: it holds 1,048,577 bytes, a ConfigMap may hold 1,048,576",
			map("ConfigMap", { a = ("x"):rep(1048577) }))
		assert.is_true((check(map("Secret", { a = ("x"):rep(1048576 // 3 * 4) .. "eA==" }))))
		refuses("Secret/m: data: it holds 1,048,577 bytes, a Secret may hold 1,048,576",
			map("Secret", { a = ("x"):rep(1048576 // 3 * 4) .. "eHg=" }))
	end)

	it("warns of what client-side apply cannot store, to the byte", function()
		local function map(n)
			return { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "m" }, data = { a = ("x"):rep(n) } }
		end
		local frame = #'{"apiVersion":"v1","data":{"a":""},"kind":"ConfigMap","metadata":{"annotations":{},"name":"m",'
			+ #'"namespace":"default"}}\n'
		assert.same({}, (select(3, check(map(262096 - frame)))))
		assert.same({ "ConfigMap/m has 262,097 bytes as JSON; client-side kubectl apply takes 262,096" },
			(select(3, check(map(262097 - frame)))))
	end)
end)
