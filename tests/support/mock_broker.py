# SPDX-License-Identifier: Apache-2.0
"""librdkafka's mock cluster in this process: a Kafka broker without a JVM, for tests without servers."""
import ctypes
import ctypes.util

PRODUCER = 0


class MockBroker:
    """with MockBroker({"orders": 4}) as broker: ... broker.port ..."""

    def __init__(self, topics):
        lib = ctypes.CDLL(ctypes.util.find_library("rdkafka"))
        for name, result, *arguments in (
                ("rd_kafka_conf_new", ctypes.c_void_p),
                ("rd_kafka_conf_set", ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p,
                 ctypes.c_size_t),
                ("rd_kafka_new", ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t),
                ("rd_kafka_mock_cluster_new", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int),
                ("rd_kafka_mock_topic_create", ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_int),
                ("rd_kafka_mock_cluster_bootstraps", ctypes.c_char_p, ctypes.c_void_p),
                ("rd_kafka_mock_cluster_destroy", None, ctypes.c_void_p),
                ("rd_kafka_destroy", None, ctypes.c_void_p)):
            function = getattr(lib, name)
            function.restype, function.argtypes = result, arguments
        self.lib = lib
        conf = lib.rd_kafka_conf_new()
        lib.rd_kafka_conf_set(conf, b"log_level", b"0", None, 0)
        self.client = lib.rd_kafka_new(PRODUCER, conf, ctypes.create_string_buffer(256), 256)
        self.cluster = lib.rd_kafka_mock_cluster_new(self.client, 1)
        for name, partitions in topics.items():
            lib.rd_kafka_mock_topic_create(self.cluster, name.encode(), partitions, 1)
        self.address = lib.rd_kafka_mock_cluster_bootstraps(self.cluster).decode()
        self.port = int(self.address.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lib.rd_kafka_mock_cluster_destroy(self.cluster)
        self.lib.rd_kafka_destroy(self.client)
