-- SPDX-License-Identifier: Apache-2.0
--- Keys of Kubernetes objects that are written before the others, which follow sorted: as people write them.
return { "apiVersion", "kind", "metadata", "name", "namespace", "labels", "annotations", "immutable", "type", "replicas", "selector", "serviceName", "image", "command", "args", "env", "value", "valueFrom", "containerPort", "port" }
