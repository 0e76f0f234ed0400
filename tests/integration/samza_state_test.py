# SPDX-License-Identifier: Apache-2.0
"""Real containers of Samza 0.14.1 and 1.8.0 run on what `generate` wrote: they process, start again with their state, and end in time."""
import base64
import os
import re
import shutil
import tempfile
import time
import uuid

import kafka_wire
import pod
import program
import real
import samza_image
import servers
import yaml
from produce import Producer

JOBS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "jobs")
SECONDS = 90
PARTITIONS = 4
MESSAGES = 20       # of different text in each partition, so many records are in each changelog
WORD = 'se"cret \\ é'

JOB = """\
job.name={job}
job.default.system=kafka
job.coordinator.system=kafka
job.coordinator.replication.factor=1
task.class={task}
task.inputs=kafka.{input}
task.checkpoint.factory=org.apache.samza.checkpoint.kafka.KafkaCheckpointManagerFactory
task.checkpoint.system=kafka
task.checkpoint.replication.factor=1
task.commit.ms=500
task.opts=-Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1
systems.kafka.samza.factory=org.apache.samza.system.kafka.KafkaSystemFactory
systems.kafka.samza.offset.default=oldest
systems.kafka.samza.msg.serde=string
systems.kafka.samza.key.serde=string
systems.kafka.producer.bootstrap.servers={brokers}
{zookeeper}
serializers.registry.string.class=org.apache.samza.serializers.StringSerdeFactory
stores.counts.factory=org.apache.samza.storage.kv.RocksDbKeyValueStorageEngineFactory
stores.counts.key.serde=string
stores.counts.msg.serde=string
stores.counts.changelog=kafka.{job}-counts
stores.counts.changelog.replication.factor=1
count.out={out}
sensitive.word={word}
kubernetes.container.image=registry.example.com/count:1
kubernetes.pod.count=2
kubernetes.log.stdout=true
"""


class SamzaStateTest(real.Test):
    def setUp(self):
        super().setUp()
        self.work = tempfile.mkdtemp(prefix="samzak8s-state-")
        self.addCleanup(shutil.rmtree, self.work, ignore_errors=True)
        self.image, self.out = os.path.join(self.work, "image"), os.path.join(self.work, "out")
        self.job = "count-" + uuid.uuid4().hex[:8]
        self.rounds = 0

    def prepare(self, version, brokers, task, zookeeper=""):
        self.brokers = real.setting(brokers)
        samza_image.make(version, self.image, [os.path.join(JOBS, task + ".java")])
        text = JOB.format(job=self.job, task=task, input=self.job + "-in", brokers=self.brokers, out=self.out,
                          zookeeper=zookeeper, word=WORD.replace("\\", "\\\\"))
        with open(os.path.join(self.work, "job.properties"), "w", encoding="latin-1") as file:
            file.write(text + "kubernetes.samza.version=%s\n" % version)
        with kafka_wire.Connection(real.port(brokers)) as connection:
            connection.create_topics({self.job + "-in": PARTITIONS})
        # its own topics and its coordinator stream
        made = program.Run(["bootstrap", "job.properties", "--state", "none"], cwd=self.work)
        self.assertEqual(made.code, 0, made.messages)

    def generate(self, **settings):
        options = [x for key, value in settings.items() for x in ("--config", "kubernetes.%s=%s" % (key.replace("_", "."), value))]
        run = program.Run(["job.properties", *options], cwd=self.work)
        self.assertEqual(run.code, 0, run.messages)
        return list(yaml.safe_load_all(run.out))

    def start(self, documents, workload, labels=()):
        port, = servers.free_ports(1)
        self.pod = pod.Pod(documents, workload["spec"]["template"], os.path.join(self.work, "pod"), self.image, labels, {8090: port})
        self.addCleanup(self.pod.end)
        self.pod.start()

    def count_once_more(self, partitions):
        """Sends messages to each partition and awaits the counts of our partitions, next after the ones before."""
        self.rounds += 1
        with Producer(self.brokers) as producer:
            for partition in range(PARTITIONS):
                producer.write(self.job + "-in", [(None, b"p%d-%d" % (partition, i)) for i in range(MESSAGES)], partition)
        wanted = {"p%d-%d %d %s" % (partition, i, self.rounds, WORD) for partition in partitions for i in range(MESSAGES)}
        until, lines = time.monotonic() + SECONDS, []
        while not wanted <= set(lines):
            self.assertIsNone(self.pod.process.poll(), self.pod.log()[-4000:])
            self.assertLess(time.monotonic(), until, "%r of %r\n%s" % (lines, wanted, self.pod.log()[-4000:]))
            time.sleep(0.1)
            if os.path.exists(self.out):
                with open(self.out, encoding="utf-8") as file:
                    lines = file.read().splitlines()
        self.assertLessEqual({x.split("-")[0] for x in lines}, {"p%d" % x for x in partitions})

    def stop(self):
        code, seconds = self.pod.terminate()
        self.assertEqual(code, 143, self.pod.log()[-4000:])
        print("# ended %.1f s after TERM, of %d" % (seconds, self.pod.spec["terminationGracePeriodSeconds"]))

    def stores(self):
        """-> folders of the store on the state volume that hold a database"""
        return sorted(at for at, _, names in os.walk(self.pod.volumes["state"]) if "CURRENT" in names)

    def run_stop_and_run_again(self, partitions):
        self.count_once_more(partitions)
        self.count_once_more(partitions)
        time.sleep(2)       # until it is committed
        self.stop()
        for store in self.stores():
            with open(os.path.join(store, "MARK"), "w"):
                pass
        before = len(self.pod.log())
        self.pod.restart()
        self.count_once_more(partitions)
        marked = [x for x in self.stores() if os.path.exists(os.path.join(x, "MARK"))]
        self.assertEqual(len(marked), len(partitions), self.stores())
        self.assertEqual(re.findall(r" (\d{1,9}) total entries restored", self.pod.log()[before:]), ["0"] * len(partitions))
        self.stop()
        self.assertEqual(self.pod.end(), [0])

    def test_0_14_1_with_a_large_model_joined_and_filled_in_at_start_keeps_its_state(self):
        self.prepare("0.14.1", "KAFKA_39", "CountJob", "".join("large.%d=%s\n" % (i, "0123456789" * 60000) for i in (1, 2)) +
                     "systems.kafka.consumer.zookeeper.connect=" + real.setting("ZOOKEEPER") + real.setting("CHROOT"))
        # of Kubernetes 1.28, where the model server is one more container
        documents = self.generate(secret_name="words", version="1.28")
        self.assertEqual([x["kind"] for x in documents], ["ConfigMap"] * 3 + ["Service", "StatefulSet", "StatefulSet"])
        self.assertNotIn(WORD, str(documents))
        word = {"sensitive.word": base64.b64encode(WORD.encode()).decode()}
        self.start([*documents, {"kind": "Secret", "metadata": {"name": "words"}, "data": word}], documents[-2])
        self.run_stop_and_run_again((0, 2))

    def test_1_8_0_with_the_model_in_a_secret_keeps_its_state(self):
        self.prepare("1.8.0", "KAFKA_4", "CountJob1")
        documents = self.generate(layout="statefulset-indexed")
        self.assertEqual([x["kind"] for x in documents], ["Secret", "Service", "StatefulSet"])
        self.start(documents, documents[-1], {"apps.kubernetes.io/pod-index": "1"})
        self.run_stop_and_run_again((1, 3))
