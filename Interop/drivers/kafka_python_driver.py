"""kafka-python, pure Python."""

import kafka
from kafka import ConsumerRebalanceListener, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.coordinator.assignors.range import RangePartitionAssignor

from drivers import base

STRATEGIES = {"range": RangePartitionAssignor, "cooperative": CooperativeStickyAssignor}


def code(error):
    return getattr(error, "errno", None) if isinstance(getattr(error, "errno", None), int) else type(error).__name__


class Producer:
    NAMES = {"codec": "compression_type", "idempotence": "enable_idempotence", "acks": "acks",
             "max_bytes": "max_request_size", "timeout_ms": "delivery_timeout_ms", "retries": "retries"}

    def __init__(self, bootstrap, options):
        settings = base.settings(options, self.NAMES)
        if settings.get("compression_type") == "none":
            settings["compression_type"] = None
        if "delivery_timeout_ms" in settings:  # which may not be shorter
            settings["request_timeout_ms"] = min(30_000, settings["delivery_timeout_ms"] - 1)
        self.client = KafkaProducer(bootstrap_servers=bootstrap, **settings)
        self.is_silent = options.get("acks") == 0

    def produce(self, topic, records):
        futures = []
        for partition, key, value, headers in records:
            try:
                futures.append(self.client.send(
                    topic, partition=partition, key=base.data(key), value=base.data(value),
                    headers=base.headers_in(headers)))
            except kafka.errors.KafkaError as error:
                futures.append(error)
        self.client.flush(base.PATIENCE)
        return [self._answer(future) for future in futures]

    def _answer(self, future):
        try:
            if isinstance(future, Exception):
                raise future
            found = future.get(base.PATIENCE)
            return [found.partition, None if self.is_silent else found.offset, found.timestamp]
        except kafka.errors.KafkaError as error:
            return {"error": code(error)}

    def send(self, topic, partition, value, done):
        future = self.client.send(topic, partition=partition, value=value)
        future.add_callback(lambda m: done((m.partition, m.offset)))
        future.add_errback(lambda _: done(None))

    def flush(self):
        self.client.flush(base.PATIENCE)

    def close(self):
        self.client.close(timeout=10)


class Listener(ConsumerRebalanceListener):
    def __init__(self, consumer):
        self.consumer = consumer

    def on_partitions_revoked(self, revoked):
        pass

    def on_partitions_assigned(self, assigned):
        self.consumer.count_assignment()


class Consumer(base.PollingConsumer):
    NAMES = {"client_id": "client_id", "instance": "group_instance_id", "session_ms": "session_timeout_ms",
             "heartbeat_ms": "heartbeat_interval_ms", "reset": "auto_offset_reset", "auto_commit": "enable_auto_commit"}
    code = staticmethod(code)

    def __init__(self, bootstrap, group, topics, assign, options):
        self.wanted = (bootstrap, group, topics, assign, options)
        super().__init__()

    def open(self):
        bootstrap, group, topics, assign, options = self.wanted
        settings = base.settings(options, self.NAMES)
        if "strategy" in options:
            settings["partition_assignment_strategy"] = [STRATEGIES[options["strategy"]]]
        settings.setdefault("auto_offset_reset", "earliest")
        self.client = KafkaConsumer(bootstrap_servers=bootstrap, group_id=group, **settings)
        if topics:
            # Else it joins twice, the second time with what it has learnt of the topic, and a poll that ends in between
            # can lose the answer for good.
            for topic in topics:
                self.client.partitions_for_topic(topic)
            self.client.subscribe(topics, listener=Listener(self))
        else:
            self.client.assign([TopicPartition(topic, partition) for topic, partition in assign])

    def poll(self):
        return [[r.topic, r.partition, r.offset, r.timestamp, base.text(r.key), base.text(r.value),
                 base.headers_out(r.headers)] for batch in self.client.poll(timeout_ms=500).values() for r in batch]

    def assigned_now(self):
        return sorted([p.topic, p.partition] for p in self.client.assignment())

    def seek(self, topic, partition, offset):
        self.client.seek(TopicPartition(topic, partition), offset)

    def seek_time(self, topic, partition, time):
        place = TopicPartition(topic, partition)
        found = self.client.offsets_for_times({place: time})[place]
        self.client.seek(place, found.offset) if found else self.client.seek_to_end(place)

    def commit(self):
        self.client.commit()

    def committed(self, topic, partition):
        return self.client.committed(TopicPartition(topic, partition))

    def position(self, topic, partition):
        return self.client.position(TopicPartition(topic, partition))

    def shut(self):
        self.client.close(timeout_ms=10_000)


class Driver(base.Driver):
    make_producer = staticmethod(Producer)
    make_consumer = staticmethod(Consumer)

    def hello(self):
        return [kafka.__version__, None]
