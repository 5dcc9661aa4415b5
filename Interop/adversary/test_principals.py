"""Attacks that need a principal, or the lack of one, on a broker with logins and ACLs."""

import pytest
from kafka import TopicPartition
from kafka.errors import TopicAuthorizationFailedError
from kafka.protocol.admin.acl import CreateAclsRequest
from kafka.protocol.admin.configs import AlterConfigsRequest, DescribeConfigsRequest, IncrementalAlterConfigsRequest
from kafka.protocol.admin.topics import DeleteTopicsRequest
from kafka.protocol.consumer import (
    JoinGroupRequest, ListOffsetsRequest, OffsetCommitRequest, OffsetFetchRequest, OffsetForLeaderEpochRequest)
from kafka.protocol.metadata import ApiVersionsRequest, MetadataRequest
from kafka.record.legacy_records import LegacyRecordBatchBuilder

from canary import Canary
from clients import consumer
from harness import GUEST, eventually, kcat
from room import (
    CLUSTER_DENIED, DENIED, GROUP_DENIED, MASKED, NO_SUCH_SESSION, Room, fetch_request)
from secured import ALL, GROUP, PREFIXED, READ, TOPIC, WRITE, add_user, allow, log_in
from test_sessions import Session
from wire import AdminWire, Wire, batch, compact, make, produce

pytestmark = pytest.mark.xdist_group("adversary-principals")
LOGIN, OPEN, PINNED, NO_RAW, NOTHING = range(5)
OWN_TOPICS = ["__sluice_modules", "__sluice_views", "__sluice_errors", "__sluice_security", "__consumer_offsets",
              "__transaction_state", "__sluice_audit"]


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """auditor has bindings of her own; mallory may READ the topics and the group `mallory`; eve the group `audit` as well;
    olga owns topics and groups in all but policy; greedy has READ on all there is."""
    room = Room(
        tmp_path_factory.mktemp("principals"), "--set", "authorizer=acl", "--set", "attribution.wait.ms=200",
        listeners=("LOGIN://localhost:0?sasl=PLAIN+SCRAM-SHA-256", "OPEN://localhost:0",
                   "PINNED://localhost:0?sasl=PLAIN&group=email-app", "NORAW://localhost:0?sasl=PLAIN&views=no-raw",
                   "NOTHING://localhost:0?sasl=PLAIN&views=deny"))
    for user in ("auditor", "mallory", "eve", "olga", "greedy", "mirror"):
        add_user(room.broker, user, f"secret of {user}")
    topics = (TOPIC, "a", READ, PREFIXED)
    allow(room.broker, "auditor", topics, (GROUP, "audit", READ), (GROUP, "email-app", READ))
    allow(room.broker, "mallory", topics, (GROUP, "mallory", READ))
    allow(room.broker, "eve", topics, (GROUP, "audit", READ))
    allow(room.broker, "olga", (TOPIC, "a", ALL, PREFIXED), (GROUP, "audit", ALL), (GROUP, "olga", ALL))
    allow(room.broker, "greedy", (TOPIC, "*", ALL), (TOPIC, "_", READ, PREFIXED), (GROUP, "*", ALL))
    allow(room.broker, "mirror", topics, (TOPIC, "__sluice_modules", WRITE))
    allow(room.broker, "ANONYMOUS", topics, (GROUP, "audit", READ))
    room.deploy("alpha", "beta")
    yield room
    room.close()


def raw_for_the_auditor(room, name, **options):
    """The group of auditors, and in it the auditor only, reads raw; everybody else is denied."""
    return room.topic(name, default="deny", bindings=[("audit", "User:auditor", "raw")], **options)


def join(wire, group, instance=None):
    return wire.call(make(
        JoinGroupRequest, 5, group_id=group, session_timeout_ms=6000, rebalance_timeout_ms=6000, member_id="",
        group_instance_id=instance, protocol_type="consumer", protocols=[{"name": "range", "metadata": b""}])).error_code


def see_raw(wire, topic, canary, **options):
    """That the canary would be found where it is."""
    wire.may_see.add(canary)
    assert len(wire.read(topic, **options)) == 3 and canary in wire.seen


# A1, A2


def test_a01_claims_of_another_groups_member_select_nothing_that_isnt_mallorys(room):
    canary = raw_for_the_auditor(room, "a01")
    with room.wire("auditor", client_id="the-auditor") as auditor:
        assert join(auditor, "audit", instance="static") == 0
        see_raw(auditor, "a01", canary)
        mallory = room.wire("mallory", client_id="the-auditor")
        assert join(mallory, "audit", instance="static") == GROUP_DENIED
        assert mallory.read("a01") == DENIED
        for client_id in ("audit", "consumer-audit-1", "the-auditor"):
            assert room.wire("mallory", client_id=client_id).read("a01") == DENIED
            assert room.wire(None, OPEN, client_id=client_id).read("a01") == DENIED


@pytest.mark.parametrize("user, code", [("mallory", GROUP_DENIED), ("eve", 0), (None, 0)])
def test_a02_naming_the_group_that_a_principal_binding_opens_gives_the_default(room, user, code):
    """eve and whoever doesn't log in may READ the group, but are not whom the binding names."""
    name = f"a02-{user}"
    canary = raw_for_the_auditor(room, name)
    see_raw(room.wire("auditor"), name, canary, group="audit")
    place = LOGIN if user else OPEN
    tagged = room.wire(user, place)
    assert tagged.read(name, group="audit") == (code or DENIED)
    asked = room.wire(user, place)
    assert asked.name_group("audit") == code and asked.read(name) == DENIED
    joined = room.wire(user, place)
    assert join(joined, "audit") == (code or 79) and joined.read(name) == DENIED
    if user == "mallory":
        login = [word for option in ("security.protocol=SASL_PLAINTEXT", "sasl.mechanism=PLAIN", f"sasl.username={user}",
                                     f"sasl.password=secret of {user}") for word in ("-X", option)]
        room.note(kcat("-b", room.broker.address, *login, "-E", "-q", "-e", "-X", "auto.offset.reset=earliest", "-G", "audit", name,
                       check=False))


def test_a02_nobody_writes_raw_for_a_name_alone(room):
    raw_for_the_auditor(room, "a02-rule")
    assert room.bind("a02-rule", "audit", None, "raw", wire=room.admin) == 87
    assert room.wire("eve").read("a02-rule", group="audit") == DENIED


def test_a02_a_pinned_listener_is_for_who_may_read_its_group(room):
    room.topic("a02-pin", default="deny", bindings=[("email-app", None, "alpha")])
    assert room.wire("auditor", PINNED).read("a02-pin") == MASKED["alpha"]
    assert room.wire("mallory", PINNED).read("a02-pin") == GROUP_DENIED
    assert room.wire("auditor", PINNED).read("a02-pin", group="audit") == GROUP_DENIED
    assert room.wire("auditor", PINNED).name_group("audit") == GROUP_DENIED


def test_a02_a_listener_that_lets_nothing_raw_out(room):
    """The auditor's raw becomes the default there; `explain` says the same, and asks ACLs."""
    for default, outcome in (("beta", MASKED["beta"]), ("deny", DENIED), ("raw", DENIED)):
        name = f"a02-cap-{default}"
        canary = room.topic(name, default=default, bindings=[("audit", "User:auditor", "raw"), ("email-app", None, "alpha")])
        see_raw(room.wire("auditor"), name, canary, group="audit")
        assert room.wire("auditor", NO_RAW).read(name, group="audit") == outcome
        assert room.wire("auditor", NO_RAW).read(name, group="email-app") == MASKED["alpha"]
        for group in ("audit", "email-app"):
            wire = room.wire("auditor", NOTHING)
            assert wire.read(name, group=group) == DENIED
            (partition,) = wire.call(offsets(name, -1)).topics[0].partitions
            assert (partition.error_code, partition.offset) == (DENIED, -1)

    def explain(*words):
        return room.broker.sluice_json("view", "explain", "--topic", "a02-cap-beta", *words)["outcome"]

    auditor = ("--as", "User:auditor", "--group", "audit")
    assert [explain(*auditor), explain(*auditor, "--listener-views", "no-raw"), explain(*auditor, "--listener-views", "deny")] == [
        "raw", "beta@1", "deny"]
    # mallory may READ the topic, not the groups; greedy, whom a wider pattern lets in, both; nobody else anything.
    assert [explain("--as", f"User:{user}", "--group", "email-app") for user in ("mallory", "greedy", "nobody")] == [
        "beta@1", "alpha@1", "deny"]


# A5, A6


@pytest.mark.parametrize("header", [
    b"PROXY TCP4 10.0.0.1 10.0.0.2 1 9092\r\n",
    b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\x0a\0\0\1\x0a\0\0\2\0\1\x23\x84",
], ids=["v1", "v2"])
def test_a05_nobody_is_believed_an_address(room, header):
    """No listener speaks the PROXY protocol, so such a header is garbage, also on the admin socket."""
    for wire in (Wire(room.broker.ports[OPEN]), AdminWire(room.broker)):
        with wire:
            request = make(MetadataRequest, 1, topics=None)
            request.with_header(correlation_id=1, client_id="x")
            wire.socket.sendall(header + bytes(request.encode(header=True, framed=True)))
            assert wire.receive_bytes() is None


def test_a06_a_copy_of_all_that_a_reader_shows_is_not_the_reader(room):
    """Same address, client.id and software, with the auditor's connection open, fetching and in the group; with a login and without."""
    canary = raw_for_the_auditor(room, "a06")

    def marked(user, place):
        wire = room.wire(user, place, client_id="audit")
        wire.call(make(ApiVersionsRequest, 3, client_software_name="librdkafka", client_software_version="2.0.2"))
        return wire

    auditor = marked("auditor", LOGIN)
    assert auditor.name_group("audit") == 0
    see_raw(auditor, "a06", canary)
    for user, place in (("eve", LOGIN), ("mallory", LOGIN), (None, OPEN)):
        thief = marked(user, place)
        assert thief.read("a06") == DENIED
        thief.name_group("audit")
        assert thief.read("a06") == DENIED
    see_raw(auditor, "a06", canary)


# A8


def session_of(wire, topic):
    session = Session(wire)
    session.wants = {(topic, 0): 0}
    return session


def test_a08_a_stolen_fetch_session_is_none(room):
    canary = raw_for_the_auditor(room, "a08")
    with room.wire("auditor", client_id="same") as owner:
        owner.may_see.add(canary)
        assert owner.name_group("audit") == 0
        session = session_of(owner, "a08")
        assert len(session.read(("a08", 0), session.fetch())) == 3 and canary in owner.seen
        for user, place in (("eve", LOGIN), ("mallory", LOGIN), (None, OPEN)):
            thief = room.wire(user, place, client_id="same")
            stolen = session_of(thief, "a08")
            stolen.id, stolen.epoch = session.id, session.epoch
            assert stolen.fetch() == NO_SUCH_SESSION
            # Nor is it evidence for, or ended by, somebody else.
            stolen.id, stolen.epoch = session.id, 0
            assert stolen.fetch()["a08", 0].error_code == DENIED
        assert session.fetch() == {}


def test_a08_a_session_doesnt_outlive_its_right(room):
    canary = raw_for_the_auditor(room, "a08-change")
    place = ("a08-change", 0)
    with room.wire("auditor") as owner:
        owner.may_see.add(canary)
        owner.name_group("audit")
        session = session_of(owner, "a08-change")
        session.read(place, session.fetch())
        assert session.fetch() == {}
        room.bind("a08-change", "audit", "User:auditor", "alpha")
        owner.may_see.clear()
        assert list(session.fetch()) == [place], "a changed outcome is told"
        later = room.plant("a08-change")
        assert session.read(place, session.fetch()) == [value.decode() for value in MASKED["alpha"]]
        session.wants[place] = 0
        assert len(session.read(place, session.fetch())) == 6
        room.bind("a08-change", "audit", "User:auditor", "deny")
        session.wants[place] = 0
        assert session.fetch()[place].error_code == DENIED
        assert not owner.seen & {later}


# A15, A16


def test_a16_who_looks_closer_sees_what_it_reads(room):
    """A map of the reader's own, which would show all it is given, runs after the reader's outcome, and needs a right."""
    room.topic("a16", default="alpha")
    room.topic("a16-deny", default="deny")
    show_all = room.deploy_guest("a16-keep", "record->verdict = SLUICE_KEEP;").read_bytes()
    tags = {10002: compact(show_all)}
    assert room.wire("mallory").read("a16") == MASKED["alpha"]
    assert room.wire("mallory").read("a16", tags=tags) == DENIED
    assert room.wire("mirror").read("a16", tags=tags) == MASKED["alpha"]
    assert room.wire("mirror").read("a16-deny", tags=tags) == DENIED
    # The command as a reader: it runs the map on what it is sent.
    settings = room.folder / "mallory.properties"
    settings.write_text(
        "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.username=mallory\nsasl.password=secret of mallory\n")
    settings.chmod(0o600)
    for words in (["consume", "a16", "-B", "-e"], ["consume", "a16", "-B", "-e", "--map", GUEST], ["consume", "a16-deny", "-B", "-e"],
                  ["view", "preview", "--topic", "a16", "alpha"], ["view", "preview", "--topic", "a16", "--map", room.folder / "a16-keep.wasm"],
                  ["view", "preview", "--topic", "a16-deny", "--map", GUEST, "--records"],
                  ["module", "list"], ["view", "list"], ["log", "check"], ["view", "explain", "--topic", "a16-deny"]):
        room.note(room.broker.sluice(*map(str, words), "-b", room.broker.address, "--command-config", str(settings), check=False))
    assert "public" in "".join(room.texts)


# A24


@pytest.mark.parametrize("version", range(4, 19))
def test_a24_a_follower_gets_no_records(room, version):
    """Also not who may read all of it raw as a consumer."""
    name = f"a24-{version}"
    canary = raw_for_the_auditor(room, name)
    topic = room.topic_id(name) if version >= 13 else name
    auditor = room.wire("auditor")
    auditor.name_group("audit")
    for replica in (0, 1, -2, -3, 2**31 - 1, -2**31):
        options = {"replica_id": replica} if version < 15 else {"replica_state": {"replica_id": replica, "replica_epoch": -1}}
        assert auditor.read(topic, version=version, **options) == DENIED
        if version < 12:
            continue
        for group in ("audit", "email-app"):
            request = fetch_request(topic, version=version, **options)
            if version < 15:
                (partition,) = auditor.call(request, {10000: compact(group)}).responses[0].partitions
                assert partition.error_code == DENIED and not partition.records
    assert not auditor.seen
    see_raw(auditor, topic, canary, version=version)


@pytest.mark.parametrize("version", range(4))
def test_a24_old_fetches_are_closed(room, version):
    canary = raw_for_the_auditor(room, f"a24-old-{version}")
    auditor = room.wire("auditor")
    auditor.name_group("audit")
    request = make(fetch_request("x").__class__, 4, max_wait_ms=0, min_bytes=1, max_bytes=1 << 20, topics=[
        {"topic": f"a24-old-{version}", "partitions": [{"partition": 0, "fetch_offset": 0, "partition_max_bytes": 1 << 20}]}])
    frame = bytearray(request.with_header(correlation_id=1, client_id="x") or request.encode(header=True, framed=True))
    frame[6:8] = version.to_bytes(2, "big")
    auditor.socket.sendall(frame)
    assert auditor.receive_bytes() is None and canary not in auditor.seen


@pytest.mark.parametrize("magic", [0, 1])
def test_a24_old_formats_are_not_stored(room, magic):
    raw_for_the_auditor(room, f"a24-magic-{magic}")
    builder = LegacyRecordBatchBuilder(magic=magic, compression_type=0, batch_size=1 << 16)
    builder.append(0, timestamp=1, key=b"k", value=b"v")
    olga = room.wire("olga")
    for version in (3, 9):
        answer = olga.call(produce(f"a24-magic-{magic}", bytes(builder.build()), version=version))
        assert answer.responses[0].partition_responses[0].error_code in (2, 43, 87)
    (partition,) = room.admin.call(offsets(f"a24-magic-{magic}", -1)).topics[0].partitions
    assert partition.offset == 3


def offsets(topic, timestamp, replica=-1):
    return make(ListOffsetsRequest, 7, replica_id=replica, isolation_level=0, topics=[
        {"name": topic, "partitions": [{"partition_index": 0, "current_leader_epoch": -1, "timestamp": timestamp}]}])


def test_a24_a_follower_learns_no_offsets(room):
    raw_for_the_auditor(room, "a24-offsets")
    auditor = room.wire("auditor")
    auditor.name_group("audit")
    assert auditor.call(offsets("a24-offsets", -1)).topics[0].partitions[0].offset == 3
    for replica in (0, 7, -2):
        for timestamp in (-1, -2, -3, 0):
            (partition,) = auditor.call(offsets("a24-offsets", timestamp, replica)).topics[0].partitions
            assert (partition.error_code, partition.offset) == (DENIED, -1)
        for version in (3, 4):
            answer = auditor.call(make(OffsetForLeaderEpochRequest, version, replica_id=replica, topics=[
                {"topic": "a24-offsets", "partitions": [{"partition": 0, "current_leader_epoch": -1, "leader_epoch": 0}]}]))
            (partition,) = answer.topics[0].partitions
            assert (partition.error_code, partition.end_offset) == (DENIED, -1)
    denied = room.wire("mallory").call(offsets("a24-offsets", -1)).topics[0].partitions[0]
    assert (denied.error_code, denied.offset) == (DENIED, -1)


# A25, A26


@pytest.mark.parametrize("user", ["greedy", "olga", "mallory", None])
def test_a25_the_brokers_own_topics_are_nobodys(room, user):
    """greedy may READ `*` and every topic that begins with `_`."""
    place = LOGIN if user else OPEN
    secret = Canary(b"metadata")
    name = f"a25-{user}"
    room.topic(name, default="deny", count=0)
    auditor = room.wire("auditor")
    committed = auditor.call(make(
        OffsetCommitRequest, 7, group_id="audit", generation_id_or_member_epoch=-1, member_id="", group_instance_id=None,
        topics=[{"name": name, "partitions": [{"partition_index": 0, "committed_offset": 1, "committed_leader_epoch": -1,
                                               "committed_metadata": secret.secret.hex()}]}]))
    assert committed.topics[0].partitions[0].error_code == 0
    listed = room.wire(user, place).call(make(MetadataRequest, 12, topics=None))
    assert not [topic.name for topic in listed.topics if topic.name.startswith("__")]
    own = {topic.name: topic.topic_id for topic in room.admin.call(make(MetadataRequest, 12, topics=None)).topics
           if topic.name.startswith("__")}
    assert {"__sluice_modules", "__sluice_views", "__sluice_security", "__consumer_offsets"} <= own.keys()
    wire = room.wire(user, place)
    for name in {*OWN_TOPICS, *own}:
        for version in (4, 11, 12):
            assert wire.read(name, version=version) in (DENIED, 3)
        for timestamp in (-1, -2, 0):
            (partition,) = wire.call(offsets(name, timestamp)).topics[0].partitions
            assert partition.error_code in (DENIED, 3) and partition.offset == -1
        if name in own:
            for version in (13, 18):
                assert wire.read(own[name], version=version) == DENIED
    commits = make(OffsetFetchRequest, 7, group_id="audit", topics=None, require_stable=False)
    assert secret.is_in(str(auditor.call(commits)).encode())
    answer = room.wire("mallory").call(commits)
    assert answer.error_code == GROUP_DENIED and not secret.is_in(str(answer).encode())


@pytest.mark.parametrize("key", [68, 69, 78, 77, 59, 58, 27])
def test_a25_what_isnt_offered_is_closed(room, key):
    """Subscriptions by regular expression (68), share fetches (78), snapshots (59), envelopes (58), markers (27)."""
    wire = room.wire("greedy")
    body = key.to_bytes(2, "big") + b"\0\0\0\0\0\7\0\1x\0" + bytes(40)
    wire.socket.sendall(len(body).to_bytes(4, "big") + body)
    assert wire.receive_bytes() is None


@pytest.mark.parametrize("default", ["deny", "alpha"])
def test_a26_a_tool_that_copies_without_a_group_gets_the_default(room, default):
    """As MirrorMaker, Connect and backups read: assigned, with no group, from the start."""
    name = f"a26-{default}"
    canary = room.topic(name, default=default)
    client = consumer(f"127.0.0.1:{room.broker.port}", group_id=None, security_protocol="SASL_PLAINTEXT", sasl_mechanism="PLAIN",
                      sasl_plain_username="mirror", sasl_plain_password="secret of mirror")
    try:
        client.assign([TopicPartition(name, 0)])
        client.seek_to_beginning()
        if default == "deny":
            with pytest.raises(TopicAuthorizationFailedError):
                eventually(lambda: client.poll(timeout_ms=200), "the refusal")
        else:
            records = eventually(lambda: [r for all in client.poll(timeout_ms=200).values() for r in all], "records")
            assert [r.value for r in records] == MASKED["alpha"]
            assert not any(canary.is_in(repr((r.key, r.value, r.headers)).encode()) for r in records)
    finally:
        client.close()


# A27


def test_a27_names_are_names(room):
    """A principal with a colon, a group that looks like a pattern, and a user name that a terminal would obey."""
    add_user(room.broker, "auditor:x", "secret of auditor:x")
    allow(room.broker, "auditor:x", (TOPIC, "a", READ, PREFIXED), (GROUP, "*", READ))
    canary = room.topic("a27", default="deny", bindings=[
        ("audit", "User:auditor", "raw"), ("audi*", None, "beta"), ("email-*", None, "alpha")])
    assert room.wire("auditor:x").read("a27", group="audit") == DENIED
    assert room.wire("auditor:x").read("a27", group="email-app") == DENIED
    assert room.wire("auditor:x").read("a27", group="email-*") == MASKED["alpha"]
    see_raw(room.wire("auditor"), "a27", canary, group="audit")
    with Wire(room.broker.ports[LOGIN]) as wire:
        assert log_in(wire, "\x1b[31mroot\nlevel=info forged", "x") == 58
    line = eventually(lambda: next((l for l in room.broker.log.splitlines() if "a login failed" in l and "31mroot" in l), None), "the line")
    assert "\x1b" not in line and not any(l.startswith("level=info forged") for l in room.broker.log.splitlines())


# A28, A10


@pytest.mark.parametrize("version", range(3))
def test_a28_a_tool_that_replaces_all_settings_leaves_the_policy(room, version):
    """AlterConfigs as Terraform's provider, Sarama and kafka-python send it: the settings that they know, and no others."""
    name = f"a28-{version}"
    room.topic(name, default="deny", bindings=[("audit", None, "alpha")])
    olga = room.wire("olga")

    def replace(configs):
        answer = olga.call(make(AlterConfigsRequest, version, validate_only=False, resources=[
            {"resource_type": 2, "resource_name": name, "configs": [{"name": k, "value": v} for k, v in configs.items()]}]))
        return answer.responses[0].error_code

    assert replace({"retention.ms": "1000000"}) == 0
    assert replace({}) == 0
    assert replace({"view.default": "raw"}) == DENIED
    assert olga.read(name) == DENIED and room.wire("eve").read(name, group="audit") == MASKED["alpha"]


def test_a28_an_owner_cant_loosen_her_own_topic(room):
    room.topic("a28", default="deny", bindings=[("audit", None, "alpha")])
    olga = room.wire("olga")

    def alter(kind, name, key, value, operation=0):
        answer = olga.call(make(IncrementalAlterConfigsRequest, 1, validate_only=False, resources=[
            {"resource_type": kind, "resource_name": name, "configs": [
                {"name": key, "config_operation": operation, "value": value}]}]))
        return answer.responses[0].error_code

    assert alter(2, "a28", "retention.ms", "1000000") == 0
    for operation, value in ((0, "raw"), (0, "alpha"), (1, None), (2, "raw"), (3, "deny")):
        assert alter(2, "a28", "view.default", value, operation) != 0
        assert alter(32, "audit", "view.a28", value, operation) != 0
    assert alter(2, "a28", "view.default", "raw") == DENIED and alter(32, "audit", "view.a28", "raw") == DENIED
    assert room.default("a28", "raw", wire=olga) == DENIED
    assert room.bind("a28", None, "User:olga", "raw", wire=olga) == DENIED
    assert room.create("a28-new", {"view.default": "raw"}, wire=olga) == DENIED
    answer = olga.call(make(CreateAclsRequest, 3, creations=[
        {"resource_type": 2, "resource_name": "__sluice_views", "resource_pattern_type": 3, "principal": "User:olga", "host": "*",
         "operation": WRITE, "permission_type": 3}]))
    assert [result.error_code for result in answer.results] == [CLUSTER_DENIED]
    assert olga.read("a28") == DENIED and olga.read("a28", group="audit") == MASKED["alpha"]
    (shown,) = olga.call(make(DescribeConfigsRequest, 4, resources=[
        {"resource_type": 2, "resource_name": "a28", "configuration_keys": ["view.default"]}])).results
    assert [config.value for config in shown.configs] == ["deny"]


def test_a10_a_topic_made_anew_by_its_owner_is_as_protected(room):
    room.topic("a10", default="deny", bindings=[("audit", None, "alpha")])
    olga = room.wire("olga")
    old = room.topic_id("a10")
    answer = olga.call(make(DeleteTopicsRequest, 5, topic_names=["a10"], timeout_ms=60_000))
    assert answer.responses[0].error_code == 0
    assert room.create("a10", wire=olga) == 0
    room.plant("a10")
    assert olga.read("a10") == DENIED and olga.read("a10", group="audit") == MASKED["alpha"]
    assert olga.read(room.topic_id("a10"), version=13) == DENIED
    assert olga.read(old, version=13) == 100


# What the log says


def test_a29_a_denial_has_one_line_that_says_who_what_and_whence(room):
    raw_for_the_auditor(room, "a29")
    mallory = room.wire("mallory", client_id="a29\nforged=1")
    port = mallory.socket.getsockname()[1]

    def lines():
        answer = mallory.call(produce("a29", batch(Canary(room.mark).records())))
        assert answer.responses[0].partition_responses[0].error_code == DENIED
        return [l for l in room.broker.log.splitlines() if "no ACL allows it" in l and f":{port} " in l]

    # What others did in the same second may have held it back; then it comes with the next denial.
    (line,) = eventually(lines, "the line")
    for part in ("api=produce", "operation=WRITE", "principal=User:mallory", "resource=TOPIC:a29", "level=warning", f"peer=127.0.0.1:{port}"):
        assert part in line, line
    assert lines() == lines() == [line] and "\nforged=1" not in room.broker.log
