# SPDX-License-Identifier: Apache-2.0
"""A job that `bootstrap` made is taken over by a release's own coordinator classes, and back: same containers, same changelog partitions."""
import json
import os
import shutil
import subprocess
import tempfile
import time

import jars
import kafka_wire
import real
from program import Run

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "coordinators")
KAFKA = "org.apache.samza.system.kafka.KafkaSystemFactory"


class Takeover(real.Test):
    maxDiff = None

    def setUp(self):
        super().setUp()
        self.folder = tempfile.mkdtemp(prefix="samzak8s-takeover-")
        self.addCleanup(shutil.rmtree, self.folder)

    def compile(self, version):
        """-> the command that runs the coordinator"""
        path = jars.class_path("samza-" + version)
        subprocess.run(["java", "-cp", jars.class_path("compiler"), "org.eclipse.jdt.internal.compiler.batch.Main", "-nowarn", "-source", "8",
                        "-target", "8", "-cp", jars.expanded(path), "-d", self.folder, os.path.join(SOURCES, version, "Coordinator.java")], check=True)
        return ["java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", self.folder + ":" + path, "Coordinator"]

    def coordinate(self, command, properties):
        """-> { task: (container, changelog partition) }, number of properties"""
        done = subprocess.run([*command, *("%s=%s" % pair for pair in properties.items())], cwd=self.folder, capture_output=True, text=True, timeout=120,
                              check=False)
        self.assertEqual(0, done.returncode, done.stdout[-3000:] + done.stderr[-3000:])
        rows = [line.split("\t") for line in done.stdout.splitlines() if line.startswith(("task\t", "config\t"))]
        return {row[2]: (row[1], int(row[3])) for row in rows if row[0] == "task"}, next(int(row[1]) for row in rows if row[0] == "config")

    def run_job(self, command, *options):
        done = Run([command, "job.properties", *options], cwd=self.folder)
        self.assertEqual(0, done.code, done.messages)
        return json.loads(done.out)

    def model(self):
        containers = self.run_job("model", "-q")["containers"]
        return {task["task-name"]: (number, task["changelog-partition"]) for number, container in containers.items() for task in container["tasks"].values()}

    def check(self, version, broker, grown):
        """grown: does the job have as many tasks as its input has partitions, after that grew?"""
        address, job = real.setting(broker), "takeover-" + version.replace(".", "")
        properties = {"job.name": job, "job.coordinator.system": "kafka", "systems.kafka.samza.factory": KAFKA,
                      "systems.kafka.producer.bootstrap.servers": address, "systems.kafka.consumer.bootstrap.servers": address,
                      "systems.kafka.consumer.zookeeper.connect": real.setting("ZOOKEEPER") + real.setting("CHROOT")}
        more = {"kubernetes.samza.version": version, "task.inputs": "kafka.in-" + job, "job.container.count": "3",
                "job.coordinator.replication.factor": "1", "stores.s.factory": "x.Factory", "stores.s.changelog": "kafka.%s-s" % job,
                "stores.s.changelog.replication.factor": "1", "task.class": "x.Task", "odd": "Gr\\u00fc\\u00dfe \"/\\\\ \\u0001"}
        with kafka_wire.Connection(real.port(broker)) as connection:
            connection.create_topics({"in-" + job: 5})
            connection.await_topic("in-" + job, 5)
        with open(os.path.join(self.folder, "job.properties"), "w", encoding="utf-8") as file:
            file.write("".join("%s=%s\n" % pair for pair in {**properties, **more}.items()))
        command = self.compile(version)
        self.run_job("bootstrap", "-q", "--format", "json")
        ours = self.model()
        theirs, count = self.coordinate(command, properties)
        self.assertEqual((ours, len(properties) + len(more)), (theirs, count))
        time.sleep(2.1)
        again = self.run_job("bootstrap", "-q", "--format", "json", "--quiet-for", "1")
        self.assertEqual((False, []), (again["changed"], again["records"]["entries"]))
        self.assertEqual(ours, self.model())
        # theirs first, then ours: an input that grew
        with kafka_wire.Connection(real.port(broker)) as connection:
            connection.grow_topic("in-" + job, 10)
            connection.await_topic("in-" + job, 10)
            if grown:
                connection.grow_topic(job + "-s", 10)
                connection.await_topic(job + "-s", 10)
        theirs, _ = self.coordinate(command, properties)
        self.assertEqual(10 if grown else 5, len(theirs))
        self.assertEqual({task: ours[task][1] for task in ours}, {task: theirs[task][1] for task in ours})
        time.sleep(2.1)
        self.run_job("bootstrap", "-q", "--format", "json", "--quiet-for", "1")
        self.assertEqual(theirs, self.model())
        self.assertEqual(theirs, self.coordinate(command, properties)[0])

    def test_0_14_1_takes_a_job_over_and_gives_it_back(self):
        self.check("0.14.1", "KAFKA_39", True)

    def test_1_8_0_takes_a_job_over_and_gives_it_back_and_keeps_its_tasks_when_an_input_grows(self):
        self.check("1.8.0", "KAFKA_4", False)
