"""What Kafka's own tools ask, by the Admin that they use: kafka-topics, kafka-configs, kafka-consumer-groups,
kafka-delete-records, kafka-get-offsets, kafka-broker-api-versions (Interop/java/AdminDriver.java)."""

import pytest

from driven import Drivers
from harness import eventually
from test_matrix import SETTINGS
from wire import Wire, batch, produce


@pytest.fixture(scope="module")
def java(tmp_path_factory):
    drivers = Drivers(tmp_path_factory.mktemp("drivers"))
    yield drivers("java")
    drivers.close()


@pytest.fixture
def ask(start_broker, java):
    """Asks the broker of the test, which is `ask.broker`."""
    broker = start_broker(*SETTINGS)

    def ask(what, **fields):
        return java.admin(broker, what, **fields)

    ask.broker = broker
    return ask


def fill(broker, topic, count, partition=0):
    with Wire(broker.port) as wire:
        for n in range(count):
            records = batch([b"%d" % n], timestamp=1_600_000_000_000 + 1000 * n)
            assert wire.call(produce(topic, records, partition=partition)).responses[0].partition_responses[0].error_code == 0


def test_topics(ask):
    assert ask("create-topic", topic="t", partitions=3, configs={"retention.ms": "3600000"}) is None
    assert ask("create-topic", topic="t", partitions=3)["error"] == 36
    assert ask("create-topic", topic="u", partitions=1, replicas=3)["error"] == 38
    assert ask("create-topic", topic="a/b", partitions=1)["error"] == 17
    assert ask("create-topic", topic="v", partitions=1, configs={"retention.ms": "soon"})["error"] == 40
    assert ask("create-topic", topic="v", partitions=1, configs={"no.such": "1"})["error"] == 40
    assert ask("list-topics") == ["t"]
    described = ask("describe-topic", topic="t")
    assert described["partitions"] == [[n, 1, 1, 1] for n in range(3)] and not described["internal"]
    assert ask("describe-topic", topic="nowhere")["error"] == 3
    assert ask("add-partitions", topic="t", partitions=5) is None
    assert len(ask("describe-topic", topic="t")["partitions"]) == 5
    assert ask("add-partitions", topic="t", partitions=2)["error"] == 37
    assert ask("delete-topic", topic="t") is None
    assert ask("delete-topic", topic="t")["error"] == 3
    assert ask("list-topics") == []


def test_configs(ask):
    ask("create-topic", topic="t", partitions=1)
    configs = ask("describe-configs", type="TOPIC", resource="t")
    assert configs["retention.ms"]["source"] != "DYNAMIC_TOPIC_CONFIG"
    change = {"retention.ms": "3600000", "max.message.bytes": "2000000"}
    assert ask("alter-configs", type="TOPIC", resource="t", set=change) is None
    configs = ask("describe-configs", type="TOPIC", resource="t")
    assert {name: configs[name]["value"] for name in change} == change
    assert {configs[name]["source"] for name in change} == {"DYNAMIC_TOPIC_CONFIG"}
    assert configs["retention.ms"]["type"] == "LONG" and not configs["retention.ms"]["read_only"]
    assert ask("alter-configs", type="TOPIC", resource="t", delete=["max.message.bytes"]) is None
    configs = ask("describe-configs", type="TOPIC", resource="t")
    assert configs["max.message.bytes"]["value"] == "1048588" and configs["retention.ms"]["value"] == "3600000"
    for wrong in ({"retention.ms": "soon"}, {"no.such": "1"}, {"max.message.bytes": "-5"}):
        assert ask("alter-configs", type="TOPIC", resource="t", set=wrong)["error"] in (40, 42), wrong
    assert ask("alter-configs", type="TOPIC", resource="nowhere", set=change)["error"] == 3
    assert ask("describe-configs", type="TOPIC", resource="nowhere")["error"] == 3
    broker = ask("describe-configs", type="BROKER", resource="1")
    assert broker["message.max.bytes"]["value"] == "1048588"


def test_view_defaults_are_configs(ask):
    """kafka-configs shows what a topic's readers get, and sets it."""
    broker = ask.broker
    ask("create-topic", topic="accounts", partitions=1)
    broker.scrub()
    assert ask("alter-configs", type="TOPIC", resource="accounts", set={"view.default": "raw"}) is None
    assert ask("describe-configs", type="TOPIC", resource="accounts")["view.default"]["value"] == "raw"
    shown = broker.sluice_json("view", "explain", "--topic", "accounts")
    assert "raw" in str(shown)
    ask("alter-configs", type="TOPIC", resource="accounts", set={"retention.ms": "1000000"})
    assert ask("describe-configs", type="TOPIC", resource="accounts")["view.default"]["value"] == "raw"


def test_groups(ask, java):
    broker = ask.broker
    ask("create-topic", topic="t", partitions=2)
    for partition in (0, 1):
        fill(broker, "t", 5, partition)
    member = java.consumer(broker.address, "t", group="g", instance="one", session_ms=6000, heartbeat_ms=200)
    member.read(10)
    member.call("commit")
    assert ask("list-groups") == {"g": ["consumer", "Stable"]}
    described = ask("describe-group", group="g")
    assert (described["state"], described["assignor"], described["coordinator"]) == ("Stable", "range", 1)
    (seen,) = described["members"]
    seen["host"] = seen["host"].lstrip("/")
    assert seen == {"client_id": "consumer-g-one", "host": "127.0.0.1", "instance": "one", "partitions": ["t-0", "t-1"]}
    assert ask("group-offsets", group="g") == {"t-0": 5, "t-1": 5}
    assert ask("delete-group", group="g")["error"] == 68
    assert ask("delete-offsets", group="g", topic="t", partition=0)["error"] == 86
    assert "error" in ask("reset-offsets", group="g", topic="t", partition=0, offset=0)
    member.close()
    # A static member stays until its session ends.
    eventually(lambda: ask("describe-group", group="g")["state"] == "Empty", "the group has no members")
    assert ask("reset-offsets", group="g", topic="t", partition=0, offset=2) is None
    assert ask("delete-offsets", group="g", topic="t", partition=1) is None
    assert ask("group-offsets", group="g") == {"t-0": 2}
    with java.consumer(broker.address, "t", group="g", session_ms=6000, heartbeat_ms=200) as again:
        assert sorted(record.place for record in again.read(8)) == [(0, n) for n in (2, 3, 4)] + [(1, n) for n in range(5)]
    eventually(lambda: ask("describe-group", group="g")["state"] == "Empty", "the group has no members")
    assert ask("delete-group", group="g") is None
    assert ask("list-groups") == {}
    assert ask("describe-group", group="g")["error"] == 69
    assert ask("delete-group", group="g")["error"] == 69


def test_offsets_and_records(ask):
    ask("create-topic", topic="t", partitions=1)
    fill(ask.broker, "t", 10)
    found = ask("list-offsets", topic="t", time=1_600_000_004_500)
    assert found == {"earliest": 0, "latest": 10, "max-timestamp": 9, "time": 5}
    assert ask("delete-records", topic="t", offset=4) == 4
    assert ask("list-offsets", topic="t")["earliest"] == 4
    assert ask("delete-records", topic="t", offset=11)["error"] == 1
    assert ask("delete-records", topic="t", offset=-1) == 10


def test_sizes_of_partitions(ask):
    ask("create-topic", topic="t", partitions=2)
    fill(ask.broker, "t", 3, partition=1)
    sizes = ask("log-dirs", node=1)
    assert sizes["t-0"] == 0 and sizes["t-1"] == (ask.broker.data / "t-1" / ("0" * 20 + ".log")).stat().st_size > 0


def test_cluster(ask):
    found = ask("describe-cluster")
    assert found["nodes"] == [[1, "localhost", ask.broker.port]] and found["controller"] == 1 and found["id"]
    ask.broker.kill()
    ask.broker.start()
    assert ask("describe-cluster")["id"] == found["id"]
