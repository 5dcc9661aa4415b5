"""One connection that speaks what a test scripts: requests and answers by kafka-python's classes, which read Kafka's own
JSON schemas, in every version of them."""

import socket

from kafka.protocol.consumer import FetchRequest
from kafka.protocol.producer import ProduceRequest
from kafka.record.default_records import DefaultRecordBatchBuilder
from kafka.record.memory_records import MemoryRecords
from kafka.record.util import calc_crc32c as crc32c

CODECS = {"none": 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}


class Wire:
    def __init__(self, port, client_id="wire", patience=60, host="127.0.0.1"):
        self.client_id = client_id
        self.socket = socket.create_connection((host, port), timeout=patience)
        self.stream = self.socket.makefile("rb")
        self.sent = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.stream.close()
        self.socket.close()

    def send(self, request, tags=None):
        """`tags`: bytes by number, for the tagged fields at the end of the request."""
        self.sent += 1
        request.with_header(correlation_id=self.sent, client_id=self.client_id)
        frame = bytes(request.encode(header=True, framed=True))
        if tags:
            body = frame[4:-1] + uvarint(len(tags))
            assert frame[-1] == 0, "the request has tags of its own"
            for number, data in sorted(tags.items()):
                body += uvarint(number) + uvarint(len(data)) + data
            frame = len(body).to_bytes(4, "big") + body
        self.socket.sendall(frame)
        return request

    def receive_bytes(self):
        """The bytes of an answer, or None if the broker closes the connection."""
        try:
            length = self.stream.read(4)
        except ConnectionResetError:
            return None
        return self.stream.read(int.from_bytes(length, "big")) if length else None

    def receive(self, request):
        """The answer, or None if the broker closes the connection."""
        body = self.receive_bytes()
        if body is None:
            return None
        response = request.header.get_response_class().decode(body, version=request.API_VERSION, header=True)
        assert response.header.correlation_id == request.header.correlation_id
        return response

    def call(self, request, tags=None):
        return self.receive(self.send(request, tags))


class AdminWire(Wire):
    """The admin socket of a broker's data folder."""

    def __init__(self, broker):
        self.client_id, self.sent = "admin", 0
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(str(broker.data / "admin.sock"))
        self.stream = self.socket.makefile("rb")


def uvarint(number):
    data = b""
    while number >= 128:
        data += bytes([number & 127 | 128])
        number >>= 7
    return data + bytes([number])


def compact(data):
    """A compact string, or compact bytes."""
    data = data.encode() if isinstance(data, str) else data
    return uvarint(len(data) + 1) + data


def batch(values, codec="none", base_sequence=-1, producer_id=-1, producer_epoch=-1, timestamp=1_700_000_000_000):
    """One record batch of values, or of (key, value, headers)."""
    builder = DefaultRecordBatchBuilder(
        magic=2, compression_type=CODECS[codec], is_transactional=False, producer_id=producer_id,
        producer_epoch=producer_epoch, base_sequence=base_sequence, batch_size=1 << 24)
    for number, record in enumerate(values):
        key, value, headers = record if isinstance(record, tuple) else (None, record, [])
        builder.append(number, timestamp, key, value, headers)
    return bytes(builder.build())


def forged(data, at, patch):
    """A batch with other bytes at a position, and the checksum of that."""
    data = bytearray(data)
    data[at: at + len(patch)] = patch
    data[17:21] = crc32c(data[21:]).to_bytes(4, "big")
    return bytes(data)


def batches(data):
    """The batches of a records field; each checksum must be right and nothing may be left over."""
    records = MemoryRecords(bytes(data))
    found = []
    while (one := records.next_batch()) is not None:
        assert one.validate_crc()
        found.append(one)
    return found


def make(kind, version, **fields):
    """A message, or a struct in one, of which the fields are named as in Kafka's schemas, in snake case; a dictionary
    stands for a struct. What isn't given has the schema's default; what the version doesn't have is an error."""
    values = {}
    for field in kind._struct.fields.values():
        if field.name in fields:
            assert field.for_version_q(version), f"{kind.__name__} {version} has no {field.name}"
            value = fields.pop(field.name)
            if field.is_struct_array() and value is not None:
                value = [make(field.data_class, version, **one) for one in value]
            elif field.is_struct():
                value = make(field.data_class, version, **value)
            values[field.name] = value
        elif field.is_array() and field.for_version_q(version) and field.tag is None:
            values[field.name] = []
    assert not fields, f"{kind.__name__} has no {fields}"
    return kind(version=version, **values)


def produce(topic, records, partition=0, version=9, acks=-1):
    return make(
        ProduceRequest, version, transactional_id=None, acks=acks, timeout_ms=60_000,
        topic_data=[{"name": topic, "partition_data": [{"index": partition, "records": records}]}])


def fetch(topic, offset, version=11, max_wait_ms=500, min_bytes=1, partition=0, session=(0, -1), max_bytes=1 << 20):
    """`topic` is a name, or an id from version 13 on."""
    names = {"topic_id" if version >= 13 else "topic": topic}
    sessions = {"session_id": session[0], "session_epoch": session[1]} if version >= 7 else {}
    return make(
        FetchRequest, version, max_wait_ms=max_wait_ms, min_bytes=min_bytes, max_bytes=1 << 26, **sessions,
        topics=[{**names, "partitions": [
            {"partition": partition, "fetch_offset": offset, "partition_max_bytes": max_bytes}]}])


def fetched(answer):
    """The one partition of a Fetch answer."""
    assert answer.error_code == 0
    (topic,) = answer.responses
    (partition,) = topic.partitions
    return partition
