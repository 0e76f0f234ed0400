# SPDX-License-Identifier: Apache-2.0
"""What `generate` says when a Kafka broker does not answer as one; no server is needed."""
import failing
from failing import KAFKA, Case, said
from proxy import Proxy

FAMILY = {
    "silent": "check host, port and firewall, or raise --timeout",
    "protocol": "what answers at this port is no Kafka broker, or speaks TLS: check the port and security.protocol",
}


def case(mode, text, *more, note=True):
    lines = ["note: {address}/bootstrap: " + text + more[0]] if note else []
    return lambda: Case({KAFKA: "{address}"}, said("{address}: " + KAFKA + ": no answer in 2000 ms: " + text, *lines, more[-1]),
                        Proxy(mode))


def size(number):
    return "Receive failed: Invalid response size %d (0..100000000)" % number


HANG_UP = (": might be caused by incorrect security.protocol configuration (connecting to a SSL listener?) or broker version is"
           " < 0.10 (see api.version.request)",
           "hint: check that the port is the broker's and that security.protocol fits it (a TLS port hangs up like this); brokers"
           " before 0.10 need -X api.version.request=false -X broker.version.fallback=0.8.2.1")
GARBAGE = (": increase receive.message.max.bytes", "hint: " + FAMILY["protocol"])


@failing.table({
    "a broker that refuses the connection": case(
        "refuse", "Connect to ipv4#{address} failed: Connection refused", "",
        "hint: check that the broker is running and that bootstrap.servers names its host and port"),
    "a broker that never answers": case("hang", "...", "hint: " + FAMILY["silent"], note=False),
    "a host that drops packets": case("blackhole", "...", "hint: " + FAMILY["silent"], note=False),
    "a broker that closes at once": case("close", "Disconnected while requesting ApiVersion", *HANG_UP),
    "a broker that resets the connection": case("reset", "Disconnected while requesting ApiVersion", *HANG_UP),
    "a server that answers garbage": case("garbage", size(-172923614), *GARBAGE),
    "a server that answers with a huge length": case("huge", size(2147483647), *GARBAGE),
    "a server that answers with a negative length": case("negative", size(-1), *GARBAGE),
    "a server that answers with zeros": case("zero", size(0), *GARBAGE),
    "a web server": case("http", size(1213486160), GARBAGE[0], "hint: this port speaks HTTP, not Kafka: check host and port"),
    # "Name or service not known", or without a network "Temporary failure in name resolution"
    "a host without an address": lambda: Case(
        {KAFKA: "nowhere.invalid:9092"},
        said("nowhere.invalid:9092: " + KAFKA + ": no answer in 2000 ms: Failed to resolve 'nowhere.invalid:9092': ...",
             "note: nowhere.invalid:9092/bootstrap: Failed to resolve 'nowhere.invalid:9092': ...",
             "hint: check the host names in bootstrap.servers and the DNS of this machine")),
})
class KafkaFailures(failing.Table):
    pass
