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
    pass


def add_test(version):
    def test(self):
        cases, answers = lines("cases.jsonl"), {a["id"]: a for a in lines("expected-%s.jsonl" % version)}
        for case in cases:
            with self.subTest(case["id"]):
                self.assertEqual(oracle.compare(case, answers[case["id"]], oracle.ours(case, version)), [])
    test.__name__ = "test_models_of_Samza_%s" % version
    setattr(OracleTest, test.__name__, test)


for each in VERSIONS:
    add_test(each)

if __name__ == "__main__":
    tap.main()
