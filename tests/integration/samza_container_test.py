# SPDX-License-Identifier: Apache-2.0
"""A real SamzaContainer of 0.9.1 runs on what `generate` wrote, as a pod would start it, and processes messages."""
import json
import os
import shutil
import subprocess
import tempfile
import time
import uuid

import program
import real
import samza_image
import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
ENTRYPOINT = os.path.join(program.ROOT, "examples", "image", "entrypoint.sh")
SECONDS = 60
PARTITIONS = 4

JOB = """\
job.name=echo_{unique}
task.class=EchoJob
task.inputs=kafka.orders
task.checkpoint.factory=org.apache.samza.checkpoint.kafka.KafkaCheckpointManagerFactory
task.checkpoint.system=kafka
task.checkpoint.replication.factor=1
task.opts=-Xmx128m -XX:+UseSerialGC -Xloggc:/samza/log/gc.log
systems.kafka.samza.factory=org.apache.samza.system.kafka.KafkaSystemFactory
systems.kafka.samza.offset.default=oldest
systems.kafka.samza.msg.serde=bytes
systems.kafka.samza.key.serde=bytes
serializers.registry.bytes.class=org.apache.samza.serializers.ByteSerdeFactory
systems.kafka.consumer.zookeeper.connect={zookeeper}
systems.kafka.producer.bootstrap.servers={brokers}
echo.out={home}/out
trap=two  blanks * \\\\n $(HOME) $$ é
kubernetes.container.image=registry.example.com/echo:1
kubernetes.samza.version=0.9.1
kubernetes.pod.count=2
"""


class SamzaContainerTest(real.Test):
    def setUp(self):
        super().setUp()
        self.brokers = real.setting("KAFKA_39")
        self.work = tempfile.mkdtemp(prefix="samzak8s-container-")
        self.addCleanup(shutil.rmtree, self.work, ignore_errors=True)
        self.home = os.path.join(self.work, "image")
        samza_image.make("0.9.1", self.home, [os.path.join(HERE, "jobs", "EchoJob.java")])

    def generate(self, *options):
        job = os.path.join(self.work, "job.properties")
        with open(job, "w", encoding="latin-1") as file:
            file.write(JOB.format(unique=uuid.uuid4().hex[:8], home=self.home, brokers=self.brokers,
                                  zookeeper=real.setting("ZOOKEEPER") + real.setting("CHROOT")))
        run = program.Run([job, *options])
        self.assertEqual(run.code, 0, run.messages)
        return list(yaml.safe_load_all(run.out))

    def produce(self, text):
        subprocess.run(["java", "-cp", os.path.join(self.home, "lib", "*"), "EchoJob", self.brokers, "orders",
                        str(PARTITIONS), text], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self, resource, command):
        """Run a pod's container; /samza is our folder, and `$$` in variables is what a kubelet makes of it."""
        container = resource["spec"]["template"]["spec"]["containers"][0]
        env = {x["name"]: x.get("value", "").replace("$$", "$").replace("/samza/", self.home + "/")
               if x["name"] != "SAMZA_JOB_CONFIG" else x["value"].replace("$$", "$") for x in container["env"]}
        env.update(PATH=os.environ["PATH"], SAMZA_HOME=self.home, HOME="/nonexistent")
        log = open(os.path.join(self.work, "log"), "wb")
        self.addCleanup(log.close)
        child = subprocess.Popen(command, cwd=self.home, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.addCleanup(lambda: child.poll() is None and child.kill())
        return child

    def log(self):
        with open(os.path.join(self.work, "log"), errors="replace") as file:
            return file.read()[-4000:]

    def wait_for(self, child, expected):
        until, lines = time.monotonic() + SECONDS, set()
        while not expected <= lines:
            self.assertIsNone(child.poll(), self.log())
            self.assertLess(time.monotonic(), until, "%r of %r\n%s" % (lines, expected, self.log()))
            time.sleep(0.1)
            if os.path.exists(self.home + "/out"):
                with open(self.home + "/out") as file:
                    lines = {line for line in file.read().splitlines() if line.split(" ", 1)[1] == self.text}
        return lines

    def process(self, resource, command, partitions):
        self.text = uuid.uuid4().hex
        child = self.start(resource, command)
        self.produce(self.text)
        expected = {"%d %s" % (p, self.text) for p in partitions}
        self.assertEqual(self.wait_for(child, expected), expected)
        child.terminate()
        self.assertEqual(child.wait(30), 143, self.log())

    def test_the_seed_contract_runs_by_way_of_the_entrypoint(self):
        first = self.generate("--config", "task.opts=-Xmx128m -Dharmless=$(HOME)$$")[0]
        self.assertEqual(first["kind"], "ReplicationController")
        self.process(first, ["sh", ENTRYPOINT], (0, 2))
        with open(self.home + "/job-model.json") as file:
            self.assertEqual(json.load(file)["config"]["trap"], "two  blanks * \\n $(HOME) $$ é")

    def test_the_model_in_a_mounted_file_runs_with_the_manifests_command(self):
        resources = self.generate("--config", "kubernetes.layout=statefulset", "--config", "kubernetes.delivery=configmap")
        self.assertEqual([x["kind"] for x in resources], ["ConfigMap", "Service", "StatefulSet", "StatefulSet"])
        last = resources[-1]
        for folder in ("model", "log", "state"):
            os.mkdir(os.path.join(self.home, folder))
        with open(self.home + "/model/job-model.json", "w") as file:
            file.write(resources[0]["data"]["job-model.json"])
        command = last["spec"]["template"]["spec"]["containers"][0]["command"]
        self.process(last, [command[0].replace("/samza/", self.home + "/")], (1, 3))
