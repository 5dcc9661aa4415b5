"""kafka-python from PyPI: idempotent by default, fetch sessions, its own codecs."""

import time

import pytest
from kafka import TopicPartition
from kafka.admin import ConfigResource, KafkaAdminClient, NewPartitions, NewTopic
from kafka.errors import TopicAuthorizationFailedError

from clients import Member, address, consumer, producer, read
from harness import CuttingProxy, eventually

SSN = b"987-65-4320"
MASK = b"***-**-****"


@pytest.mark.parametrize("codec", [None, "gzip", "snappy", "lz4", "zstd"])
def test_each_codec_with_keys_and_headers(broker, codec):
    broker.sluice("topic", "create", "t")
    out = producer(broker, compression_type=codec)
    for n in range(200):
        out.send("t", key=b"k%d" % n, value=b"value %d " % n + b"x" * 100, headers=[("h", b"%d" % n)])
    out.flush()
    out.close()
    client = consumer(address(broker), "t")
    records = read(client, 200)
    client.close()
    assert [(r.offset, r.key, r.value, r.headers) for r in records] == [
        (n, b"k%d" % n, b"value %d " % n + b"x" * 100, [("h", b"%d" % n)]) for n in range(200)]


def test_admin_creates_describes_and_deletes(broker):
    admin = KafkaAdminClient(bootstrap_servers=address(broker))
    admin.create_topics([NewTopic("made", num_partitions=3, replication_factor=1)])
    assert "made" in admin.list_topics()
    admin.delete_topics(["made"])
    assert "made" not in admin.list_topics()
    admin.close()


def test_admin_alters_grows_and_cuts_a_topic(broker):
    admin = KafkaAdminClient(bootstrap_servers=address(broker))
    admin.create_topics([NewTopic("t", num_partitions=1, replication_factor=1)])
    admin.alter_configs([ConfigResource("TOPIC", "t", configs={"retention.ms": "3600000"})])
    described = broker.sluice_json("topic", "describe", "t")
    assert {"retention.ms": "3600000"}.items() <= {c["name"]: c["value"] for c in described["configs"]}.items()
    admin.create_partitions({"t": NewPartitions(3)})
    out = producer(broker)
    for n in range(5):
        assert out.send("t", value=b"%d" % n, partition=2).get(60).offset == n
    out.close()
    partition = TopicPartition("t", 2)
    assert admin.delete_records({partition: 3})[partition]["low_watermark"] == 3
    assert admin.describe_cluster()["brokers"][0]["port"] == broker.port
    admin.close()
    broker.kill()
    broker.start()
    client = consumer(address(broker))
    client.assign([partition])
    assert [r.value for r in read(client, 2)] == [b"3", b"4"]
    client.close()


def test_seek_and_time_lookup(broker):
    broker.sluice("topic", "create", "t")
    out = producer(broker)
    for n in range(10):
        out.send("t", value=b"%d" % n, timestamp_ms=1_000_000 + n * 1000)
    out.flush()
    out.close()
    client = consumer(address(broker))
    partition = TopicPartition("t", 0)
    client.assign([partition])
    client.seek(partition, 7)
    assert [r.value for r in read(client, 3)] == [b"7", b"8", b"9"]
    found = client.offsets_for_times({partition: 1_004_500})[partition]
    assert (found.offset, found.timestamp) == (5, 1_005_000)
    assert client.offsets_for_times({partition: 2_000_000})[partition] is None
    assert client.beginning_offsets([partition])[partition] == 0
    assert client.end_offsets([partition])[partition] == 10
    client.close()


def test_rebalance_of_two_members_and_resume(broker):
    broker.sluice("topic", "create", "t", "--partitions", "4")
    with Member(broker, "g", "t", heartbeat_interval_ms=300) as first:
        eventually(lambda: len(first.assignment) == 4, "all for the first")
        with Member(broker, "g", "t", heartbeat_interval_ms=300) as second:
            eventually(lambda: (len(first.assignment), len(second.assignment)) == (2, 2), "two partitions each")
            out = producer(broker)
            for n in range(40):
                out.send("t", value=b"%d" % n, partition=n % 4)
            out.close()
            eventually(lambda: len(first.records) + len(second.records) == 40, "all records")
            assert {r.value for r in first.records + second.records} == {b"%d" % n for n in range(40)}
            assert len(first.records) == len(second.records) == 20
        eventually(lambda: len(first.assignment) == 4, "all back")
    with Member(broker, "g", "t") as again:
        eventually(lambda: len(again.assignment) == 4, "all for the last")
        out = producer(broker)
        out.send("t", value=b"more", partition=0).get(60)
        out.close()
        eventually(lambda: again.records, "what is new")
        assert [r.value for r in again.records] == [b"more"]


def test_view_on_and_off_under_a_running_group(broker):
    broker.sluice("topic", "create", "accounts")
    out = producer(broker)
    client = consumer(address(broker), "accounts", group_id="email-app")
    out.send("accounts", value=b"ssn " + SSN).get(30)
    assert read(client, 1)[0].value == b"ssn " + SSN
    broker.scrub()
    out.send("accounts", value=b"ssn " + SSN).get(30)
    assert read(client, 1)[0].value == b"ssn " + MASK
    client.close()
    out.close()


def test_groupless_reader_of_a_protected_topic_is_denied(broker):
    broker.sluice("topic", "create", "accounts")
    broker.scrub()
    out = producer(broker)
    out.send("accounts", value=b"ssn " + SSN).get(30)
    out.close()
    client = consumer(address(broker), "accounts", group_id=None)
    with pytest.raises(TopicAuthorizationFailedError):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert not client.poll(timeout_ms=200)
    client.close()


def test_group_keeps_its_view_when_its_connections_are_cut(start_broker):
    proxy = CuttingProxy()
    advertised = start_advertised(start_broker, proxy)
    client = consumer(f"127.0.0.1:{proxy.port}", "accounts", group_id="email-app")
    out = producer(advertised)
    try:
        out.send("accounts", value=b"1 " + SSN).get(30)
        assert read(client, 1)[0].value == b"1 " + MASK
        for n in (b"2", b"3"):
            proxy.cut()
            out.send("accounts", value=n + b" " + SSN).get(30)
            assert read(client, 1)[0].value == n + b" " + MASK
    finally:
        client.close()
        out.close()
        proxy.close()


def start_advertised(start_broker, proxy):
    """A broker with two listeners: one for the test itself, one that advertises the proxy, which leads to it."""
    broker = start_broker(
        listeners=("PLAIN://127.0.0.1:0", f"PROXIED://127.0.0.1:0?advertise=127.0.0.1:{proxy.port}"))
    proxy.target = ("127.0.0.1", broker.ports[1])
    broker.sluice("topic", "create", "accounts")
    broker.scrub()
    return broker


def test_idempotent_producer_goes_on_after_a_restart(broker):
    broker.sluice("topic", "create", "t")
    out = producer(broker)
    for n in range(20):
        out.send("t", value=b"%d" % n).get(30)
        if n == 10:
            assert broker.stop() == 0
            broker.start()
    out.close()
    client = consumer(address(broker), "t")
    assert [r.value for r in read(client, 20)] == [b"%d" % n for n in range(20)]
    client.close()
