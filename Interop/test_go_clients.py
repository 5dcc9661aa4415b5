"""franz-go, sarama and kafka-go by what they were measured to send: whole lives of a client, in its own versions and on
its own connections, with the answers that it can live with. test_dialects.py has kafka-go's rules for gaps."""

import uuid

import pytest
from kafka.protocol.consumer import (
    HeartbeatRequest, JoinGroupRequest, LeaveGroupRequest, ListOffsetsRequest, OffsetCommitRequest, OffsetFetchRequest,
    SyncGroupRequest)
from kafka.protocol.metadata import ApiVersionsRequest, FindCoordinatorRequest, MetadataRequest
from kafka.protocol.producer import InitProducerIdRequest, ProduceRequest

from harness import MASK, SSN, build_guest, eventually
from test_dialects import DROP_TILDE, KAFKA_GO, name_group, put, values
from wire import Wire, batch, batches, fetch, fetched, make, produce

SUBSCRIPTION = b"\0\1\0\0\0\1\0\10accounts\0\0\0\0"


@pytest.fixture
def scrubbed(broker):
    broker.sluice("topic", "create", "accounts")
    broker.scrub()
    return broker


@pytest.fixture
def dropping(broker, tmp_path):
    broker.sluice("topic", "create", "accounts")
    broker.deploy("drop", build_guest(tmp_path, "drop", DROP_TILDE))
    broker.bind("email-app", "drop")
    return broker


def join(wire, version, **fields):
    """JoinGroup, again with the member id that it is told, and SyncGroup as the leader of one."""
    def once(member_id):
        return wire.call(make(
            JoinGroupRequest, version, group_id="email-app", session_timeout_ms=10_000, rebalance_timeout_ms=60_000,
            member_id=member_id, protocol_type="consumer", protocols=[{"name": "range", "metadata": SUBSCRIPTION}], **fields))

    joined = once("")
    if joined.error_code == 79:  # MEMBER_ID_REQUIRED
        joined = once(joined.member_id)
    assert joined.error_code == 0 and joined.leader == joined.member_id
    return {"group_id": "email-app", "generation_id": joined.generation_id, "member_id": joined.member_id}


def list_offset(wire, version, timestamp=-2):
    answer = wire.call(make(ListOffsetsRequest, version, replica_id=-1, topics=[
        {"name": "accounts", "partitions": [{"partition_index": 0, "timestamp": timestamp}]}]))
    assert answer.topics[0].partitions[0].error_code == 0
    return answer.topics[0].partitions[0].offset


# sarama, by its default of 2.8: everything on one connection.

def test_sarama_group(scrubbed):
    with Wire(scrubbed.port, "sarama") as wire:
        wire.call(make(ApiVersionsRequest, 3, client_software_name="sarama", client_software_version="v1.60.0"))
        assert wire.call(make(MetadataRequest, 11, topics=[
            {"topic_id": uuid.UUID(int=0), "name": "accounts"}])).topics[0].error_code == 0
        sent = wire.call(produce("accounts", batch([f"a {SSN}".encode(), b"b"], "gzip"), acks=1, version=9))
        assert sent.responses[0].partition_responses[0].base_offset == 0
        name_group(wire, version=3)
        member = join(wire, 7, group_instance_id=None)
        synced = wire.call(make(
            SyncGroupRequest, 5, **member, group_instance_id=None, protocol_type="consumer", protocol_name="range",
            assignments=[{"member_id": member["member_id"], "assignment": b"mine"}]))
        assert (synced.error_code, synced.assignment) == (0, b"mine")
        offsets = wire.call(make(OffsetFetchRequest, 7, group_id="email-app", require_stable=False, topics=[
            {"name": "accounts", "partition_indexes": [0]}]))
        assert (offsets.error_code, offsets.topics[0].partitions[0].committed_offset) == (0, -1)
        assert list_offset(wire, 6) == 0 and list_offset(wire, 6, -1) == 2
        assert values(fetched(wire.call(fetch("accounts", 0, version=12)))) == [(0, f"a {MASK}"), (1, "b")]
        # A Heartbeat behind a Fetch that waits is answered when the Fetch has been, which is when it has waited enough.
        request = wire.send(fetch("accounts", 2, version=12, max_wait_ms=300))
        beat = wire.send(make(HeartbeatRequest, 4, **member, group_instance_id=None))
        assert bytes(fetched(wire.receive(request)).records or b"") == b""
        assert wire.receive(beat).error_code == 0
        done = wire.call(make(
            OffsetCommitRequest, 8, group_id="email-app", generation_id_or_member_epoch=member["generation_id"],
            member_id=member["member_id"], group_instance_id=None, topics=[{"name": "accounts", "partitions": [
                {"partition_index": 0, "committed_offset": 2, "committed_leader_epoch": -1, "committed_metadata": ""}]}]))
        assert done.topics[0].partitions[0].error_code == 0
        left = wire.call(make(LeaveGroupRequest, 4, group_id="email-app", members=[
            {"member_id": member["member_id"], "group_instance_id": None}]))
        assert left.error_code == 0
    scrubbed.assert_silent()


def test_sarama_goes_on_behind_a_trailing_gap(dropping):
    """It doesn't jump by the last offset delta: it asks for each missing offset, and must get behind all of them."""
    put(dropping, ["a", "~", "~"], ["~", "~"], codec="gzip")
    with Wire(dropping.port, "sarama") as wire:
        name_group(wire, version=3)
        position, kept = 0, []
        while position < 5:
            got = fetched(wire.call(fetch("accounts", position, version=12, max_wait_ms=200)))
            assert (got.error_code, got.high_watermark) == (0, 5)
            found = values(got)
            kept += found
            # Sarama counts one offset where a batch has no record that it hasn't seen.
            position = max([position] + [offset for offset, _ in found]) + 1
        put(dropping, ["b"])
        assert kept[:1] == [(0, "a")] and all(record == (0, "a") for record in kept)
        assert values(fetched(wire.call(fetch("accounts", position, version=12, max_wait_ms=10_000)))) == [(5, "b")]


# franz-go: a connection each for producing, fetching, joining and the rest; topic ids, the newest versions.

def test_franz_go_group(scrubbed):
    software = {"client_software_name": "kgo", "client_software_version": "v1.21.1"}
    with Wire(scrubbed.port, "kgo") as rest, Wire(scrubbed.port, "kgo") as out, Wire(scrubbed.port, "kgo") as joining, \
            Wire(scrubbed.port, "kgo") as reader:
        versions = {k.api_key: k.max_version for k in rest.call(make(ApiVersionsRequest, 4, **software)).api_keys}
        topic = rest.call(make(MetadataRequest, 13, topics=[
            {"topic_id": uuid.UUID(int=0), "name": "accounts"}])).topics[0]
        assert versions[0] == 13 and versions[1] == 18 and topic.topic_id.int != 0
        # It's idempotent and compresses with raw snappy by default.
        producer = rest.call(make(
            InitProducerIdRequest, 5, transactional_id=None, transaction_timeout_ms=40_000, producer_id=-1,
            producer_epoch=-1))
        assert producer.error_code == 0
        records = batch([f"a {SSN}".encode(), b"b"], "snappy", base_sequence=0, producer_id=producer.producer_id,
                        producer_epoch=producer.producer_epoch)
        for _ in range(2):  # the second is a batch that is sent again
            answer = out.call(make(ProduceRequest, 13, transactional_id=None, acks=-1, timeout_ms=10_000, topic_data=[
                {"topic_id": topic.topic_id, "partition_data": [{"index": 0, "records": records}]}])).responses[0]
            assert answer.topic_id == topic.topic_id
            assert [(p.error_code, p.base_offset) for p in answer.partition_responses] == [(0, 0)]
        found = rest.call(make(FindCoordinatorRequest, 6, key_type=0, coordinator_keys=["email-app"])).coordinators[0]
        assert (found.error_code, found.port) == (0, scrubbed.port)
        joining.call(make(ApiVersionsRequest, 4, **software))
        member = join(joining, 9, group_instance_id=None, reason="")
        synced = joining.call(make(
            SyncGroupRequest, 5, **member, group_instance_id=None, protocol_type="consumer", protocol_name="range",
            assignments=[{"member_id": member["member_id"], "assignment": b"mine"}]))
        assert (synced.error_code, synced.assignment) == (0, b"mine")

        def committed():
            group = rest.call(make(OffsetFetchRequest, 10, require_stable=False, groups=[
                {"group_id": "email-app", "member_id": None, "member_epoch": -1,
                 "topics": [{"topic_id": topic.topic_id, "partition_indexes": [0]}]}])).groups[0]
            assert group.error_code == 0 and group.topics[0].topic_id == topic.topic_id
            (partition,) = group.topics[0].partitions
            # An error here, UNKNOWN_TOPIC_OR_PARTITION for instance, would stop it.
            assert partition.error_code == 0
            return partition.committed_offset

        assert committed() == -1
        assert list_offset(rest, 11) == 0
        # The fetch connection names nothing, and asks for a session.
        reader.call(make(ApiVersionsRequest, 4, **software))
        answer = reader.call(fetch(topic.topic_id, 0, version=18, session=(0, 0)))
        assert values(fetched(answer)) == [(0, f"a {MASK}"), (1, "b")]
        done = rest.call(make(
            OffsetCommitRequest, 10, group_id="email-app", generation_id_or_member_epoch=member["generation_id"],
            member_id=member["member_id"], group_instance_id=None, topics=[{"topic_id": topic.topic_id, "partitions": [
                {"partition_index": 0, "committed_offset": 2, "committed_leader_epoch": 0, "committed_metadata": ""}]}]))
        assert done.topics[0].partitions[0].error_code == 0 and committed() == 2
        assert rest.call(make(HeartbeatRequest, 4, **member, group_instance_id=None)).error_code == 0
    # The fetch connection is cut, and the session that it had is named on the next.
    with Wire(scrubbed.port, "kgo") as rest, Wire(scrubbed.port, "kgo") as reader:
        assert rest.call(make(HeartbeatRequest, 4, **member, group_instance_id=None)).error_code == 0
        reader.call(make(ApiVersionsRequest, 4, **software))
        again = reader.call(fetch(topic.topic_id, 0, version=18, session=(answer.session_id, 0)))
        assert values(fetched(again)) == [(0, f"a {MASK}"), (1, "b")]
    scrubbed.assert_silent()


# kafka-go: its Writer doesn't wait for an answer, and closes when it's done.

def test_kafka_go_writer_closes_after_what_it_sends(broker):
    broker.sluice("topic", "create", "accounts")
    for n in range(5):
        with Wire(broker.port, "") as wire:
            assert {k.api_key for k in wire.call(make(ApiVersionsRequest, 0)).api_keys} >= {0, 3, 22}
            topics = wire.call(make(MetadataRequest, 8, topics=[{"name": "accounts"}])).topics
            assert topics[0].error_code == 0
            for part in range(3):
                wire.send(produce("accounts", batch([f"{n} {part}".encode()], "snappy"), version=8, acks=0))

    def stored():
        with Wire(broker.port) as wire:
            got = fetched(wire.call(fetch("accounts", 0, max_wait_ms=0)))
            return [record.value.decode() for one in batches(got.records or b"") for record in one]

    expected = [f"{n} {part}" for n in range(5) for part in range(3)]
    eventually(lambda: len(stored()) == 15, "all that was sent without waiting")
    assert sorted(stored()) == expected
    # An error has no answer either: the connection closes.
    with Wire(broker.port, "") as wire:
        wire.send(produce("nowhere", batch([b"lost"]), version=8, acks=0))
        assert wire.socket.recv(1) == b""


@pytest.mark.parametrize("version", [5, 10])
def test_kafka_go_fetches_in_one_of_its_versions(scrubbed, version):
    """It takes the highest of 10, 5 and 2 that is in the range."""
    put(scrubbed, [f"a {SSN}"], codec="gzip")
    with Wire(scrubbed.port, KAFKA_GO) as bootstrap, Wire(scrubbed.port, KAFKA_GO) as reader:
        name_group(bootstrap)  # without ApiVersions
        offered = {k.api_key: (k.min_version, k.max_version) for k in reader.call(make(ApiVersionsRequest, 0)).api_keys}
        assert offered[1][0] <= version <= offered[1][1]
        assert values(fetched(reader.call(fetch("accounts", 0, version=version)))) == [(0, f"a {MASK}")]
    scrubbed.assert_silent()


@pytest.mark.parametrize("group", ["never seen", "email-app"])
def test_kafka_go_asks_for_offsets_that_nobody_committed(scrubbed, group):
    """OffsetFetch v1 has no error of its own: −1 and no error in each partition, else it begins from the start."""
    with Wire(scrubbed.port, KAFKA_GO) as wire:
        answer = wire.call(make(OffsetFetchRequest, 1, group_id=group, topics=[
            {"name": "accounts", "partition_indexes": [0, 9]}, {"name": "nowhere", "partition_indexes": [0]}]))
        found = [(p.committed_offset, p.error_code) for topic in answer.topics for p in topic.partitions]
        assert found == [(-1, 0)] * 3
