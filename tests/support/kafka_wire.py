# SPDX-License-Identifier: Apache-2.0
"""The few Kafka requests that tests need to prepare a broker, without a JVM start for each."""
import hashlib
import os
import socket
import struct
import time

CREATE_TOPICS, DELETE_TOPICS, METADATA, CREATE_ACLS, DESCRIBE_CONFIGS, CREATE_PARTITIONS, SCRAM = 19, 20, 3, 30, 32, 37, 51
EXISTS = 36
TOPIC = 2
READ, DESCRIBE = 3, 8


class Failed(Exception):
    pass


class Connection:
    def __init__(self, port, timeout=10):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def ask(self, key, version, body, flexible=False):
        header = struct.pack(">hhi", key, version, 7) + string("samzak8s-tests") + (b"\0" if flexible else b"")
        self.socket.sendall(struct.pack(">i", len(header + body)) + header + body)
        answer = self.exactly(struct.unpack(">i", self.exactly(4))[0])
        return Reader(answer[5 if flexible else 4:])

    def exactly(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise Failed("the broker closed the connection")
            data += more
        return data

    def create_topics(self, topics, settings=None):
        """topics: { name: partitions }; those that exist stay as they are; settings: { property: value } of each"""
        settings = b"".join(string(key) + string(value) for key, value in (settings or {}).items()), len(settings or {})
        body = struct.pack(">i", len(topics))
        for name, partitions in topics.items():
            body += string(name) + struct.pack(">ihii", partitions, 1, 0, settings[1]) + settings[0]
        reader = self.ask(CREATE_TOPICS, 4, body + struct.pack(">i?", 30000, False))
        reader.take("i")
        for _ in range(reader.take("i")):
            name, code, message = reader.string(), reader.take("h"), reader.string()
            if code not in (0, EXISTS):
                raise Failed("%s: error %d %s" % (name, code, message))

    def grow_topic(self, name, partitions):
        """gives a topic so many partitions, and waits until they have leaders"""
        body = struct.pack(">i", 1) + string(name) + struct.pack(">ii", partitions, -1)
        self.check_topics(self.ask(CREATE_PARTITIONS, 0, body + struct.pack(">i?", 30000, False)))
        self.await_topic(name, partitions)

    def delete_topic(self, name):
        reader = self.ask(DELETE_TOPICS, 1, struct.pack(">i", 1) + string(name) + struct.pack(">i", 30000))
        self.check_topics(reader, messages=False)
        self.await_topic(name, 0)

    @staticmethod
    def check_topics(reader, messages=True):
        reader.take("i")
        for _ in range(reader.take("i")):
            name, code, message = reader.string(), reader.take("h"), reader.string() if messages else ""
            if code:
                raise Failed("%s: error %d %s" % (name, code, message))

    def await_topic(self, name, partitions):
        """waits until the broker lists a topic with so many partitions and their leaders; 0: until it is gone"""
        until = time.monotonic() + 30
        while True:
            leaders = self.partitions().get(name, {})
            if len(leaders) == partitions and -1 not in leaders.values():
                return
            if time.monotonic() > until:
                raise Failed("%s: %s" % (name, leaders))
            time.sleep(0.05)

    def allow(self, user, topics, operations=(READ, DESCRIBE)):
        """lets USER describe and read TOPICS"""
        rights = [(topic, operation) for topic in topics for operation in operations]
        body = struct.pack(">i", len(rights))
        for topic, operation in rights:
            body += struct.pack(">b", 2) + string(topic) + struct.pack(">b", 3) + string("User:" + user) + string("*")
            body += struct.pack(">bb", operation, 3)
        reader = self.ask(CREATE_ACLS, 1, body)
        reader.take("i")
        for _ in range(reader.take("i")):
            code, message = reader.take("h"), reader.string()
            if code:
                raise Failed("acl: error %d %s" % (code, message))

    def add_scram_sha_512(self, user, password):
        salt, rounds = os.urandom(16), 4096
        salted = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds)
        body = b"\x01\x02" + compact(user.encode()) + struct.pack(">bi", 2, rounds) + compact(salt) + compact(salted) + b"\0\0"
        reader = self.ask(SCRAM, 0, body, flexible=True)
        reader.take("i")
        reader.take("b")
        reader.skip(reader.take("B") - 1)
        code = reader.take("h")
        if code:
            raise Failed("scram: error %d" % code)

    def configs(self, topic):
        """-> { setting: value } of a topic, defaults included"""
        reader = self.ask(DESCRIBE_CONFIGS, 1, struct.pack(">ib", 1, TOPIC) + string(topic) + struct.pack(">i?", -1, False))
        reader.take("i"), reader.take("i")
        code, message, _, _ = reader.take("h"), reader.string(), reader.take("b"), reader.string()
        if code:
            raise Failed("%s: error %d %s" % (topic, code, message))
        found = {}
        for _ in range(reader.take("i")):
            name, text = reader.string(), reader.string()
            found[name] = text
            reader.skip(3)
            for _ in range(reader.take("i")):
                reader.string(), reader.string(), reader.take("b")
        return found

    def partitions(self):
        """-> { topic: { partition id: leader } } as the broker lists them"""
        reader = self.ask(METADATA, 7, struct.pack(">i?", -1, False))
        reader.take("i")
        for _ in range(reader.take("i")):
            reader.take("i"), reader.string(), reader.take("i"), reader.string()
        reader.string(), reader.take("i")
        topics = {}
        for _ in range(reader.take("i")):
            reader.take("h")
            name, _ = reader.string(), reader.take("b")
            topics[name] = {}
            for _ in range(reader.take("i")):
                _, number, leader, _ = reader.take("h"), reader.take("i"), reader.take("i"), reader.take("i")
                topics[name][number] = leader
                for _ in range(3):
                    reader.skip(4 * reader.take("i"))
        return topics


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, kind):
        value, = struct.unpack_from(">" + kind, self.data, self.at)
        self.at += struct.calcsize(">" + kind)
        return value

    def skip(self, count):
        self.at += count

    def string(self):
        length = self.take("h")
        if length < 0:
            return None
        self.at += length
        return self.data[self.at - length:self.at].decode()


def string(text):
    data = text.encode()
    return struct.pack(">h", len(data)) + data


def compact(data):
    return bytes([len(data) + 1]) + data


def prepare(port, topics, until, work=lambda connection: None):
    """Creates the topics as soon as the broker answers, does the other work, and waits until all have leaders."""
    while True:
        try:
            with Connection(port) as connection:
                connection.create_topics(topics)
                work(connection)
                break
        except (OSError, Failed, struct.error) as error:
            if time.monotonic() > until:
                raise RuntimeError("127.0.0.1:%d: %s" % (port, error)) from error
            time.sleep(0.1)
    with Connection(port) as connection:
        while True:
            listed = connection.partitions()
            if all(len(listed.get(name, ())) == count and -1 not in listed[name].values() for name, count in topics.items()):
                return
            if time.monotonic() > until:
                raise RuntimeError("127.0.0.1:%d: topics without leaders: %s" % (port, listed))
            time.sleep(0.05)
