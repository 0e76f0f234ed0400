# SPDX-License-Identifier: Apache-2.0
"""check asks real brokers about the job's own topics, and says so when it cannot."""
import json
import os
import shutil
import tempfile

import real
from failing import JOB, KAFKA, ZOOKEEPER
from program import Run

CHECKPOINTS = "org.apache.samza.checkpoint.kafka.KafkaCheckpointManagerFactory"
ROCKS = "org.apache.samza.storage.kv.RocksDbKeyValueStorageEngineFactory"


class Check(real.Test):
    def setUp(self):
        super().setUp()
        self.folder = tempfile.mkdtemp(prefix="samzak8s-check-")
        self.addCleanup(shutil.rmtree, self.folder)

    def check(self, properties, *options):
        """-> exit code, { code: [messages] }"""
        with open(os.path.join(self.folder, "job.properties"), "w") as file:
            for key, value in {**JOB, "kubernetes.container.image": "i:1", "job.name": "never_seen", "task.inputs": "kafka.orders", **properties}.items():
                file.write("%s=%s\n" % (key, value))
        done = Run(["check", "job.properties", "--state", "none", "--format", "json", *options], cwd=self.folder)
        found = {}
        for finding in json.loads(done.out)["findings"]:
            self.assertTrue(finding["hint"], finding)
            found.setdefault(finding["code"], []).append(finding["message"])
        return done.code, found

    def test_topics_that_are_missing_misfit_or_want_more_brokers(self):
        keeping = {"job.coordinator.system": "kafka", "task.checkpoint.factory": CHECKPOINTS, "task.checkpoint.system": "kafka",
                   "stores.a.factory": ROCKS, "stores.a.changelog": "kafka.payments",
                   "stores.b.factory": ROCKS, "stores.b.changelog": "kafka.no-such-topic"}
        for server in ("KAFKA_39", "KAFKA_4"):
            code, found = self.check({**keeping, KAFKA: real.setting(server), "kubernetes.samza.version": "1.8.0"})
            self.assertEqual(2, code)
            self.assertEqual(3, len(found["topics.missing"]), found)
            self.assertIn("the coordinator stream __samza_coordinator_never-seen_1 is not there (%s); a container of Samza 1.8.0 ends without it"
                          % real.setting(server), found["topics.missing"])
            self.assertEqual(["Mismatch of partitions for stream payments. Expected 4, got 2. Validation failed."], found["topics.partitions"])
            self.assertIn("changelog kafka.no-such-topic is to have 2 replicas by default, and there is 1 broker", found["topics.replication"])
            (policy,) = found["topics.cleanup-policy"]
            self.assertTrue(policy.startswith("changelog kafka.payments: cleanup.policy is delete, not compact, "), policy)
            self.assertTrue(policy.endswith(": what Samza keeps there is deleted with time"), policy)
            self.assertIn("brokers.advertised", found)

    def test_looking_creates_no_topic(self):
        properties = {"job.coordinator.system": "kafka", KAFKA: real.setting("KAFKA_39"), "kubernetes.samza.version": "1.8.0"}
        for _ in range(2):
            self.assertIn("topics.missing", self.check(properties)[1])

    def test_ZooKeeper_knows_the_topics_too(self):
        properties = {"job.coordinator.system": "kafka", ZOOKEEPER: real.setting("ZOOKEEPER") + real.setting("CHROOT"), "kubernetes.samza.version": "1.8.0"}
        code, found = self.check(properties, "--from", "zookeeper")
        self.assertEqual(2, code)
        self.assertEqual(1, len(found["topics.missing"]), found)
        self.assertNotIn("topics.replication", found)

    def test_a_broker_that_does_not_answer_is_no_finding_about_the_job(self):
        code, found = self.check({"job.coordinator.system": "kafka", KAFKA: "127.0.0.1:1", "kubernetes.samza.version": "1.8.0"}, "--timeout", "2")
        self.assertEqual(1, code)
        self.assertEqual(1, len([x for x in found if x.startswith("kafka.")]), found)
        self.assertIn("brokers.localhost", found)
