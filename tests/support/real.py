# SPDX-License-Identifier: Apache-2.0
"""Tests that need the real servers of servers.py, which tests/integration/run has started."""
import os
import unittest

CONSUMER = "systems.kafka.consumer."
MODULE = "org.apache.kafka.common.security.%s required username=\"%s\" password=\"%s\";"
PLAIN, SCRAM = ("PLAIN", "plain.PlainLoginModule"), ("SCRAM-SHA-512", "scram.ScramLoginModule")


def running():
    return "SAMZAK8S_TEST_KAFKA_4" in os.environ


def setting(name):
    return os.environ["SAMZAK8S_TEST_" + name]


def port(name):
    return int(setting(name).rsplit(":", 1)[1])


def certificate(name):
    return os.path.join(setting("CERTIFICATES"), name)


def login(protocol, mechanism, user, password):
    """-> properties"""
    return {CONSUMER + "security.protocol": protocol, CONSUMER + "sasl.mechanism": mechanism[0],
            CONSUMER + "sasl.jaas.config": MODULE % (mechanism[1], user, password)}


def tls(authority):
    """-> properties that trust a CA's PEM file"""
    return {CONSUMER + "security.protocol": "SSL", CONSUMER + "ssl.truststore.type": "PEM",
            CONSUMER + "ssl.truststore.location": certificate(authority)}


class Test(unittest.TestCase):
    def setUp(self):
        if not running():
            self.skipTest("no server: run by tests/integration/run")
