# SPDX-License-Identifier: Apache-2.0
"""Writes records byte for byte, by librdkafka: keys and values may be missing, or empty, which kcat cannot do."""
import ctypes
import ctypes.util

PRODUCER, COPY = 0, 2
FUNCTIONS = (
    ("rd_kafka_conf_new", ctypes.c_void_p),
    ("rd_kafka_conf_set", ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t),
    ("rd_kafka_new", ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t),
    ("rd_kafka_topic_new", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p),
    ("rd_kafka_produce", ctypes.c_int, ctypes.c_void_p, ctypes.c_int32, ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t,
     ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p),
    ("rd_kafka_init_transactions", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int),
    ("rd_kafka_begin_transaction", ctypes.c_void_p, ctypes.c_void_p),
    ("rd_kafka_commit_transaction", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int),
    ("rd_kafka_abort_transaction", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int),
    ("rd_kafka_error_string", ctypes.c_char_p, ctypes.c_void_p),
    ("rd_kafka_poll", ctypes.c_int, ctypes.c_void_p, ctypes.c_int),
    ("rd_kafka_flush", ctypes.c_int, ctypes.c_void_p, ctypes.c_int),
    ("rd_kafka_outq_len", ctypes.c_int, ctypes.c_void_p),
    ("rd_kafka_topic_destroy", None, ctypes.c_void_p),
    ("rd_kafka_destroy", None, ctypes.c_void_p),
)
MS = 20000


class Producer:
    """with Producer("127.0.0.1:9092") as producer: producer.write("topic", [(b"key", b"value"), (b"key", None)])"""

    def __init__(self, brokers, **settings):
        """settings: librdkafka properties, with _ for ."""
        self.lib = ctypes.CDLL(ctypes.util.find_library("rdkafka"))
        for name, result, *arguments in FUNCTIONS:
            function = getattr(self.lib, name)
            function.restype, function.argtypes = result, arguments
        why = ctypes.create_string_buffer(256)
        conf = self.lib.rd_kafka_conf_new()
        for name, value in {"bootstrap.servers": brokers, "acks": "all", "linger.ms": "20", "log_level": "3",
                            "message.max.bytes": "20000000", "queue.buffering.max.messages": "1000000",
                            **{name.replace("_", "."): value for name, value in settings.items()}}.items():
            if self.lib.rd_kafka_conf_set(conf, name.encode(), value.encode(), why, 256) != 0:
                raise ValueError(why.value.decode())
        self.client = self.lib.rd_kafka_new(PRODUCER, conf, why, 256)
        if self.client is None:
            raise ValueError(why.value.decode())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lib.rd_kafka_destroy(self.client)

    def write(self, topic, records, partition=0):
        """records: (key, value) each, bytes or None; returns when all are acknowledged"""
        handle = self.lib.rd_kafka_topic_new(self.client, topic.encode(), None)
        try:
            for key, value in records:
                if self.lib.rd_kafka_produce(handle, partition, COPY, value, len(value or b""), key, len(key or b""), None) != 0:
                    raise RuntimeError("produce to " + topic)
            if self.lib.rd_kafka_flush(self.client, MS) != 0 or self.lib.rd_kafka_outq_len(self.client) != 0:
                raise RuntimeError("flush to " + topic)
        finally:
            self.lib.rd_kafka_topic_destroy(handle)

    def check(self, error):
        if error:
            raise RuntimeError(self.lib.rd_kafka_error_string(error).decode())

    def transaction(self, topic, records, commit=True):
        """For a producer made with transactional_id."""
        self.check(self.lib.rd_kafka_begin_transaction(self.client))
        self.write(topic, records)
        end = self.lib.rd_kafka_commit_transaction if commit else self.lib.rd_kafka_abort_transaction
        self.check(end(self.client, MS))

    def init_transactions(self):
        self.check(self.lib.rd_kafka_init_transactions(self.client, MS))
