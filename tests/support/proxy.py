#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A TCP proxy on a free loopback port that mistreats connections; for Kafka and ZooKeeper alike.

    with Proxy("cut", target=9092, amount=300, advertise=True) as proxy: ... proxy.port ...

The server is asked:        The server is never asked:
  pass                        refuse     nothing listens
  cut       close after       blackhole  connecting takes for ever
            AMOUNT bytes      hang       accept, read, never answer
  stall     silence after     close      accept, then close
            AMOUNT bytes      reset      accept, then reset
  delay     AMOUNT ms before  garbage    AMOUNT (256) random bytes, the same each time
            each answer       huge       a length of 2 GiB
  drip      AMOUNT ms before  negative   a negative length
            each byte         zero       4 KiB of zeros
  flip      byte AMOUNT is    http       HTTP/1.1 400
            inverted
  expire    ZooKeeper: the session is ended from outside after AMOUNT more answers
advertise: a broker's answers name its own port, and clients would go there next, past the proxy; name ours instead.
once: only the first connection is mistreated (of those on which the server is asked).
By hand: proxy.py MODE TARGET [AMOUNT] [--advertise]; prints the port, runs until it is killed.
"""
import random
import socket
import struct
import sys
import threading
import time

import zookeeper_wire

ALONE = {"hang", "close", "reset", "garbage", "huge", "negative", "zero", "http"}
HOST = b"127.0.0.1"


class Proxy:
    def __init__(self, mode, target=None, amount=0, advertise=False, once=False):
        self.mode, self.target, self.amount, self.advertise, self.once = mode, target, amount, advertise, once
        self.connections = 0
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.open = [self.listener]
        self.over = threading.Event()

    @property
    def address(self):
        return "127.0.0.1:%d" % self.port

    def __enter__(self):
        if self.mode == "blackhole":
            self.listener.listen(0)
            for _ in range(4):          # fill the queue of connections nobody accepts
                filler = socket.socket()
                filler.setblocking(False)
                filler.connect_ex(("127.0.0.1", self.port))
                self.open.append(filler)
            time.sleep(0.1)
        elif self.mode != "refuse":
            self.listener.listen(64)
            threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for each in self.open:
            shut(each)
            each.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self.open.append(client)
            work = self.alone if self.mode in ALONE else self.forward
            threading.Thread(target=work, args=(client, self.connections), daemon=True).start()

    def alone(self, client, _number):
        try:
            if self.mode == "reset":
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if self.mode in ("close", "reset"):
                client.close()
            else:
                self.answer(client)
        except OSError:
            pass        # the client hung up, or the proxy is being closed

    def answer(self, client):
        answers = {"garbage": random.Random(1).randbytes(self.amount or 256), "huge": b"\x7f\xff\xff\xff" + b"x" * 64,
                   "negative": b"\xff\xff\xff\xff" + b"x" * 64, "zero": bytes(4096),
                   "http": b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"}
        if client.recv(65536) and self.mode in answers:
            client.sendall(answers[self.mode])
        if self.mode == "http":
            client.close()
            return
        while client.recv(65536):
            pass

    def forward(self, client, number):
        try:
            server = socket.create_connection(("127.0.0.1", self.target), 5)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        self.open.append(server)
        threading.Thread(target=pump, args=(client, server, lambda data: data), daemon=True).start()
        answer = Answer(self, client, number)
        pump(server, client, answer.change)


class Answer:
    """What happens to the server's side of one connection."""

    def __init__(self, proxy, client, number):
        self.proxy, self.client, self.number, self.seen, self.pieces = proxy, client, number, 0, 0

    def change(self, data):
        """-> what to send on; EOFError ends the connection"""
        proxy = self.proxy
        if proxy.advertise:
            data = data.replace(HOST + struct.pack(">I", proxy.target), HOST + struct.pack(">I", proxy.port))
        begin, self.seen = self.seen, self.seen + len(data)
        if proxy.mode == "pass" or self.number > 1 and proxy.once:
            return data
        return getattr(self, proxy.mode)(data, begin, proxy.amount)

    def cut(self, data, begin, amount):
        if self.seen < amount:
            return data
        self.client.sendall(data[:max(0, amount - begin)])
        raise EOFError

    def stall(self, data, begin, amount):
        if self.seen < amount:
            return data
        self.client.sendall(data[:max(0, amount - begin)])
        self.proxy.over.wait()
        raise EOFError

    def delay(self, data, _begin, amount):
        time.sleep(amount / 1000)
        return data

    def drip(self, data, _begin, amount):
        for at in range(len(data)):
            self.client.sendall(data[at:at + 1])
            time.sleep(amount / 1000)
        return b""

    def flip(self, data, begin, amount):
        if begin <= amount < self.seen:
            data = bytearray(data)
            data[amount - begin] ^= 0xFF
        return bytes(data)

    def expire(self, data, begin, amount):
        if begin == 0:
            self.session = zookeeper_wire.identity(data[4:])
        self.pieces += 1
        if self.pieces > amount:
            zookeeper_wire.expire(self.proxy.target, *self.session)
            raise EOFError
        return data


def pump(source, target, change):
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            target.sendall(change(data))
    except (OSError, EOFError):
        pass
    shut(source)
    shut(target)


def shut(each):
    try:
        each.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


if __name__ == "__main__":
    plain = [x for x in sys.argv[1:] if not x.startswith("--")]
    with Proxy(plain[0], int(plain[1]), int(plain[2]) if plain[2:] else 0, "--advertise" in sys.argv) as running:
        print(running.port, flush=True)
        threading.Event().wait()
