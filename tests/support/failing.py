# SPDX-License-Identifier: Apache-2.0
"""Tables of runs that must fail well: in time, with exactly one message, and without a trace in the output file.

    @failing.table({ "a sentence": lambda: Case({properties}, message, ...), ... })
    class Failures(failing.Table): pass
"""
import concurrent.futures
import contextlib
import os
import re
import tempfile
import unittest

import real
from program import Run

JOB = {
    "job.name": "failing", "job.factory.class": "org.apache.samza.job.yarn.YarnJobFactory", "task.class": "samza.Task",
    "task.inputs": "kafka.orders", "systems.kafka.samza.factory": "org.apache.samza.system.kafka.KafkaSystemFactory",
    "kubernetes.container.image": "registry.example/job:1",
}
KAFKA = "systems.kafka.producer.bootstrap.servers"
ZOOKEEPER = "systems.kafka.consumer.zookeeper.connect"
VERSION = {"kubernetes.samza.version": "0.9.1"}     # without it, a note
EARLIER = b"# an earlier output\n"
# Seconds that a run may last beyond its --timeout; with sanitizers the looking for leaks takes longest.
SLACK = 2 if "LIBASAN" not in os.environ else 20


def said(first, *more):
    """-> the text of one error"""
    return "samzak8s: error: " + first + "\n" + "".join("  " + line + "\n" for line in more)


class Case:
    """message: what stands on stderr, whole; {address} is the proxy's, `...` any text within a line.
    seconds: how long the run may last when not the whole timeout; options: further arguments; proxy: a Proxy that runs meanwhile."""

    def __init__(self, properties, message, proxy=None, timeout=2, seconds=None, options=(), secret=None):
        self.properties, self.message, self.proxy, self.timeout = properties, message, proxy, timeout
        self.seconds = (seconds or timeout) + SLACK
        self.options, self.secret = options, secret

    def run(self):
        with tempfile.TemporaryDirectory(prefix="samzak8s-failing-") as folder, self.proxy or contextlib.nullcontext():
            address = self.proxy.address if self.proxy else ""
            with open(os.path.join(folder, "job.properties"), "w") as file:
                for key, value in {**JOB, **VERSION, **self.properties}.items():
                    file.write("%s=%s\n" % (key, value.replace("{address}", address).replace("\\", "\\\\")))
            with open(os.path.join(folder, "out.yaml"), "wb") as file:
                file.write(EARLIER)
            # quiet: waiting lines depend on how busy the machine is
            self.done = Run(["job.properties", "-q", "-o", "out.yaml", "--timeout", str(self.timeout), *self.options], cwd=folder)
            self.address, self.left = address, sorted(os.listdir(folder))
            with open(os.path.join(folder, "out.yaml"), "rb") as file:
                self.output = file.read()

    def wanted(self):
        return self.message.replace("{address}", self.address)

    def as_wanted(self):
        pattern = ".*".join(re.escape(part) for part in self.wanted().split("..."))
        return re.fullmatch(pattern, self.done.messages) is not None

    def check(self, test):
        if not self.as_wanted():
            test.assertEqual(self.wanted(), self.done.messages)
        test.assertEqual(1, self.done.code)
        test.assertEqual(b"", self.done.out)
        test.assertEqual(EARLIER, self.output, "the earlier output is as it was")
        test.assertEqual(["job.properties", "out.yaml"], self.left, "no partial file is left")
        test.assertLessEqual(self.done.seconds, self.seconds)
        if self.secret:
            test.assertNotIn(self.secret, self.done.messages)


def table(cases):
    """Class decorator: a test for each case of { sentence: function() -> Case }; all run at once, as they mostly wait."""
    def decorate(cls):
        def run_all(each):
            if issubclass(each, real.Test) and not real.running():
                return
            each.prepared = {sentence: make() for sentence, make in cases.items()}
            with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:
                list(pool.map(Case.run, each.prepared.values()))
        def method(sentence):
            def test(self):
                case = type(self).prepared[sentence]
                if not case.as_wanted():    # all ran at once, so that the words of a library may have come too late
                    case = cases[sentence]()
                    case.run()
                case.check(self)
            return test
        cls.setUpClass = classmethod(run_all)
        for sentence in cases:
            setattr(cls, "test_" + sentence.replace(" ", "_"), method(sentence))
        return cls
    return decorate


class Table(unittest.TestCase):
    maxDiff = None
