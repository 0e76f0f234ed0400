#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real ZooKeeper with a Kafka 3.9 in its chroot, and a Kafka 4.x without ZooKeeper, on free loopback ports.

    with Servers() as servers: os.environ.update(servers.environment()); ...

Everything is stopped and wiped at the end, also after an interrupt or a crash of this process.
By hand: `servers.py` starts them, prints the environment, and stops them at the end of its standard input.

User        password       may
plain       plain-secret   all (PLAIN, on Kafka 4.x)
limited     limited-secret describe and read only `orders` (PLAIN, on Kafka 4.x)
nobody      nobody-secret  nothing (PLAIN, on Kafka 4.x)
scram       scram-secret   all (SCRAM-SHA-512, on both; librdkafka before 2.6.1 cannot log in to Kafka 4.x so)
"""
import atexit
import ctypes
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import certificates
import jars
import kafka_wire
import zookeeper_wire

CHROOT = "/samza"
TOPICS = {"orders": 4, "payments": 2, "page.views_x": 12, "single": 1, "out": 2, "wide": 40}
# only in ZooKeeper mode: partitions 0 and 2 have no leader; a replica is dead; the brokers list only 1 and 3
DEAD = {"leaderless": {0: [99], 1: [1], 2: [99], 3: [1]}, "underrep": {0: [1, 99], 1: [99, 1]},
        "holes": {0: [98], 1: [1], 2: [98], 3: [1]}}

# small and quick to start: one collector thread, only the first compiler
JAVA = ["java", "-Xms64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
BROKER = """\
num.network.threads=2
num.io.threads=4
background.threads=2
num.recovery.threads.per.data.dir=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
log.index.size.max.bytes=65536
log.segment.bytes=16777216
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
"""
LOG4J = """\
log4j.rootLogger=WARN, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=%d{HH:mm:ss,SSS} %p %c{1} %m%n
"""
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
PLAIN = ('org.apache.kafka.common.security.plain.PlainLoginModule required user_plain="plain-secret" '
         'user_limited="limited-secret" user_nobody="nobody-secret";')
START_SECONDS = 60

LIBC = ctypes.CDLL(None)


def follow_parent():
    """In the child: be killed when the starting thread ends (PR_SET_PDEATHSIG), so start from the main thread."""
    LIBC.prctl(1, signal.SIGKILL)


def free_ports(count):
    """Ports nobody has, from below the range that the kernel hands out to clients meanwhile."""
    found = []
    while len(found) < count:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in found:
            found.append(port)
    return found


class Servers:
    def __init__(self, heap="512m", topics=None, kafka_4=True):
        """topics: instead of TOPICS, and without DEAD"""
        self.heap, self.topics, self.with_kafka_4 = heap, topics or TOPICS, kafka_4
        self.dead = {} if topics else DEAD
        self.folder = tempfile.mkdtemp(prefix="samzak8s-servers-")
        self.children = {}
        (self.zookeeper, self.kafka_39, self.kafka_39_sasl, self.controller, self.kafka_4, self.kafka_4_ssl,
         self.kafka_4_sasl, self.kafka_4_sasl_ssl, self.kafka_4_mtls) = free_ports(9)
        self.certificates = os.path.join(self.folder, "certificates")

    def __enter__(self):
        atexit.register(self.stop)
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self.write("log4j.properties", LOG4J)
        self.start_zookeeper()
        formatting = None
        if self.with_kafka_4:
            certificates.make(self.certificates)
            formatting = self.format_kafka_4()
        self.listening("zookeeper", self.zookeeper)
        self.start_kafka_39()
        if formatting:
            if formatting.wait() != 0:
                raise RuntimeError("formatting Kafka 4.x: " + self.log("format"))
            self.start_kafka_4()
        self.prepare()

    def prepare(self):
        """Topics, users and rights, while the other server is still starting."""
        until = time.monotonic() + START_SECONDS
        self.listening("kafka-39", self.kafka_39)
        kafka_wire.prepare(self.kafka_39, self.topics, until,
                           lambda connection: connection.add_scram_sha_512("scram", "scram-secret"))
        if self.dead:
            zookeeper_wire.dead_broker_topics(self.zookeeper, CHROOT, self.dead, until)
        if self.with_kafka_4:
            self.listening("kafka-4", self.kafka_4)
            kafka_wire.prepare(self.kafka_4, self.topics, until, lambda connection: connection.allow("limited", ["orders"]))

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def spawn(self, name, command):
        with open(os.path.join(self.folder, name + ".log"), "wb") as log:
            child = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                     start_new_session=True, preexec_fn=follow_parent)
        self.children[name] = child
        return child

    def log(self, name):
        with open(os.path.join(self.folder, name + ".log"), errors="replace") as file:
            return "".join(file.readlines()[-15:])

    def listening(self, name, port):
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                if self.children[name].poll() is not None or time.monotonic() > until:
                    raise RuntimeError("%s does not listen on port %d:\n%s" % (name, port, self.log(name))) from None
                time.sleep(0.05)

    def start_zookeeper(self):
        config = self.write("zookeeper.cfg", "tickTime=1000\ndataDir=%s/zookeeper\nclientPort=%d\n"
                            "clientPortAddress=127.0.0.1\nmaxClientCnxns=0\nminSessionTimeout=1000\n"
                            "maxSessionTimeout=60000\nadmin.enableServer=false\n" % (self.folder, self.zookeeper))
        self.spawn("zookeeper", [*JAVA, "-Xmx256m", "-Djute.maxbuffer=8388608", "-Dzookeeper.jmx.log4j.disable=true",
                                 "-Dlog4j.configuration=file:log4j.properties", "-cp", jars.class_path("kafka-zookeeper"),
                                 "org.apache.zookeeper.server.quorum.QuorumPeerMain", config])

    def start_kafka_39(self):
        config = self.write("kafka-39.properties", BROKER + """\
broker.id=1
log.dirs={0.folder}/kafka-39
zookeeper.connect=127.0.0.1:{0.zookeeper}{chroot}
listeners=PLAINTEXT://127.0.0.1:{0.kafka_39},SASL_PLAINTEXT://127.0.0.1:{0.kafka_39_sasl}
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config={scram}
""".format(self, chroot=CHROOT, scram=SCRAM))
        self.spawn("kafka-39", [*JAVA, "-Xmx" + self.heap, "-Dlog4j.configuration=file:log4j.properties",
                                "-cp", jars.class_path("kafka-zookeeper"), "kafka.Kafka", config])

    def format_kafka_4(self):
        config = self.write("kafka-4.properties", BROKER + """\
node.id=1
process.roles=broker,controller
controller.quorum.voters=1@127.0.0.1:{0.controller}
controller.listener.names=CONTROLLER
listeners=CONTROLLER://127.0.0.1:{0.controller},PLAINTEXT://127.0.0.1:{0.kafka_4},SSL://127.0.0.1:{0.kafka_4_ssl},\
SASL://127.0.0.1:{0.kafka_4_sasl},SASLSSL://127.0.0.1:{0.kafka_4_sasl_ssl},MTLS://127.0.0.1:{0.kafka_4_mtls}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL:SASL_PLAINTEXT,SASLSSL:SASL_SSL,MTLS:SSL
inter.broker.listener.name=PLAINTEXT
log.dirs={0.folder}/kafka-4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:plain;User:scram;User:CN=client
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.sasl.plain.sasl.jaas.config={plain}
listener.name.saslssl.plain.sasl.jaas.config={plain}
listener.name.sasl.scram-sha-512.sasl.jaas.config={scram}
listener.name.saslssl.scram-sha-512.sasl.jaas.config={scram}
ssl.keystore.type=PKCS12
ssl.keystore.location={0.certificates}/broker.p12
ssl.keystore.password={password}
ssl.key.password={password}
ssl.truststore.type=PEM
ssl.truststore.location={0.certificates}/ca.pem
ssl.client.auth=none
listener.name.mtls.ssl.client.auth=required
""".format(self, plain=PLAIN, scram=SCRAM, password=certificates.PASSWORD))
        return self.spawn("format", [*JAVA, "-Xmx128m", "-cp", jars.class_path("kafka-kraft"), "kafka.tools.StorageTool",
                                     "format", "-t", "c2FtemFrOHMtdGVzdHMtMQ", "-c", config,
                                     "--add-scram", "SCRAM-SHA-512=[name=scram,password=scram-secret]"])

    def start_kafka_4(self):
        self.spawn("kafka-4", [*JAVA, "-Xmx" + self.heap, "-cp", jars.class_path("kafka-kraft"), "kafka.Kafka",
                               "kafka-4.properties"])

    def environment(self):
        local = "127.0.0.1:%d"
        return {"SAMZAK8S_TEST_" + key: value for key, value in {
            "ZOOKEEPER": local % self.zookeeper, "CHROOT": CHROOT,
            "KAFKA_39": local % self.kafka_39, "KAFKA_39_SASL": local % self.kafka_39_sasl,
            "KAFKA_4": local % self.kafka_4, "KAFKA_4_SSL": local % self.kafka_4_ssl,
            "KAFKA_4_SASL": local % self.kafka_4_sasl, "KAFKA_4_SASL_SSL": local % self.kafka_4_sasl_ssl,
            "KAFKA_4_MTLS": local % self.kafka_4_mtls, "CERTIFICATES": self.certificates,
            "CERTIFICATES_PASSWORD": certificates.PASSWORD}.items()}

    def stop(self):
        """The data is thrown away, so there is nothing to shut down in order."""
        for child in self.children.values():
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
        for child in self.children.values():
            child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def stop_on_signals():
    """Turns TERM and HUP into an exit, so that servers are stopped."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda n, _: sys.exit(128 + n))


if __name__ == "__main__":
    stop_on_signals()
    with Servers() as running:
        for variable, setting in running.environment().items():
            print("export %s=%s" % (variable, setting))
        sys.stdout.flush()
        sys.stdin.read()
