"""An operator's day: signals, logs, the service manager, a full disk."""

import errno
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time

import pytest
from kafka.errors import KafkaStorageError

from clients import Group, producer
from harness import SLUICE, SSN, Broker, clang, eventually, kcat
from test_metrics import ADMIN, get, scrape
from wire import Wire, batch, fetch, produce

HOSTILE = "a b\" level=error\nmsg=\"forged\"\r\x1b[2J\u202e\\"


def logfmt(line):
    """One line of logfmt as a dictionary; fails on what isn't."""
    fields, rest = {}, line
    while rest:
        match = re.match(r'([A-Za-z0-9_.]+)=("(?:[^"\\]|\\.)*"|[^\s"=\\]+)(?: |$)', rest)
        assert match, f"no logfmt: {line!r} at {rest!r}"
        name, value = match.groups()
        assert name not in fields
        fields[name] = json.loads(value) if value.startswith('"') else value
        rest = rest[match.end():]
    return fields


def refuse_a_hostile_client(broker):
    broker.sluice("topic", "create", "accounts")
    broker.scrub()
    with Wire(broker.port, client_id=HOSTILE) as wire:
        answer = wire.call(fetch("accounts", 0, max_wait_ms=10))
        assert answer.responses[0].partitions[0].error_code == 29
        return wire.sent


def test_lines_are_logfmt_whatever_a_client_calls_itself(start_broker):
    broker = start_broker()
    correlation = refuse_a_hostile_client(broker)
    with socket.create_connection(("127.0.0.1", broker.port), timeout=60) as connection:
        connection.sendall(b"\0\0\0\x10" + b"\0\1\0\x04\0\0\0\x63" + b"\0\2ab" + b"\xff\xff\xff\xff")
        assert connection.recv(1) == b""
    lines = [logfmt(line) for line in eventually(
        lambda: "malformed" in broker.log and broker.log.splitlines(), "the closed connection's line")]
    assert all({"time", "level", "logger", "msg"} <= line.keys() for line in lines)
    (refusal,) = [line for line in lines if line["msg"].startswith("refused a reader")]
    assert refusal["client_id"] == HOSTILE and refusal["logger"] == "sluice.readers" and refusal["level"] == "warning"
    assert refusal["correlation_id"] == str(correlation) and int(refusal["connection"]) > 0
    assert refusal["topic"] == "accounts"
    (closed,) = [line for line in lines if "malformed Fetch" in line["msg"]]
    assert closed["correlation_id"] == "99" and closed["api"] == "Fetch" and closed["peer"].startswith("127.0.0.1:")
    broker.assert_silent()


def test_lines_are_json(start_broker):
    broker = start_broker("--log-format", "json")
    refuse_a_hostile_client(broker)
    lines = [json.loads(line) for line in eventually(
        lambda: "refused a reader" in broker.log and broker.log.splitlines(), "the refusal")]
    (refusal,) = [line for line in lines if line["message"].startswith("refused a reader")]
    assert refusal["fields"]["client_id"] == HOSTILE
    assert "\x1b" not in broker.log and "\u202e" not in broker.log


def test_a_flood_is_one_line_with_a_count(start_broker):
    broker = start_broker(*ADMIN)
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", broker.port), timeout=60) as connection:
            connection.sendall(b"\xff\xff\xff\xff")
            assert connection.recv(1) == b""
    seen = eventually(
        lambda: (s := scrape(broker)).get("sluice_connections_closed_total", reason="malformed") == 50 and s, "50 ends")
    told = sum("closed a connection" in line for line in broker.log.splitlines())
    assert 0 < told and told + seen.get("sluice_log_lines_suppressed_total") == 50


class Configured:
    """A broker with a configuration file that a test rewrites."""

    def __init__(self, start_broker, folder, **settings):
        self.path = folder / "sluice.yaml"
        self.write(**settings)
        self.broker = start_broker("--config", str(self.path), *ADMIN)

    def write(self, **settings):
        self.path.write_text("".join(f"{name.replace('_', '.')}: {value}\n" for name, value in settings.items()))

    def reload(self, expected):
        """SIGHUP; returns the lines that it brought once `expected` is among them."""
        seen = len(self.broker.log)
        self.broker.process.send_signal(signal.SIGHUP)
        return eventually(lambda: expected in self.broker.log[seen:] and self.broker.log[seen:], expected)


def test_sighup_takes_what_can_be_changed_and_names_the_rest(start_broker, tmp_path):
    configured = Configured(start_broker, tmp_path, log_retention_ms=1000000, message_max_bytes=1000000)
    broker = configured.broker
    broker.sluice("topic", "create", "t")
    big = batch([b"x" * 5000])
    with Wire(broker.port) as wire:
        assert wire.call(produce("t", big)).responses[0].partition_responses[0].error_code == 0
        configured.write(
            log_retention_ms=60000, message_max_bytes=2000, max_connections=2, num_log_lanes=3, log_level="debug",
            log_flush="os")
        lines = configured.reload("the configuration was reloaded")
        changed = {line["setting"] for line in map(logfmt, lines.splitlines()) if line["msg"] == "reloaded a setting"}
        assert changed == {"log.retention.ms", "message.max.bytes", "max.connections", "log.level"}
        kept = {line["setting"] for line in map(logfmt, lines.splitlines()) if "needs a restart" in line["msg"]}
        assert kept == {"num.log.lanes", "log.flush"}
        # MESSAGE_TOO_LARGE, on a connection that was there before.
        assert wire.call(produce("t", big)).responses[0].partition_responses[0].error_code == 10
        with Wire(broker.port) as second:
            second.call(fetch("t", 0, max_wait_ms=0))
            with socket.create_connection(("127.0.0.1", broker.port), timeout=60) as third:
                try:
                    assert third.recv(1) == b""
                except ConnectionResetError:
                    pass
    # Named again as long as it differs; what was taken isn't news any more.
    lines = configured.reload("the configuration was reloaded")
    assert "reloaded a setting" not in lines and "setting=num.log.lanes" in lines


@pytest.mark.parametrize("text, said", [
    ("message.max.bytes: many\n", "message.max.bytes = many"),
    ("message.max.byte: 1\n", "did you mean message.max.bytes?"),
    ("a: [\n", "sluice.yaml"),
    ("log.level: loud\n", "loud is no log level"),
    ("num.partitions: [1, 2]\n", "takes one value"),
])
def test_a_bad_file_changes_nothing(start_broker, tmp_path, text, said):
    configured = Configured(start_broker, tmp_path, message_max_bytes=2000)
    configured.broker.sluice("topic", "create", "t")
    configured.path.write_text(text + "auto.create.topics.enable: true\n")
    lines = configured.reload("was not reloaded, nothing has changed")
    assert said in lines
    with Wire(configured.broker.port) as wire:
        too_large = wire.call(produce("t", batch([b"x" * 5000]))).responses[0].partition_responses[0]
        assert too_large.error_code == 10
    assert kcat("-b", configured.broker.address, "-L", "-t", "new").stdout.count("Unknown topic") == 1
    configured.path.unlink()
    assert "was not reloaded" in configured.reload("was not reloaded")


class Manager:
    """The service manager's end of sd_notify."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.socket.settimeout(60)

    def next(self):
        return self.socket.recv(4096).decode().split("\n")

    def until(self, wanted):
        while True:
            message = self.next()
            if wanted in message:
                return message


@pytest.mark.parametrize("abstract", [False, True])
def test_the_service_manager_is_told(tmp_path, abstract):
    name = f"sluice-test-{os.getpid()}-{time.monotonic_ns()}"
    path = "\0" + name if abstract else str(tmp_path / "n")
    manager = Manager(path)
    environment = dict(
        os.environ, NOTIFY_SOCKET="@" + name if abstract else path, WATCHDOG_USEC="400000")
    process = subprocess.Popen(
        [SLUICE, "serve", "--data", str(tmp_path / "data"), "--listener", "PLAIN://localhost:0"], env=environment,
        stderr=subprocess.DEVNULL)
    try:
        assert manager.next() == ["STATUS=recovering logs and reading the policy"]
        assert manager.until("READY=1") == ["READY=1", "STATUS=ready"]
        manager.until("WATCHDOG=1")
        manager.until("WATCHDOG=1")
        process.send_signal(signal.SIGHUP)
        reloading = manager.until("RELOADING=1")
        (stamp,) = [line for line in reloading if line.startswith("MONOTONIC_USEC=")]
        assert 0 <= time.clock_gettime(time.CLOCK_MONOTONIC) * 1e6 - int(stamp.split("=")[1]) < 60e6
        manager.until("READY=1")
        process.send_signal(signal.SIGTERM)
        manager.until("STOPPING=1")
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        manager.socket.close()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 4 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("a file system can be mounted by root only")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_not_ready_while_logs_are_recovered(start_broker):
    """A pipe in the place of a producer snapshot holds the recovery until somebody opens its other end."""
    broker = start_broker(*ADMIN)
    broker.sluice("topic", "create", "t")
    with Wire(broker.port) as wire:
        for n in range(20):
            assert wire.call(produce("t", batch([b"%d" % n]))).responses[0].partition_responses[0].error_code == 0
    broker.kill()
    pipe = broker.data / "t-0" / "00000000000000000001.snapshot"
    os.mkfifo(pipe)
    before = broker.log.count("metrics and health on")
    start = threading.Thread(target=broker.start)
    start.start()
    try:
        eventually(lambda: broker.log.count("metrics and health on") > before, "the admin listener")
        for _ in range(5):
            assert get(broker, "/ready")[:2] == (503, "recovering logs and reading the policy\n")
            assert get(broker, "/health")[0] == 200
        assert get(broker, "/metrics")[0] == 200
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.1", broker.port), timeout=60)

        def release():
            try:
                return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK) + 1
            except OSError as error:
                # Nobody reads it yet.
                assert error.errno == errno.ENXIO
                return None

        end = eventually(release, "the recovery has come to the pipe")
        os.close(end - 1)
    finally:
        start.join(60)
    assert get(broker, "/ready")[:2] == (200, "ready\n")
    read = kcat("-b", broker.address, "-C", "-t", "t", "-e", "-q", "-o", "beginning").stdout
    assert read.split() == [str(n) for n in range(20)]


FAILING_SYNC = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
int fdatasync(int descriptor) {
    if (access(getenv("FAILING_SYNC"), F_OK) == 0) { errno = EIO; return -1; }
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(descriptor);
}
"""


@pytest.fixture
def failing_sync(tmp_path, monkeypatch):
    """A broker whose fdatasync fails while a file is there."""
    source, library = tmp_path / "sync.c", tmp_path / "sync.so"
    source.write_text(FAILING_SYNC)
    subprocess.run([shutil.which("cc") or clang(), "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    switch = tmp_path / "failing"
    broker = Broker(tmp_path, *ADMIN)
    with monkeypatch.context() as patch:
        patch.setenv("LD_PRELOAD", str(library))
        patch.setenv("FAILING_SYNC", str(switch))
        broker.start()
    yield broker, switch
    broker.close()


def test_a_failed_sync_takes_the_partition_offline_and_loses_nothing(failing_sync):
    broker, switch = failing_sync
    for name in "tu":
        broker.sluice("topic", "create", name)

    def put(wire, topic, value):
        return wire.call(produce(topic, batch([value]))).responses[0].partition_responses[0]

    def read(topic):
        return kcat("-b", broker.address, "-C", "-t", topic, "-e", "-q", "-o", "beginning").stdout.split()

    with Wire(broker.port) as wire:
        for n in range(5):
            assert put(wire, "t", b"%d" % n).error_code == 0
        switch.touch()
        # KAFKA_STORAGE_ERROR: whether it is on the disk can't be known, so nobody is told that it is.
        assert put(wire, "t", b"lost").error_code == 56
        assert put(wire, "t", b"refused").error_code == 56
        switch.unlink()
        # A sync that succeeds now says nothing of what the kernel has dropped.
        assert put(wire, "t", b"refused").error_code == 56
        answer = wire.call(fetch("t", 0, max_wait_ms=0)).responses[0].partitions[0]
        assert (answer.error_code, answer.high_watermark) == (0, 5)
        # What is on other disks' mercy goes on.
        assert put(wire, "u", b"fine").error_code == 0
    with pytest.raises(KafkaStorageError):
        refused = producer(broker, retries=0, enable_idempotence=False)
        try:
            refused.send("t", b"refused").get(60)
        finally:
            refused.close()
    assert read("t") == [str(n) for n in range(5)]
    seen = scrape(broker)
    assert seen.get("sluice_partitions_offline") == 1
    assert seen.get("sluice_log_flush_failures_total") == 1
    assert seen.get("sluice_append_failures_total", **{"class": "offline"}) >= 2
    (line,) = [line for line in map(logfmt, broker.log.splitlines()) if line["level"] == "error"]
    assert line["msg"].startswith("t-0: ") and line["msg"].endswith("takes nothing until the broker is started again")
    broker.kill()
    broker.start()
    # What was acknowledged is there; what was not is there whole, or gone.
    assert read("t") in ([str(n) for n in range(5)], [str(n) for n in range(5)] + ["lost"])
    assert read("u") == ["fine"]
    with Wire(broker.port) as wire:
        assert put(wire, "t", b"again").error_code == 0
    assert read("t")[-1] == "again"
    assert scrape(broker).get("sluice_partitions_offline") == 0


def test_a_full_disk_refuses_and_goes_on_when_there_is_room(small_disk):
    broker = Broker(small_disk, *ADMIN)
    try:
        check_full_disk(broker, small_disk)
    finally:
        broker.close()


def check_full_disk(broker, disk):
    # The log isn't on the disk that fills up.
    broker.log_path = disk.parent / "broker.log"
    broker.start()
    broker.sluice("topic", "create", "t")
    assert get(broker, "/ready")[:2] == (200, "ready\n")
    ballast = disk / "ballast"
    acknowledged = []

    def put(value):
        answer = wire.call(produce("t", batch([value]))).responses[0].partition_responses[0]
        if answer.error_code == 0:
            acknowledged.append((answer.base_offset, value))
        return answer.error_code

    with Wire(broker.port) as wire:
        for n in range(5):
            assert put(b"%d" % n + b"x" * 1000) == 0
        ballast.write_bytes(b"")
        with open(ballast, "ab", buffering=0) as file, pytest.raises(OSError):
            while True:
                file.write(b"\0" * 4096)
        # KAFKA_STORAGE_ERROR, again and again; the same connection serves on.
        assert put(b"y" * 20_000) == 56
        assert put(b"y" * 20_000) == 56
        assert get(broker, "/ready")[:2] == (503, "the disk is full\n")
        assert get(broker, "/health")[0] == 200
        seen = scrape(broker)
        assert seen.get("sluice_append_failures_total", **{"class": "no_space"}) == 2
        assert seen.get("sluice_partitions_offline") == 0
        assert seen.get("sluice_disk_free_bytes") < 100_000
        # What is there can be read.
        read = kcat("-b", broker.address, "-C", "-t", "t", "-e", "-q", "-o", "beginning", "-f", "%o %s\n").stdout
        assert read.splitlines() == [f"{offset} {value.decode()}" for offset, value in acknowledged]
        ballast.unlink()
        # Without a restart.
        assert put(b"z" * 20_000) == 0
        assert get(broker, "/ready")[0] == 200
    broker.kill()
    broker.start()
    read = kcat("-b", broker.address, "-C", "-t", "t", "-e", "-q", "-o", "beginning", "-f", "%o %s\n").stdout
    assert read.splitlines() == [f"{offset} {value.decode()}" for offset, value in acknowledged]
    assert "error" not in [logfmt(line).get("level") for line in broker.log.splitlines()]


def test_retention_works_on_a_full_disk(small_disk):
    broker = Broker(
        small_disk, *ADMIN, "--set", "log.retention.check.interval.ms=1000", "--set", "log.segment.bytes=1048576")
    try:
        broker.log_path = small_disk.parent / "broker.log"
        broker.start()
        broker.sluice("topic", "create", "t", "--config", "retention.bytes=2097152")
        with Wire(broker.port) as wire:
            # More than the disk holds: retention must make the room, and a full disk must not keep it from that.
            accepted = refused = 0
            while accepted < 12_000_000:
                answer = wire.call(produce("t", batch([os.urandom(300_000)]))).responses[0].partition_responses[0]
                assert answer.error_code in (0, 56)
                if answer.error_code == 0:
                    accepted += 300_000
                else:
                    refused += 1
                    assert refused < 600, "retention makes no room"
                    time.sleep(0.1)
        seen = scrape(broker)
        assert refused > 0
        assert seen.get("sluice_log_segments_deleted_total") >= 5
        assert seen.get("sluice_partitions_offline") == 0
    finally:
        broker.close()
