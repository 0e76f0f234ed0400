# SPDX-License-Identifier: Apache-2.0
"""What Samza keeps of a job in its own topics, read from a real broker."""
import json
import os
import shutil
import tempfile

import kafka_wire
import real
import streams
from produce import Producer
from program import Run
from proxy import Proxy

FACTORY = "systems.kafka.samza.factory=org.apache.samza.system.kafka.KafkaSystemFactory"
STORE = ("stores.s.factory=x.Factory", "stores.s.changelog=kafka.changelog")
MEMBERS = {"changelog": "changelog", "containers": "task_container", "modes": "task_mode", "partitions": "task_ssps",
           "hosts": "container_host"}


def setting(key, text):
    return b'[1,"set-config","%s"]' % key.encode(), b'{"values":{"value":"%s"}}' % text.encode()


def changelog(task, partition):
    return (b'[1,"set-changelog","%s"]' % task.encode(),
            b'{"host":"h","source":"s","values":{"Partition":"%d"},"username":"u","timestamp":1}' % partition)


class Streams(real.Test):
    maxDiff = None

    def setUp(self):
        super().setUp()
        self.folder = tempfile.mkdtemp(prefix="samzak8s-streams-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.address = real.setting("KAFKA_4")

    def job(self, name, version, *lines, inputs="kafka.single"):
        with open(os.path.join(self.folder, "job.properties"), "w") as file:
            file.write("\n".join(("job.name=" + name, "kubernetes.samza.version=" + version, "job.coordinator.system=kafka", FACTORY,
                                  "systems.kafka.producer.bootstrap.servers=" + self.address,
                                  "systems.kafka.consumer.bootstrap.servers=" + self.address,
                                  *(["task.inputs=" + inputs] if inputs else []), *lines)) + "\n")

    def run_job(self, command, *options, code=0):
        done = Run([command, "job.properties", *options], cwd=self.folder)
        self.assertEqual(code, done.code, done.messages)
        return done

    def state(self, *options):
        done = self.run_job("state", *options)
        return json.loads(done.out), done.messages

    def recorded(self, name, address, job):
        """-> the options that run this recorded job, under another name, on a broker"""
        if streams.properties(name):
            shutil.copy(streams.properties(name), os.path.join(self.folder, "job.properties"))
        else:
            with open(os.path.join(self.folder, "job.properties"), "w") as file:
                file.write(FACTORY + "\njob.coordinator.system=kafka\n")
        return ["--config", "job.name=" + job, "--config", "kubernetes.samza.version=" + streams.version(name), "-q",
                *(x for side in ("producer", "consumer") for x in ("--config", "systems.kafka.%s.bootstrap.servers=%s" % (side, address)))]

    def test_every_recorded_topic_gives_the_state_that_real_Samza_read(self):
        address = real.setting("KAFKA_39")
        streams.load(address, {streams.topic(name, "recorded-" + name): streams.records(name) for name in streams.names()})
        for name in streams.names():
            with self.subTest(name):
                wanted = streams.expected(name)["state"]
                found, _ = self.state(*self.recorded(name, address, "recorded-" + name))
                self.assertEqual({"format": "samzak8s.state/1", **{ours: wanted[theirs] for ours, theirs in MEMBERS.items() if wanted.get(theirs)}}, found)

    def test_the_next_model_keeps_every_changelog_partition_of_real_Samza(self):
        models = {name: streams.expected(name)["model"] for name in streams.names() if streams.expected(name)["coordinator"] == "ok"}
        self.assertGreater(len(models), 20)
        # the recorded inputs grew under one name: here every scenario has its own
        records = {streams.topic(name, "next-" + name): [(key.replace(streams.input_of(name), b"in-" + name.encode()), value)
                                                         for key, value in streams.records(name)] for name in models}
        streams.load(self.address, records)
        with kafka_wire.Connection(real.port("KAFKA_4")) as connection:
            connection.create_topics({"in-" + name: 1 + max(x[2] for task in model.values() for x in task["ssps"])
                                      for name, model in models.items()})
        for name, model in models.items():
            with self.subTest(name):
                options = self.recorded(name, self.address, "next-" + name)
                done, found = self.run_job("model", *options, "--config", "task.inputs=kafka.in-" + name), {}
                for container in json.loads(done.out)["containers"].values():
                    for task in container["tasks"].values():
                        found[task["task-name"]] = task["changelog-partition"], sorted(x["partition"] for x in task["system-stream-partitions"])
                self.assertEqual({task: (x["changelog"], sorted(ssp[2] for ssp in x["ssps"])) for task, x in model.items()}, found)

    def test_the_planned_config_of_a_running_job(self):
        name = "1.8.0-9-static"
        streams.load(self.address, {streams.coordinator("static_180"): streams.records(name)})
        with kafka_wire.Connection(real.port("KAFKA_4")) as connection:
            connection.create_topics({"in-static-180": 4})
        with open(os.path.join(self.folder, "job.properties"), "w") as file:
            file.write("job.name=static_180\nkubernetes.samza.version=1.8.0\njob.default.system=kafka\n%s\nchanging.key=mine\n"
                       "systems.kafka.producer.bootstrap.servers=%s\nsystems.kafka.consumer.bootstrap.servers=%s\n"
                       % (FACTORY, self.address, self.address))
        done = self.run_job("model", "--config-from-coordinator", "--state", "none")
        model = json.loads(done.out)
        self.assertEqual({**streams.expected(name)["state"]["config"], "changing.key": "mine", "kubernetes.samza.version": "1.8.0",
                          **{"systems.kafka.%s.bootstrap.servers" % side: self.address for side in ("producer", "consumer")}}, model["config"])
        self.assertEqual(4, sum(len(container["tasks"]) for container in model["containers"].values()))
        self.assertEqual("samzak8s: note: kafka.__samza_coordinator_static-180_1: 31 properties are taken from the stream\n"
                         "  note: the user's own win: changing.key, systems.kafka.producer.bootstrap.servers\n", done.messages)
        said = Run(["explain", "task.inputs", "job.properties", "--config-from-coordinator"], cwd=self.folder).out.decode()
        self.assertIn("coordinator stream, offset", said)

    def test_compaction_leftovers_markers_of_transactions_and_aborted_records(self):
        self.job("leftovers", "1.8.0")
        topic = streams.coordinator("leftovers")
        streams.load(self.address, {topic: [changelog("a", 0), changelog("b", 1)]})
        with Producer(self.address, transactional_id="leftovers") as producer:
            producer.init_transactions()
            producer.transaction(topic, [changelog("c", 2)])
            producer.transaction(topic, [changelog("d", 3)], commit=False)
        # as Samza's consumers, which read uncommitted records; the topic ends in a marker, not in a record
        self.assertEqual({"a": 0, "b": 1, "c": 2, "d": 3}, self.state()[0]["changelog"])

    def test_records_over_a_megabyte(self):
        self.job("large", "1.8.0", *STORE)
        topic = streams.coordinator("large")
        streams.load(self.address, {topic: [changelog("a", 0), setting("note", "x" * 3000000), changelog("b", 1)]},
                     {"cleanup.policy": "compact", "max.message.bytes": "10000000"})
        self.assertEqual({"a": 0, "b": 1}, self.state()[0]["changelog"])
        model = json.loads(self.run_job("model", "--config-from-coordinator", "-q").out)
        self.assertEqual(3000000, len(model["config"]["note"]))

    def test_a_hundred_thousand_records(self):
        self.job("many", "1.8.0", *STORE)
        rows = [changelog("Partition %d" % i, i) for i in range(50000)]
        streams.load(self.address, {streams.coordinator("many"): rows + rows})
        done = self.run_job("state")
        self.assertEqual(50000, len(json.loads(done.out)["changelog"]))
        self.assertLess(done.seconds, 10)

    def test_several_partitions_and_a_policy_that_deletes_are_warned_of(self):
        self.job("odd", "1.8.0")
        topic = streams.coordinator("odd")
        streams.load(self.address, {topic: [changelog("a", 0)]}, {"cleanup.policy": "delete"}, partitions=3)
        state, messages = self.state()
        self.assertEqual({"a": 0}, state["changelog"])
        self.assertEqual("samzak8s: note: kafka.%s: 1 changelog partition (%s)\n"
                         "samzak8s: warning: kafka.%s: has 3 partitions; Samza reads and writes partition 0 only\n"
                         "samzak8s: warning: kafka.%s: its cleanup.policy is delete: what Samza keeps there is deleted with time\n"
                         % (topic, self.address, topic, topic),
                         "".join(sorted(messages.splitlines(True))))

    def test_a_record_without_a_key_is_refused_by_offset(self):
        self.job("keyless", "1.8.0")
        topic = streams.coordinator("keyless")
        streams.load(self.address, {topic: [changelog("a", 0), (None, b"{}")]}, {})
        self.assertEqual("samzak8s: error: kafka.%s: the record at offset 1 has no key\n  hint: write a good record over the same key,"
                         " or a new topic; here --state FILE stands in for the stream\n" % topic, self.run_job("state", "-q", code=1).messages)
        self.job("empty-value", "1.8.0")
        topic = streams.coordinator("empty-value")
        streams.load(self.address, {topic: [(b'[1,"set-moon","x"]', None), (b'[1,"set-moon","x"]', b"")]})
        self.assertIn("the record at offset 1 has a value of 0 bytes", self.run_job("state", code=1).messages)

    def test_a_job_with_stores_and_no_numbering_is_refused(self):
        self.job("missing", "1.8.0", *STORE)
        wanted = ("samzak8s: error: job.properties:8: stores.s.changelog: the job keeps state in 1 changelog, and its earlier numbering is not known\n"
                  "  stores.s.changelog=kafka.changelog\n  note: %s\n"
                  "  hint: give --state FILE with what an earlier run decided, or --state none when the job is new\n")
        self.job("missing", "1.8.0", *STORE)
        with open(os.path.join(self.folder, "job.properties")) as file:
            line = file.read().splitlines().index(STORE[1]) + 1
        wanted = wanted.replace("job.properties:8", "job.properties:%d" % line)
        topic = streams.coordinator("missing")
        self.assertEqual(wanted % ("%s has no topic %s" % (self.address, topic)), self.run_job("model", code=1).messages)
        streams.load(self.address, {topic: []})
        self.assertEqual(wanted % ("kafka.%s holds no changelog partitions (0 records)" % topic), self.run_job("model", code=1).messages)
        self.run_job("model", "--state", "none")
        streams.load(self.address, {topic: [changelog("Partition 0", 7)]})
        model = json.loads(self.run_job("model").out)
        self.assertEqual(7, model["containers"]["0"]["tasks"]["Partition 0"]["changelog-partition"])
        self.assertEqual(1, self.run_job("state", "--config", "job.name=none-at-all", code=1).code)

    def test_nothing_is_created_by_looking(self):
        self.job("absent", "1.8.0", *STORE)
        self.run_job("state", code=1)
        with kafka_wire.Connection(real.port("KAFKA_4")) as connection:
            self.assertNotIn(streams.coordinator("absent"), connection.partitions())

    def test_a_user_who_may_not_read_the_topic_is_told_so(self):
        self.job("rights", "1.8.0", *("%s=%s" % x for x in real.login("SASL_PLAINTEXT", real.PLAIN, "limited", "limited-secret").items()),
                 "systems.kafka.consumer.bootstrap.servers=" + real.setting("KAFKA_4_SASL"))
        topic = streams.coordinator("rights")
        streams.load(self.address, {topic: [changelog("a", 0)]})
        self.assertIn("  note: %s has no topic %s that user limited may describe\n" % (real.setting("KAFKA_4_SASL"), topic),
                      self.run_job("state", "-q", code=1).messages)
        with kafka_wire.Connection(real.port("KAFKA_4")) as connection:
            connection.allow("limited", [topic], (kafka_wire.DESCRIBE,))
        error = self.run_job("state", "-q", code=1).messages
        self.assertIn("topic %s: Broker: Topic authorization failed\n" % topic, error)
        self.assertIn("  hint: the broker's words say why; the user needs the right to read the topic\n", error)
        with kafka_wire.Connection(real.port("KAFKA_4")) as connection:
            connection.allow("limited", [topic])
        self.assertEqual({"a": 0}, self.state("-q")[0]["changelog"])

    def test_a_broker_that_falls_silent_while_it_is_read_is_a_timeout(self):
        with Proxy("stall", real.port("KAFKA_4"), 60000, advertise=True) as proxy:
            self.job("silent", "1.8.0", "systems.kafka.consumer.bootstrap.servers=" + proxy.address)
            streams.load(self.address, {streams.coordinator("silent"): [changelog("Partition %d" % i, i) for i in range(5000)]})
            done = Run(["state", "job.properties", "-q", "--timeout", "2"], cwd=self.folder)
        self.assertEqual((1, b""), (done.code, done.out))
        self.assertLess(done.seconds, 4)
        self.assertIn("samzak8s: error: %s: systems.kafka.consumer.bootstrap.servers: " % proxy.address, done.messages)

    def test_the_mapping_of_09_is_taken_over_as_by_010_and_by_hand_later(self):
        mapping = [(b'{"type":"changelog-partition-mapping"}', b'{"Partition 0":5}')]
        checkpoint = ("task.checkpoint.factory=org.apache.samza.checkpoint.kafka.KafkaCheckpointManagerFactory", "task.checkpoint.system=kafka")
        mark = b'[1,"set-migration-info","migration-info"]', b'{"values":{"CheckpointMigration09to10":"true"}}'
        for name, version, stream, found in (("migrate-a", "0.10.1", [], {"Partition 0": 5}), ("migrate-b", "0.10.1", [mark], None),
                                             ("migrate-c", "0.14.1", [mark], {"Partition 0": 5}),
                                             ("migrate-d", "1.8.0", [changelog("Partition 0", 2)], {"Partition 0": 2})):
            with self.subTest(name):
                self.job(name, version, *checkpoint)
                streams.load(self.address, {streams.checkpoints(name): mapping, streams.coordinator(name): stream})
                done = self.run_job("state", code=0 if found else 1)
                self.assertEqual(found, json.loads(done.out)["changelog"] if found else None)

    def test_sources_that_disagree_are_an_error_with_both_values(self):
        self.job("conflict", "1.8.0", *STORE, "kubernetes.container.image=i", "kubernetes.resources.out=job.yaml")
        streams.load(self.address, {streams.coordinator("conflict"): [changelog("Partition 0", 3)]})
        self.run_job("generate", "--state", "none", "-q")
        error = self.run_job("model", code=1).messages
        self.assertIn('the changelog partition of task "Partition 0" is 3 here, but 0 in job.yaml', error)
        self.assertIn("samzak8s: error: kafka.__samza_coordinator_conflict_1: ", error)
