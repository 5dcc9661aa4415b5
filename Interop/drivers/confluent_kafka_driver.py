"""confluent-kafka: librdkafka under Python."""

import threading
import uuid

import confluent_kafka
from confluent_kafka import Consumer as Client, KafkaError, KafkaException, Producer as ProducerClient, TopicPartition

from drivers import base


def code(error):
    """Kafka's code; librdkafka's own errors are below -1."""
    inner = error.args[0] if isinstance(error, KafkaException) else error
    return inner.code() if isinstance(inner, KafkaError) else type(error).__name__


class Producer:
    NAMES = {"codec": "compression.type", "idempotence": "enable.idempotence", "acks": "acks",
             "max_bytes": "message.max.bytes", "timeout_ms": "message.timeout.ms", "retries": "retries"}

    def __init__(self, bootstrap, options):
        settings = base.settings(options, self.NAMES)
        self.client = ProducerClient({"bootstrap.servers": bootstrap, "linger.ms": 1, **settings})
        self.is_silent = options.get("acks") == 0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._poll, daemon=True)
        self._thread.start()

    def _poll(self):
        while not self._closing.is_set():
            self.client.poll(0.05)

    def produce(self, topic, records):
        answers = [None] * len(records)
        done = threading.Semaphore(0)

        def note(index, error, message):
            if error is not None:
                answers[index] = {"error": code(error)}
            else:
                offset = None if self.is_silent else message.offset()
                answers[index] = [message.partition(), offset, message.timestamp()[1]]
            done.release()

        for index, (partition, key, value, headers) in enumerate(records):
            try:
                self.client.produce(
                    topic, key=base.data(key), value=base.data(value), partition=-1 if partition is None else partition,
                    headers=base.headers_in(headers),
                    on_delivery=lambda error, message, index=index: note(index, error, message))
            except KafkaException as error:
                note(index, error.args[0], None)
        for _ in records:
            assert done.acquire(timeout=base.PATIENCE), "no delivery report"
        return answers

    def send(self, topic, partition, value, done):
        self.client.produce(
            topic, value=value, partition=partition,
            on_delivery=lambda error, m: done(None if error is not None else (m.partition(), m.offset())))

    def flush(self):
        self.client.flush(base.PATIENCE)

    def close(self):
        self.client.flush(10)
        self._closing.set()
        self._thread.join()


class Consumer(base.PollingConsumer):
    NAMES = {"client_id": "client.id", "instance": "group.instance.id", "session_ms": "session.timeout.ms",
             "heartbeat_ms": "heartbeat.interval.ms", "reset": "auto.offset.reset", "auto_commit": "enable.auto.commit"}
    STRATEGIES = {"range": "range", "cooperative": "cooperative-sticky"}
    code = staticmethod(code)

    def __init__(self, bootstrap, group, topics, assign, options):
        self.wanted = (bootstrap, group, topics, assign, options)
        super().__init__()

    def open(self):
        bootstrap, group, topics, assign, options = self.wanted
        settings = base.settings(options, self.NAMES)
        if "strategy" in options:
            settings["partition.assignment.strategy"] = self.STRATEGIES[options["strategy"]]
        settings.setdefault("auto.offset.reset", "earliest")
        if group is None:
            # The library insists on a group.id. One that nothing is bound to stands for none.
            group, settings["enable.auto.commit"] = f"nobody-{uuid.uuid4()}", False
        self.client = Client({"bootstrap.servers": bootstrap, "group.id": group, **settings})
        if topics:
            self.client.subscribe(topics, on_assign=self.count_assignment)
        else:
            self.client.assign([TopicPartition(topic, partition) for topic, partition in assign])

    def poll(self):
        found = []
        for message in self.client.consume(500, 0.1):
            if message.error() is not None:
                self.errors.append(code(message.error()))
                continue
            found.append([message.topic(), message.partition(), message.offset(), message.timestamp()[1],
                          base.text(message.key()), base.text(message.value()), base.headers_out(message.headers())])
        return found

    def assigned_now(self):
        return sorted([p.topic, p.partition] for p in self.client.assignment())

    def seek(self, topic, partition, offset):
        self.client.seek(TopicPartition(topic, partition, offset))

    def seek_time(self, topic, partition, time):
        (found,) = self.client.offsets_for_times([TopicPartition(topic, partition, time)], timeout=base.PATIENCE)
        _, end = self.client.get_watermark_offsets(TopicPartition(topic, partition), timeout=base.PATIENCE)
        self.seek(topic, partition, found.offset if found.offset >= 0 else end)

    def commit(self):
        self.client.commit(asynchronous=False)

    def committed(self, topic, partition):
        (found,) = self.client.committed([TopicPartition(topic, partition)], timeout=base.PATIENCE)
        return found.offset if found.offset >= 0 else None

    def position(self, topic, partition):
        (found,) = self.client.position([TopicPartition(topic, partition)])
        return found.offset if found.offset >= 0 else None

    def shut(self):
        self.client.close()


class Driver(base.Driver):
    make_producer = staticmethod(Producer)
    make_consumer = staticmethod(Consumer)

    def hello(self):
        return [confluent_kafka.version(), confluent_kafka.libversion()[0]]
