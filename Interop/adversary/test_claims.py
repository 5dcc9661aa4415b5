"""Attacks of whoever reaches a listener, on a broker without an authorizer: claims in any order, and bytes that no client sends."""

import itertools

import pytest
from kafka.protocol.consumer import JoinGroupRequest, LeaveGroupRequest, OffsetFetchRequest

from room import DENIED, INVALID_RECORD, INVALID_TXN_STATE, MASKED, WAIT, Room, fetch_request
from wire import CODECS, batch, forged, make, produce

pytestmark = pytest.mark.xdist_group("adversary-claims")
ALPHA = [("email-app", None, "alpha")]
BOTH = [*ALPHA, ("audit", None, "beta"), ("copy", None, "alpha")]


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    room = Room(tmp_path_factory.mktemp("claims"), "--set", "attribution.wait.ms=200")
    room.deploy("alpha", "beta")
    yield room
    room.close()


def join(wire):
    return wire.call(make(
        JoinGroupRequest, 4, group_id="email-app", session_timeout_ms=6000, rebalance_timeout_ms=6000, member_id="",
        protocol_type="consumer", protocols=[{"name": "range", "metadata": b""}]))


def leave(wire):
    return wire.call(make(LeaveGroupRequest, 1, group_id="email-app", member_id="nobody"))


def ask_offsets(wire):
    return wire.call(make(OffsetFetchRequest, 5, group_id="email-app", topics=[{"name": "x", "partition_indexes": [0]}]))


def test_a03_evidence_in_any_order_shows_the_default_or_the_groups_view(room):
    room.topic("a03", default="deny", bindings=ALPHA)
    for order in itertools.permutations([join, ask_offsets, leave, None]):
        wire = room.wire()
        named = False
        for step in order:
            if step:
                step(wire)
                named = named or step is not leave  # who leaves isn't in the group
                continue
            assert wire.read("a03") == (MASKED["alpha"] if named else DENIED)
        assert wire.read("a03") == MASKED["alpha"]


def test_a04_groups_on_one_connection_must_agree(room):
    room.topic("a04", default="deny", bindings=BOTH)
    agreeing = room.wire()
    for group in ("email-app", "copy"):
        agreeing.name_group(group)
        assert agreeing.read("a04") == MASKED["alpha"]
    agreeing.name_group("audit")
    assert agreeing.read("a04") in (WAIT, DENIED)


def test_a05_the_other_family_of_addresses_is_the_same_process(room):
    room.topic("a05", default="deny", bindings=ALPHA)
    room.wire(client_id="dual").name_group("email-app")
    assert room.wire(client_id="dual", host="::1").read("a05") == MASKED["alpha"]
    assert room.wire(client_id="other", host="::1").read("a05") == DENIED


def test_a09_a_parked_reader_gets_nothing_that_comes_after_a_change(room):
    for number in range(5):
        name = f"a09-{number}"
        room.topic(name, count=0)
        readers = [room.wire() for _ in range(8)]
        asked = [reader.send(fetch_request(name, max_wait_ms=20_000)) for reader in readers]
        room.default(name, "deny")
        room.plant(name)
        for reader, request in zip(readers, asked):
            (partition,) = reader.receive(request).responses[0].partitions
            assert partition.error_code == DENIED and not partition.records


@pytest.mark.parametrize("bits, code", [(0x20, INVALID_RECORD), (0x10, INVALID_TXN_STATE), (0x30, INVALID_RECORD)],
                         ids=["control", "transactional", "both"])
def test_a20_control_bits_of_clients_are_refused(room, bits, code):
    name = f"a20-{bits}"
    room.topic(name, default="alpha", count=0)
    data = batch(room.canary().records())
    assert room.put(name, forged(data, 21, bits.to_bytes(2, "big"))) == code
    assert room.wire().read(name) == []


@pytest.mark.parametrize("codec", CODECS)
def test_a21_no_part_of_a_record_passes_in_any_codec_or_version(room, codec):
    name = f"a21-{codec}"
    canary = room.topic(name, default="alpha", codec=codec)
    topic_id = room.topic_id(name)
    for version in range(4, 19):
        assert room.wire().read(topic_id if version >= 13 else name, version=version) == MASKED["alpha"]
    room.admin.seen.clear()
    assert len(room.admin.read(name)) == 3 and canary in room.admin.seen


def test_a21_unknown_attribute_bits_carry_nothing(room):
    room.topic("a21-bits", default="alpha", count=0)
    for bit in range(6, 16):
        assert room.put("a21-bits", forged(batch(room.canary().records()), 21, (1 << bit).to_bytes(2, "big"))) == INVALID_RECORD
    assert room.wire().read("a21-bits") == []


def test_a23_bounds_count_what_the_view_shows(room):
    """Two topics whose hidden parts differ in size by a thousand bytes answer alike, whatever the bounds."""
    shapes = []
    for name, size in (("a23-a", 1), ("a23-b", 1000)):
        room.topic(name, default="alpha", count=0)
        for number in range(8):
            room.put(name, batch([(None, b"?public %d|" % number + b"h" * size, [])]))
        wire = room.wire()
        shapes.append([wire.read(name, max_bytes=bound, min_bytes=least) for bound in range(0, 900, 37) for least in (1, 200)])
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("module, name", [(b"env", b"now"), (b"wasi_snapshot_preview1", b"fd_write"), (b"sluice", b"read")])
def test_a34_a_module_imports_nothing_of_the_host(room, module, name):
    entry = bytes([1, len(module)]) + module + bytes([len(name)]) + name + b"\0\0"
    binary = b"\0asm\1\0\0\0" + b"\1\4\1\x60\0\0" + bytes([2, len(entry)]) + entry
    answer = room.admin.call(produce("__sluice_modules", batch([(b"escape", binary, [])])))
    (refused,) = answer.responses[0].partition_responses
    assert refused.error_code == INVALID_RECORD and refused.error_message
