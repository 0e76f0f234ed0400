#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""fields.py SCHEMAS > lua/samzak8s/kubernetes/fields.lua: the fields of the kinds that we check, out of one folder of JSON schemas.

The schemas are made from Kubernetes' api/openapi-spec/swagger.json, one file a kind and `_definitions.json` for what they
share, as kubeconform reads them.
"""
import json
import os
import sys

HEAD = """\
-- SPDX-License-Identifier: Apache-2.0
--- The fields of Kubernetes' kinds and their types, from the OpenAPI document of its API server (Kubernetes %s).
-- Made by tests/support/fields.py; `types` reads it. A field is NAME:TYPE, NAME!:TYPE when it is required. A type is s (string),
-- i (integer), b (boolean), q (quantity), x (integer or string), t (time), [TYPE] (list), {TYPE} (mapping), A|B (one of
-- these words), or the name of an entry.
return {
"""

# kinds that the schemas leave out, and what a server sets in objects that were read back from it
OWN = {
    "ReplicaSetSpec": "minReadySeconds:i replicas:i selector!:LabelSelector template:PodTemplateSpec",
    "DaemonSetSpec": "minReadySeconds:i revisionHistoryLimit:i selector!:LabelSelector template!:PodTemplateSpec "
                     "updateStrategy:DaemonSetUpdateStrategy",
    "DaemonSetUpdateStrategy": "rollingUpdate:RollingUpdateDaemonSet type:OnDelete|RollingUpdate",
    "RollingUpdateDaemonSet": "maxSurge:x maxUnavailable:x",
    "CronJobSpec": "concurrencyPolicy:Allow|Forbid|Replace failedJobsHistoryLimit:i jobTemplate!:JobTemplateSpec schedule!:s "
                   "startingDeadlineSeconds:i successfulJobsHistoryLimit:i suspend:b timeZone:s",
    "JobTemplateSpec": "metadata:ObjectMeta spec:JobSpec",
}
KINDS = {
    "ReplicaSet": "apps/v1 ReplicaSetSpec", "DaemonSet": "apps/v1 DaemonSetSpec", "CronJob": "batch/v1 CronJobSpec",
    "Pod": "v1 PodSpec",
}


def short(ref):
    return ref.rsplit("/", 1)[-1].rsplit(".", 1)[-1]


def type_of(schema):
    if "$ref" in schema:
        name = short(schema["$ref"])
        return {"Quantity": "q", "IntOrString": "x", "Time": "t"}.get(name, name)
    if "allOf" in schema:
        return type_of(schema["allOf"][0])
    if "enum" in schema:
        return "|".join(schema["enum"])
    kind = schema.get("type")
    if kind == "array":
        return "[%s]" % type_of(schema["items"])
    if kind == "object":
        values = schema.get("additionalProperties") or {"type": "string"}
        return "{%s}" % type_of(values)
    return {"string": "s", "integer": "i", "boolean": "b"}[kind]


def fields(schema):
    required = schema.get("required", [])
    return " ".join("%s%s:%s" % (name, "!" if name in required else "", type_of(value))
                    for name, value in sorted(schema.get("properties", {}).items()))


def main():
    folder = sys.argv[1]
    with open(os.path.join(folder, "_definitions.json")) as file:
        definitions = json.load(file)["definitions"]
    entries = dict(OWN)
    for name, schema in definitions.items():
        if schema.get("type") == "object" and not name.endswith("Status"):
            assert short(name) not in entries, name
            entries[short(name)] = fields(schema)
    for name in os.listdir(folder):
        with open(os.path.join(folder, name)) as file:
            schema = json.load(file)
        if name.startswith("_"):
            continue
        kind, version = (schema["properties"][x]["enum"][0] for x in ("kind", "apiVersion"))
        schema["required"] = [x for x in schema["required"] if x not in ("apiVersion", "kind")]
        entries["%s %s" % (version, kind)] = fields(schema).replace("apiVersion:%s" % version, "apiVersion:s") \
            .replace("kind:%s " % kind, "kind:s ")
    for kind, text in KINDS.items():
        version, spec = text.split()
        entries["%s %s" % (version, kind)] = "apiVersion:s kind:s metadata!:ObjectMeta spec!:%s" % spec
    sys.stdout.write(HEAD % os.path.basename(folder.rstrip("/")))
    for name in sorted(entries):
        key = name if name.isidentifier() else '["%s"]' % name
        sys.stdout.write('\t%s = "%s",\n' % (key, entries[name]))
    sys.stdout.write("}\n")


main()
