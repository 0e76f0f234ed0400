# SPDX-License-Identifier: Apache-2.0
"""Real brokers and ZooKeeper give the same partitions and the same model, by every way to log in."""
import json
import os
import shutil
import tempfile

import kafka_wire
import real
from failing import JOB, KAFKA, VERSION, ZOOKEEPER
from program import Run
from proxy import Proxy
from real import CONSUMER, PLAIN, SCRAM, certificate, login, tls


class Sources(real.Test):
    maxDiff = None

    def setUp(self):
        super().setUp()
        self.folder = tempfile.mkdtemp(prefix="samzak8s-sources-")
        self.addCleanup(shutil.rmtree, self.folder)

    def run_job(self, command, properties, *options):
        with open(os.path.join(self.folder, "job.properties"), "w") as file:
            for key, value in {**JOB, **VERSION, **properties}.items():
                file.write("%s=%s\n" % (key, value))
        return Run([command, "job.properties", *options], cwd=self.folder)

    def output(self, command, properties, *options, warnings=""):
        done = self.run_job(command, properties, *options)
        self.assertEqual(warnings, done.messages)
        self.assertEqual(0, done.code)
        return done.out

    def containers(self, properties, **more):
        """-> the part of the model that does not name the servers"""
        properties = {"task.inputs": "kafka.orders, kafka.payments,kafka.page.views_x", "kubernetes.pod.count": "5", **properties}
        return json.loads(self.output("model", properties, **more))["containers"]

    def partitions(self, properties, *options):
        return json.loads(self.output("partitions", properties, "--format", "json", *options))["partitions"]

    def zookeeper(self):
        return {ZOOKEEPER: real.setting("ZOOKEEPER") + real.setting("CHROOT")}

    def test_the_same_model_from_Kafka_39_and_ZooKeeper_and_Kafka_4(self):
        models = [self.containers(x) for x in ({KAFKA: real.setting("KAFKA_39")}, self.zookeeper(), {KAFKA: real.setting("KAFKA_4")})]
        self.assertEqual(["0", "1", "2", "3", "4"], sorted(models[0]))
        self.assertEqual(12, sum(len(container["tasks"]) for container in models[0].values()))
        self.assertEqual(models[0], models[1])
        self.assertEqual(models[0], models[2])

    def test_the_same_manifests_from_a_snapshot_of_the_broker(self):
        properties = {KAFKA: real.setting("KAFKA_4"), "task.inputs": "kafka.orders,kafka.wide"}
        self.output("partitions", properties, "--save", "snapshot.json")
        live = self.output("generate", properties)
        self.assertEqual(live, self.output("generate", properties, "--partitions", "snapshot.json"))
        self.assertIn(b"kind: ReplicationController", live)

    def test_from_zookeeper_wins_over_brokers(self):
        both = {KAFKA: "127.0.0.1:1", **self.zookeeper()}
        self.assertEqual(self.partitions(self.zookeeper()), self.partitions(both, "--from", "zookeeper"))

    def test_all_topics_are_the_same_in_ZooKeeper_but_for_partitions_that_never_had_a_leader(self):
        brokers, nodes = (json.loads(self.run_job("partitions", x, "--all", "--format", "json").out)["partitions"]
                          for x in ({KAFKA: real.setting("KAFKA_39")}, self.zookeeper()))
        ids = [x["partition"] for x in brokers if x["stream"] == "holes"]
        self.assertEqual([1, 3], ids)
        self.assertEqual(brokers, [x for x in nodes if x["stream"] != "holes" or x["partition"] in ids])

    def test_a_topic_generator_finds_the_same_topics_everywhere(self):
        rewriter = {"job.config.rewriters": "r", "job.config.rewriter.r.class": "org.apache.samza.config.RegExTopicGenerator",
                    "job.config.rewriter.r.system": "kafka", "job.config.rewriter.r.regex": "order.|page\\\\.[a-z_&&[^q]]+",
                    "task.inputs": "kafka.payments", "kubernetes.samza.version": "1.8.0"}
        for source in ({KAFKA: real.setting("KAFKA_39")}, self.zookeeper(), {KAFKA: real.setting("KAFKA_4")}):
            model = json.loads(self.output("model", {**source, **rewriter}))
            self.assertEqual("kafka.orders,kafka.page.views_x,kafka.payments", model["config"]["task.inputs"])
            self.assertEqual(12, len(model["containers"]["0"]["tasks"]))

    def test_partitions_without_a_leader_count_and_are_warned_of(self):
        for source, properties in ((real.setting("KAFKA_39"), {KAFKA: real.setting("KAFKA_39")}),
                                   (real.setting("ZOOKEEPER") + real.setting("CHROOT"), self.zookeeper())):
            found = self.output("partitions", {**properties, "task.inputs": "kafka.leaderless"}, warnings=(
                "samzak8s: warning: %s: kafka.leaderless: partitions without a leader: 0, 2\n  hint: they are counted, as Samza"
                " counts them; the job cannot read them until they have a leader\n" % source))
            rows = [line.split()[2:4] for line in found.decode().splitlines()[1:]]
            self.assertEqual([["0", "none"], ["1", "1"], ["2", "none"], ["3", "1"]], rows)

    def test_holes_in_what_brokers_list_are_warned_of(self):
        found = self.containers({KAFKA: real.setting("KAFKA_39"), "task.inputs": "kafka.holes", "kubernetes.pod.count": "1"}, warnings=(
            "samzak8s: warning: %s: kafka.holes: the listing has holes; missing are partitions 0, 2\n  hint: a partition that never"
            " had a leader is left out by brokers; the job gets no task for it until it has one\n" % real.setting("KAFKA_39")))
        self.assertEqual(["Partition 1", "Partition 3"], sorted(found["0"]["tasks"]))

    def test_looking_creates_no_topic(self):
        def topics():
            with kafka_wire.Connection(real.port("KAFKA_39")) as connection:
                return sorted(connection.partitions())
        before = topics()
        self.assertEqual(1, self.run_job("model", {KAFKA: real.setting("KAFKA_39"), "task.inputs": "kafka.absent"}).code)
        self.assertEqual(before, topics())

    def test_every_way_to_log_in(self):
        plain = login("SASL_PLAINTEXT", PLAIN, "plain", "plain-secret")
        trust = {CONSUMER + "ssl.truststore.location": certificate("truststore.p12"), CONSUMER + "ssl.truststore.type": "PKCS12",
                 CONSUMER + "ssl.truststore.password": real.setting("CERTIFICATES_PASSWORD")}
        own = {CONSUMER + "ssl.keystore.location": certificate("client.p12"), CONSUMER + "ssl.keystore.type": "PKCS12",
               CONSUMER + "ssl.keystore.password": real.setting("CERTIFICATES_PASSWORD"),
               CONSUMER + "ssl.key.password": real.setting("CERTIFICATES_PASSWORD")}
        expected = self.partitions({KAFKA: real.setting("KAFKA_4")})
        for name, listener, properties in (
                ("TLS with a PEM trust store", "KAFKA_4_SSL", tls("ca.pem")),
                ("TLS with a PKCS12 trust store", "KAFKA_4_SSL", {CONSUMER + "security.protocol": "SSL", **trust}),
                ("PLAIN", "KAFKA_4_SASL", plain),
                ("PLAIN over TLS", "KAFKA_4_SASL_SSL", {**trust, **plain, CONSUMER + "security.protocol": "SASL_SSL"}),
                ("a client certificate from PKCS12", "KAFKA_4_MTLS", {**tls("ca.pem"), **own}),
                ("SCRAM", "KAFKA_39_SASL", login("SASL_PLAINTEXT", SCRAM, "scram", "scram-secret"))):
            with self.subTest(name):
                self.assertEqual(expected, self.partitions({KAFKA: real.setting(listener), **properties}))

    def test_any_librdkafka_property_by_X(self):
        done = self.run_job("partitions", {KAFKA: real.setting("KAFKA_4_SSL")}, "-X", "security.protocol=ssl",
                            "-X", "ssl.ca.location=" + certificate("ca.pem"))
        self.assertEqual(("", 0), (done.messages, done.code))

    def test_an_expired_session_is_opened_anew(self):
        expected = self.partitions(self.zookeeper())
        for answers in range(3):
            with self.subTest(answers), Proxy("expire", real.port("ZOOKEEPER"), answers, once=True) as proxy:
                self.assertEqual(expected, self.partitions({ZOOKEEPER: proxy.address + real.setting("CHROOT")}))
                self.assertGreater(proxy.connections, 1)

    def test_a_connection_lost_in_the_middle_is_made_again(self):
        expected = self.partitions(self.zookeeper())
        with Proxy("cut", real.port("ZOOKEEPER"), 300, once=True) as proxy:
            self.assertEqual(expected, self.partitions({ZOOKEEPER: proxy.address + real.setting("CHROOT")}))
            self.assertGreater(proxy.connections, 1)

    def test_slow_servers_are_waited_for(self):
        for properties, target, chroot in ((KAFKA, "KAFKA_4", ""), (ZOOKEEPER, "ZOOKEEPER", real.setting("CHROOT"))):
            with self.subTest(target), Proxy("delay", real.port(target), 100, advertise=True) as proxy:
                self.output("partitions", {properties: proxy.address + chroot}, "-q")

    def test_a_dead_server_beside_a_live_one_is_no_error(self):
        with Proxy("refuse") as dead:
            self.output("partitions", {KAFKA: dead.address + "," + real.setting("KAFKA_4")})
            self.output("partitions", {ZOOKEEPER: dead.address + "," + real.setting("ZOOKEEPER") + real.setting("CHROOT")})
