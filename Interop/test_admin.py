"""Administration with kafka-python's admin client: settings, folders, partitions, producers."""

import re

import pytest
from kafka import TopicPartition
from kafka.admin import ConfigResource, KafkaAdminClient, NewTopic
from kafka.errors import InvalidConfigurationError
from kafka.structs import TopicPartitionReplica

from clients import address, producer
from harness import eventually
from wire import Wire, fetch


@pytest.fixture
def admin(broker):
    client = KafkaAdminClient(bootstrap_servers=address(broker))
    yield client
    client.close()


def topic(name="t", configs=None):
    return ConfigResource("topic", name, configs)


def test_topics_from_making_to_deleting(broker, admin):
    admin.create_topics([NewTopic("t", 2, 1, topic_configs={"retention.ms": "60000"})])
    admin.create_partitions({"t": 4})
    out = producer(broker)
    for n in range(5):
        out.send("t", value=b"%d" % n, partition=3).get(60)
    out.close()
    partition = TopicPartition("t", 3)
    assert admin.delete_records({partition: 2})[partition]["low_watermark"] == 2
    (described,) = admin.describe_topics(["t"])
    assert [p["partition_index"] for p in described["partitions"]] == [0, 1, 2, 3]
    admin.delete_topics(["t"])
    assert admin.list_topics() == []


def test_settings_of_a_topic(broker, admin):
    admin.create_topics([NewTopic("t", 1, 1, topic_configs={"retention.ms": "60000"})])
    assert list(admin.describe_configs([topic()])["topic"]["t"]) == ["retention.ms"]
    everything = admin.describe_configs([topic()], include_synonyms=True, config_filter="all")["topic"]["t"]
    assert everything["retention.ms"]["value"] == "60000"
    assert everything["retention.ms"]["config_source"] == "DYNAMIC_TOPIC_CONFIG"
    assert everything["retention.ms"]["config_type"] == "LONG"
    assert [s["source"] for s in everything["retention.ms"]["synonyms"]] == ["DYNAMIC_TOPIC_CONFIG", "DEFAULT_CONFIG"]
    assert everything["compression.type"]["value"] == "producer"
    assert not any(entry["read_only"] or entry["is_sensitive"] for entry in everything.values())

    changed = admin.alter_configs([topic(configs={"max.message.bytes": "5000", "retention.ms": ("DELETE", None)})])
    assert changed == {"topic": {"t": "OK"}}
    assert list(admin.describe_configs([topic()])["topic"]["t"]) == ["max.message.bytes"]
    wrong = admin.alter_configs([topic(configs={"retention.ms": "soon"})])["topic"]["t"]
    assert "retention.ms = soon: must be a whole number of at least -1" in wrong
    # The old way, by which the client names all that it finds set.
    assert admin.alter_configs([topic(configs={"segment.ms": "7000"})], incremental=False) == {"topic": {"t": "OK"}}
    assert set(admin.describe_configs([topic()])["topic"]["t"]) == {"max.message.bytes", "segment.ms"}
    assert admin.reset_configs([topic(configs=["segment.ms"])]) == {"topic": {"t": "OK"}}
    with pytest.raises(InvalidConfigurationError):
        admin.create_topics([NewTopic("u", 1, 1, topic_configs={"retenton.ms": "1"})])


def test_settings_of_the_broker(broker, admin):
    admin.create_topics([NewTopic("t", 1, 1)])
    own = ConfigResource("broker", "1", {"log.retention.ms": "90000"})
    assert admin.alter_configs([own]) == {"broker": {"1": "OK"}}
    read_only = ConfigResource("broker", "1", {"num.partitions": "3"})
    answer = admin.alter_configs([read_only], raise_on_unknown=False)["broker"]["1"]
    assert "can't be changed by request" in answer

    def check(admin):
        shown = admin.describe_configs([ConfigResource("broker", "1")])["broker"]["1"]
        assert {name: entry["config_source"] for name, entry in shown.items()
                if entry["config_source"] != "STATIC_BROKER_CONFIG"} == {"log.retention.ms": "DYNAMIC_BROKER_CONFIG"}
        entry = admin.describe_configs([topic()], config_filter="all")["topic"]["t"]["retention.ms"]
        assert (entry["value"], entry["config_source"]) == ("90000", "DYNAMIC_BROKER_CONFIG")

    check(admin)
    broker.stop()
    broker.start()
    again = KafkaAdminClient(bootstrap_servers=address(broker))
    check(again)
    assert again.list_config_resources(["topic", "broker"]) == {"topic": ["t"], "broker": ["1"]}
    again.close()


def test_levels_of_loggers(broker, admin):
    """`kafka-configs --entity-type broker-loggers`: what is logged changes while the broker runs."""
    def loggers(**configs):
        return ConfigResource("broker_logger", "1", configs or None)

    def levels():
        shown = admin.describe_configs([loggers()])["broker_logger"]["1"]
        assert {entry["config_source"] for entry in shown.values()} == {"DYNAMIC_BROKER_LOGGER_CONFIG"}
        return {name: entry["value"] for name, entry in shown.items()}

    def connect():
        with Wire(broker.port) as wire:
            wire.call(fetch("t", 0, max_wait_ms=0))

    assert set(levels()) == {"root", "admin", "groups", "log", "policy", "readers", "security", "server"}
    assert set(levels().values()) == {"INFO"}
    connect()
    assert "level=debug" not in broker.log
    assert admin.alter_configs([loggers(server="DEBUG")]) == {"broker_logger": {"1": "OK"}}
    assert levels()["server"] == "DEBUG" and levels()["root"] == "INFO"
    assert re.search(r'level=info logger=sluice.admin msg="settings were changed" .*'
                     r'resource="broker logger 1" settings=server', broker.log)
    connect()
    eventually(lambda: "level=debug logger=sluice.server" in broker.log, "a line of that logger")
    # The command shows and changes the same.
    assert broker.sluice("config", "unset", "logger", "1", "server").returncode == 0
    assert {c["value"] for c in broker.sluice_json("config", "describe", "logger", "1")["configs"]} == {"INFO"}
    broker.sluice("config", "set", "logger", "1", "root=ERROR", "admin=INFO")
    assert levels()["policy"] == "ERROR" and levels()["admin"] == "INFO"
    answer = admin.alter_configs([loggers(sever="DEBUG")], raise_on_unknown=False)["broker_logger"]["1"]
    assert "(server?)" in answer
    typo = broker.sluice("config", "set", "logger", "1", "polcy=DEBUG", check=False)
    assert typo.returncode != 0 and "did you mean policy?" in typo.stderr


def test_views_of_a_group_are_listed(broker, admin):
    broker.sluice("topic", "create", "accounts")
    broker.scrub()
    assert admin.list_config_resources()["group"] == ["email-app"]
    (view,) = admin.describe_configs([ConfigResource("group", "email-app")])["group"]["email-app"].values()
    assert view["value"].startswith("scrub-ssn@")


def test_folders_and_sizes(broker, admin):
    for name in ("t", "accounts"):
        admin.create_topics([NewTopic(name, 1, 1)])
    broker.scrub()
    out = producer(broker)
    for name in ("t", "accounts"):
        out.send(name, value=b"x" * 1000).get(60)
    out.close()
    (answer,) = admin.describe_log_dirs()
    (folder,) = answer["log_dirs"]
    assert folder["log_dir"] == str(broker.data.resolve())
    # How large a record is that this reader doesn't get is the administrator's to know.
    assert [t["name"] for t in folder["topics"]] == ["t"]
    (partition,) = folder["topics"][0]["partitions"]
    assert 1000 < partition["partition_size"] < 1200
    replica = TopicPartitionReplica("t", 0, 1)
    here, elsewhere = (admin.alter_replica_log_dirs({replica: path}) for path in (folder["log_dir"], "/elsewhere"))
    assert "NoError" in str(here[replica])
    assert "LogDirNotFound" in str(elsewhere[replica])


def test_partitions_of_the_one_broker(broker, admin):
    admin.create_topics([NewTopic("t", 3, 1)])
    admin.create_topics([NewTopic("u", 1, 1)])
    page = admin.describe_topic_partitions(["t", "u"], response_partition_limit=2)
    assert [[p["partition_index"] for p in t["partitions"]] for t in page["topics"]] == [[0, 1]]
    page = admin.describe_topic_partitions(["t", "u"], response_partition_limit=2, cursor=page["next_cursor"])
    assert [[p["partition_index"] for p in t["partitions"]] for t in page["topics"]] == [[2], [0]]
    assert page["next_cursor"] is None

    assert admin.list_partition_reassignments() == {}
    moves = {TopicPartition("t", 0): [1], TopicPartition("t", 1): [2], TopicPartition("t", 2): None}
    results = {tp.partition: error and error.__name__ for tp, error in admin.alter_partition_reassignments(moves).items()}
    assert results == {0: None, 1: "InvalidReplicationAssignmentError", 2: "NoReassignmentInProgressError"}
    elected = admin.elect_leaders(0, {"t": [0, 1]}, raise_errors=False)
    elected = elected if isinstance(elected, dict) else elected.to_dict()
    assert {p["error_code"] for t in elected["replica_election_results"] for p in t["partition_result"]} == {84}


def test_producers_of_a_partition(broker, admin):
    admin.create_topics([NewTopic("t", 1, 1)])
    out = producer(broker, enable_idempotence=True)
    for n in range(3):
        out.send("t", value=b"%d" % n).get(60)
    partition = TopicPartition("t", 0)
    (state,) = [s for states in admin.describe_producers([partition]).values() for s in _states(states)]
    assert state.last_sequence == 2
    assert state.producer_epoch == 0
    out.close()


def _states(found):
    return getattr(found, "active_producers", found)
