"""Groups as operators look after them: kafka-python's admin client and `sluice group`."""

from kafka import TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec
from kafka.errors import GroupSubscribedToTopicError, NoError

from clients import address, consumer, producer, read
from harness import eventually


def filled(broker):
    """A topic of two partitions with five records in each."""
    broker.sluice("topic", "create", "t", "--partitions", "2")
    out = producer(broker)
    for n in range(10):
        out.send("t", value=b"%d" % n, partition=n % 2)
    out.flush()
    out.close()


def test_admin_client_looks_after_groups(broker):
    filled(broker)
    first, second = TopicPartition("t", 0), TopicPartition("t", 1)
    member = consumer(address(broker), "t", group_id="g", client_id="reader")
    read(member, 10)
    member.commit()
    admin = KafkaAdminClient(bootstrap_servers=address(broker))

    listed = {group["group_id"]: group for group in admin.list_groups()}
    assert listed["g"]["protocol_type"] == "consumer"
    assert listed["g"]["group_state"] == "Stable" and listed["g"]["group_type"] == "classic"
    assert [group["group_id"] for group in admin.list_groups(states_filter=["Stable"])] == ["g"]
    assert admin.list_groups(states_filter=["Empty"]) == []
    described = admin.describe_groups(["g", "nobody"])
    assert described["nobody"]["group_state"] == "Dead" and "GroupIdNotFound" in described["nobody"]["error"]
    assert described["g"]["group_state"] == "Stable" and described["g"]["error"] is None
    (seen,) = described["g"]["members"]
    assert seen["client_id"] == "reader" and seen["client_host"].strip("/") == "127.0.0.1"
    assert admin.delete_group_offsets("g", [first])[first] is GroupSubscribedToTopicError
    assert admin.delete_groups(["g", "nobody"]) == {"g": "NonEmptyGroupError", "nobody": "GroupIdNotFoundError"}

    member.close()
    eventually(lambda: admin.list_groups(states_filter=["Empty"]), "the group has no members")
    reset = admin.reset_group_offsets("g", {first: OffsetSpec.EARLIEST, second: 3})
    assert {key: value["offset"] for key, value in reset.items()} == {first: 0, second: 3}
    assert all(value["error"] is NoError for value in reset.values())
    assert admin.delete_group_offsets("g", [second])[second] is NoError
    assert [key for key, value in admin.list_group_offsets({"g": None})["g"].items() if value.offset >= 0] == [first]
    assert admin.delete_groups(["g"]) == {"g": "OK"}
    assert admin.list_groups() == []
    admin.close()


def test_group_command(broker):
    filled(broker)

    def group(*arguments):
        return broker.sluice_json("group", *arguments)

    member = consumer(address(broker), "t", group_id="g")
    read(member, 10)
    member.commit()
    assert group("list")["groups"] == [{"group": "g", "protocol_type": "consumer", "state": "Stable"}]
    described = group("describe", "g")
    assert described["lag"] == 0
    (seen,) = described["members"]
    assert seen["partitions"] == [{"partition": 0, "topic": "t"}, {"partition": 1, "topic": "t"}]
    member.close()
    eventually(lambda: group("describe", "g")["state"] == "Empty", "the group has no members")
    changes = group("reset-offsets", "g", "--topic", "t", "--shift-by", "-2")["partitions"]
    assert [(change["before"], change["after"]) for change in changes] == [(5, 3), (5, 3)]
    assert group("describe", "g")["lag"] == 4
    again = consumer(address(broker), "t", group_id="g")
    assert sorted(record.value for record in read(again, 4)) == [b"6", b"7", b"8", b"9"]
    again.close()
    eventually(lambda: group("describe", "g")["state"] == "Empty", "the group has no members again")
    assert group("delete", "g", "--yes") == {"deleted": True, "group": "g"}
    assert group("list")["groups"] == []
