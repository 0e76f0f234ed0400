# SPDX-License-Identifier: Apache-2.0
"""A built-in policy runs in the program, a copy of it in a child behind the fence: the output is the same, byte for byte."""
import json
import os
import re
import tempfile
import unittest

from program import ROOT, Run

JOB = """job.name=page views
job.coordinator.system=kafka
task.inputs=kafka.A,kafka.B,kafka.caf\\u00e9
systems.kafka.samza.factory=org.apache.samza.system.kafka.KafkaSystemFactory
systems.kafka.consumer.zookeeper.connect=zk:2181
systems.kafka.producer.bootstrap.servers=broker:9092
kubernetes.container.image=registry.example.com/page-views:1.0
kubernetes.pod.count=3
processor.id=0
job.coordinator.system=kafka
kubernetes.samza.version=%s
"""
SNAPSHOT = {"systems": {"kafka": {"topics": {
    "A": {"partitions": [{"id": i, "leader": 1 + i % 3, "replicas": [1, 2, 3], "isr": [1, 2]} for i in range(12)]},
    "B": 5, "caf\u00e9": 2}}}}


def policies(folder):
    directory = os.path.join(ROOT, "lua", folder)
    return sorted(x[:-4] for x in os.listdir(directory) if x.endswith(".lua"))


def without_name(output, value):
    """The policy's name is part of the model's config, and so of its hash in names and annotations."""
    output = output.replace(b'"%s"' % value.encode(), b'"POLICY"')
    output = re.sub(rb"    samzak8s.io/policies-digest: .*\n", b"", output)  # of files of one's own only
    return re.sub(rb"model-[a-z0-9]{10}\b|(?<=digest: \")[a-z0-9]{10}|sha256:[0-9a-f]{64}|\b[0-9a-f]{64}\b", b"HASH", output)


class BuiltinPolicies(unittest.TestCase):
    def run_both_ways(self, key, folder, versions):
        for name in policies(folder):
            for version in versions:
                with self.subTest(folder + "/" + name + " for Samza " + version), tempfile.TemporaryDirectory() as directory:
                    self.compare(key, folder, name, version, directory)

    def compare(self, key, folder, name, version, directory):
        with open(directory + "/job.properties", "w", encoding="ascii") as file:
            file.write(JOB % version)
        with open(directory + "/snapshot.json", "w", encoding="ascii") as file:
            json.dump(SNAPSHOT, file)
        shown = Run(["show", folder + "/" + name])
        self.assertEqual(0, shown.code, shown.messages)
        with open(directory + "/copy.lua", "wb") as file:
            file.write(shown.out)
        outputs = []
        for value in name, "./copy.lua":
            run = Run(["job.properties", "--partitions", "snapshot.json", "--config", key + "=" + value], cwd=directory)
            self.assertEqual(0, run.code, run.messages)
            outputs.append(without_name(run.out, value))
        self.assertIn(b"container-id", outputs[0])
        self.assertEqual(outputs[0], outputs[1])

    def test_task_groupers_run_the_same_in_a_child(self):
        self.run_both_ways("kubernetes.grouper.tasks", "groupers/tasks", ["0.9.1", "1.8.0"])

    def test_container_groupers_run_the_same_in_a_child(self):
        self.run_both_ways("kubernetes.grouper.containers", "groupers/containers", ["0.9.1", "1.8.0"])

    def test_layouts_run_the_same_in_a_child(self):
        self.run_both_ways("kubernetes.layout", "layouts", ["0.9.1", "1.8.0"])
