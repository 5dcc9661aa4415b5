"""Administration with confluent-kafka's admin client, which is librdkafka's."""

import pytest
from confluent_kafka import ElectionType, KafkaException, TopicPartition
from confluent_kafka.admin import (
    AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ConfigSource, NewPartitions, NewTopic, OffsetSpec)

from clients import address
from harness import kcat


@pytest.fixture
def admin(broker):
    return AdminClient({"bootstrap.servers": address(broker)})


def result(futures):
    (future,) = futures.values()
    return future.result(30)


def code(futures):
    with pytest.raises(KafkaException) as raised:
        result(futures)
    return raised.value.args[0].code(), raised.value.args[0].str()


def topic(**settings):
    return ConfigResource(ConfigResource.Type.TOPIC, "t", incremental_configs=[
        ConfigEntry(name.replace("_", "."), value, incremental_operation=operation)
        for name, (operation, value) in settings.items()])


def test_topics(broker, admin):
    assert result(admin.create_topics([NewTopic("t", 2, 1, config={"retention.ms": "60000"})])) is None
    assert result(admin.create_partitions([NewPartitions("t", 3)])) is None
    kcat("-b", broker.address, "-P", "-t", "t", "-p", "2", input="a\nb\nc\n")
    partition = TopicPartition("t", 2, 2)
    assert result(admin.delete_records([partition])).low_watermark == 2
    assert result(admin.list_offsets({TopicPartition("t", 2): OffsetSpec.earliest()})).offset == 2
    with pytest.raises(KafkaException):
        result(admin.create_topics([NewTopic("u", 1, 1, config={"retenton.ms": "1"})]))
    cluster = admin.describe_cluster().result(30)
    assert [node.id for node in cluster.nodes] == [1]
    elected = admin.elect_leaders(ElectionType.PREFERRED, [TopicPartition("t", 0)]).result(30)
    assert [error.name() for error in elected.values()] == ["ELECTION_NOT_NEEDED"]
    assert result(admin.delete_topics(["t"])) is None


def test_settings(broker, admin):
    result(admin.create_topics([NewTopic("t", 1, 1)]))
    setting, deletion, append = AlterConfigOpType.SET, AlterConfigOpType.DELETE, AlterConfigOpType.APPEND
    assert result(admin.incremental_alter_configs(
        [topic(retention_ms=(setting, "60000"), cleanup_policy=(append, "delete"), segment_ms=(deletion, None))])) is None
    shown = result(admin.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, "t")]))
    assert shown["retention.ms"].value == "60000"
    assert shown["retention.ms"].source == ConfigSource.DYNAMIC_TOPIC_CONFIG.value
    assert [synonym.value for synonym in shown["retention.ms"].synonyms.values()]
    wrong, message = code(admin.incremental_alter_configs([topic(retention_ms=(setting, "-7"))]))
    assert wrong == 40 and "retention.ms = -7: must be at least -1" in message

    old = ConfigResource(ConfigResource.Type.TOPIC, "t", set_config={"segment.ms": "7000"})
    assert result(admin.alter_configs([old])) is None
    shown = result(admin.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, "t")]))
    changed = [name for name, entry in shown.items() if entry.source == ConfigSource.DYNAMIC_TOPIC_CONFIG.value]
    assert changed == ["segment.ms"]

    def broker_setting(operation, value):
        entry = ConfigEntry("log.retention.ms", value, incremental_operation=operation)
        return ConfigResource(ConfigResource.Type.BROKER, "1", incremental_configs=[entry])

    assert result(admin.incremental_alter_configs([broker_setting(setting, "50000")])) is None
    shown = result(admin.describe_configs([ConfigResource(ConfigResource.Type.BROKER, "1")]))
    assert shown["log.retention.ms"].value == "50000"
    assert shown["log.retention.ms"].source == ConfigSource.DYNAMIC_BROKER_CONFIG.value
    assert shown["node.id"].is_read_only
    shown = result(admin.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, "t")]))
    assert shown["retention.ms"].value == "50000"
    assert result(admin.incremental_alter_configs([broker_setting(deletion, None)])) is None
