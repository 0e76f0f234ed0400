# SPDX-License-Identifier: Apache-2.0
"""Every manifest that a golden case or an example expects obeys the strict schemas of three Kubernetes releases."""
import glob
import os
import shutil
import tempfile
import unittest

import kubeconform
import program

WRITTEN = ("tests/golden/*/out", "tests/golden/*/files/**/*.yaml", "tests/repl/*.out", "examples/policies/*/out.yaml",
           "examples/in-cluster/*.yaml")


def manifests():
    """-> { name: bytes } of all that is expected to be written and is a manifest"""
    found = {}
    for pattern in WRITTEN:
        for path in glob.glob(os.path.join(program.ROOT, pattern), recursive=True):
            with open(path, "rb") as file:
                text = file.read()
            if text.startswith(b"---\napiVersion: ") or b"\napiVersion: " in text and path.endswith(".yaml"):
                found[os.path.relpath(path, program.ROOT)] = text
    return found


class Schemas(unittest.TestCase):
    def setUp(self):
        if not os.path.exists(kubeconform.path()) and os.environ.get("REQUIRE_SERVERS") != "1":
            self.skipTest("no kubeconform: tests/support/kubeconform.py builds it")
        self.folder = tempfile.mkdtemp(prefix="samzak8s-schemas-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, name, text):
        path = os.path.join(self.folder, name.replace("/", "_") + ".yaml")
        with open(path, "wb") as file:
            file.write(text)
        return path

    def test_every_expected_manifest_obeys_the_schemas_of_three_releases(self):
        files = [self.write(name, text) for name, text in sorted(manifests().items())]
        self.assertGreater(len(files), 40)
        self.assertEqual(len(kubeconform.releases()), 3)
        for release in kubeconform.releases():
            code, said = kubeconform.validate(release, files)
            self.assertEqual((code, said), (0, ""), release)

    def test_a_wrong_type_an_unknown_field_and_a_field_given_twice_are_found(self):
        with open(os.path.join(program.ROOT, "tests/golden/layout-statefulset-indexed-configmap/out"), "rb") as file:
            good = file.read()
        for number, (old, new, complaint) in enumerate((
                (b"  replicas: 2\n", b'  replicas: "2"\n', "replicas"),
                (b"  replicas: 2\n", b"  replica: 2\n", "replica"),
                (b"  replicas: 2\n", b"  replicas: 2\n  replicas: 2\n", "replicas"))):
            self.assertIn(old, good)
            path = self.write("spoilt%d" % number, good.replace(old, new))
            for release in kubeconform.releases():
                code, said = kubeconform.validate(release, [path])
                self.assertEqual(code, 1, said)
                self.assertIn(complaint, said)


if __name__ == "__main__":
    import tap
    tap.main()
