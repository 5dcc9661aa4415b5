"""Topics and records at their edges: deletion under a consumer, auto-create, many partitions, large and empty records."""

import json
import subprocess

import pytest
from kafka import TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import (
    InvalidPartitionsError, InvalidReplicationFactorError, InvalidTopicError, KafkaError, MessageSizeTooLargeError,
    TopicAlreadyExistsError)

from clients import Group, address, consumer, producer, read
from harness import GUEST, MASK, PATIENCE, SSN, eventually, kcat
from wire import Wire, batch, produce


def test_topic_is_deleted_and_made_again_under_consumers(broker):
    broker.sluice("topic", "create", "t")
    out = producer(broker)
    for n in range(3):
        out.send("t", value=b"old %d" % n).get(60)
    out.close()
    # A kcat that runs on would end here: it takes a topic that is gone for an error.
    once = ("-b", broker.address, "-q", "-e", "-X", "auto.offset.reset=earliest", "-G", "k", "t")
    assert len(kcat(*once).stdout.splitlines()) == 3
    with Group(broker, "g", "t", metadata_max_age_ms=500) as python:
        assert len(python.read(3)) == 3
        broker.sluice("topic", "delete", "t", "--yes")
        assert not (broker.data / "t-0").exists()
        broker.sluice("topic", "create", "t")
        out = producer(broker)
        out.send("t", value=b"new").get(60)
        out.close()
        found = []

        def new():
            found.extend(r.value for r in python.poll())
            return b"new" in found

        eventually(new, "the new topic's record")
        assert b"old 0" not in found
    # What the group had committed went with the old topic.
    assert kcat(*once).stdout == "new\n"
    broker.kill()
    broker.start()
    assert kcat("-b", broker.address, "-C", "-t", "t", "-e", "-q").stdout == "new\n"


def test_auto_created_topics_are_born_protected(start_broker):
    broker = start_broker("--set", "auto.create.topics.enable=true", "--set", "num.partitions=2")
    broker.sluice("view", "default", "--topic-prefix", "pii.", "deny", "--yes")
    for topic in ("pii.users", "plain"):
        kcat("-b", broker.address, "-P", "-t", topic, "-p", "1", input=f"{SSN}\n")
    assert kcat("-b", broker.address, "-C", "-t", "plain", "-e", "-q").stdout == f"{SSN}\n"
    refused = kcat("-b", broker.address, "-C", "-t", "pii.users", "-e", check=False)
    assert refused.returncode != 0 and SSN not in refused.stdout + refused.stderr
    listed = {t["topic"]: len(t["partitions"]) for t in json.loads(
        kcat("-b", broker.address, "-L", "-J").stdout)["topics"]}
    assert listed["pii.users"] == listed["plain"] == 2


def test_keys_stay_in_their_partition(broker):
    broker.sluice("topic", "create", "t", "--partitions", "12")
    out = producer(broker)
    for n in range(600):
        out.send("t", key=b"key %d" % (n % 50), value=b"%d" % n)
    out.close()
    client = consumer(address(broker), "t")
    places = {}
    for record in read(client, 600):
        places.setdefault(record.key, []).append((record.partition, int(record.value)))
    client.close()
    assert len(places) == 50 and len({p for found in places.values() for p, _ in found}) > 6
    for found in places.values():
        assert len({p for p, _ in found}) == 1
        assert [n for _, n in found] == sorted(n for _, n in found)


@pytest.mark.parametrize("client", ["kcat", "kafka-python"])
def test_records_up_to_the_limit_and_past_it(broker, client):
    broker.sluice("topic", "create", "t")
    fits, over = "x" * 1_048_000, "y" * 1_100_000

    def put(value):
        if client == "kcat":
            return kcat("-b", broker.address, "-P", "-t", "t", "-X", "message.max.bytes=2000000",
                        input=value + "\n", check=False).returncode == 0
        out = producer(broker, max_request_size=2_000_000)
        try:
            out.send("t", value=value.encode()).get(60)
            return True
        except MessageSizeTooLargeError:
            return False
        finally:
            out.close()

    assert [put("before"), put(fits), put(over), put("after")] == [True, True, False, True]
    assert kcat("-b", broker.address, "-C", "-t", "t", "-e", "-q").stdout.splitlines() == ["before", fits, "after"]
    reader = consumer(address(broker), "t")
    assert [r.value.decode() for r in read(reader, 3)] == ["before", fits, "after"]
    reader.close()


def test_mebibyte_batches_through_a_view(broker):
    """Batches as large as they may be, fetched with limits that are smaller: the first one is always whole."""
    broker.sluice("topic", "create", "accounts")
    broker.scrub()
    record = f"{SSN} ".encode() + b"z" * 988
    with Wire(broker.port) as wire:
        for _ in range(4):
            answer = wire.call(produce("accounts", batch([record] * 1030)))
            assert answer.responses[0].partition_responses[0].error_code == 0
    options = {"max_partition_fetch_bytes": 65_536, "fetch_max_bytes": 65_536}
    with Group(broker, "email-app", "accounts", **options) as reader:
        records = reader.read(4 * 1030)
    assert [r.offset for r in records] == list(range(4 * 1030))
    assert {r.value for r in records} == {record.replace(SSN.encode(), MASK.encode())}
    broker.assert_silent()


def test_eight_readers_of_one_segment(broker):
    """Raw slices go from file to socket; each reader gets all of them, also while more is written."""
    broker.sluice("topic", "create", "t")
    lines = [f"{n} " + "x" * 1000 for n in range(20_000)]
    text = "\n".join(lines) + "\n"
    kcat("-b", broker.address, "-P", "-t", "t", input=text)
    readers = [subprocess.Popen(["kcat", "-b", broker.address, "-C", "-t", "t", "-q", "-o", "beginning", "-c", "20001"],
                                stdout=subprocess.PIPE, text=True) for _ in range(8)]
    try:
        kcat("-b", broker.address, "-P", "-t", "t", input="end\n")
        for reader in readers:
            assert reader.communicate(timeout=PATIENCE)[0] == text + "end\n"
    finally:
        for reader in readers:
            reader.kill()
            reader.wait()


def test_small_batches_that_hold_much(broker):
    """8 MiB of zeros in a batch of a few KiB: stored, read raw, and scrubbed."""
    broker.sluice("topic", "create", "accounts")
    value = b"0" * (8 << 20)
    with Wire(broker.port) as wire:
        for codec in ("gzip", "lz4", "zstd", "snappy"):
            answer = wire.call(produce("accounts", batch([value], codec)))
            assert answer.responses[0].partition_responses[0].error_code == 0, codec
    broker.scrub()
    with Group(broker, "email-app", "accounts") as reader:
        assert [len(r.value) for r in reader.read(4)] == [8 << 20] * 4


@pytest.mark.parametrize("has_view", [False, True], ids=["raw", "view"])
def test_nulls_and_empties_of_keys_values_and_headers(broker, has_view):
    broker.sluice("topic", "create", "accounts")
    if has_view:
        broker.deploy("scrub-ssn", GUEST)
        broker.view("with-headers", "scrub-ssn", "stop")
        broker.bind("email-app", "with-headers")
    cases = [
        (None, None, []), (b"", b"", []), (b"k", None, [("h", None)]), (None, b"v", [("", b""), ("h", b"1"), ("h", b"2")]),
        (b"\xff\0", b"text", [("\u00e9", b"\xff")])]
    with Wire(broker.port) as wire:
        answer = wire.call(produce("accounts", batch(cases)))
        assert answer.responses[0].partition_responses[0].error_code == 0
    with Group(broker, "email-app", "accounts") as reader:
        assert [(r.key, r.value, r.headers) for r in reader.read(len(cases))] == cases


def test_old_message_formats_are_refused(broker):
    """Magic 0 and 1: an error that a client understands, and the connection goes on."""
    broker.sluice("topic", "create", "t")
    good = batch([b"v"])
    with Wire(broker.port) as wire:
        for magic in (0, 1):
            answer = wire.call(produce("t", good[:16] + bytes([magic]) + good[17:], version=3))
            assert answer.responses[0].partition_responses[0].error_code in (2, 43, 87)
        damaged = good[:-1] + bytes([good[-1] ^ 1])
        assert wire.call(produce("t", damaged)).responses[0].partition_responses[0].error_code == 2
        assert wire.call(produce("t", good)).responses[0].partition_responses[0].base_offset == 0


def test_acks_0_has_no_answer(broker):
    broker.sluice("topic", "create", "t")
    with Wire(broker.port) as wire:
        wire.send(produce("t", batch([b"silent"]), acks=0))
        answer = wire.call(produce("t", batch([b"answered"]), acks=-1))
        assert answer.responses[0].partition_responses[0].base_offset == 1


def test_offsets_outlive_the_group_and_can_be_reset(broker):
    broker.sluice("topic", "create", "t")
    kcat("-b", broker.address, "-P", "-t", "t", input="a\nb\nc\n")
    with Group(broker, "g", "t") as reader:
        assert len(reader.read(3)) == 3
        reader.client.commit()
    client = consumer(address(broker), group_id="g")
    partition = TopicPartition("t", 0)
    assert client.committed(partition) == 3
    client.assign([partition])
    client.seek(partition, 1)
    assert [r.value for r in read(client, 2)] == [b"b", b"c"]
    client.close()


def test_retention_moves_the_start_and_readers_follow(start_broker):
    broker = start_broker("--set", "log.retention.check.interval.ms=1000")
    broker.sluice("topic", "create", "t", "--config", "retention.bytes=1048576", "--config", "segment.bytes=1048576")
    with Group(broker, "g", "t") as reader:
        put_kilobytes(broker, 1)
        assert reader.read(1)[0].offset == 0
        partition = TopicPartition("t", 0)
        reader.client.pause(partition)
        put_kilobytes(broker, 5000)
        start = eventually(lambda: reader.client.beginning_offsets([partition])[partition], "the start has moved")
        assert 0 < start < 5000
        # Its position is gone: it begins where there is something.
        reader.client.resume(partition)
        assert reader.read(1)[0].offset >= start
    kcat_first = kcat("-b", broker.address, "-C", "-t", "t", "-o", "beginning", "-c", "1", "-q", "-J").stdout
    assert json.loads(kcat_first)["offset"] >= start
    names = sorted(path.stem for path in (broker.data / "t-0").glob("*.log"))
    assert names[0] != "0" * 20


def put_kilobytes(broker, count):
    out = producer(broker)
    for _ in range(count):
        out.send("t", value=b"x" * 1000)
    out.flush()
    out.close()


@pytest.mark.parametrize("has_view", [False, True], ids=["raw", "view"])
def test_time_of_appending(broker, has_view):
    broker.sluice("topic", "create", "accounts", "--config", "message.timestamp.type=LogAppendTime")
    if has_view:
        broker.scrub()
    out = producer(broker)
    answered = out.send("accounts", value=SSN.encode(), timestamp_ms=1000).get(60)
    out.close()
    assert answered.timestamp > 1_700_000_000_000
    with Group(broker, "email-app", "accounts") as reader:
        (record,) = reader.read(1)
    assert (record.timestamp, record.timestamp_type) == (answered.timestamp, 1)
    assert record.value.decode() == (MASK if has_view else SSN)


def test_admin_errors_say_what_is_wrong(broker):
    admin = KafkaAdminClient(bootstrap_servers=address(broker))
    topic = {"num_partitions": 1, "replication_factor": 1}
    admin.create_topics([NewTopic("t", **topic)])
    for wrong, error in ((NewTopic("t", **topic), TopicAlreadyExistsError), (NewTopic("a/b", **topic), InvalidTopicError),
                         (NewTopic("u", 0, 1), InvalidPartitionsError), (NewTopic("u", 1, 3), InvalidReplicationFactorError),
                         (NewTopic("__sluice_views", **topic), KafkaError)):
        with pytest.raises(error):
            admin.create_topics([wrong])
    admin.create_topics([NewTopic("u", **topic)], validate_only=True)
    assert sorted(admin.list_topics()) == ["t"]
    for name in ("u", "__sluice_views", "__consumer_offsets"):
        with pytest.raises(KafkaError):
            admin.delete_topics([name])
    admin.close()
