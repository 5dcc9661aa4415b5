"""kafka-python clients, in the shapes that the tests use."""

import threading
import time

from kafka import KafkaConsumer, KafkaProducer

from harness import PATIENCE


def address(broker):
    return f"127.0.0.1:{broker.port}"


def producer(broker, **options):
    return KafkaProducer(bootstrap_servers=address(broker), **options)


def consumer(broker_address, *topics, **options):
    options = {"auto_offset_reset": "earliest", **options}
    return KafkaConsumer(*topics, bootstrap_servers=broker_address, **options)


def read(client, count, patience=PATIENCE):
    records = []
    deadline = time.monotonic() + patience
    while len(records) < count:
        assert time.monotonic() < deadline, f"{len(records)} of {count} records in {patience} s"
        for batch in client.poll(timeout_ms=200).values():
            records += batch
    return records


class Group:
    """One member of a group."""

    def __init__(self, broker, group, *topics, **options):
        self.client = consumer(options.pop("address", None) or address(broker), *topics, group_id=group, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.close()

    def poll(self, timeout_ms=200):
        return [record for batch in self.client.poll(timeout_ms=timeout_ms).values() for record in batch]

    def read(self, count):
        return read(self.client, count)

    def poll_position(self):
        """The sum of the positions, after a poll that must bring nothing."""
        assert self.poll(100) == []
        return sum(self.client.position(partition) for partition in self.client.assignment())


class Member(Group):
    """A member of a group that polls all the time, in a thread of its own, as an application does."""

    def __init__(self, broker, group, *topics, **options):
        super().__init__(broker, group, *topics, **options)
        self.records = []
        self.assignment = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def __exit__(self, *_):
        self.close()

    def _run(self):
        while not self._stop.is_set():
            self.records += self.poll()
            self.assignment = self.client.assignment()
        self.client.commit()
        self.client.close()

    def close(self):
        """Commits what it has read, and leaves."""
        self._stop.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
