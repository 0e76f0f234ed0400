# SPDX-License-Identifier: Apache-2.0
"""The examples for runs inside the cluster: lint is content, and what they run would run."""
import glob
import os
import re
import shutil
import tempfile
import unittest

import yaml

from program import ROOT, Run

FOLDER = os.path.join(ROOT, "examples", "in-cluster")


def documents():
    for path in sorted(glob.glob(os.path.join(FOLDER, "*.yaml"))):
        with open(path) as file:
            yield from yaml.safe_load_all(file)


class InCluster(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="samzak8s-examples-")
        self.addCleanup(shutil.rmtree, self.folder)
        (self.properties,) = [x["data"]["job.properties"] for x in documents() if x["kind"] == "ConfigMap"]
        with open(os.path.join(self.folder, "job.properties"), "w") as file:
            file.write(self.properties)

    def test_lint_finds_nothing(self):
        done = Run(["lint", FOLDER])
        self.assertEqual((b"3 objects in 2 files: nothing found\n", "", 0), (done.out, done.messages, done.code))

    def arguments(self, kind):
        """What the pod of this kind runs, with its directories where the test has them and the in-process Kafka."""
        (found,) = [x for x in documents() if x["kind"] == kind]
        spec = found["spec"]
        template = (spec["jobTemplate"]["spec"] if kind == "CronJob" else spec)["template"]
        (container,) = template["spec"]["containers"]
        return [re.sub(r"^/(job|earlier)/", self.folder + "/", x) for x in container["args"]] + ["--mock-kafka", "page-views:4"]

    def test_the_log_of_the_Job_is_the_manifests_and_the_CronJob_checks_them(self):
        made = Run(self.arguments("Job"))
        self.assertEqual(("", 0), (made.messages, made.code))
        self.assertIn("StatefulSet", [x["kind"] for x in yaml.safe_load_all(made.out)])
        with open(os.path.join(self.folder, "page-views.yaml"), "wb") as file:
            file.write(made.out)
        checked = Run(self.arguments("CronJob"))
        self.assertEqual(0, checked.code, checked.messages)
        grown = Run(self.arguments("CronJob")[:-1] + ["page-views:6"])
        self.assertEqual(2, grown.code, grown.messages)
        self.assertIn("drift.partitions", grown.messages)

    def test_the_image_has_every_library_that_the_program_is_linked_with(self):
        with open(os.path.join(ROOT, "tests", "install-deps")) as file:
            built = set(re.findall(r"^'?(lib[\w.-]+|lua-cjson)-dev ", file.read().split("check=")[0], re.MULTILINE))
        with open(os.path.join(FOLDER, "Dockerfile")) as file:
            recipe = file.read()
        for library in built:
            stem = {"libssl": "libssl3", "libpcre2": "libpcre2-8-0", "liblua5.4": "liblua5.4-0"}.get(library, library.replace("-dev", ""))
            self.assertIn(stem.split("-mt")[0], recipe, library)
