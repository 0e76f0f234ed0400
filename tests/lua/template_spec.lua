-- SPDX-License-Identifier: Apache-2.0
-- A user's pod template, merged under ours.
local run = require("support.manifest_run")
local read = require("samzak8s.kubernetes.template_file")

-- Write the template, make manifests, remove it. -> pod template, or nil and err with FILE for its path
local function merged(yaml, properties)
	local path = os.tmpname()
	local file = assert(io.open(path, "w"))
	file:write(yaml)
	file:close()
	local config = { ["kubernetes.pod.template"] = path }
	for key, value in pairs(properties or {}) do config[key] = value end
	local called, resources, err = pcall(run, config, { version = "1.8.0" })
	os.remove(path)
	if not called then resources, err = nil, resources end
	if not resources then
		err.source = (err.source or ""):gsub("^" .. path:gsub("%p", "%%%0"), "FILE")
		return nil, err
	end
	return resources[#resources].spec.template
end

local function refuses(yaml, code, source, message)
	local template, err = merged(yaml)
	assert.is_nil(template)
	assert.same({ code, source, message, "kubernetes.pod.template" }, { err.code, err.source, err.message, err.key })
end

describe("a pod template", function()
	it("adds fields, and items to lists by their keys", function()
		local template = assert(merged([[
apiVersion: v1
kind: Pod
metadata:
  labels: {team: data}
  annotations: {x.io/y: z}
spec:
  dnsPolicy: None
  nodeSelector:
  tolerations:
  - {key: spot, operator: Exists}
  volumes:
  - name: state
    emptyDir: {sizeLimit: 5Gi}
  - name: ca
    secret: {secretName: ca}
  initContainers:
  - {name: wait, image: "busybox:1.36.1", command: ["true"]}
  containers:
  - name: samza
    env:
    - {name: TZ, value: UTC}
    volumeMounts:
    - {name: ca, mountPath: /ca}
    resources:
      limits: {ephemeral-storage: 1Gi}
  - {name: other, image: "x:1"}
]]))
		local pod = template.spec
		assert.equal("data", template.metadata.labels.team)
		assert.equal("samza", template.metadata.labels["app.kubernetes.io/name"])
		assert.equal("z", template.metadata.annotations["x.io/y"])
		assert.equal("None", pod.dnsPolicy)
		assert.is_nil(pod.nodeSelector)
		assert.same({ { key = "spot", operator = "Exists" } }, pod.tolerations)
		assert.same({ sizeLimit = "5Gi" }, pod.volumes[2].emptyDir)
		assert.equal("ca", pod.volumes[#pod.volumes].name)
		assert.same({ "model-server", "wait" }, { pod.initContainers[1].name, pod.initContainers[2].name })
		assert.equal(2, #pod.containers)
		local samza = pod.containers[1]
		assert.equal("page-views", samza.name)
		assert.same({ name = "TZ", value = "UTC" }, samza.env[#samza.env])
		assert.equal("/ca", samza.volumeMounts[#samza.volumeMounts].mountPath)
		assert.same({ memory = "1Gi", cpu = "1", ["ephemeral-storage"] = "1Gi" }, samza.resources.limits)
	end)
	it("may say what we say", function()
		assert(merged('spec:\n  containers:\n  - name: samza\n    workingDir: /samza\n    image: "registry/page-views:1"\n'))
	end)
	it("does not touch the objects of others: each pod has its own copy", function()
		local template = assert(merged("spec:\n  tolerations:\n  - {key: a, operator: Exists}\n"))
		assert.equal(1, #template.spec.tolerations)
	end)
	it("contradicts at a line, with what to set instead", function()
		refuses("spec:\n  containers:\n  - name: samza\n    image: x\n", "template.contradiction", "FILE:4",
			"spec.containers[page-views].image is set by the layout")
		refuses("spec:\n  containers:\n  - name: samza\n    env:\n    - {name: A, value: b}\n    - {name: JAVA_OPTS, value: x}\n",
			"template.contradiction", "FILE:6", "spec.containers[page-views].env: the variable JAVA_OPTS is set by the layout")
		refuses("spec:\n  volumes:\n  - name: log\n    hostPath: {path: /x}\n", "template.contradiction", "FILE:4",
			"spec.volumes[log]: hostPath contradicts the layout, which makes this volume otherwise")
		refuses("metadata:\n  labels:\n    app.kubernetes.io/name: x\n", "template.contradiction", "FILE:3",
			"metadata.labels.app.kubernetes.io/name is set by the layout")
		refuses("spec:\n  terminationGracePeriodSeconds: 3\n", "template.contradiction", "FILE:2",
			"spec.terminationGracePeriodSeconds is set by the layout")
		refuses("spec:\n  restartPolicy: Never\n", "template.form", "FILE:2", "spec.restartPolicy is set by the layout")
	end)
	it("is metadata and spec of a pod, and nothing else", function()
		refuses("", "template.form", "FILE", "is empty")
		refuses("- a\n", "template.form", "FILE", "is no mapping")
		refuses("a\n", "template.form", "FILE", "is no mapping")
		refuses("containers: []\n", "template.form", "FILE:1", "containers is no part of a pod template")
		refuses("kind: Deployment\n", "template.form", "FILE:1", "kind is no part of a pod template")
		refuses("spec: 3\n", "template.form", "FILE:1", "spec is no mapping")
		refuses("metadata:\n  name: x\n", "template.form", "FILE:2", "metadata.name is set by the layout")
		refuses("spec:\n  volumes: 3\n", "template.form", "FILE:2", "spec.volumes: is a number, not a list")
		refuses("spec:\n  containers:\n  - image: x\n", "template.form", "FILE:3", "spec.containers[0] has no name")
		refuses("spec:\n  dnsPolicyy: None\n", "template.form", "FILE:2", "spec.dnsPolicyy: there is no such field, did you mean dnsPolicy?")
		refuses("spec: {}\n---\nspec: {}\n", "template.form", "FILE:3", "holds more than one document")
	end)
	it("is YAML without anchors, doubled keys and tabs", function()
		refuses("spec: &a\n  dnsPolicy: None\n", "yaml.refused", "FILE:1", "anchors are not understood")
		refuses("spec:\n  dnsPolicy: None\n  dnsPolicy: None\n", "yaml.duplicate", "FILE:3", 'the key "dnsPolicy" is there twice')
		local _, err = read("spec:\n\tdnsPolicy: None\n", "pod.yaml")
		assert.same({ "yaml.syntax", "pod.yaml:2", "YAML is indented with blanks, not with tabs" }, { err.code, err.source, err.hint })
	end)
	it("may be missing", function()
		local _, err = run({ ["kubernetes.pod.template"] = "/no/such/file" }, { version = "1.8.0" })
		assert.equal("file.read", err.code)
		assert.equal("kubernetes.pod.template", err.key)
	end)
end)
