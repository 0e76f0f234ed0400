# SPDX-License-Identifier: Apache-2.0
"""The recorded metadata topics of tests/oracle/streams, and how they get into a broker."""
import json
import os

import kafka_wire
from produce import Producer
from program import ROOT

FOLDER = os.path.join(ROOT, "tests", "oracle", "streams")
COMPACT = {"cleanup.policy": "compact"}


def names():
    return sorted(name[:-6] for name in os.listdir(FOLDER) if name.endswith(".jsonl"))


def version(name):
    return name.split("-")[0]


def expected(name):
    with open(os.path.join(FOLDER, name + ".expected.json"), encoding="utf-8") as file:
        return json.load(file)


def records(name):
    """-> [(key, value)] as bytes or None"""
    def data(text):
        return None if text is None else text.encode()
    with open(os.path.join(FOLDER, name + ".jsonl"), encoding="utf-8") as file:
        return [(data(line["key"]), data(line["value"])) for line in map(json.loads, file)]


def properties(name):
    """-> path of the job file, or None"""
    path = os.path.join(FOLDER, name + ".properties")
    return path if os.path.exists(path) else None


def coordinator(job):
    return "__samza_coordinator_%s_1" % job.replace("_", "-")


def checkpoints(job):
    return "__samza_checkpoint_ver_1_for_%s_1" % job.replace("_", "-")


def topic(name, job):
    return (checkpoints if version(name) == "0.9.1" else coordinator)(job)


def input_of(name):
    """-> the one input of a recorded job"""
    with open(properties(name), "rb") as file:
        return next(line[len(b"task.inputs=kafka."):] for line in file.read().splitlines() if line.startswith(b"task.inputs="))


def load(address, topics, settings=None, partitions=1):
    """Makes topics { name: records } on a broker, given as host:port."""
    with kafka_wire.Connection(int(address.rsplit(":", 1)[1])) as connection:
        connection.create_topics({name: partitions for name in topics}, COMPACT if settings is None else settings)
    with Producer(address) as producer:
        for name, rows in topics.items():
            producer.write(name, rows)
