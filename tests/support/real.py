# SPDX-License-Identifier: Apache-2.0
"""Tests that need the real servers of servers.py, which tests/integration/run has started."""
import os
import unittest


def setting(name):
    return os.environ["SAMZAK8S_TEST_" + name]


class Test(unittest.TestCase):
    def setUp(self):
        if "SAMZAK8S_TEST_KAFKA_4" not in os.environ:
            self.skipTest("no server: run by tests/integration/run")
