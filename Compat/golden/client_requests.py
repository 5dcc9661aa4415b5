#!/usr/bin/env python3
"""Requests as clients send them, recorded by a proxy in front of a broker.

    SLUICE=.build/debug/sluice Compat/golden/client_requests.py > Compat/golden/client_requests.txt

Needs kcat and Interop/requirements.txt. The clients produce with every codec, idempotently too, read with and without a
group, seek, look up times, commit, and create, describe and delete topics, without a view, at one broker. A line is
`<client> <api key> <version> <hex of the frame without its length>`: the first frame of each client, API and version, and of
each codec of Produce. The first line says which versions of the clients they are.
"""

import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Interop"))

import kafka  # noqa: E402
from kafka import KafkaConsumer, KafkaProducer, TopicPartition  # noqa: E402
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewTopic  # noqa: E402

from harness import Broker, Kcat, eventually, kcat  # noqa: E402

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]


class Recorder:
    """A proxy that notes the frames that clients send."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.target = None
        self.client = ""
        self.frames = {}
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            client, _ = self.server.accept()
            broker = socket.create_connection(("127.0.0.1", self.target))
            threading.Thread(target=self._requests, args=(client, broker), daemon=True).start()
            threading.Thread(target=self._answers, args=(broker, client), daemon=True).start()

    def _requests(self, client, broker):
        try:
            stream = client.makefile("rb")
            while length := stream.read(4):
                frame = stream.read(struct.unpack(">i", length)[0])
                self._note(frame)
                broker.sendall(length + frame)
        except OSError:
            pass
        broker.close()

    def _answers(self, broker, client):
        try:
            while data := broker.recv(65536):
                client.sendall(data)
        except OSError:
            pass
        client.close()

    def has_sent(self, key):
        return any(client == self.client and key == other for client, other, *_ in list(self.frames))

    def _note(self, frame):
        key, version = struct.unpack_from(">hh", frame)
        kind = ""
        if key == 0:
            # What follows in a batch: offset, length, epoch, magic 2, CRC; then attributes, whose low bits are the codec.
            magic = frame.index(b"\0\0\0\0\0\0\0\0") + 16
            kind = frame[magic + 6] & 7
        self.frames.setdefault((self.client, key, version, kind), frame)


def with_kcat(address, has_sent):
    for codec in CODECS:
        kcat("-b", address, "-P", "-t", "t", "-z", codec, "-k", "key", "-H", "h=1", input=f"{codec} {'x' * 200}\n")
    kcat("-b", address, "-P", "-t", "t", "-X", "enable.idempotence=true", input="once\n")
    kcat("-b", address, "-L")
    kcat("-b", address, "-C", "-t", "t", "-e", "-q")
    kcat("-b", address, "-Q", "-t", "t:0:1000")
    with Kcat("-b", address, "-X", "auto.offset.reset=earliest", "-X", "heartbeat.interval.ms=100", "-G", "k", "t") as c:
        c.wait_for(6)
        eventually(lambda: has_sent(12), "a heartbeat")


def with_kafka_python(address, has_sent):
    admin = KafkaAdminClient(bootstrap_servers=address)
    admin.create_topics([NewTopic("made", num_partitions=2, replication_factor=1)])
    admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, "made")])
    admin.delete_topics(["made"])
    admin.close()
    for codec in CODECS:
        out = KafkaProducer(bootstrap_servers=address, compression_type=None if codec == "none" else codec)
        out.send("t", key=b"key", value=codec.encode() + b" " + b"x" * 200, headers=[("h", b"1")]).get(60)
        out.close()
    partition = TopicPartition("t", 0)
    client = KafkaConsumer(bootstrap_servers=address, group_id="p", auto_offset_reset="earliest", heartbeat_interval_ms=100)
    client.subscribe(["t"])
    seen = 0
    while seen < 11:
        seen += sum(map(len, client.poll(timeout_ms=200).values()))
    eventually(lambda: client.poll(timeout_ms=100) or has_sent(12), "a heartbeat")
    client.commit()
    client.offsets_for_times({partition: 1000})
    client.seek(partition, 2)
    client.poll(timeout_ms=500)
    client.close()


def main():
    recorder = Recorder()
    with tempfile.TemporaryDirectory() as folder:
        broker = Broker(folder, listeners=(
            "PLAIN://127.0.0.1:0", f"PROXIED://127.0.0.1:0?advertise=127.0.0.1:{recorder.port}")).start()
        try:
            recorder.target = broker.ports[1]
            broker.sluice("topic", "create", "t")
            address = f"127.0.0.1:{recorder.port}"
            for recorder.client, run in (("kcat", with_kcat), ("kafka-python", with_kafka_python)):
                run(address, recorder.has_sent)
        finally:
            broker.close()
    about = subprocess.run(["kcat", "-V"], capture_output=True, text=True).stdout
    program, library = (re.search(pattern, about)[1] for pattern in (r"Version (\S+)", r"librdkafka (\S+)"))
    print(f"# kcat {program} with librdkafka {library}, kafka-python {kafka.__version__}")
    for (client, key, version, _), frame in sorted(recorder.frames.items(), key=lambda item: [str(k) for k in item[0]]):
        print(client, key, version, frame.hex())


if __name__ == "__main__":
    main()
