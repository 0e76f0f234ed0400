# SPDX-License-Identifier: Apache-2.0
"""What `generate` says when a ZooKeeper server does not answer as one; no server is needed."""
import failing
from failing import ZOOKEEPER, Case, said
from proxy import Proxy

SILENT = "no session within 2000 ms"
UNREACHABLE = "hint: is it a ZooKeeper server, and reachable? a longer --timeout may help"
CUT = "note: {address}: ... (failed while ...)"  # sending or receiving, as the moment has it
LATE = "note: {address}: Connection timed out (connection to {address} timed out)"


def case(mode, text, *more):
    return lambda: Case({ZOOKEEPER: "{address}/kafka"}, said("{address}/kafka: " + ZOOKEEPER + ": " + text, *more), Proxy(mode))


@failing.table({
    "a ZooKeeper that refuses the connection": case(
        "refuse", "connections were refused for 2000 ms",
        "note: {address}: Connection refused (server refused to accept the client)",
        "hint: is ZooKeeper running there? name it in zookeeper.connect"),
    "a ZooKeeper that never answers": case("hang", SILENT, LATE, UNREACHABLE),
    "a ZooKeeper host that drops packets": case("blackhole", SILENT, LATE, UNREACHABLE),
    "a ZooKeeper that closes at once": case(
        "close", SILENT, CUT, UNREACHABLE),
    "a ZooKeeper that resets the connection": case(
        "reset", SILENT, CUT, UNREACHABLE),
    "a server that answers ZooKeeper with garbage": case("garbage", SILENT, LATE, UNREACHABLE),
    "a server that answers ZooKeeper with a huge length": case("huge", SILENT, LATE, UNREACHABLE),
    "a server that answers ZooKeeper with a negative length": case("negative", SILENT, LATE, UNREACHABLE),
    "a server that answers ZooKeeper with zeros": case("zero", "no ... within ... ms", LATE, UNREACHABLE),
    "a web server in place of ZooKeeper": case(
        "http", SILENT, "note: {address}: the server closed the connection (failed while receiving a server response)", UNREACHABLE),
    "a ZooKeeper host without an address": lambda: Case(
        {ZOOKEEPER: "nowhere.invalid:2181/kafka"},
        said("nowhere.invalid:2181/kafka: " + ZOOKEEPER + ": no ZooKeeper server has an address",
             "note: cannot resolve \"nowhere.invalid\": ...", "hint: check the host names in zookeeper.connect")),
})
class ZookeeperFailures(failing.Table):
    pass
