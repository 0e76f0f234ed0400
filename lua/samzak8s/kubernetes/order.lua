-- SPDX-License-Identifier: Apache-2.0
--- The order of keys in manifests, at every level: what tells objects apart first, the proof of concept's order where it
-- had one. Keys that are not here follow, sorted.
return {
	"apiVersion", "kind", "metadata", "name", "namespace", "labels", "annotations", "type", "immutable", "data", "spec",
	"replicas", "serviceName", "podManagementPolicy", "clusterIP", "clusterIPs", "selector", "template",
	"nodeSelector", "volumes", "initContainers", "containers",
	"image", "imagePullPolicy", "command", "workingDir", "env", "value", "volumeMounts", "mountPath",
	"resources", "limits", "requests", "memory", "cpu",
}
