"""What no client sends: the broker closes the connection or answers an error, and serves the others as before."""

import os
import random
import socket
import struct

import pytest

from harness import kcat


def send(broker, data, patience=30):
    """Sends bytes and returns all that comes until the broker closes; it must close."""
    with socket.create_connection(("127.0.0.1", broker.port), timeout=patience) as connection:
        received = b""
        try:
            connection.sendall(data)
            while chunk := connection.recv(65536):
                received += chunk
        except (ConnectionResetError, BrokenPipeError):
            pass  # it closed before it had read everything: that's right, too
        return received


def call(broker, data, patience=30):
    """Sends one request and returns the body of one answer; b"" if the broker closes instead."""
    with socket.create_connection(("127.0.0.1", broker.port), timeout=patience) as connection:
        connection.sendall(data)
        stream = connection.makefile("rb")
        length = stream.read(4)
        return stream.read(int.from_bytes(length, "big")) if length else b""


def request(key, version, body=b"", client=b"x", correlation=7):
    header = struct.pack(">hhih", key, version, correlation, len(client)) + client
    return struct.pack(">i", len(header) + len(body)) + header + body


def alive(broker):
    assert broker.process.poll() is None, broker.log[-2000:]
    kcat("-b", broker.address, "-L")


def resident_megabytes(broker):
    with open(f"/proc/{broker.process.pid}/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        struct.pack(">i", -1),
        struct.pack(">i", 0),
        struct.pack(">i", 0x7FFFFFFF) + b"x" * 100,
        struct.pack(">i", 3) + b"abc",
        request(999, 0),
        request(-5, 0),
        request(0, 99),
        request(1, 3),
        request(3, 1, struct.pack(">i", 0x7FFFFFFF)),
        request(0, 9, b"\x00\xff\xff\xff\xff\x0f"),
    ],
    ids=["http", "negative", "empty", "oversized", "short", "unknown key", "negative key", "unknown version",
         "old fetch", "absurd array", "absurd compact array"])
def test_garbage_closes_the_connection(broker, data):
    assert send(broker, data) == b""
    alive(broker)


def test_unknown_api_versions_version_is_answered_in_v0(broker):
    answer = call(broker, request(18, 99, b"\0"))  # a flexible header: no tags
    correlation, error, count, key, low, high = struct.unpack(">ihihhh", answer)
    assert (correlation, error, count, key, low, high) == (7, 35, 1, 18, 0, 4)


def test_random_frames_leave_it_alive_and_small(broker):
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    before = resident_megabytes(broker)
    for _ in range(300):
        key = chance.choice([0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 18, 19, 20, 22, 32])
        with socket.create_connection(("127.0.0.1", broker.port), timeout=30) as connection:
            # Whoever shuts down its side is gone, as for Kafka: the answer, if there is one, isn't waited for.
            connection.sendall(request(key, chance.randrange(0, 19), chance.randbytes(chance.randrange(0, 200))))
            connection.shutdown(socket.SHUT_WR)
            try:
                while connection.recv(65536):
                    pass
            except ConnectionResetError:
                pass
    alive(broker)
    assert resident_megabytes(broker) - before < 100


def test_many_slow_connections_are_cheap(broker):
    before = resident_megabytes(broker)
    open_connections = [socket.create_connection(("127.0.0.1", broker.port)) for _ in range(500)]
    for connection in open_connections:
        # A large frame is announced and never comes.
        connection.sendall(struct.pack(">i", 50_000_000) + b"x" * 100)
    alive(broker)
    assert resident_megabytes(broker) - before < 200
    for connection in open_connections:
        connection.close()
    alive(broker)
