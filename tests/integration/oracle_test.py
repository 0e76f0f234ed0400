# SPDX-License-Identifier: Apache-2.0
"""The models that real Samza releases made (tests/oracle) against ours, case by case."""
import json
import os
import unittest

import oracle
import tap

VERSIONS = ("0.9.1", "0.14.1", "1.8.0")


def lines(name):
    with open(os.path.join(oracle.ORACLE, name), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


class OracleTest(unittest.TestCase):
    def compare(self, case, expected, version):
        """-> "same" or "refused"; fails when neither"""
        mine = oracle.ours(case, version)
        if mine.refused:
            return "refused"
        self.assertEqual(oracle.compare(case, expected, mine), [])
        return "same"


def add_test(version):
    def test(self):
        cases, answers = lines("cases.jsonl"), {a["id"]: a for a in lines("expected-%s.jsonl" % version)}
        refused = []
        for case in cases:
            with self.subTest(case["id"]):
                if self.compare(case, answers[case["id"]], version) == "refused":
                    refused.append(case["id"])
        self.assertEqual(refused, REFUSED[version])
    test.__name__ = "test_models_of_Samza_%s" % version
    setattr(OracleTest, test.__name__, test)


MATCHERS = ["n range matcher, gate open", "n3 regex matcher, own gate", "n4 range matcher, bad range"]

# What is not computed yet, and refused by name.
REFUSED = {"0.9.1": [], "0.14.1": MATCHERS, "1.8.0": MATCHERS}

for each in VERSIONS:
    add_test(each)

if __name__ == "__main__":
    tap.main()
