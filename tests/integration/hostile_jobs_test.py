# SPDX-License-Identifier: Apache-2.0
"""Job names and values that nobody should choose: every layout makes objects that lint is content with, and the job sees its values."""
import json
import os
import shutil
import tempfile
import unittest

import yaml

from program import Run

LAYOUTS = ("replication-controller", "statefulset", "statefulset-indexed", "deployment", "job")
NAMES = ("UPPER_Case", "dots.and.dots", "Zähler-Ünïcode", "\U0001F600", "a" * 300, "x" * 41, "x" * 45, "x" * 46, "x" * 47, "-", "9lives", "a b c", "")
VALUES = {
    "home": "$(HOME)", "dollars": "$$ $ $$$(A) ${env.X} $", "quotes": "\" ' ` \\ \\\" {}", "lines": "a\nb\r\nc\t\x00\x1b", "yaml": "- [a]: {b}\n---\n...\n# c",
    "wide": "\u2028\ufeff\U0001F600 ä", "long": "0123456789abcdef" * 12800,
}


def escaped(text):
    """As java.util.Properties reads it back."""
    return "".join(c if c.isascii() and c.isalnum() else "".join("\\u%04x" % int.from_bytes(x, "big") for x in pairs(c)) for c in text)


def pairs(c):
    encoded = c.encode("utf-16-be")
    return [encoded[i:i + 2] for i in range(0, len(encoded), 2)]


def expand(text):
    """What Kubernetes makes of a variable's value that names no other variable."""
    out, at = "", 0
    while at < len(text):
        out += text[at]
        at += 2 if text[at:at + 2] == "$$" else 1
    return out


class HostileJobs(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="samzak8s-hostile-")
        self.addCleanup(shutil.rmtree, self.folder)

    def generate(self, name, layout, release, values):
        with open(os.path.join(self.folder, "job.properties"), "w") as file:
            for key, value in {"job.name": name, "job.coordinator.system": "kafka", "task.inputs": "kafka.orders",
                               "systems.kafka.samza.factory": "org.apache.samza.system.kafka.KafkaSystemFactory",
                               "kubernetes.container.image": "i:1", "kubernetes.pod.count": "2", "kubernetes.samza.version": release,
                               "kubernetes.layout": layout, **values}.items():
                file.write("%s=%s\n" % (key, escaped(value)))
        return Run(["job.properties", "--mock-kafka", "orders:2", "-q", "-o", "job.yaml"], cwd=self.folder)

    def objects(self):
        with open(os.path.join(self.folder, "job.yaml")) as file:
            return list(yaml.load_all(file, yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader))

    def lint(self):
        done = Run(["lint", "job.yaml"], cwd=self.folder)
        # large models are warned of: client-side apply cannot take them
        return [x for x in done.messages.splitlines() if x.startswith("samzak8s") and "client-side kubectl apply" not in x]

    def test_names(self):
        for layout in LAYOUTS:
            made = {}
            for name in NAMES:
                with self.subTest(layout=layout, name=name):
                    done = self.generate(name, layout, "1.8.0", {})
                    self.assertEqual(("", 0), (done.messages, done.code))
                    self.assertEqual([], self.lint())
                    names = {(x["kind"], x["metadata"]["name"]) for x in self.objects()}
                    for other, theirs in made.items():
                        self.assertFalse(names & theirs, other)
                    made[name] = names

    def test_values_arrive_as_they_are(self):
        for release, layout in (("0.9.1", "replication-controller"), ("0.9.1", "statefulset"), ("1.8.0", "statefulset")):
            for name, value in VALUES.items():
                with self.subTest(release=release, layout=layout, value=name):
                    done = self.generate("job", layout, release, {"my.value": value})
                    self.assertEqual(("", 0), (done.messages, done.code))
                    self.assertEqual([], self.lint())
                    self.assertEqual(value, self.model()["config"]["my.value"])

    def model(self):
        for resource in self.objects():
            if resource["kind"] == "ConfigMap":
                return json.loads(resource["data"]["job-model.json"])
            template = resource["spec"].get("template")
            for entry in template["spec"]["containers"][0]["env"] if template else []:
                if entry["name"] == "SAMZA_JOB_CONFIG":
                    return json.loads(expand(entry["value"]))

    def test_options_of_the_JVM_reach_it_as_they_are_or_are_refused(self):
        done = self.generate("job", "statefulset", "1.8.0", {"task.opts": "-Da=$(HOME) -Db=$$"})
        self.assertEqual(("", 0), (done.messages, done.code))
        (opts,) = {e["value"] for x in self.objects() if x["kind"] == "StatefulSet" for e in x["spec"]["template"]["spec"]["containers"][0]["env"]
                   if e["name"] == "JAVA_OPTS"}
        self.assertEqual("-Da=$$(HOME) -Db=$$$$", opts)
        done = self.generate("job", "statefulset", "1.8.0", {"task.opts": "-Da=\x00"})
        self.assertEqual(1, done.code)
        self.assertIn("JAVA_OPTS holds a NUL character", done.messages)
        done = self.generate("job", "statefulset", "1.8.0", {"task.opts": "-Da=" + "x" * 131072})
        self.assertEqual(1, done.code)
        self.assertIn("JAVA_OPTS takes 131,086 bytes with its name, and Linux starts no program with one over 131,071", done.messages)

    def test_a_model_one_byte_too_long_for_a_variable_is_refused_and_the_longest_is_taken(self):
        def tried(n):
            return self.generate("job", "replication-controller", "0.9.1", {"kubernetes.delivery": "env", "my.value": "x" * n})
        done = tried(1)
        self.assertEqual(0, done.code, done.messages)
        used = len("SAMZA_JOB_CONFIG=") + len(expand(next(e["value"] for e in self.objects()[0]["spec"]["template"]["spec"]["containers"][0]["env"]
                                                          if e["name"] == "SAMZA_JOB_CONFIG")))
        room = 131071 - used + 1
        self.assertEqual(0, tried(room).code)
        done = tried(room + 1)
        self.assertEqual(1, done.code)
        self.assertIn("131,072 bytes", done.messages)
