"""Requests that kcat and kafka-python were recorded to send (golden/client_requests.py), sent again: each is understood,
that is, answered in its own version with nothing left over and without closing the connection."""

import io
from pathlib import Path

import pytest
from kafka.protocol.admin import configs, topics
from kafka.protocol.api_header import ResponseClassRegistry
from kafka.protocol.consumer import fetch, group, metadata as consumer_metadata, offsets  # noqa: F401
from kafka.protocol.metadata import api_versions, find_coordinator, metadata  # noqa: F401
from kafka.protocol.producer import produce, transaction  # noqa: F401

from wire import Wire

LINES = [line.split() for line in (Path(__file__).parent / "golden" / "client_requests.txt").read_text().splitlines()
         if not line.startswith("#")]
FRAMES = [(client, int(key), int(version), bytes.fromhex(frame)) for client, key, version, frame in LINES]
# What a request of a member of a group that isn't there any more is answered: UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION,
# MEMBER_ID_REQUIRED; and for a topic that has been deleted UNKNOWN_TOPIC_OR_PARTITION.
STALE = {3, 22, 25, 79}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    from harness import Broker

    broker = Broker(tmp_path_factory.mktemp("broker")).start()
    broker.sluice("topic", "create", "t")
    yield broker
    broker.close()


def errors(message):
    """Every error code in an answer."""
    found = []
    for name, field in message._struct.fields.items():
        value = getattr(message, name, None)
        if name == "error_code":
            found.append(value)
        elif field.is_struct_array():
            found += [code for one in value or [] for code in errors(one)]
    return found


@pytest.mark.parametrize("frame", FRAMES, ids=lambda f: f"{f[0]}-{f[1]}-v{f[2]}-{len(f[3])} bytes")
def test_recorded_request_is_answered(shared, frame):
    _, key, version, request = frame
    with Wire(shared.port) as wire:
        wire.socket.sendall(len(request).to_bytes(4, "big") + request)
        length = wire.stream.read(4)
        assert length, "the broker closed the connection"
        body = io.BytesIO(wire.stream.read(int.from_bytes(length, "big")))
        kind = ResponseClassRegistry._response_class_registry[key][version]
        header = kind.parse_header(body)
        assert header.correlation_id == int.from_bytes(request[4:8], "big")
        rest = body.read()
        answer = kind.decode(rest)
        if key != 18:  # where a tag of our own says what our own client may send
            assert bytes(answer.encode()) == rest, "read and written again, it is the same"
    codes = set(errors(answer)) - {0}
    assert codes <= (STALE if key != 0 else set()), codes


def test_recording_covers_the_apis_that_clients_use():
    seen = {(client, key) for client, key, _, _ in FRAMES}
    for key in (0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 18, 22):
        assert ("kcat", key) in seen and ("kafka-python", key) in seen
    for key in (19, 20, 32):
        assert ("kafka-python", key) in seen
