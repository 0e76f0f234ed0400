# SPDX-License-Identifier: Apache-2.0
"""A job over its life on a real broker: inputs grow and shrink, containers come and go, the job is renamed.  The id of a task
that lives never changes, and `plan` says beforehand what happens."""
import json
import os
import shutil
import tempfile

import kafka_wire
import real
from failing import JOB, KAFKA
from produce import Producer
from program import Run

CONSUMER_BROKERS = "systems.kafka.consumer.bootstrap.servers"


class Job:
    """A job in a folder of its own, whose input is the topic INPUT and whose store NAME has the changelog CHANGELOG."""

    def __init__(self, test, version, store="inmemory.InMemoryKeyValueStorageEngineFactory", server="KAFKA_4"):
        self.test, self.server = test, server
        self.folder = tempfile.mkdtemp(prefix="samzak8s-plan-")
        test.addCleanup(shutil.rmtree, self.folder)
        name = os.path.basename(self.folder).replace("_", "-")
        self.input, self.changelog = "in-" + name, "log-" + name
        test.addCleanup(self.remove_topics)
        self.properties = {**JOB, "job.name": name, "kubernetes.samza.version": version, "kubernetes.pod.count": "2",
                           "task.inputs": "kafka." + self.input, "job.coordinator.system": "kafka",
                           "kubernetes.resources.out": "out.yaml", KAFKA: real.setting(server), CONSUMER_BROKERS: real.setting(server),
                           "stores.counts.factory": "org.apache.samza.storage.kv." + store,
                           "stores.counts.changelog": "kafka." + self.changelog}
        if version == "0.9.1":
            self.properties["task.checkpoint.factory"] = "org.apache.samza.checkpoint.kafka.KafkaCheckpointManagerFactory"
            self.properties["task.checkpoint.system"] = "kafka"

    def broker(self):
        return kafka_wire.Connection(real.port(self.server))

    def remove_topics(self):
        with self.broker() as broker:
            for name in set(broker.partitions()) & {self.input, self.changelog}:
                broker.delete_topic(name)

    def create(self, name, partitions):
        with self.broker() as broker:
            broker.create_topics({name: partitions})
            broker.await_topic(name, partitions)

    def grow(self, name, partitions):
        with self.broker() as broker:
            broker.grow_topic(name, partitions)

    def recreate(self, name, partitions):
        with self.broker() as broker:
            broker.delete_topic(name)
        self.create(name, partitions)

    def run(self, command, *options, code=0):
        with open(os.path.join(self.folder, "job.properties"), "w") as file:
            file.write("".join("%s=%s\n" % item for item in self.properties.items()))
        done = Run([command, "job.properties", *options], cwd=self.folder)
        self.test.assertEqual(code, done.code, done.messages)
        return done

    def generate(self, *options):
        """-> { task: changelog partition } of what was written"""
        self.run("generate", *options)
        return self.ids()

    def tasks(self):
        """-> { task: (container, changelog partition, partitions of the input) } that the next run would write"""
        model = json.loads(self.run("model").out)
        return {name: (key, task["changelog-partition"], [p["partition"] for p in task["system-stream-partitions"]])
                for key, container in model["containers"].items() for name, task in container["tasks"].items()}

    def ids(self):
        return {name: task[1] for name, task in self.tasks().items()}

    def plan(self, *options, code=2):
        return json.loads(self.run("plan", "--format", "json", *options, code=code).out)


class Scenarios(real.Test):
    def assert_kept(self, before, after):
        self.assertEqual({name: before[name] for name in before if name in after}, {name: after[name] for name in after if name in before})
        self.assertEqual(len(after), len(set(after.values())))

    def start(self, version, partitions=4, **more):
        """-> a job that has run once, and its ids"""
        job = Job(self, version, **more)
        job.create(job.input, partitions)
        job.create(job.changelog, partitions)
        ids = job.generate("--state", "none")
        self.assertEqual("nothing", job.plan(code=0)["verdict"])
        return job, ids

    def test_an_input_that_grows(self):
        for version, server in (("0.9.1", "KAFKA_39"), ("0.10.1", "KAFKA_4"), ("0.14.1", "KAFKA_4"), ("1.8.0", "KAFKA_4")):
            with self.subTest(version):
                job, before = self.start(version, server=server)
                with Producer(real.setting(server)) as producer:
                    for partition in range(4):
                        producer.write(job.changelog, [(b"k%d" % i, b"v") for i in range(3 + partition)], partition)
                job.grow(job.input, 8)
                plan = job.plan()
                self.assertEqual([{"stream": "kafka." + job.input, "from": 4, "to": 8}], plan["inputs"])
                self.assertEqual("stop", plan["verdict"])
                self.assertEqual(["Partition %d" % i for i in range(4, 8)], [x["task"] for x in plan["tasks"]["appeared"]])
                self.assertEqual([], plan["tasks"]["renumbered"])
                self.assertEqual(("grow", 4, 8), tuple(plan["changelogs"][0][x] for x in ("verdict", "count", "needs")))
                self.assertEqual((4, 3 + 4 + 5 + 6), tuple(plan["restore"][0][x] for x in ("tasks", "messages")))
                self.assertEqual({x["task"]: x["changelog"] for x in plan["tasks"]["appeared"]},
                                 {name: number for name, number in job.ids().items() if name not in before})
                after = job.generate()
                self.assert_kept(before, after)
                self.assertEqual(list(range(8)), sorted(after.values()))
                job.grow(job.changelog, 8)
                self.assertEqual(("nothing", "fits"), (job.plan(code=0)["verdict"], job.plan(code=0)["changelogs"][0]["verdict"]))

    def test_an_input_that_grows_where_keys_stay_with_their_tasks(self):
        job, before = self.start("1.8.0", store="RocksDbKeyValueStorageEngineFactory")
        job.grow(job.input, 8)
        plan = job.plan()
        self.assertEqual(("stop", "fits", 4), (plan["verdict"], plan["changelogs"][0]["verdict"], plan["changelogs"][0]["needs"]))
        self.assertEqual([["kafka.%s-%d" % (job.input, i)] for i in range(4, 8)], [x["gained"] for x in plan["tasks"]["changed"]])
        self.assertEqual(before, job.generate())
        self.assertEqual({"Partition %d" % i: [i, i + 4] for i in range(4)}, {name: task[2] for name, task in job.tasks().items()})

    def test_an_input_that_shrinks_and_grows_again(self):
        for version, verdict in (("0.9.1", "fits"), ("0.14.1", "too many"), ("1.8.0", "too many")):
            with self.subTest(version):
                job, before = self.start(version)  # with ZooKeeper, a topic that is being deleted cannot be made anew
                job.recreate(job.input, 2)
                plan = job.plan()
                self.assertEqual(["Partition 2", "Partition 3"], [x["task"] for x in plan["tasks"]["vanished"]])
                highest = max(before["Partition 0"], before["Partition 1"]) + 1
                self.assertEqual((verdict if highest < 4 else "fits", highest), (plan["changelogs"][0]["verdict"], plan["changelogs"][0]["needs"]))
                self.assert_kept(before, job.generate())
                job.recreate(job.input, 6)
                plan = job.plan()
                after = job.generate()
                self.assert_kept(before, after)  # those that had gone have theirs again, too
                self.assertEqual({4, 5}, {after["Partition 4"], after["Partition 5"]})
                self.assertEqual({name: after[name] for name in after if name not in ("Partition 0", "Partition 1")},
                                 {x["task"]: x["changelog"] for x in plan["tasks"]["appeared"]})

    def test_containers_that_come_and_go(self):
        job, before = self.start("0.14.1", partitions=6)
        assumed = job.plan("--what-if", "containers=3")
        job.properties["kubernetes.pod.count"] = "3"
        plan = job.plan()
        self.assertEqual(assumed["tasks"], plan["tasks"])
        self.assertEqual(("stop", ["2"], 4), (plan["verdict"], plan["containers"]["joined"], len(plan["tasks"]["moved"])))
        self.assertEqual(before, job.generate())
        job.properties["kubernetes.pod.count"] = "1"
        plan = job.plan()
        self.assertEqual(["1", "2"], [x["id"] for x in plan["containers"]["left"]])
        self.assertEqual("kubectl delete statefulset/%s-2" % job.properties["job.name"], plan["containers"]["left"][1]["command"])
        self.assertEqual(before, job.generate())

    def test_a_job_that_is_renamed(self):
        job, before = self.start("1.8.0")
        old = job.properties["job.name"]
        job.properties["job.name"] = "renamed-" + old
        self.assertIn('it is the output of the job "%s", and this is "renamed-%s"' % (old, old), job.run("generate", code=1).messages)
        os.rename(os.path.join(job.folder, "out.yaml"), os.path.join(job.folder, "old.yaml"))
        plan = job.plan("--against", "old.yaml")
        self.assertEqual([["containers get objects of other names"], []], [plan["why"], plan["tasks"]["renumbered"]])
        self.assertEqual(["0", "1"], [name[-1] for name in plan["objects"]["removed"] if name.startswith("statefulset")])
        self.assertTrue(plan["notes"][0].startswith("checkpoints go by the job's name"))
        self.assertEqual(before, job.generate("--against", "old.yaml"))

    def test_an_output_that_disagrees_with_Samza_s_own_topic(self):
        job, before = self.start("0.9.1")
        name = job.properties["job.name"]
        topic = "__samza_checkpoint_ver_1_for_%s_1" % name
        job.create(topic, 1)
        mapping = {**before, "Partition 2": 9}
        with Producer(real.setting(job.server)) as producer:
            producer.write(topic, [(b'{"type":"changelog-partition-mapping"}', json.dumps(mapping).encode())])
        try:
            done = job.run("plan", code=1)
            self.assertIn('the changelog partition of task "Partition 2" is 9 here, but %d in out.yaml' % before["Partition 2"], done.messages)
            self.assertEqual(b"", done.out)
            job.run("generate", code=1)
            self.assertEqual("samzak8s.plan/1", job.plan("--state", "none", code=0)["format"])
        finally:
            with job.broker() as broker:
                broker.delete_topic(topic)

    def test_only_another_image_rolls(self):
        job, before = self.start("1.8.0")
        job.properties["kubernetes.container.image"] += "2"
        self.assertEqual("roll", job.plan()["verdict"])
        self.assertEqual(before, job.generate())
        self.assertEqual("roll", job.plan("--exit-zero", "--config", "kubernetes.container.memory=2Gi", code=0)["verdict"])

    def test_a_broker_that_cannot_be_reached_is_an_error_and_writes_nothing(self):
        job, _ = self.start("1.8.0")
        job.properties[CONSUMER_BROKERS] = job.properties[KAFKA] = "127.0.0.1:1"
        self.assertEqual(b"", job.run("plan", "--timeout", "1", code=1).out)
