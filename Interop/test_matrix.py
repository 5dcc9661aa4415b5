"""Clients × scenarios: each test is a scenario, each of its parameters a client (matrix.py has the table)."""

import itertools
import json

import pytest
from kafka.protocol.consumer import OffsetFetchRequest
from kafka.protocol.admin import CreateTopicsRequest

import matrix
from driven import Drivers
from harness import GUEST, MASK, SSN, Broker, CuttingProxy, build_guest, eventually
from matrix import cells
from wire import Wire, batch, batches, fetch, fetched, make, produce

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
# Another view than scrub-ssn: every digit becomes a '#'.
BLOT = """for (int32_t k = 0; k < record->value_len; k++)
            if (record->value[k] >= '0' && record->value[k] <= '9') record->value[k] = '#';
        record->verdict = record->value_len < 0 ? SLUICE_KEEP : SLUICE_REPLACE_VALUE;"""
BLOTTED = "###-##-####"
# Fails on records that hold '!', drops those that hold '~'.
PICKY = """if (holds(record, '!')) sluice_fail(record, SLUICE_MALFORMED);
        else record->verdict = holds(record, '~') ? SLUICE_DROP : SLUICE_KEEP;"""
QUICK = {"session_ms": 6000, "heartbeat_ms": 200}
SETTINGS = ("--set", "group.initial.rebalance.delay.ms=100", "--set", "attribution.wait.ms=1000")

numbers = itertools.count()


@pytest.fixture(scope="session")
def drivers(tmp_path_factory):
    drivers = Drivers(tmp_path_factory.mktemp("drivers"))
    yield drivers
    drivers.close()


@pytest.fixture(scope="session")
def guests(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guests")
    return {"scrub-ssn": GUEST, "blot": build_guest(folder, "blot", BLOT), "picky": build_guest(folder, "picky", PICKY)}


def deploy(broker, guests):
    for name, path in guests.items():
        broker.deploy(name, path)
    # What the view does with a record that it can't transform.
    broker.view("lenient", "picky", "drop")
    return broker


@pytest.fixture(scope="session")
def shared(tmp_path_factory, guests):
    """One broker for all tests that don't end it, with a second listener that is reached through a proxy."""
    proxy = CuttingProxy()
    broker = Broker(
        tmp_path_factory.mktemp("shared"), *SETTINGS,
        listeners=("PLAIN://127.0.0.1:0", f"PROXIED://127.0.0.1:0?advertise=127.0.0.1:{proxy.port}"))
    broker.start()
    proxy.target = ("127.0.0.1", broker.ports[1])
    broker.proxy = proxy
    yield deploy(broker, guests)
    proxy.close()
    broker.close()


@pytest.fixture
def mortal(start_broker):
    return start_broker(*SETTINGS)


def address(broker):
    return f"127.0.0.1:{broker.port}"


def proxied(broker):
    return f"127.0.0.1:{broker.proxy.port}"


def new_topic(broker, partitions=1):
    """A topic of the test's own; a group of that name is, too."""
    name = f"t{next(numbers)}"
    with Wire(broker.port) as wire:
        answer = wire.call(make(CreateTopicsRequest, 5, timeout_ms=30_000, topics=[
            {"name": name, "num_partitions": partitions, "replication_factor": 1}]))
        assert answer.topics[0].error_code == 0
    return name


def stored(broker, topic, partition=0):
    """(codec, record) of all that is stored in a partition, by a client that reads raw."""
    found, offset = [], 0
    with Wire(broker.port) as wire:
        while True:
            got = fetched(wire.call(fetch(topic, offset, max_wait_ms=0, partition=partition, max_bytes=1 << 24)))
            if not got.records:
                return found
            for one in batches(got.records):
                found += [(one.compression_type, record) for record in one]
                offset = one.base_offset + one.last_offset_delta + 1


def put(broker, topic, *values, partition=0, codec="none"):
    """One batch, by no client of the matrix."""
    with Wire(broker.port) as wire:
        answer = wire.call(produce(topic, batch([value.encode() for value in values], codec), partition=partition))
        assert answer.responses[0].partition_responses[0].error_code == 0


def committed(broker, group, topic):
    with Wire(broker.port) as wire:
        answer = wire.call(make(OffsetFetchRequest, 1, group_id=group, topics=[{"name": topic, "partition_indexes": [0]}]))
        return answer.topics[0].partitions[0].committed_offset


def once(records):
    """No place twice."""
    assert len({record.place for record in records}) == len(records)
    return {record.value for record in records}


@pytest.mark.parametrize("client", matrix.CLIENTS)
def test_version_is_what_the_page_says(client, drivers):
    assert drivers(client).call("hello") == list(matrix.CLIENTS[client][1:])


@cells("codecs", codec=CODECS)
def test_codecs(client, codec, shared, drivers):
    topic = new_topic(shared)
    values = [f"value {n} " + "x" * 100 for n in range(100)]
    with drivers(client).producer(address(shared), codec=codec) as out:
        out.put(topic, [[0, f"key {n}", value, []] for n, value in enumerate(values)])
    assert {kind for kind, _ in stored(shared, topic)} == {CODECS.index(codec)}
    for other in CODECS:
        put(shared, topic, *(f"{other} {n}" for n in range(5)), codec=other)
    with drivers(client).consumer(address(shared), assign=[[topic, 0]]) as reader:
        found = reader.read(125)
    assert [record.offset for record in found] == list(range(125))
    assert [(record.key, record.value) for record in found[:100]] == [(f"key {n}", v) for n, v in enumerate(values)]
    assert [record.value for record in found[100:]] == [f"{other} {n}" for other in CODECS for n in range(5)]


@cells("acks", acks=[0, 1, "all"])
def test_acks(client, acks, shared, drivers):
    topic = new_topic(shared)
    with drivers(client).producer(address(shared), acks=acks, idempotence=False) as out:
        answers = out.put(topic, [f"{n}" for n in range(10)])
    if client != "kcat" and acks != 0:
        assert [answer[:2] for answer in answers] == [[0, n] for n in range(10)]
    with drivers(client).consumer(address(shared), assign=[[topic, 0]]) as reader:
        assert reader.values(10) == [f"{n}" for n in range(10)]


HEADERS = [[], [("one", "1")], [("same", "1"), ("same", "2")], [("a", "b c")]]
ODD_HEADERS = [[("null", None)], [("empty", "")], [("binary", "\xff\0\n")], [("\xe9", "name")], [("", "no name")]]


@pytest.mark.parametrize("codec", ["none", "zstd"])
@cells("headers")
def test_headers(client, codec, shared, drivers):
    check_headers(client, codec, shared, drivers, HEADERS)


@cells("odd headers")
def test_odd_headers(client, shared, drivers):
    check_headers(client, "none", shared, drivers, ODD_HEADERS[1 if client == "kafka-python" else 0:])


def check_headers(client, codec, broker, drivers, cases):
    topic = new_topic(broker)
    with drivers(client).producer(address(broker), codec=codec) as out:
        out.put(topic, [[0, None, f"{n}", headers] for n, headers in enumerate(cases)])
    kept = [record.headers for _, record in stored(broker, topic)]
    assert kept == [[(name, None if value is None else value.encode("latin-1")) for name, value in c] for c in cases]
    with drivers(client).consumer(address(broker), assign=[[topic, 0]]) as reader:
        assert [record.headers for record in reader.read(len(cases))] == cases


@cells("nulls")
def test_nulls(client, shared, drivers):
    topic = new_topic(shared)
    cases = [("k", "v"), (None, "v"), ("k", None), (None, None), ("k", ""), (None, ""), ("\xff\0", "\0\xfe")]
    left_out = {"aiokafka": [(None, None)], "kafka-python": [(None, None)], "kcat": [(None, None), (None, "")]}
    cases = [case for case in cases if case not in left_out.get(client, [])]
    with drivers(client).producer(address(shared)) as out:
        out.put(topic, [[0, key, value, []] for key, value in cases])
    with drivers(client).consumer(address(shared), assign=[[topic, 0]]) as reader:
        assert [(record.key, record.value) for record in reader.read(len(cases))] == cases


@cells("big records")
def test_big_records(client, shared, drivers):
    topic = new_topic(shared)
    fits, over = "x" * 1_048_000, "y" * 1_100_000
    with drivers(client).producer(address(shared), max_bytes=2_000_000) as out:
        out.put(topic, ["before"])
        out.put(topic, [fits])
        assert out.send(topic, [over]) == [{"error": 10}]
        if client != "kafka-python":
            out.put(topic, ["after"])
    if client == "kafka-python":
        with drivers(client).producer(address(shared)) as out:
            out.put(topic, ["after"])
    with drivers(client).consumer(address(shared), assign=[[topic, 0]]) as reader:
        assert reader.values(3) == ["before", fits, "after"]


@cells("groups")
def test_groups(client, shared, drivers):
    topic = new_topic(shared, 6)
    driver = drivers(client)

    def member():
        return driver.consumer(address(shared), topic, group=topic, **QUICK)

    sent = iter(range(1000))

    def send(count):
        for n in itertools.islice(sent, count):
            put(shared, topic, f"{n}", partition=n % 6)

    def settled(*members):
        """All partitions are shared out, evenly."""
        def check():
            shares = [member.look().assignment for member in members]
            return all(len(share) == 6 // len(members) for share in shares) and len(
                {tuple(place) for share in shares for place in share}) == 6

        eventually(check, f"six partitions for {len(members)} members")

    def read(total, *members):
        eventually(lambda: sum(len(member.look().records) for member in members) >= total, f"{total} records")
        assert once([record for member in members for record in member.records]) == {f"{n}" for n in range(total)}

    with member() as first:
        settled(first)
        send(6)
        read(6, first)
        with member() as second:
            settled(first, second)
            with member() as third:
                settled(first, second, third)
                send(30)
                read(36, first, second, third)
                assert len(second.records) == len(third.records) == 10
            settled(first, second)
        settled(first)
        send(6)
        read(42, first, second, third)


@cells("cooperative")
def test_cooperative(client, shared, drivers):
    topic = new_topic(shared, 4)
    driver = drivers(client)

    def member():
        return driver.consumer(address(shared), topic, group=topic, strategy="cooperative", **QUICK)

    with member() as first:
        kept = {tuple(place) for place in first.wait_assigned(4)}
        with member() as second:
            def settled():
                return len(first.look().assignment) == len(second.look().assignment) == 2

            eventually(settled, "two partitions each")
            assert {tuple(p) for p in first.assignment} | {tuple(p) for p in second.assignment} == kept
            for n in range(20):
                put(shared, topic, f"{n}", partition=n % 4)
            eventually(lambda: len(first.look().records) + len(second.look().records) >= 20, "all records")
            assert once(first.records + second.records) == {f"{n}" for n in range(20)}
        first.wait_assigned(4)


@cells("static members")
def test_static_members(client, shared, drivers):
    topic = new_topic(shared, 4)
    driver = drivers(client)

    def member(instance):
        return driver.consumer(address(shared), topic, group=topic, instance=instance, session_ms=20_000, heartbeat_ms=200)

    with member("one") as first, member("two") as second:
        eventually(lambda: len(first.look().assignment) == len(second.look().assignment) == 2, "two partitions each")
        share, seen = second.assignment, first.assigned
        second.close()
        with member("two") as again:
            again.wait_assigned(2)
            assert again.assignment == share
            for n in range(8):
                put(shared, topic, f"{n}", partition=n % 4)
            eventually(lambda: len(first.look().records) + len(again.look().records) >= 8, "all records")
            assert once(first.records + again.records) == {f"{n}" for n in range(8)}
            assert first.look().assigned == seen, "nobody was asked to join again"


@cells("seek")
def test_seek(client, shared, drivers):
    topic = new_topic(shared)
    with Wire(shared.port) as wire:
        for n in range(10):
            records = batch([b"%d" % n], timestamp=1_600_000_000_000 + 1000 * n)
            assert wire.call(produce(topic, records)).responses[0].partition_responses[0].base_offset == n
    with drivers(client).consumer(address(shared), assign=[[topic, 0]]) as reader:
        assert [r.timestamp for r in reader.read(10)] == [1_600_000_000_000 + 1000 * n for n in range(10)]

        def seek(verb, expected, **where):
            seen = len(reader.look().records)
            reader.call(verb, topic=topic, partition=0, **where)
            assert reader.values(seen + len(expected))[seen:] == expected

        seek("seek", [str(n) for n in range(7, 10)], offset=7)
        seek("seek_time", [str(n) for n in range(5, 10)], time=1_600_000_004_500)
        seek("seek_time", [str(n) for n in range(10)], time=0)
        seek("seek_time", [], time=17_000_000_000_000)
        if client not in ("kcat", "confluent-kafka"):  # which has no position before the first record
            eventually(lambda: reader.call("position", topic=topic, partition=0) == 10, "the position at the end")
        if client != "kcat":
            seen = len(reader.look().records)
            put(shared, topic, "new")
            assert reader.values(seen + 1)[seen:] == ["new"]


@cells("commit")
def test_commit(client, shared, drivers):
    topic = new_topic(shared)
    driver = drivers(client)

    def member(**options):
        return driver.consumer(address(shared), topic, group=topic, **QUICK, **options)

    put(shared, topic, *"abcde")
    with member(auto_commit=False) as reader:
        assert reader.values(5) == list("abcde")
        reader.call("commit")
        if client != "kcat":
            assert reader.call("committed", topic=topic, partition=0) == 5
    assert committed(shared, topic, topic) == 5
    put(shared, topic, *"fgh")
    if client != "kcat":
        for _ in range(2):
            with member(auto_commit=False) as reader:
                assert reader.values(3) == list("fgh")
        assert committed(shared, topic, topic) == 5
    with member() as reader:
        assert reader.values(3) == list("fgh")
    assert committed(shared, topic, topic) == 8


@cells("idempotence")
def test_idempotence(client, shared, drivers):
    topic = new_topic(shared)
    with drivers(client).producer(proxied(shared), idempotence=True) as out:
        out.flood(topic)
        out.wait_flooded(50)
        for _ in range(3):
            with shared.proxy.muted() as lost:
                eventually(lambda: lost.bytes > 0, "an answer that is lost")
                shared.proxy.cut()
            out.wait_flooded(50)
        acknowledged, failed = out.settle()
    values = [record.value.decode() for _, record in stored(shared, topic)]
    assert failed == 0 and values == [f"record {n}" for n in range(len(values))]
    assert sorted(value for *_, value in acknowledged) == sorted(values)


@pytest.mark.parametrize("how", [pytest.param("stop", id="stop")])
@cells("restart")
def test_restart(client, how, mortal, drivers):
    outlive(client, mortal, drivers, lambda: mortal.stop())


@cells("kill")
def test_kill(client, mortal, drivers):
    outlive(client, mortal, drivers, lambda: mortal.kill())


def outlive(client, broker, drivers, end):
    """A flood and a group go on over two ends of the broker; what was acknowledged is there, and read once."""
    topic = new_topic(broker, 2)
    driver = drivers(client)
    with driver.consumer(address(broker), topic, group=topic, **QUICK) as reader, \
            driver.producer(address(broker)) as out:
        reader.wait_assigned(2)
        out.flood(topic, partitions=2)
        for _ in range(2):
            out.wait_flooded(100)
            end()
            broker.start()
        out.wait_flooded(100)
        acknowledged, failed = out.settle()
        assert failed == 0
        values = {value for *_, value in acknowledged}
        eventually(lambda: values <= {record.value for record in reader.look().records}, "all that was acknowledged")
        # A member that wasn't asked to join again has kept its place.
        if reader.assigned == 1:
            once(reader.records)
    places = {(p, record.offset): record.value.decode() for p in (0, 1) for _, record in stored(broker, topic, p)}
    assert values <= set(places.values())
    if client != "kcat":
        assert all(places[partition, offset] == value for partition, offset, value in acknowledged)
    assert {(r.partition, r.offset): r.value for r in reader.records}.items() <= places.items()


@cells("cut connections")
def test_cut_connections(client, shared, drivers):
    topic = new_topic(shared)
    shared.bind(topic, "scrub-ssn", topic)
    with drivers(client).consumer(proxied(shared), topic, group=topic, client_id=topic, **QUICK) as reader:
        put(shared, topic, f"0 {SSN}")
        reader.read(1)
        for n in range(1, 4):
            shared.proxy.cut()
            put(shared, topic, f"{n} {SSN}")
            assert reader.values(n + 1) == [f"{k} {MASK}" for k in range(n + 1)]
        once(reader.records)


def viewed(client, broker, topic, drivers):
    """A member of the topic's group. Its driver has been of other groups, so it has a client.id of its own."""
    return drivers(client).consumer(address(broker), topic, group=topic, client_id=topic, **QUICK)


@cells("views on and off")
def test_views_on_and_off(client, shared, drivers):
    topic = new_topic(shared)
    with drivers(client).producer(address(shared)) as out, \
            viewed(client, shared, topic, drivers) as reader:
        out.put(topic, [f"0 {SSN}"])
        assert reader.values(1) == [f"0 {SSN}"]
        shared.bind(topic, "scrub-ssn", topic)
        out.put(topic, [f"1 {SSN}"])
        assert reader.values(2)[1] == f"1 {MASK}"
        shared.default("raw", topic)
        shared.sluice("view", "unset", "--group", topic, "--topic", topic, "--yes")
        out.put(topic, [f"2 {SSN}"])
        assert reader.values(3)[2] == f"2 {SSN}"


@cells("two views")
def test_two_views(client, mortal, guests, drivers):
    deploy(mortal, guests)
    topic = new_topic(mortal)
    mortal.bind("email-app", "scrub-ssn", topic)
    mortal.bind("audit", "blot", topic)
    mortal.default("raw", topic)
    seen = {"email-app": MASK, "audit": BLOTTED, None: SSN}
    with drivers(client).producer(address(mortal)) as out:
        out.put(topic, [f"a {SSN}"])
        readers = {}
        try:
            for number, group in enumerate(seen):
                readers[group] = drivers(client, number).consumer(
                    address(mortal), topic, group=group, **(QUICK if group else {}))
            for n, name in enumerate("abc", start=1):
                for group, reader in readers.items():
                    assert reader.values(n) == [f"{x} {seen[group]}" for x in "abc"[:n]], group
                if name == "a":
                    mortal.kill()
                    mortal.start()
                if name != "c":
                    out.put(topic, [f"{chr(ord(name) + 1)} {SSN}"])
        finally:
            for reader in readers.values():
                reader.close()
    mortal.assert_silent()


@cells("refusal")
def test_refusal(client, shared, drivers):
    topic = new_topic(shared)
    shared.bind(topic, "scrub-ssn", topic)
    put(shared, topic, f"a {SSN}")
    with drivers(client).consumer(address(shared), assign=[[topic, 0]]) as reader:
        reader.wait_error(29)
        assert reader.records == []
        shared.default("raw", topic)
        if client != "kcat":
            assert reader.values(1) == [f"a {SSN}"]
            return
        eventually(lambda: reader.look().has_ended, "kcat has ended itself")
    with drivers(client).consumer(address(shared), assign=[[topic, 0]]) as reader:
        assert reader.values(1) == [f"a {SSN}"]


@cells("stopped view")
def test_stopped_view(client, shared, drivers):
    topic = new_topic(shared)
    shared.bind(topic, "picky", topic)
    for value in ("a", f"! {SSN}", "c"):
        put(shared, topic, value)
    with viewed(client, shared, topic, drivers) as reader:
        reader.wait_error(-1)
        assert [record.value for record in reader.records] == ["a"]
        shared.bind(topic, "lenient", topic)
        if client != "kcat":
            assert reader.values(2) == ["a", "c"]
            assert reader.records[1].offset == 2
            return
        eventually(lambda: reader.look().has_ended, "kcat has ended itself")
    with viewed(client, shared, topic, drivers) as reader:
        eventually(lambda: reader.look().records and reader.records[-1].value == "c", "what comes behind the record")


@cells("gaps", codec=["none", "gzip", "lz4"])
def test_gaps(client, codec, shared, drivers):
    topic = new_topic(shared)
    shared.bind(topic, "picky", topic)
    # First, middle and last records gone, then whole batches, then one that is kept, then the end is gone.
    rows = (["~", "a", "b"], ["c", "~", "d"], ["e", "f", "~"], ["~", "~"], ["~"], ["~"], ["g"], ["h", "~"], ["~"])
    for row in rows:
        put(shared, topic, *row, codec=codec)
    kept = [(1, "a"), (2, "b"), (3, "c"), (5, "d"), (6, "e"), (7, "f"), (13, "g"), (14, "h")]
    with viewed(client, shared, topic, drivers) as reader:
        assert [(record.offset, record.value) for record in reader.read(8)] == kept
        put(shared, topic, "~", "i")
        assert [(record.offset, record.value) for record in reader.read(9)] == [*kept, (18, "i")]


def test_every_scenario_has_its_test():
    assert matrix.CELLS == set(matrix.SCENARIOS)
    assert all(client in matrix.CLIENTS and scenario in matrix.SCENARIOS for client, scenario in matrix.CANNOT)
