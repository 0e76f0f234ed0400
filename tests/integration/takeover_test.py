# SPDX-License-Identifier: Apache-2.0
"""A job that we bootstrapped is taken over by Samza's own coordinator classes, and back: same changelog partitions, same containers."""
import json
import os
import shutil
import subprocess
import tempfile
import time
import uuid

import jars
import kafka_wire
import program
import real

JAVA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "jobs", "Takeover.java")
PIPELINES = os.path.join(program.ROOT, "tests", "oracle", "src")
PARTITIONS = 12
# As no release would number them by itself: Partition 0 has 11, Partition 1 has 0 ...
IDS = {"Partition %d" % i: (i - 1) % PARTITIONS for i in range(PARTITIONS)}

JOB = """\
job.name={job}
job.coordinator.system=kafka
job.coordinator.replication.factor=1
task.class=samza.Task
task.inputs=kafka.{job}-in
task.checkpoint.factory=org.apache.samza.checkpoint.kafka.KafkaCheckpointManagerFactory
task.checkpoint.system=kafka
task.checkpoint.replication.factor=1
systems.kafka.samza.factory=org.apache.samza.system.kafka.KafkaSystemFactory
systems.kafka.consumer.zookeeper.connect={zookeeper}
systems.kafka.producer.bootstrap.servers={brokers}
stores.counts.factory=org.apache.samza.storage.kv.RocksDbKeyValueStorageEngineFactory
stores.counts.changelog=kafka.{job}-counts
stores.counts.changelog.replication.factor=1
job.container.count=3
text=é "quoted" \\\\ $(HOME)
kubernetes.container.image=registry.example.com/job:1
kubernetes.samza.version={version}
"""


def decisions(model):
    """-> ({ task: changelog partition }, { container: [tasks] }) of a model in any dialect"""
    ids, containers = {}, {}
    for name, container in model["containers"].items():
        containers[name] = sorted(container["tasks"])
        ids.update((task, x["changelog-partition"]) for task, x in container["tasks"].items())
    return ids, containers


class TakeoverTest(real.Test):
    maxDiff = None

    def setUp(self):
        super().setUp()
        self.work = tempfile.mkdtemp(prefix="samzak8s-takeover-")
        self.addCleanup(shutil.rmtree, self.work, ignore_errors=True)

    def run_program(self, *arguments):
        done = program.Run(arguments, cwd=self.work)
        self.assertEqual(done.code, 0, done.messages)
        return done.out

    def compile(self, version, pipeline):
        self.class_path = jars.class_path("samza-" + version)
        subprocess.run(["java", "-cp", jars.class_path("compiler"), "org.eclipse.jdt.internal.compiler.batch.Main", "-nowarn",
                        "-source", "8", "-target", "8", "-cp", jars.expanded(self.class_path), "-d", self.work, JAVA,
                        os.path.join(PIPELINES, pipeline, "samzak8s", "oracle", "Pipeline.java")], check=True)

    def samza(self):
        """-> the model of Samza's coordinator, which stores its decisions as well"""
        done = subprocess.run(["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", self.work + ":" + self.class_path,
                               "samzak8s.oracle.Takeover", "job.properties", "model.json"], cwd=self.work,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout.decode("utf-8", "replace")[-4000:])
        with open(os.path.join(self.work, "model.json"), encoding="utf-8") as file:
            return json.load(file)

    def take_over_and_back(self, version, pipeline, brokers):
        self.compile(version, pipeline)
        job = "takeover-" + uuid.uuid4().hex[:8]
        with open(os.path.join(self.work, "job.properties"), "w", encoding="latin-1") as file:
            file.write(JOB.format(job=job, version=version, brokers=real.setting(brokers),
                                  zookeeper=real.setting("ZOOKEEPER") + real.setting("CHROOT")))
        with open(os.path.join(self.work, "state.json"), "w") as file:
            json.dump({"changelog": IDS}, file)
        with kafka_wire.Connection(real.port(brokers)) as connection:
            connection.create_topics({job + "-in": PARTITIONS})
        self.run_program("bootstrap", "job.properties", "--state", "state.json")
        ours = json.loads(self.run_program("model", "job.properties"))
        self.assertEqual(decisions(ours)[0], IDS)
        for _ in range(2):
            samza = self.samza()
            self.assertEqual(decisions(samza), decisions(ours))
            self.assertEqual({k: v for k, v in samza["config"].items() if k in ours["config"]}, ours["config"])
            self.assertEqual(json.loads(self.run_program("model", "job.properties")), ours)
            self.assertIn("another program wrote the record", program.Run(["bootstrap", "job.properties"], cwd=self.work).messages)
            time.sleep(2)
            self.run_program("bootstrap", "job.properties", "--quiet-for", "1")

    def test_0_14_1_takes_a_job_over_and_gives_it_back(self):
        self.take_over_and_back("0.14.1", "0.14", "KAFKA_39")

    def test_1_8_0_takes_a_job_over_and_gives_it_back(self):
        self.take_over_and_back("1.8.0", "1.3", "KAFKA_4")
