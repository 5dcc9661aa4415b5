"""Clients that can't be installed here, as scripts of what they send (kafka-go, Java, sarama, franz-go), with the answers
that they can live with."""

import uuid

import pytest
from kafka.protocol.consumer import (
    HeartbeatRequest, JoinGroupRequest, LeaveGroupRequest, ListOffsetsRequest, OffsetCommitRequest, OffsetFetchRequest,
    SyncGroupRequest)
from kafka.protocol.metadata import ApiVersionsRequest, FindCoordinatorRequest, MetadataRequest

from harness import MASK, SSN, build_guest
from wire import Wire, batch, batches, fetch, fetched, make, produce

KAFKA_GO = "reader@host (github.com/segmentio/kafka-go)"
DROP_TILDE = "record->verdict = holds(record, '~') ? SLUICE_DROP : SLUICE_KEEP;"


@pytest.fixture
def viewed(broker, tmp_path):
    """accounts: a view for email-app that drops what holds '~'."""
    broker.sluice("topic", "create", "accounts")
    broker.deploy("drop", build_guest(tmp_path, "drop", DROP_TILDE))
    broker.bind("email-app", "drop")
    return broker


@pytest.fixture
def scrubbed(broker):
    broker.sluice("topic", "create", "accounts")
    broker.scrub()
    return broker


def put(broker, *batches_of_values, codec="none"):
    with Wire(broker.port, "producer") as wire:
        for values in batches_of_values:
            answer = wire.call(produce("accounts", batch([v.encode() for v in values], codec)))
            assert answer.responses[0].partition_responses[0].error_code == 0


def name_group(wire, group="email-app", version=0):
    answer = wire.call(make(FindCoordinatorRequest, version, key=group))
    assert answer.error_code == 0
    return answer


def values(partition):
    return [(record.offset, record.value.decode()) for one in batches(partition.records or b"") for record in one]


# kafka-go: Fetch v10, a connection for each partition, default client.id with the program's name.

def test_kafka_go_joins_and_reads_with_its_old_versions(scrubbed):
    put(scrubbed, [f"a {SSN}", "b"])
    with Wire(scrubbed.port, KAFKA_GO) as bootstrap, Wire(scrubbed.port, KAFKA_GO) as group, \
            Wire(scrubbed.port, KAFKA_GO) as reader:
        name_group(bootstrap)
        keys = {k.api_key: (k.min_version, k.max_version) for k in group.call(make(ApiVersionsRequest, 0)).api_keys}
        for key, version in {1: 10, 2: 1, 8: 2, 9: 1, 10: 0, 11: 2, 12: 0, 13: 0, 14: 0, 0: 0}.items():
            assert keys[key][0] <= version <= keys[key][1], key
        joined = group.call(make(
            JoinGroupRequest, 2, group_id="email-app", session_timeout_ms=30_000, rebalance_timeout_ms=30_000,
            member_id="", protocol_type="consumer", protocols=[{"name": "range", "metadata": b"\0\1\0\0\0\1\0\10accounts\0\0\0\0"}]))
        assert joined.error_code == 0 and joined.leader == joined.member_id and len(joined.members) == 1
        member = {"group_id": "email-app", "generation_id": joined.generation_id, "member_id": joined.member_id}
        synced = group.call(make(
            SyncGroupRequest, 0, **member, assignments=[{"member_id": joined.member_id, "assignment": b"mine"}]))
        assert (synced.error_code, synced.assignment) == (0, b"mine")
        wanted = {"name": "accounts", "partition_indexes": [0]}
        offsets = group.call(make(OffsetFetchRequest, 1, group_id="email-app", topics=[wanted]))
        assert offsets.topics[0].partitions[0].committed_offset == -1
        assert offsets.topics[0].partitions[0].error_code == 0
        assert group.call(make(HeartbeatRequest, 0, **member)).error_code == 0
        earliest = reader.call(make(ListOffsetsRequest, 1, replica_id=-1, topics=[
            {"name": "accounts", "partitions": [{"partition_index": 0, "timestamp": -2}]}]))
        assert earliest.topics[0].partitions[0].offset == 0
        reader.call(make(ApiVersionsRequest, 0))
        got = fetched(reader.call(fetch("accounts", 0, version=10)))
        assert values(got) == [(0, f"a {MASK}"), (1, "b")]
        committed = group.call(make(
            OffsetCommitRequest, 2, group_id="email-app", generation_id_or_member_epoch=joined.generation_id,
            member_id=joined.member_id, retention_time_ms=-1,
            topics=[{"name": "accounts", "partitions": [{"partition_index": 0, "committed_offset": 2, "committed_metadata": ""}]}]))
        assert committed.topics[0].partitions[0].error_code == 0
        offsets = group.call(make(OffsetFetchRequest, 1, group_id="email-app", topics=[wanted]))
        assert offsets.topics[0].partitions[0].committed_offset == 2
        left = group.call(make(LeaveGroupRequest, 0, group_id="email-app", member_id=joined.member_id))
        assert left.error_code == 0
    scrubbed.assert_silent()


@pytest.mark.parametrize("codec", ["none", "gzip", "lz4", "zstd"])
def test_kafka_go_never_sees_an_empty_batch_nor_a_compressed_gap(viewed, codec):
    put(viewed, ["a", "~"], ["~", "~"], ["~"], ["~"], ["~"], ["b", "c"], ["d", "~"], ["~"], codec=codec)  # 12 records
    with Wire(viewed.port, KAFKA_GO) as bootstrap, Wire(viewed.port, KAFKA_GO) as reader:
        name_group(bootstrap)
        kept, position = [], 0
        while position < 10:
            got = fetched(reader.call(fetch("accounts", position, version=10)))
            assert got.high_watermark == 12
            found = batches(got.records)
            assert found, "an answer at once has something in it"
            for one in found:
                records = list(one)
                assert records, "no batch without records"
                assert one.compression_type == 0 or records[-1].offset == one.base_offset + one.last_offset_delta
                kept += [(r.offset, r.value.decode()) for r in records if r.offset >= position]
                position = one.base_offset + one.last_offset_delta + 1
        assert kept == [(0, "a"), (7, "b"), (8, "c"), (9, "d")]
        position = max(position, 11)
        # Nothing is left at the end: no bytes, and a high watermark that says that there is nothing.
        for _ in range(2):
            got = fetched(reader.call(fetch("accounts", position, version=10, max_wait_ms=300)))
            assert bytes(got.records) == b"" and got.error_code == 0
            assert got.high_watermark == got.last_stable_offset == position
        put(viewed, ["e"])
        got = fetched(reader.call(fetch("accounts", position, version=10, max_wait_ms=10_000)))
        assert values(got) == [(12, "e")]


def test_fetch_11_gets_batches_with_nothing_left_without_codec(viewed):
    """Batches stay one to one (a run of empty ones may be one): base offset and last offset delta are kept."""
    put(viewed, ["a", "~"], ["~", "~"], ["~"], ["b", "c"], ["~"], codec="gzip")
    with Wire(viewed.port, "librdkafka") as wire:
        name_group(wire, version=2)
        position, kept = 0, []
        while position < 8:
            for one in batches(fetched(wire.call(fetch("accounts", position))).records):
                assert one.base_offset == position
                records = list(one)
                if not records:
                    assert one.compression_type == 0
                kept += [(r.offset, r.value.decode()) for r in records]
                position = one.base_offset + one.last_offset_delta + 1
        assert kept == [(0, "a"), (5, "b"), (6, "c")]


def test_a_denied_fetch_says_nothing_of_the_log(scrubbed):
    put(scrubbed, [SSN])
    with Wire(scrubbed.port, "nobody") as wire:
        for version in (4, 10, 11, 12):
            got = fetched(wire.call(fetch("accounts", 0, version=version)))
            assert (got.error_code, got.high_watermark, got.last_stable_offset) == (29, -1, -1)
            assert got.records is not None and bytes(got.records) == b"", "null makes librdkafka drop the answer"


# Java, classic group.

def test_java_consumer(scrubbed):
    put(scrubbed, [f"a {SSN}"])
    client_id = "consumer-email-app-1"
    with Wire(scrubbed.port, client_id) as bootstrap, Wire(scrubbed.port, client_id) as group, \
            Wire(scrubbed.port, client_id) as reader:
        for wire in (bootstrap, group, reader):
            versions = wire.call(make(
                ApiVersionsRequest, 4, client_software_name="apache-kafka-java", client_software_version="4.3.0"))
            assert versions.error_code == 0
        metadata = bootstrap.call(make(MetadataRequest, 13, topics=[{"topic_id": uuid.UUID(int=0), "name": "accounts"}]))
        topic_id = metadata.topics[0].topic_id
        assert metadata.error_code == 0 and topic_id.int != 0 and metadata.topics[0].partitions[0].leader_epoch >= 0
        by_id = bootstrap.call(make(MetadataRequest, 13, topics=[{"topic_id": topic_id, "name": None}]))
        assert by_id.topics[0].name == "accounts"
        found = bootstrap.call(make(FindCoordinatorRequest, 6, key_type=0, coordinator_keys=["email-app"])).coordinators[0]
        assert (found.error_code, found.key, found.port) == (0, "email-app", scrubbed.port)

        def join(member_id):
            return group.call(make(
                JoinGroupRequest, 9, group_id="email-app", session_timeout_ms=45_000, rebalance_timeout_ms=300_000,
                member_id=member_id, group_instance_id=None, protocol_type="consumer", reason="",
                protocols=[{"name": "range", "metadata": b"sub"}]))

        refused = join("")
        assert refused.error_code == 79 and refused.member_id
        joined = join(refused.member_id)
        assert joined.error_code == 0 and joined.member_id == refused.member_id and joined.protocol_name == "range"
        member = {"group_id": "email-app", "generation_id": joined.generation_id, "member_id": joined.member_id}
        synced = group.call(make(
            SyncGroupRequest, 5, **member, group_instance_id=None, protocol_type="consumer", protocol_name="range",
            assignments=[{"member_id": joined.member_id, "assignment": b"mine"}]))
        assert (synced.error_code, synced.assignment, synced.protocol_name) == (0, b"mine", "range")
        committed = group.call(make(OffsetFetchRequest, 9, groups=[
            {"group_id": "email-app", "member_id": None, "member_epoch": -1,
             "topics": [{"name": "accounts", "partition_indexes": [0]}]}], require_stable=True)).groups[0]
        assert (committed.error_code, committed.topics[0].partitions[0].committed_offset) == (0, -1)
        earliest = reader.call(make(ListOffsetsRequest, 11, replica_id=-1, isolation_level=0, timeout_ms=30_000, topics=[
            {"name": "accounts", "partitions": [{"partition_index": 0, "current_leader_epoch": 0, "timestamp": -2}]}]))
        assert earliest.topics[0].partitions[0].offset == 0
        # The fetch connection carries no group request; a session is asked for and given.
        for version in (17, 18):
            answer = reader.call(fetch(topic_id, 0, version=version, session=(0, 0)))
            assert answer.session_id > 0 and answer.responses[0].topic_id == topic_id
            assert values(fetched(answer)) == [(0, f"a {MASK}")]
            again = reader.call(fetch(topic_id, 1, version=version, session=(answer.session_id, 1)))
            assert (again.error_code, again.session_id, again.responses) == (0, answer.session_id, [])
        unknown = fetched(reader.call(fetch(uuid.uuid4(), 0, version=18, session=(0, 0))))
        assert unknown.error_code == 100
        assert reader.call(fetch(topic_id, 0, version=18, session=(77, 5))).error_code == 70
        done = group.call(make(
            OffsetCommitRequest, 9, group_id="email-app", generation_id_or_member_epoch=joined.generation_id,
            member_id=joined.member_id, group_instance_id=None, topics=[{"name": "accounts", "partitions": [
                {"partition_index": 0, "committed_offset": 1, "committed_leader_epoch": 0, "committed_metadata": ""}]}]))
        assert done.topics[0].partitions[0].error_code == 0
        assert group.call(make(HeartbeatRequest, 4, **member, group_instance_id=None)).error_code == 0
        assert group.call(make(HeartbeatRequest, 4, **{**member, "generation_id": 99}, group_instance_id=None)).error_code == 22
        left = group.call(make(LeaveGroupRequest, 5, group_id="email-app", members=[
            {"member_id": joined.member_id, "group_instance_id": None, "reason": "close"}]))
        assert left.error_code == 0 and left.members[0].error_code == 0
    scrubbed.assert_silent()


# sarama: everything on one connection. franz-go: a connection that fetches and nothing else.

def test_sarama_has_its_group_on_the_connection_that_fetches(scrubbed):
    put(scrubbed, [f"a {SSN}"])
    with Wire(scrubbed.port, "sarama") as wire:
        name_group(wire, version=3)
        assert values(fetched(wire.call(fetch("accounts", 0, version=12)))) == [(0, f"a {MASK}")]


def test_franz_go_fetches_on_a_connection_that_names_nothing(scrubbed):
    put(scrubbed, [f"a {SSN}"])
    with Wire(scrubbed.port, "kgo") as other, Wire(scrubbed.port, "kgo") as reader:
        name_group(other, version=3)
        reader.call(make(ApiVersionsRequest, 4, client_software_name="kgo", client_software_version="v1.21.1"))
        assert values(fetched(reader.call(fetch("accounts", 0, version=12, session=(0, 0))))) == [(0, f"a {MASK}")]


def test_follower_never_gets_records(broker):
    broker.sluice("topic", "create", "accounts")
    put(broker, ["a"])
    with Wire(broker.port) as wire:
        request = fetch("accounts", 0, version=12)
        request.replica_id = 2
        got = fetched(wire.call(request))
        assert got.error_code != 0 and bytes(got.records or b"") == b""
