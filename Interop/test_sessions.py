"""Fetch sessions (KIP-227): a scripted consumer that keeps one as Java's FetchSessionHandler does, seen from outside, and
kafka-python, which keeps them by itself."""

import pytest
from kafka import TopicPartition
from kafka.protocol.consumer import FetchRequest
from kafka.protocol.metadata import FindCoordinatorRequest, MetadataRequest

from clients import Group, address, consumer, producer, read
from harness import MASK, SSN, eventually
from wire import Wire, batch, batches, make, produce

ID_NOT_FOUND, INVALID_EPOCH, TOPIC_ID_ERROR = 70, 71, 106
UNKNOWN_TOPIC, UNKNOWN_TOPIC_ID, UNAUTHORIZED = 3, 100, 29


class Session:
    """`wants` maps (topic, partition) to the next offset; a topic is a name, or an id from version 13 on. A full request
    names all of it, later ones what has changed. Checks each answer as Java does."""

    def __init__(self, wire, version=12):
        self.wire, self.version = wire, version
        self.id, self.epoch = 0, 0
        self.wants, self.known = {}, {}

    def request(self, max_wait_ms=0):
        field = "topic_id" if self.version >= 13 else "topic"
        changed = {place: offset for place, offset in self.wants.items()
                   if self.epoch == 0 or self.known.get(place) != offset}
        gone = [place for place in self.known if place not in self.wants] if self.epoch else []
        return make(
            FetchRequest, self.version, max_wait_ms=max_wait_ms, min_bytes=1, max_bytes=1 << 26, session_id=self.id,
            session_epoch=self.epoch, forgotten_topics_data=[{field: t, "partitions": [p]} for t, p in gone],
            topics=[{field: topic, "partitions": [
                {"partition": partition, "fetch_offset": offset, "partition_max_bytes": 1 << 20}]}
                for (topic, partition), offset in changed.items()])

    def fetch(self, max_wait_ms=0):
        """The partitions of the answer by (topic, partition), or the error of the whole."""
        answer = self.wire.call(self.request(max_wait_ms))
        if answer.error_code:
            assert answer.session_id == 0 and answer.responses == []
            if answer.error_code == ID_NOT_FOUND:
                self.id = 0
            self.epoch, self.known = 0, {}
            return answer.error_code
        found = {}
        for topic in answer.responses:
            name = topic.topic_id if self.version >= 13 else topic.topic
            for partition in topic.partitions:
                assert partition.records is not None and (name, partition.partition_index) not in found
                found[name, partition.partition_index] = partition
        if self.epoch == 0:
            assert found.keys() == self.wants.keys(), "a full answer holds what was asked for"
        else:
            assert found.keys() <= self.wants.keys(), "a partial answer holds parts of the session"
            assert answer.session_id in (self.id, 0)
        self.id = answer.session_id
        self.epoch = self.epoch + 1 if self.id else 0
        self.known = dict(self.wants)
        return found

    def read(self, place, found):
        """The values of one partition; goes on behind them."""
        records = [record for one in batches(found[place].records) for record in one]
        if records:
            self.wants[place] = records[-1].offset + 1
        return [record.value.decode(errors="replace") for record in records]

    def reconnected(self, wire):
        """As Java, kafka-python and franz-go after a cut: the old id with epoch 0."""
        again = Session(wire, self.version)
        again.id, again.wants = self.id, self.wants
        return again


def put(broker, topic, value, partition=0):
    with Wire(broker.port, "producer") as wire:
        answer = wire.call(produce(topic, batch([value.encode()]), partition))
        assert answer.responses[0].partition_responses[0].error_code == 0


def topic_id(wire, name):
    (topic,) = wire.call(make(MetadataRequest, 12, topics=[{"name": name, "topic_id": None}])).topics
    return topic.topic_id


def name_group(wire, group):
    assert wire.call(make(FindCoordinatorRequest, 2, key=group, key_type=0)).error_code == 0


@pytest.mark.parametrize("version", [7, 11, 12])
def test_full_partial_added_and_removed(broker, version):
    broker.sluice("topic", "create", "t", "--partitions", "3")
    broker.sluice("topic", "create", "u")
    put(broker, "t", "a", 0)
    with Wire(broker.port) as wire:
        session = Session(wire, version)
        session.wants = {("t", 0): 0, ("t", 1): 0, ("t", 2): 0}
        first = session.fetch()
        assert session.id > 0 and session.read(("t", 0), first) == ["a"]
        assert session.fetch() == {}
        put(broker, "t", "b", 2)
        found = session.fetch(max_wait_ms=30_000)
        assert list(found) == [("t", 2)] and session.read(("t", 2), found) == ["b"]
        session.wants["u", 0] = 0
        del session.wants["t", 0]
        assert list(session.fetch()) == [("u", 0)]
        put(broker, "t", "c", 0)
        put(broker, "u", "d")
        found = session.fetch()
        assert list(found) == [("u", 0)] and session.read(("u", 0), found) == ["d"]
        # A partition that doesn't exist is said each time, and the rest goes on.
        session.wants["u", 7] = 0
        assert [session.fetch()["u", 7].error_code for _ in range(2)] == [UNKNOWN_TOPIC] * 2
        del session.wants["u", 7]
        assert session.fetch() == {}
        # Java's last request: epoch −1, no partitions, answered at once whatever its wait.
        session.epoch, session.wants, session.known = -1, {}, {}
        answer = wire.call(session.request(max_wait_ms=60_000))
        assert (answer.error_code, answer.session_id) == (0, 0)
        session.epoch = 5
        assert session.fetch() == ID_NOT_FOUND


@pytest.mark.parametrize("version", range(13, 19))
def test_topic_ids(broker, version):
    broker.sluice("topic", "create", "t")
    with Wire(broker.port) as wire:
        first = topic_id(wire, "t")
        session = Session(wire, version)
        session.wants = {(first, 0): 0}
        session.fetch()
        assert session.fetch() == {}
        by_name = Session(wire, 12)
        by_name.id, by_name.epoch = session.id, session.epoch
        assert by_name.fetch() == TOPIC_ID_ERROR
        broker.sluice("topic", "delete", "t", "--yes")
        broker.sluice("topic", "create", "t")
        put(broker, "t", "new")
        assert session.fetch()[first, 0].error_code == UNKNOWN_TOPIC_ID
        second = topic_id(wire, "t")
        session.wants = {(second, 0): 0}
        found = session.fetch()
        assert second != first and list(found) == [(second, 0)]
        assert session.read((second, 0), found) == ["new"]


def test_wrong_epochs_and_restarts(broker):
    broker.sluice("topic", "create", "t")
    put(broker, "t", "a")
    with Wire(broker.port) as wire:
        session = Session(wire)
        session.wants = {("t", 0): 0}
        session.read(("t", 0), session.fetch())
        session.epoch += 1
        old = session.id
        assert session.fetch() == INVALID_EPOCH and session.id == old
        # The full request that follows ends it, and opens another.
        session.fetch()
        assert session.id not in (0, old)
        stale = session.id
    broker.stop()
    broker.start()
    put(broker, "t", "b")
    with Wire(broker.port) as wire:
        session.wire = wire
        assert session.fetch() == ID_NOT_FOUND
        assert session.read(("t", 0), session.fetch()) == ["b"]
        assert session.id not in (0, stale)
        # A client that is sure that it was cut ends the old one by its id, which nobody knows here any more.
        again = session.reconnected(wire)
        again.id = stale
        again.fetch()
        assert again.id != 0


def test_a_session_is_its_connections(broker):
    broker.sluice("topic", "create", "t")
    with Wire(broker.port, "owner") as wire, Wire(broker.port, "owner") as other, Wire(broker.port, "thief") as thief:
        session = Session(wire)
        session.wants = {("t", 0): 0}
        session.fetch()
        stolen = Session(thief)
        stolen.id, stolen.epoch = session.id, session.epoch
        assert stolen.fetch() == ID_NOT_FOUND
        stolen.id, stolen.wants = session.id, {("t", 0): 0}
        stolen.fetch()
        assert session.fetch() == {}, "a thief can't end it either"
        again = session.reconnected(other)
        again.fetch()
        assert again.id not in (0, session.id)
        assert session.fetch() == ID_NOT_FOUND, "the same client can"


def test_changes_of_a_view_reach_an_open_session(broker):
    broker.sluice("topic", "create", "accounts")
    put(broker, "accounts", f"first {SSN}")
    place = ("accounts", 0)
    with Wire(broker.port, "mail") as wire, Wire(broker.port, "plain") as plain:
        name_group(wire, "email-app")
        session, groupless = Session(wire), Session(plain)
        session.wants, groupless.wants = {place: 0}, {place: 0}
        assert session.read(place, session.fetch()) == [f"first {SSN}"]
        groupless.fetch()
        assert session.fetch() == {}
        broker.scrub()
        assert list(session.fetch()) == [place], "nothing more to read, and another view of it"
        assert session.fetch() == {}
        put(broker, "accounts", f"second {SSN}")
        assert session.read(place, session.fetch()) == [f"second {MASK}"]
        session.wants[place] = 0
        assert session.read(place, session.fetch()) == [f"first {MASK}", f"second {MASK}"]
        for _ in range(2):
            refused = groupless.fetch()[place]
            assert (refused.error_code, bytes(refused.records), refused.high_watermark) == (UNAUTHORIZED, b"", -1)
        broker.default("raw")
        assert groupless.read(place, groupless.fetch()) == [f"first {SSN}", f"second {SSN}"]


def test_kafka_python_takes_partial_answers(broker):
    broker.sluice("topic", "create", "t", "--partitions", "4")
    with Group(broker, "g", "t") as member:
        def handler():
            member.poll(100)
            (found,) = [h for h in member.client._fetcher._session_handlers.values()] or [None]
            return found
        eventually(lambda: handler() and handler().next_metadata.epoch > 3, "a session that goes on")
        session_id = handler().next_metadata.session_id
        assert session_id > 0
        out = producer(broker)
        for n in range(40):
            out.send("t", b"%d" % n, partition=n % 4)
        out.flush()
        assert sorted(int(r.value) for r in member.read(40)) == list(range(40))
        assert handler().next_metadata.session_id == session_id
        # Over a restart: another session, nothing lost, nothing twice.
        broker.stop()
        broker.start()
        for n in range(40, 80):
            out.send("t", b"%d" % n, partition=n % 4)
        out.flush()
        out.close()
        assert sorted(int(r.value) for r in member.read(40)) == list(range(40, 80))
        eventually(lambda: handler().next_metadata.session_id not in (0, session_id), "another session")


def test_without_slots_everybody_reads_on(start_broker):
    broker = start_broker("--set", "max.incremental.fetch.session.cache.slots=0")
    broker.sluice("topic", "create", "t")
    put(broker, "t", "a")
    with Wire(broker.port) as wire:
        session = Session(wire)
        session.wants = {("t", 0): 0}
        assert session.read(("t", 0), session.fetch()) == ["a"]
        assert session.id == 0
    client = consumer(address(broker), group_id=None)
    client.assign([TopicPartition("t", 0)])
    assert [r.value for r in read(client, 1)] == [b"a"]
    client.close()
