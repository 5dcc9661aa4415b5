"""What readers with a view get: on-error rules, dropped records, codecs, changes under a running reader. Every test that
has a secret looks for it in all that a client printed and in the broker's log."""

import json

import pytest
from kafka.errors import KafkaError, UnknownError

from clients import Group, producer
from harness import MASK, SSN, Kcat, build_guest, eventually, kcat

# Fails on records that hold '!', drops those that hold '~'.
PICKY = """if (holds(record, '!')) sluice_fail(record, SLUICE_MALFORMED);
        else record->verdict = holds(record, '~') ? SLUICE_DROP : SLUICE_KEEP;"""


@pytest.fixture(scope="session")
def picky(tmp_path_factory):
    return build_guest(tmp_path_factory.mktemp("guests"), "picky", PICKY)


def group_arguments(broker, group="email-app", topic="accounts"):
    return ("-b", broker.address, "-X", "auto.offset.reset=earliest", "-G", group, topic)


def to_the_end(broker, group="email-app", topic="accounts"):
    """What a kcat of the group reads, as JSON, until the end of each partition."""
    lines = kcat("-J", "-q", "-e", *group_arguments(broker, group, topic)).stdout.splitlines()
    return [json.loads(line) for line in lines]


def put(broker, *values, partition=0, topic="accounts", **options):
    """Each value is a batch of its own."""
    out = producer(broker, linger_ms=0, **options)
    for value in values:
        out.send(topic, key=b"k", value=value, partition=partition).get(60)
    out.close()


@pytest.mark.parametrize("rule", ["drop", "replace"])
def test_failed_records_are_dropped_or_replaced(broker, picky, rule):
    broker.sluice("topic", "create", "accounts")
    broker.deploy("picky", picky)
    broker.view("lenient", "picky", rule)
    broker.bind("email-app", "lenient")
    put(broker, b"a", f"! {SSN}".encode(), b"c")
    with Group(broker, "email-app", "accounts") as reader:
        records = reader.read(2 if rule == "drop" else 3)
        position = eventually(lambda: reader.poll_position() == 3 and 3, "the position behind the end")
    found = [(r.offset, r.key, r.value) for r in records]
    if rule == "drop":
        assert found == [(0, b"k", b"a"), (2, b"k", b"c")]
    else:
        assert found == [(0, b"k", b"a"), (1, None, None), (2, b"k", b"c")]
        assert [[name for name, _ in r.headers] for r in records] == [[], ["sluice-error"], []]
    assert position == 3
    broker.assert_silent()


def test_stop_holds_one_partition_and_the_error_topic_says_where(broker, picky):
    broker.sluice("topic", "create", "accounts", "--partitions", "2")
    broker.deploy("picky", picky)
    broker.bind("email-app", "picky")
    put(broker, b"a", f"! {SSN}".encode(), b"c")
    put(broker, b"x", b"y", partition=1)
    with Group(broker, "email-app", "accounts") as reader:
        values, errors = [], []

        def stopped():
            try:
                values.extend(r.value for r in reader.poll())
            except KafkaError as error:
                errors.append(error)
            return len(values) == 3 and len(errors) >= 2

        eventually(stopped, "three records and the error, again and again")
        assert sorted(values) == [b"a", b"x", b"y"]
        assert all(isinstance(error, UnknownError) for error in errors) and SSN not in str(errors)
        put(broker, b"z", partition=1)
        eventually(lambda: stopped() or b"z" in values, "the other partition flows")
        # Another on-error rule lets it go on from where it stands.
        broker.view("lenient", "picky", "drop")
        broker.bind("email-app", "lenient")
        eventually(lambda: stopped() or b"c" in values, "what comes behind the record")
        assert sorted(values) == [b"a", b"c", b"x", b"y", b"z"]
    notes = [json.loads(line) for line in broker.sluice(
        "consume", "__sluice_errors", "-B", "-e").stdout.splitlines()]
    assert {(n["topic"], n["class"]) for n in notes} == {("accounts", "module_error")}
    assert SSN not in json.dumps(notes)
    broker.assert_silent()


def test_text_that_is_no_utf8_stops_the_seed_view(broker):
    broker.sluice("topic", "create", "accounts")
    broker.scrub()
    put(broker, f"good {SSN}".encode(), b"\xff " + SSN.encode(), b"never")
    with Kcat("-J", *group_arguments(broker)) as client:
        assert json.loads(client.wait_for(1)[0])["payload"] == f"good {MASK}"
        eventually(lambda: "Unknown broker error" in client.output, "the error")
        assert len(client.lines) == 1 and SSN not in client.output
    broker.assert_silent()


def test_dropped_records_leave_gaps(broker, picky):
    broker.sluice("topic", "create", "accounts")
    broker.deploy("picky", picky)
    broker.bind("email-app", "picky")
    # First, middle and last records gone, then whole batches, then one that is kept, then the end is gone.
    for lines in (["~", "a", "b"], ["c", "~", "d"], ["e", "f", "~"], ["~", "~"], ["~"], ["~"], ["g"], ["h", "~"], ["~"]):
        kcat("-b", broker.address, "-P", "-t", "accounts", "-z", "gzip", input="".join(f"{l}\n" for l in lines))
    kept = [(r["offset"], r["payload"]) for r in to_the_end(broker)]
    assert kept == [(1, "a"), (2, "b"), (3, "c"), (5, "d"), (6, "e"), (7, "f"), (13, "g"), (14, "h")]
    with Group(broker, "email-app-2", "accounts") as reader:
        broker.bind("email-app-2", "picky")
        assert [(r.offset, r.value.decode()) for r in reader.read(8)] == kept
        eventually(lambda: reader.poll_position() == 17, "the position behind the last gap")


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_each_codec_is_scrubbed(broker, codec):
    broker.sluice("topic", "create", "accounts")
    broker.scrub()
    lines = [f"record {n} {SSN} " + "x" * 50 for n in range(200)]
    kcat("-b", broker.address, "-P", "-t", "accounts", "-z", codec, "-k", "key", input="\n".join(lines) + "\n")
    put(broker, f"python {SSN}".encode(), compression_type=None if codec == "none" else codec)
    found = to_the_end(broker)
    assert [r["payload"] for r in found] == [l.replace(SSN, MASK) for l in lines] + [f"python {MASK}"]
    assert all(r["key"] == "key" for r in found[:-1])
    assert [r["offset"] for r in found] == list(range(201))
    raw = broker.sluice("consume", "accounts", "-B", "-e").stdout.splitlines()
    assert raw == lines + [f"python {SSN}"]
    broker.assert_silent()


def test_headers_are_sent_only_where_the_view_keeps_them(broker):
    """A module that doesn't look at headers keeps nothing in them from a reader, so its one-step view leaves them out."""
    broker.sluice("topic", "create", "accounts")
    broker.scrub()
    kcat("-b", broker.address, "-P", "-t", "accounts", "-H", f"ssn={SSN}", input=f"{SSN}\n")
    (found,) = to_the_end(broker)
    assert (found["payload"], found.get("headers")) == (MASK, None)
    broker.view("with-headers", "scrub-ssn", "stop")
    broker.bind("other", "with-headers")
    (found,) = to_the_end(broker, group="other")
    assert (found["payload"], found["headers"]) == (MASK, ["ssn", SSN])
    broker.assert_silent()


def test_change_reaches_a_parked_fetch(broker):
    """The long poll was asked for while the group read raw; what is produced behind the change is scrubbed."""
    broker.sluice("topic", "create", "accounts")
    put(broker, b"1")
    with Kcat("-X", "fetch.wait.max.ms=20000", "-X", "socket.timeout.ms=60000", *group_arguments(broker)) as client:
        client.wait_for(1)
        broker.scrub()
        put(broker, f"2 {SSN}".encode())
        assert client.wait_for(2) == ["1", f"2 {MASK}"]
        assert SSN not in client.output
        broker.default("raw")
        broker.sluice("view", "unset", "--group", "email-app", "--topic", "accounts", "--yes")
        put(broker, f"3 {SSN}".encode())
        assert client.wait_for(3)[2] == f"3 {SSN}"
    broker.assert_silent()


def test_a_new_module_version_changes_nothing_until_it_is_set(broker, picky, tmp_path):
    broker.sluice("topic", "create", "accounts")
    broker.deploy("picky", picky)
    broker.bind("email-app", "picky")
    drops_all = build_guest(tmp_path, "drops-all", "record->verdict = SLUICE_DROP;")
    put(broker, b"a", b"~b")
    broker.deploy("picky", drops_all)
    assert [r["payload"] for r in to_the_end(broker)] == ["a"]
    put(broker, b"c")
    broker.bind("email-app", "picky")
    assert to_the_end(broker) == []
    broker.bind("email-app", "picky@1")
    put(broker, b"d")
    assert [r["payload"] for r in to_the_end(broker)][-1] == "d"


@pytest.mark.parametrize(
    "transform", ["for (;;) { volatile int x = 0; (void)x; }", "__builtin_trap();",
                  "record->value = (uint8_t *)0xFFFFFFF0u; record->verdict = SLUICE_REPLACE_VALUE;",
                  "record->verdict = 77;", "(void)record;"],
    ids=["loops", "traps", "wild pointer", "unknown verdict", "no verdict"])
def test_module_that_misbehaves_yields_no_byte(broker, tmp_path, transform):
    broker.sluice("topic", "create", "accounts")
    broker.deploy("bad", build_guest(tmp_path, "bad", f"if (holds(record, '!')) {{ {transform} }} "
                                     "else record->verdict = SLUICE_KEEP;"))
    broker.bind("email-app", "bad")
    put(broker, b"good", f"! {SSN}".encode(), b"behind")
    with Kcat(*group_arguments(broker)) as client:
        eventually(lambda: "Unknown broker error" in client.output, "the error")
        assert client.lines == ["good"] and SSN not in client.output
    broker.assert_silent()


@pytest.mark.parametrize(
    "key, value, words",
    [('["binding",["any"],["any"],["exact","accounts"]]', '{"v":1,"target":"deny"}', "default"),
     ('["binding",["exact","g"],["any"],["exact","accounts"]]', '{"v":1,"target":"nothing"}', "nothing"),
     ('["binding",["exact","g"],["any"],["exact","accounts"]]', '{"v":1,"target":"raw","stepz":1}', "stepz"),
     ("what", "{}", "key")],
    ids=["names nobody", "unknown target", "unknown field", "no key"])
def test_bad_policy_is_refused_with_words(broker, key, value, words):
    broker.sluice("topic", "create", "accounts")
    code, message = broker.policy(key, value)
    assert code == 87 and words in message, message
