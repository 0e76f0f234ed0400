# SPDX-License-Identifier: Apache-2.0
"""A ZooKeeper client of a few requests: to write what a broker would not, and to take over a session and end it."""
import json
import socket
import struct
import time

CREATE, EXISTS, CLOSE = 1, 3, -11
NODE_EXISTS, NO_NODE = -110, -101
EPHEMERAL = 1


class Session:
    def __init__(self, port, session=0, password=bytes(16), timeout_ms=30000):
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.number = 0
        self.send(struct.pack(">iqiqi", 0, 0, timeout_ms, session, 16) + password + b"\0")
        self.session, self.password = identity(self.receive())
        if self.session == 0:
            raise RuntimeError("the session has expired")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.request(CLOSE, b"")
        self.socket.close()

    def send(self, data):
        self.socket.sendall(struct.pack(">i", len(data)) + data)

    def receive(self):
        return self.exactly(struct.unpack(">i", self.exactly(4))[0])

    def exactly(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise RuntimeError("ZooKeeper closed the connection")
            data += more
        return data

    def start(self, kind, body):
        self.number += 1
        self.send(struct.pack(">ii", self.number, kind) + body)

    def finish(self):
        """-> error code of the next answer"""
        return struct.unpack_from(">iqi", self.receive())[2]

    def request(self, kind, body):
        self.start(kind, body)
        return self.finish()

    def exists(self, path):
        return self.request(EXISTS, text(path) + b"\0") != NO_NODE

    def create_all(self, nodes, flags=0):
        """nodes: [(path, bytes)]; sent without waiting for each answer; those that exist stay as they are"""
        anyone = struct.pack(">ii", 1, 31) + text("world") + text("anyone")
        for path, data in nodes:
            self.start(CREATE, text(path) + struct.pack(">i", len(data)) + data + anyone + struct.pack(">i", flags))
        for path, _ in nodes:
            code = self.finish()
            if code not in (0, NODE_EXISTS):
                raise RuntimeError("%s: ZooKeeper error %d" % (path, code))


def text(string):
    data = string.encode()
    return struct.pack(">i", len(data)) + data


def identity(answer):
    """-> session id, password, from the answer to a connect request"""
    _, _, session, _ = struct.unpack_from(">iiqi", answer)
    return session, answer[20:36]


def expire(port, session, password):
    """Ends another client's session, so that it finds it expired when it comes back."""
    with Session(port, session, password):
        pass


def broker(number):
    return json.dumps({"version": 4, "host": "127.0.0.1", "port": 1, "jmx_port": -1, "timestamp": "0", "features": {},
                       "endpoints": ["PLAINTEXT://127.0.0.1:1"],
                       "listener_security_protocol_map": {"PLAINTEXT": "PLAINTEXT"}}).encode()


def assignment(replicas):
    """replicas: { partition: [broker ids] }"""
    return json.dumps({"version": 1, "partitions": {str(k): v for k, v in replicas.items()}}).encode()


def dead_broker_topics(port, chroot, topics, until):
    """topics: { name: { partition: [broker ids] } }.  Broker 99 exists only while the controller elects leaders, so that
    its partitions had a leader once and have none now.  Partitions of broker 98, which never existed, are left out of
    the brokers' answers."""
    with Session(port) as session:
        session.create_all([(chroot + "/brokers/ids/99", broker(99))], EPHEMERAL)
        time.sleep(0.7)         # the controller must know the broker before it sees the topics
        session.create_all([("%s/brokers/topics/%s" % (chroot, name), assignment(x)) for name, x in topics.items()])
        wanted = ["%s/brokers/topics/%s/partitions/%s/state" % (chroot, name, number)
                  for name, x in topics.items() for number, on in x.items() if on != [98]]
        while wanted:
            if session.exists(wanted[-1]):
                wanted.pop()
            elif time.monotonic() > until:
                raise RuntimeError("never got a leader: " + wanted[-1])
            else:
                time.sleep(0.05)
        time.sleep(0.3)
