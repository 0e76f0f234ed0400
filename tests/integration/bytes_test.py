# SPDX-License-Identifier: Apache-2.0
"""Bytes that are no text, in a value that becomes part of the JobModel."""
import tempfile
import unittest

from program import Run

JOB = """job.name=a
task.inputs=kafka.A
systems.kafka.samza.factory=org.apache.samza.system.kafka.KafkaSystemFactory
kubernetes.samza.version=0.9.1
"""


class Bytes(unittest.TestCase):
    def test_a_value_that_is_not_utf_8_is_refused_by_its_key(self):
        with tempfile.TemporaryDirectory() as directory:
            with open(directory + "/job.properties", "w", encoding="ascii") as file:
                file.write(JOB)
            with open(directory + "/snapshot.json", "w", encoding="ascii") as file:
                file.write('{"systems":{"kafka":{"topics":{"A":1}}}}')
            run = Run(["model", "job.properties", "--partitions", "snapshot.json", "--config", b"my.key=\xff"], cwd=directory)
        self.assertEqual((1, b""), (run.code, run.out))
        self.assertIn("samzak8s: error: --config: my.key: is not valid UTF-8\n", run.messages)
