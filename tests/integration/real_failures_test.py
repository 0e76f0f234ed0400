# SPDX-License-Identifier: Apache-2.0
"""What `generate` says when real servers refuse us, or a connection to them breaks in the middle."""
import failing
import real
from failing import KAFKA, ZOOKEEPER, Case, said
from proxy import Proxy
from real import PLAIN, SCRAM, login, tls

HOPELESS = 10       # a timeout that nobody should wait for
UNREACHABLE = "hint: is it a ZooKeeper server, and reachable? a longer --timeout may help"


def kafka(name, properties, text, *more, **options):
    """properties: function(), as servers.py has chosen ports only when this runs; @: the listener's address"""
    def make():
        address = real.setting(name)
        lines = said(": ".join((address, KAFKA, text)), *more).replace("@", address)
        return Case({KAFKA: address, **properties()}, lines, **options)
    return make


def broken(mode, amount, text, *more):
    return lambda: Case({KAFKA: "{address}"}, said("{address}: " + KAFKA + ": no answer in 2000 ms: " + text, *more),
                        Proxy(mode, real.port("KAFKA_4"), amount, advertise=True))


def zookeeper(mode, amount, text, *more):
    return lambda: Case({ZOOKEEPER: "{address}" + real.setting("CHROOT")},
                        said("{address}" + real.setting("CHROOT") + ": " + ZOOKEEPER + ": " + text, *more),
                        Proxy(mode, real.port("ZOOKEEPER"), amount))


def lost(chroot, *more):
    return lambda: Case({ZOOKEEPER: real.setting("ZOOKEEPER") + chroot},
                        said(real.setting("ZOOKEEPER") + chroot + ": " + ZOOKEEPER + ": no such node: " + chroot + "/brokers/topics",
                             *more, "hint: does zookeeper.connect lack Kafka's chroot (host:port/kafka)? clusters in KRaft mode keep"
                             " nothing in ZooKeeper"), seconds=1)


def unknown(address_of, properties, *more):
    def make():
        lines = said("job.properties:4: task.inputs: Cannot get metadata for unknown streams: SystemStream [system=kafka, stream=%s]"
                     % properties()["task.inputs"][6:], "task.inputs=" + properties()["task.inputs"], *more)
        return Case(properties(), lines.replace("@", address_of()), timeout=HOPELESS, seconds=3, secret="-secret")
    return make


INVISIBLE = "note: a topic that this user may not describe is left out of the listing, too"
NO_SUCH_TOPIC = "hint: create the topic, or correct task.inputs (samzak8s partitions --all lists every topic)"
HANG_UP = (": might be caused by incorrect security.protocol configuration (connecting to a SSL listener?) or broker version is"
           " < 0.10 (see api.version.request)",
           "hint: check that the port is the broker's and that security.protocol fits it (a TLS port hangs up like this); brokers"
           " before 0.10 need -X api.version.request=false -X broker.version.fallback=0.8.2.1")


@failing.table({
    "a wrong password": kafka(
        "KAFKA_4_SASL", lambda: login("SASL_PLAINTEXT", PLAIN, "plain", "wrong-secret"),
        "authentication failed: SASL authentication error: Authentication failed: Invalid username or password",
        "note: sasl_plaintext://@/bootstrap: SASL authentication error: Authentication failed: Invalid username or password",
        "hint: check user name and password in sasl.jaas.config, and sasl.mechanism",
        timeout=HOPELESS, seconds=3, secret="wrong-secret"),
    "a wrong password for SCRAM": kafka(
        "KAFKA_39_SASL", lambda: login("SASL_PLAINTEXT", SCRAM, "scram", "wrong-secret"),
        "authentication failed: SASL authentication error: Authentication failed during authentication due to invalid credentials"
        " with SASL mechanism SCRAM-SHA-512",
        "note: sasl_plaintext://@/bootstrap: SASL authentication error: Authentication failed during authentication due to invalid"
        " credentials with SASL mechanism SCRAM-SHA-512",
        "hint: check user name and password in sasl.jaas.config...",    # more where librdkafka cannot log in to Kafka 4.x
        timeout=HOPELESS, seconds=3, secret="wrong-secret"),
    "a mechanism that the broker does not offer": kafka(
        "KAFKA_39_SASL", lambda: login("SASL_PLAINTEXT", PLAIN, "scram", "scram-secret"),
        "authentication failed: SASL PLAIN mechanism handshake failed: Broker: Unsupported SASL mechanism: broker's supported"
        " mechanisms: SCRAM-SHA-512",
        "note: sasl_plaintext://@/bootstrap: SASL PLAIN mechanism handshake failed: Broker: Unsupported SASL mechanism: broker's"
        " supported mechanisms: SCRAM-SHA-512",
        "hint: set sasl.mechanism to one that the broker supports", timeout=HOPELESS, seconds=3, secret="scram-secret"),
    "a login where none is taken": kafka(
        "KAFKA_4", lambda: login("SASL_PLAINTEXT", PLAIN, "plain", "plain-secret"),
        "authentication failed: SASL PLAIN mechanism handshake failed: Broker: Request not valid in current SASL state: broker's"
        " supported mechanisms: ",
        "note: sasl_plaintext://@/bootstrap: SASL PLAIN mechanism handshake failed: Broker: Request not valid in current SASL"
        " state: broker's supported mechanisms: ",
        "hint: the listener takes no login: set security.protocol to PLAINTEXT or SSL, or use the port of the SASL listener",
        timeout=HOPELESS, seconds=3, secret="plain-secret"),
    "no login where one is wanted": kafka(
        "KAFKA_4_SASL", lambda: {}, "no answer in 2000 ms: Disconnected",
        "note: @/bootstrap: Disconnected: verify that security.protocol is correctly configured, broker might require SASL"
        " authentication",
        "hint: the broker hung up; if its listener wants a login, set security.protocol to SASL_PLAINTEXT or SASL_SSL, with"
        " sasl.mechanism and sasl.jaas.config"),
    "a certificate of a CA that is not trusted": kafka(
        "KAFKA_4_SSL", lambda: tls("other.pem"),
        "no TLS connection: ...certificate verify failed...", "note: ssl://@/bootstrap: ...certificate verify failed...",
        "hint: the broker's certificate must be signed by a CA in ssl.truststore.location, be in date and name the host asked for"
        " (ssl.endpoint.identification.algorithm)", timeout=HOPELESS, seconds=3),
    "no client certificate where one is wanted": kafka(
        "KAFKA_4_MTLS", lambda: tls("ca.pem"), "no TLS connection: ...alert bad certificate: SSL alert number 42",
        "note: ssl://@/bootstrap: ...alert bad certificate: SSL alert number 42",
        "hint: the broker wants a client certificate that it trusts: set ssl.keystore.location", timeout=HOPELESS, seconds=3),
    "TLS on a port without TLS": kafka(
        "KAFKA_4", lambda: tls("ca.pem"), "no TLS connection: ...unexpected eof while reading...",
        "note: ssl://@/bootstrap: ...unexpected eof while reading...",
        "hint: the port may not speak TLS: check the port and security.protocol", timeout=HOPELESS, seconds=5),
    "no TLS on a port with TLS": kafka(
        "KAFKA_4_SSL", lambda: {}, "no answer in 2000 ms: Disconnected while requesting ApiVersion",
        "note: @/bootstrap: Disconnected while requesting ApiVersion" + HANG_UP[0], HANG_UP[1]),
    "a broker that closes in the middle of an answer": broken(
        "cut", 300, "Disconnected while requesting ApiVersion",
        "note: {address}/bootstrap: Disconnected while requesting ApiVersion" + HANG_UP[0], HANG_UP[1]),
    "a broker that goes silent in the middle of an answer": broken(
        "stall", 300, "...", "hint: check host, port and firewall, or raise --timeout"),
    "a broker that sends one byte at a time": broken(
        "drip", 200, "...", "hint: check host, port and firewall, or raise --timeout"),
    "a topic that does not exist": unknown(
        lambda: real.setting("KAFKA_4"), lambda: {KAFKA: real.setting("KAFKA_4"), "task.inputs": "kafka.order"},
        "note: @ lists ... topics", INVISIBLE, "hint: did you mean kafka.orders?"),
    "a topic that does not exist in ZooKeeper": unknown(
        lambda: real.setting("ZOOKEEPER") + real.setting("CHROOT"),
        lambda: {ZOOKEEPER: real.setting("ZOOKEEPER") + real.setting("CHROOT"), "task.inputs": "kafka.order"},
        "note: @ has ... topics", "hint: did you mean kafka.orders?"),
    "a topic that the user may not see": unknown(
        lambda: real.setting("KAFKA_4_SASL"),
        lambda: {KAFKA: real.setting("KAFKA_4_SASL"), **login("SASL_PLAINTEXT", PLAIN, "limited", "limited-secret"),
                 "task.inputs": "kafka.payments"},
        "note: @ lists ... to user limited", INVISIBLE, NO_SUCH_TOPIC),
    "a user who may see nothing": unknown(
        lambda: real.setting("KAFKA_4_SASL"),
        lambda: {KAFKA: real.setting("KAFKA_4_SASL"), **login("SASL_PLAINTEXT", PLAIN, "nobody", "nobody-secret"),
                 "task.inputs": "kafka.payments"},
        "note: @ lists 0 topics to user nobody", INVISIBLE, NO_SUCH_TOPIC),
    "a chroot that does not exist": lost("/nowhere", "note: the chroot itself does not exist"),
    "a chroot left out": lost("", "note: there are: /samza, /zookeeper"),
    "a ZooKeeper that closes in the middle of its greeting": zookeeper(
        "cut", 20, "no session within 2000 ms",
        "note: {address}: the server closed the connection (failed while receiving a server response)", UNREACHABLE),
    "a ZooKeeper that goes silent in the middle of its greeting": zookeeper(
        "stall", 20, "no session within 2000 ms", "note: {address}: Connection timed out (connection to {address} timed out)",
        UNREACHABLE),
    "a ZooKeeper that goes silent in the middle of an answer": zookeeper(
        "stall", 300, "...answer... within ... ms",
        "note: {address}: Connection timed out (connection to {address} timed out)", UNREACHABLE),
})
class RealFailures(failing.Table, real.Test):
    pass
