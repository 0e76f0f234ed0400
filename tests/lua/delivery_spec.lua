-- SPDX-License-Identifier: Apache-2.0
-- Models that are too large for one object, and models whose secrets are filled in when a pod starts.
local delivery = require("samzak8s.kubernetes.delivery")
local jobmodel = require("samzak8s.native.jobmodel")
local run = require("support.manifest_run")

local MIB = 1048576

local function made(properties, how)
	local resources, err, said = run(properties, how)
	assert.is_nil(err and err.message)
	return resources, said
end

local function texts_of(resources, kind)
	local texts = {}
	for _, r in ipairs(resources) do
		for key, text in pairs(r.kind == kind and r.data or {}) do texts[key] = text end
	end
	return texts
end

local function last_pod(resources) return resources[#resources].spec.template.spec end

describe("a model", function()
	it("of up to 1 MiB is one piece, to the byte", function()
		local maps, parts = delivery.pack(("x"):rep(MIB), {}, "m")
		assert.equal(1, #maps)
		assert.equal(MIB, #maps[1].data["job-model.json"])
		assert.is_nil(parts)
	end)
	it("of more is several, none over the limit, and comes together again", function()
		for _, size in ipairs { MIB + 1, 2000000, 2000001, 5500000 } do
			local text = ("0123456789"):rep(size // 10 + 1):sub(1, size)
			local maps, parts = delivery.pack(text, {}, "m")
			local texts = {}
			for i, map in ipairs(maps) do
				assert.equal("m-" .. i - 1, map.name)
				local held = 0
				for key, piece in pairs(map.data) do texts[key], held = piece, held + #piece end
				assert.is_true(held <= MIB)
			end
			assert.equal(#parts, #maps)
			assert.equal(text, delivery.join(texts))
		end
	end)
	it("in pieces is joined by the sidecar, or for 0.9 by an init container", function()
		local json = '{"config":{"a":"' .. ("x"):rep(3 * MIB) .. '"}}'
		local resources = made({}, { version = "1.8.0", json = json })
		assert.equal(json, delivery.join(texts_of(resources, "ConfigMap")))
		local pod = last_pod(resources)
		assert.equal("busybox cat /model-parts/* >/model/index.html || exit 1; trap 'exit 0' TERM; "
			.. "busybox httpd -f -p 127.0.0.1:8090 -h /model & wait", pod.initContainers[1].command[4])
		local volumes = {}
		for _, volume in ipairs(pod.volumes) do volumes[volume.name] = volume end
		assert.equal(4, #volumes["model-parts"].projected.sources)
		assert.same({}, volumes.model.emptyDir)

		resources = made({}, { version = "0.9.1", json = json })
		pod = last_pod(resources)
		assert.equal("model-writer", pod.initContainers[1].name)
		assert.is_nil(pod.initContainers[1].restartPolicy)
		assert.equal("busybox cat /model-parts/* >/model/job-model.json", pod.initContainers[1].command[4])
		assert.is_true(pod.securityContext.runAsNonRoot) -- the proof of concept's pod could not read it
	end)
	it("in pieces that hold secrets is joined in memory, with room for it", function()
		local json = '{"config":{"a.password":"' .. ("x"):rep(3 * MIB) .. '"}}'
		local resources = made({ ["a.password"] = "x" }, { version = "1.8.0", json = json })
		local pod = last_pod(resources)
		assert.equal("Secret", resources[1].kind)
		for _, volume in ipairs(pod.volumes) do
			if volume.name == "model" then assert.equal("Memory", volume.emptyDir.medium) end
		end
		assert.equal("40Mi", pod.initContainers[1].resources.limits.memory)
	end)
	it("is served by a plain container before Kubernetes 1.29", function()
		local pod = last_pod(made({ ["kubernetes.version"] = "1.28" }, { version = "1.8.0" }))
		assert.is_nil(pod.initContainers)
		assert.equal("model-server", pod.containers[2].name)
		assert.is_nil(pod.containers[2].restartPolicy)
	end)
	it("is served by one Deployment and Service for the job, named by its content", function()
		for _, version in ipairs { "0.9.1", "1.8.0" } do
			local resources = made({ ["kubernetes.model.server"] = "service", ["kubernetes.layout"] = "statefulset",
				["kubernetes.delivery"] = "configmap", ["job.name"] = "7-up" }, { version = version })
			local service, deployment
			for _, r in ipairs(resources) do
				if r.kind == "Service" and r.spec.ports then service = r end
				if r.kind == "Deployment" then deployment = r end
			end
			assert.equal(service.metadata.name, deployment.metadata.name)
			assert.matches("^m%-7%-up%-%w+$", service.metadata.name)
			local pod = last_pod(resources)
			assert.is_nil(pod.initContainers)
			assert.equal(("http://%s:8090/"):format(service.metadata.name), pod.containers[1].env[2].value)
			for _, volume in ipairs(pod.volumes) do assert.is_not_equal("model", volume.name) end
			for key, value in pairs(service.spec.selector) do
				assert.equal(value, deployment.spec.template.metadata.labels[key])
				assert.is_not_nil(key)
			end
		end
	end)
end)

describe("a Secret that the user keeps", function()
	local SECRETS = { ["a.password"] = 'x"\\\n\t', ["b.password"] = "" , ["sensitive.c"] = '"sensitive.c":"x"' }
	local CONFIG = { a = '"a.password":"x"', ["a.password"] = SECRETS["a.password"], ["b.password"] = "", ["sensitive.c"] = SECRETS["sensitive.c"] }
	local json = jobmodel.serialize(CONFIG, { { id = "0", tasks = { { name = "Partition 0", changelog = 0, partitions = {} } } } }, { dialect = "U" })

	local function properties(more)
		local all = { ["kubernetes.secret.name"] = "mine" }
		for key, value in pairs(SECRETS) do all[key] = value end
		for key, value in pairs(more or {}) do all[key] = value end
		return all
	end

	it("takes the place of placeholders: no object holds a value", function()
		local resources, said = made(properties(), { version = "1.8.0", json = json })
		assert.equal("note delivery.secret-name: the pods start when the Secret mine has the keys a.password, sensitive.c", said[1])
		local model = delivery.join(texts_of(resources, "ConfigMap"))
		assert.equal('{"config":{"a":"\\"a.password\\":\\"x\\"","a.password":"********","b.password":"","sensitive.c":"********"}',
			model:match("^(.-}),"))
		local pod = last_pod(resources)
		local seen = {}
		for _, volume in ipairs(pod.volumes) do
			for _, source in ipairs(volume.projected and volume.projected.sources or {}) do
				if source.secret then
					assert.equal("mine", source.secret.name)
					seen[#seen + 1] = source.secret.items[1].key .. " " .. source.secret.items[1].path
				end
			end
		end
		assert.same({ "a.password 0001.value", "sensitive.c 0003.value" }, seen)
		assert.matches("^busybox sh /model%-parts/fill%.sh /model%-parts >/model/index%.html ", pod.initContainers[1].command[4])
	end)
	it("works in pieces, too: no placeholder is cut", function()
		local config = { ["a.password"] = "s", ["aa"] = ("x"):rep(999960), ["b.password"] = "t" }
		local text = jobmodel.serialize(config, {}, { dialect = "U" })
		local taken = {}
		for i, key in ipairs { "a.password", "b.password" } do
			taken[i] = { key = key, name = jobmodel.encode(key), value = jobmodel.encode(config[key]) }
		end
		text = text .. (" "):rep(MIB)
		local model, cuts = delivery.take_out(text, taken)
		local maps, parts = delivery.pack(model, cuts, "m")
		local texts, secrets = {}, 0
		for _, map in ipairs(maps) do
			for key, piece in pairs(map.data) do texts[key] = piece end
		end
		for _, part in ipairs(parts) do
			if part.secret then
				secrets = secrets + 1
				assert.equal(delivery.placeholder, texts[part.key])
			end
		end
		assert.equal(2, secrets)
		assert.equal(model, delivery.join(texts))
	end)
	it("is refused with another delivery, and for names that no Secret takes", function()
		local function refuses(more, code, message, key)
			local _, err = run(properties(more), { version = "1.8.0", json = json })
			assert.same({ code, message, key }, { err.code, err.message, err.key })
		end
		refuses({ ["kubernetes.delivery"] = "secret" }, "delivery.secret-name",
			"secret holds the model as it is, so nothing is filled in from the Secret mine", "kubernetes.delivery")
		refuses({ ["a:b.password"] = "x" }, "delivery.secret-key", "no Secret can have a key of this name", "a:b.password")
	end)
	it("changes nothing for a job without secrets", function()
		local resources = made({ ["kubernetes.secret.name"] = "mine" }, { version = "1.8.0" })
		assert.is_string(resources[1].data["job-model.json"])
	end)
end)

describe("the script that fills in secrets", function()
	local fill = require("samzak8s.kubernetes.fill")
	local directory = os.tmpname()
	os.remove(directory)

	local function write(name, text)
		local file <close> = assert(io.open(directory .. "/" .. name, "wb"))
		file:write(text)
	end

	-- -> what it prints, and how it ends
	local function filled(value)
		assert(os.execute("mkdir -p " .. directory))
		write("fill.sh", fill.script)
		write("0000", '{"a":')
		write("0001.value", value)
		write("0002", "}")
		local pipe = assert(io.popen(("env -u LD_PRELOAD busybox sh %s/fill.sh %s 2>&1"):format(directory, directory)))
		local text = pipe:read("a")
		return text, pipe:close()
	end

	after_each(function() os.execute("rm -rf " .. directory) end)

	it("writes any UTF-8 as JSON in ASCII", function()
		for _, value in ipairs { "", "plain", 'a"b\\c/', "line\nline\r\n\t\1\127", "é€\u{FFFF}\u{1F600}\u{10FFFF}", "$(HOME) `x` %s '$1'", ("x"):rep(70000) } do
			local text = filled(value)
			assert.is_nil(text:find("[\128-\255\0-\31]"))
			assert.is_true(jobmodel.check(text))
			assert.equal(value, require("cjson").decode(text).a)
		end
	end)
	it("refuses what is not UTF-8, and names the file", function()
		for _, value in ipairs { "\xFF", "\xC0\x80", "\xED\xA0\x80", "\xE2\x82", "\xF4\x90\x80\x80", "a\xE2(" } do
			local text, ok = filled(value)
			assert.is_nil(ok)
			assert.matches("0001.value is not UTF%-8", text)
		end
	end)
end)
