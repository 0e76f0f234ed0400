# SPDX-License-Identifier: Apache-2.0
"""What we write as YAML is what kubectl, PyYAML, go-yaml v3, readers of YAML 1.2 and our own reader understand."""
import glob
import importlib.util
import json
import os
import random
import shutil
import subprocess
import tempfile
import unittest

import sanitizers

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))
GOCODE = "/usr/share/gocode"
NODE = "/usr/share/nodejs"  # where Debian keeps the packages yaml and js-yaml
SEED = int(os.environ.get("YAML_SEED", "1"))
COUNT = int(os.environ.get("YAML_STRINGS", "3000"))

# Plain, each of these is something else than this text to some reader.
NASTY = """null Null NULL ~ true True TRUE false False FALSE yes Yes YES no No NO on On ON off Off OFF y Y n N
017 0o17 -0o17 0O17 0X1F 0B1 0x1F 0b101 +0x1F 08 089 0_8 1_000 1__0 1_ 1e3 +12e03 .5e1 7e12345 123e4567
.5 +.5 1. 1.5 -.5 .inf -.Inf +.INF .nan .NaN 12:30:45 1:59 190:20:30.15 0:0 2001-12-14 2001-12-14T21:59:43Z
= << e3 E+1 e1.5_0 . -. ._ .e3 9223372036854775807 9223372036854775808 -9223372036854775809 18446744073709551616
- ? : , [ ] { } # & * ! | > ' " % @ ` a: a:b #a a# --- ... |- >- [a {a} &a *a !a !!str %YAML ?a :a -a a. a- a/ _a""".split()
NASTY += ["", " ", "  ", " a", "a ", "a b", "a: b", "a #b", "- a", "? a", "\t", "a\tb", "\ta", "\n", "\n\n", "a\n", "a\n\n", "\na", "a\nb",
          " a\nb", "a\n b\n", "a \nb", "a\n \nb", "a\n\tb", "a\r\nb", "\r", "a\rb", "---\na", "a\n---\nb\n...\n", "# a\n# b\n", "a: [\n",
          "%YAML 1.1\n---\n", "\u00e9", "\u0085", "a\u0085b", "\u00a0", "\u2028", "\u2029", "\ufeff", "\ufffe", "\uffff", "\ufdd0",
          "\U0001f600", "\U0010ffff", "\U0001fffe", "\0", "a\0b", "\x1b[0m", "\x7f", "\x80", "\x9f", "\\", "\\/", "\\ud83d", "$(A)", "$$",
          '{"a":"' + "x" * 100 + '"}', '{"a":"' + "x" * 100 + '"} ', ' {"a":"' + "x" * 100 + '"}', "x" * 200, "x " * 200, "- " * 60 + '"',
          "# " + '"' * 100, "é" * 100 + "\n\"", "k" * 1030, "log4j.a=b\n\tc\n", "<xml>\n  <a b=\"c\"/>\n</xml>\n"]

ALPHABETS = [
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-",
    "0123456789.eE+-_xXoObB:",
    "".join(map(chr, range(0x20, 0x7f))),
    "".join(map(chr, range(0x20, 0x7f))) + "\n\n\n  \t",
    "ab: #-?\"'\\\n ",
    "".join(map(chr, range(0, 0xa2))),
    "a \n\u0085\u00a0\u2028\u2029\ufeff\ufffd\ufffe\uffff\ue000\ud7ff\U00010000\U0001f600\U0010ffff",
]


def strings():
    rng = random.Random(SEED)
    made = list(NASTY)
    while len(made) < COUNT:
        alphabet = rng.choice(ALPHABETS)
        made.append("".join(rng.choice(alphabet) for _ in range(rng.choice((1, 2, 3, 5, 8, 20, 90, 140)))))
    return made


def run(command, text, **environment):
    done = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
                          env={**os.environ, **environment})
    if done.returncode != 0:
        raise AssertionError("%s: %s" % (command[0], done.stderr.decode(errors="replace")[-2000:]))
    return done.stdout.decode()


def own(verb, text):
    environment = {"LUA_CPATH": BUILD + "/?.so;;", "LUA_PATH": ROOT + "/lua/?.lua;" + ROOT + "/lua/?/init.lua;;"}
    environment["LD_PRELOAD"] = sanitizers.preload(os.path.join(BUILD, "samzak8s.so"))
    return run([os.environ.get("LUA", "lua5.4"), os.path.join(HERE, "readers", "own.lua"), verb], text, **environment)


def module(name):
    return importlib.util.find_spec(name.split(".")[0]) is not None and importlib.util.find_spec(name) is not None


def go_yaml(text):
    with tempfile.TemporaryDirectory() as directory:
        environment = {"GO111MODULE": "off", "GOPATH": GOCODE, "GOCACHE": os.path.join(BUILD, "go-cache"), "CGO_ENABLED": "0"}
        program = os.path.join(directory, "goyaml")
        run(["go", "build", "-o", program, os.path.join(HERE, "readers", "goyaml.go")], "", **environment)
        return json.loads(run([program], text))


def node(package, text):
    return json.loads(run(["/usr/bin/node", os.path.join(HERE, "readers", "node.js"), package], text, NODE_PATH=NODE))


def kubectl(text):
    """What `kubectl label` makes of the documents, without the label."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "documents.yaml")
        with open(path, "w", encoding="ascii", newline="") as file:
            file.write(text)
        printed = run(["kubectl", "label", "--local", "--overwrite", "-f", path, "reader=kubectl", "-o", "json"], "",
                      KUBECONFIG="/dev/null", HOME=directory)
    documents, at = [], 0
    while printed[at:].strip():
        document, used = json.JSONDecoder().raw_decode(printed[at:].lstrip())
        at += len(printed[at:]) - len(printed[at:].lstrip()) + used
        documents.append(document)
    for document in documents:
        del document["metadata"]["labels"]["reader"]
        if not document["metadata"]["labels"]:
            del document["metadata"]["labels"]
        if not document["metadata"]:
            del document["metadata"]
    return documents


class YamlReaders(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        made = strings()
        head = {"apiVersion": "v1", "kind": "ConfigMap"}
        cls.documents = [
            dict(head, metadata={"name": "values"}, data={"k%05d" % i: text for i, text in enumerate(made)}),
            dict(head, metadata={"name": "keys"}, data={text: "v%d" % i for i, text in enumerate(made)}),
            dict(head, metadata={"name": "shapes", "annotations": {"a": "x\ny\n"}, "labels": {"a": "b"}}, immutable=True,
                 data={"a": " x\ny", "b": "x"}),
        ]
        cls.yaml = own("emit", json.dumps(cls.documents))

    def same(self, read):
        self.assertEqual(len(read), len(self.documents))
        for expected, got in zip(self.documents, read):
            for key, text in expected["data"].items():
                self.assertEqual(text, got["data"].get(key), "key %r" % key)
            self.assertEqual(expected, got)

    def test_our_own_reader_sees_what_was_written(self):
        self.same(json.loads(own("parse", self.yaml)))

    def test_the_text_is_ascii_and_each_document_begins_with_three_dashes(self):
        self.assertTrue(self.yaml.isascii())
        self.assertEqual(3, self.yaml.split("\n").count("---"))
        self.assertTrue(self.yaml.startswith("---\n"))
        self.assertTrue(self.yaml.endswith("\n"))

    @unittest.skipUnless(module("yaml"), "needs python3-yaml")
    def test_pyyaml_sees_what_was_written(self):
        import yaml
        self.same(list(yaml.safe_load_all(self.yaml)))

    @unittest.skipUnless(module("ruamel.yaml"), "needs python3-ruamel.yaml")
    def test_a_yaml_1_2_reader_sees_what_was_written(self):
        import ruamel.yaml
        self.same(list(ruamel.yaml.YAML(typ="safe", pure=True).load_all(self.yaml)))

    @unittest.skipUnless(shutil.which("go") and os.path.isdir(GOCODE + "/src/gopkg.in/yaml.v3"),
                         "needs golang-go and golang-gopkg-yaml.v3-dev")
    def test_go_yaml_sees_what_was_written(self):
        self.same(go_yaml(self.yaml))

    @unittest.skipUnless(os.path.isdir(NODE + "/yaml") and os.path.isdir(NODE + "/js-yaml"), "needs node-yaml and node-js-yaml")
    def test_the_npm_packages_see_what_was_written(self):
        for package in "yaml", "js-yaml":
            with self.subTest(package):
                self.same(node(package, self.yaml))

    @unittest.skipUnless(shutil.which("kubectl"), "needs kubectl")
    def test_kubectl_sees_what_was_written(self):
        self.same([each for document in one_by_one(self.yaml) for each in kubectl(document)])


def golden():
    """Every manifest of the golden cases, in one text."""
    texts = []
    for path in sorted(glob.glob(os.path.join(ROOT, "tests", "golden", "*", "out")) + glob.glob(os.path.join(ROOT, "tests", "golden", "*", "files", "**"),
                                                                                             recursive=True)):
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as file:
                text = file.read()
            if text.startswith("---\napiVersion: "):
                texts.append(text)
    return "".join(texts)


@unittest.skipUnless(module("yaml") and shutil.which("kubectl") and shutil.which("go") and os.path.isdir(NODE + "/js-yaml"),
                     "needs python3-yaml, kubectl, golang-go, node-yaml and node-js-yaml")
class GoldenManifests(unittest.TestCase):
    def test_golden_manifests_are_the_same_to_all_readers(self):
        import yaml
        text = golden()
        expected = list(yaml.safe_load_all(text))
        self.assertGreater(len(expected), 100)
        readers = {"our own": lambda: json.loads(own("parse", text)), "go-yaml": lambda: go_yaml(text), "kubectl": lambda: kubectl(text),
                   "yaml of npm": lambda: node("yaml", text), "js-yaml of npm": lambda: node("js-yaml", text)}
        for name, read in readers.items():
            with self.subTest(name):
                found = read()
                self.assertEqual(len(found), len(expected))
                for one, other in zip(found, expected):
                    self.assertEqual(one, other)


def one_by_one(text):
    """Every document with the line that begins it."""
    documents = []
    for line in text.split("\n")[:-1]:
        if line == "---":
            documents.append("")
        documents[-1] += line + "\n"
    return documents
