# SPDX-License-Identifier: Apache-2.0
"""Our driver of real Samza against what was recorded, and random jobs through both (`make check-oracle` runs many more)."""
import json
import os
import sys

import oracle
import real

sys.path.append(oracle.ORACLE)
import generator  # noqa: E402

RECORDED = ("0.9.1", "0.14.1", "1.8.0")
# a process of ours takes ten times longer under sanitizers
CASES = int(os.environ.get("ORACLE_CASES") or (20 if "ASAN_OPTIONS" in os.environ else 150))
SEED = "ci"


def lines(name):
    with open(os.path.join(oracle.ORACLE, name), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


class RandomOracleTest(real.Test):
    """Needs no server, but Maven, and so the network."""

    def test_the_driver_of_real_Samza_answers_as_recorded(self):
        cases = lines("cases.jsonl")
        for release in RECORDED:
            with oracle.Samza(release) as samza:
                answers = samza.ask(cases)
            for case, answer, expected in zip(cases, answers, lines("expected-%s.jsonl" % release)):
                with self.subTest("%s: %s" % (release, case["id"])):
                    self.assertEqual({"id": case["id"], **answer}, expected)


def add_test(release):
    def test(self):
        cases = [generator.case(release, SEED, i) for i in range(CASES)]
        mine = oracle.all_ours(cases, release)
        with oracle.Samza(release) as samza:
            for result in oracle.verdicts(samza, cases, mine):
                with self.subTest(result.case["id"]):
                    self.assertEqual(result.lines, [])
    test.__name__ = "test_random_jobs_have_the_model_of_Samza_" + release
    setattr(RandomOracleTest, test.__name__, test)


for each in oracle.RELEASES:
    add_test(each)
