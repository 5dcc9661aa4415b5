"""Classic groups with real members: static ones, cooperative ones, ones that die, and ones that subscribe by pattern."""

import json
import signal
import subprocess
import sys

import pytest
from kafka import TopicPartition
from kafka.errors import KafkaError
from kafka.protocol.consumer import HeartbeatRequest, JoinGroupRequest, SyncGroupRequest
from kafka.structs import OffsetAndMetadata

from clients import Group, address, consumer, producer, read
from harness import Kcat, eventually, kcat
from wire import Wire, make


def put(broker, topic, count, partitions=1):
    out = producer(broker)
    for n in range(count):
        out.send(topic, value=b"%d" % n, partition=n % partitions)
    out.flush()
    out.close()


def assigned(member):
    """The count of partitions, after a poll."""
    member.client.poll(timeout_ms=500)
    return len(member.client.assignment())


def join(wire, instance, member_id=""):
    return wire.send(make(
        JoinGroupRequest, 7, group_id="g", session_timeout_ms=30_000, rebalance_timeout_ms=30_000, member_id=member_id,
        group_instance_id=instance, protocol_type="consumer", protocols=[{"name": "range", "metadata": b"s"}]))


def sync(wire, instance, member_id, generation, assignments=()):
    return wire.send(make(
        SyncGroupRequest, 5, group_id="g", generation_id=generation, member_id=member_id, group_instance_id=instance,
        protocol_type="consumer", protocol_name="range",
        assignments=[{"member_id": m, "assignment": a} for m, a in assignments]))


def heartbeat(wire, instance, member_id, generation):
    return wire.call(make(HeartbeatRequest, 4, group_id="g", generation_id=generation, member_id=member_id,
                          group_instance_id=instance)).error_code


def test_static_member_comes_back_without_a_rebalance(broker):
    """A successor has its predecessor's assignment in the same generation, and the predecessor is fenced (KIP-345). As a
    script: kafka-python can lose an answer between two polls of one thread."""
    with Wire(broker.port) as one, Wire(broker.port) as two, Wire(broker.port) as successor:
        requests = join(one, "one"), join(two, "two")
        first, second = one.receive(requests[0]), two.receive(requests[1])
        assert (first.error_code, second.error_code) == (0, 0) and first.generation_id == second.generation_id
        ids = {"one": first.member_id, "two": second.member_id}
        assert {first.leader, second.leader} <= set(ids.values())
        generation = first.generation_id
        shares = [(ids[name], name.encode()) for name in ids]
        leads = first.leader == ids["one"]
        requests = (sync(one, "one", ids["one"], generation, shares if leads else ()),
                    sync(two, "two", ids["two"], generation, () if leads else shares))
        assert (one.receive(requests[0]).assignment, two.receive(requests[1]).assignment) == (b"one", b"two")
        again = successor.receive(join(successor, "two"))
        assert (again.error_code, again.generation_id) == (0, generation) and again.member_id != ids["two"]
        kept = successor.receive(sync(successor, "two", again.member_id, generation))
        assert (kept.error_code, kept.assignment) == (0, b"two")
        assert heartbeat(one, "one", ids["one"], generation) == 0
        assert heartbeat(successor, "two", again.member_id, generation) == 0
        assert heartbeat(two, "two", ids["two"], generation) == 82


def test_partitions_of_a_killed_member_go_to_the_others(start_broker):
    broker = start_broker("--set", "group.min.session.timeout.ms=1000")
    broker.sluice("topic", "create", "t", "--partitions", "2")
    script = (
        "import sys; from kafka import KafkaConsumer\n"
        "client = KafkaConsumer('t', bootstrap_servers=sys.argv[1], group_id='g', session_timeout_ms=2000, "
        "heartbeat_interval_ms=300)\n"
        "while True:\n"
        "    client.poll(timeout_ms=100); print(len(client.assignment()), flush=True)\n")
    other = subprocess.Popen([sys.executable, "-c", script, address(broker)], stdout=subprocess.PIPE, text=True)
    try:
        options = {"session_timeout_ms": 2000, "heartbeat_interval_ms": 300}
        with Group(broker, "g", "t", **options) as member:
            eventually(lambda: assigned(member) == 1, "one partition each")
            other.send_signal(signal.SIGKILL)
            eventually(lambda: assigned(member) == 2, "both partitions")
            put(broker, "t", 10, partitions=2)
            member.client.seek_to_beginning()
            assert len(member.read(10)) == 10
    finally:
        other.kill()
        other.communicate()


@pytest.mark.parametrize("strategy", ["range", "roundrobin", "cooperative-sticky"])
def test_strategies_of_librdkafka(broker, strategy):
    broker.sluice("topic", "create", "t", "--partitions", "4")
    arguments = ("-b", broker.address, "-X", f"partition.assignment.strategy={strategy}", "-X",
                 "heartbeat.interval.ms=200", "-X", "auto.offset.reset=earliest", "-J", "-G", "g", "t")
    with Kcat(*arguments) as first:
        put(broker, "t", 4, partitions=4)
        first.wait_for(4)
        with Kcat(*arguments) as second:
            eventually(lambda: "rebalanced" in "".join(second.errors), "an assignment of the second")

            def shared():
                put(broker, "t", 4, partitions=4)
                places = [{json.loads(l)["partition"] for l in list(c.lines)[-2:]} for c in (first, second)]
                return len(places[0]) == len(places[1]) == 2 and not places[0] & places[1]

            eventually(shared, "each reads two partitions of its own")


def test_pattern_subscription_finds_new_topics_and_no_internal_ones(broker):
    broker.sluice("topic", "create", "log-a")
    kcat("-b", broker.address, "-P", "-t", "log-a", input="a\n")
    arguments = ("-b", broker.address, "-X", "topic.metadata.refresh.interval.ms=300", "-X",
                 "auto.offset.reset=earliest", "-J", "-G", "g")
    with Kcat(*arguments, "^log-.*") as client, Kcat(*arguments[:-1], "every", "^.*") as every:
        client.wait_for(1)
        broker.sluice("topic", "create", "log-b")
        kcat("-b", broker.address, "-P", "-t", "log-b", input="b\n")
        assert [json.loads(l)["payload"] for l in client.wait_for(2)] == ["a", "b"]
        assert {json.loads(l)["topic"] for l in every.wait_for(2)} == {"log-a", "log-b"}
        assert "__" not in every.output


def test_commits_with_metadata_and_unknown_groups(broker):
    broker.sluice("topic", "create", "t", "--partitions", "2")
    partition = TopicPartition("t", 0)
    client = consumer(address(broker), group_id="g")
    assert client.committed(partition) is None
    client.assign([partition])
    client.commit({partition: OffsetAndMetadata(7, "why", -1)})
    broker.kill()
    broker.start()
    again = consumer(address(broker), group_id="g")
    found = again.committed(partition, metadata=True)
    assert (found.offset, found.metadata) == (7, "why")
    assert again.committed(TopicPartition("t", 1)) is None
    with pytest.raises(KafkaError):
        again.commit({partition: OffsetAndMetadata(1, "x" * 5000, -1)})
    again.close()
    client.close()


def test_read_committed_reads_what_there_is(broker):
    broker.sluice("topic", "create", "t")
    put(broker, "t", 5)
    client = consumer(address(broker), "t", isolation_level="read_committed")
    assert [r.value for r in read(client, 5)] == [b"%d" % n for n in range(5)]
    client.close()
