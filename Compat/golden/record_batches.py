#!/usr/bin/env python3
"""Golden record batches, made by other implementations than ours.

    pip install kafka-python==3.0.12 aiokafka==0.14.0 python-snappy==0.7.3 lz4==4.4.5 zstandard==0.25.0 crc32c==2.9.post0
    ./record_batches.py write     # writes record_batches.txt, which KafkaRecordsTests decode
    ./record_batches.py check     # reads sluice_batches.txt, which KafkaRecordsTests encode, with kafka-python and aiokafka

A line is `<name> <hex of a batch>`. Names begin with the set of records, `small` or `large`, which the tests make anew.
Batches of kafka-python and aiokafka are whole; in the others the records section of kafka-python's batch is compressed in the
way that the name says, as a client could send it.
"""
import gzip
import io
import pathlib
import struct
import sys

import crc32c
import lz4.frame
import snappy
import zstandard
from aiokafka.record import default_records as aio
from kafka.codec import snappy_encode
from kafka.record import default_records as kp

HERE = pathlib.Path(__file__).parent
GZIP, SNAPPY, LZ4, ZSTD = 1, 2, 3, 4


def small():
    for i in range(40):
        key = None if i % 4 == 0 else b"key-%d" % i
        value = None if i % 7 == 3 else b"value %d " % i * (i % 5)
        headers = [] if i % 3 else [("h%d" % i, bytes([i]) * i), ("null", None), ("", b"")]
        yield 1_700_000_000_000 + i * i - 100 * (i % 2), key, value, headers


def large():
    """Some 170 KB: several blocks of 64 KiB."""
    for i in range(300):
        yield 1_700_000_000_000 + i, b"account-%d" % (i % 10), b'{"account_id":"%d","event_type":"login"}' % (i % 10) * 14, []


# What a large batch shows that a small one doesn't: several blocks.
LARGE = (
    "kafka-python-gzip kafka-python-snappy kafka-python-lz4 aiokafka-lz4 kafka-python-zstd snappy-raw lz4-64k lz4-linked lz4-4m "
    "lz4-everything lz4-two-frames zstd-no-size zstd-flushed zstd-two-frames-no-size"
).split()

SETS = {"small": list(small()), "large": list(large())}


def kafka_python(records, codec):
    builder = kp.DefaultRecordBatchBuilder(2, codec, False, 1234, 5, 77, 1 << 30)
    for offset, (timestamp, key, value, headers) in enumerate(records):
        builder.append(offset, timestamp, key, value, headers)
    return bytes(builder.build())


def aiokafka(records, codec, transactional=0):
    builder = aio.DefaultRecordBatchBuilder(2, codec, transactional, 1234, 5, 77, 1 << 30)
    for offset, (timestamp, key, value, headers) in enumerate(records):
        builder.append(offset, timestamp, key, value, headers)
    return bytes(builder.build())


def rewrapped(batch, codec, compressed):
    """`batch`, uncompressed, with its records replaced by `compressed`."""
    tail = struct.pack(">h", struct.unpack_from(">h", batch, 21)[0] & ~7 | codec) + batch[23:61] + compressed
    head = batch[:8] + struct.pack(">i", 9 + len(tail)) + batch[12:17]
    return head + struct.pack(">I", crc32c.crc32c(tail)) + tail


def two(compress, data):
    return compress(data[: len(data) // 2]) + compress(data[len(data) // 2 :])


def gzip_named(data):
    out = io.BytesIO()
    with gzip.GzipFile("named.json", "wb", 9, out, mtime=1) as file:
        file.write(data)
    return out.getvalue()


def zstd_flushed(data):
    """A frame without content size, of several blocks flushed one by one, with a checksum."""
    stream = zstandard.ZstdCompressor(write_checksum=True).compressobj()
    third = len(data) // 3
    out = b""
    for part in (data[:third], data[third : 2 * third], data[2 * third :]):
        out += stream.compress(part) + stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    return out + stream.flush()


def zstd(**options):
    return zstandard.ZstdCompressor(**options).compress


def lz4_frame(**options):
    return lambda data: lz4.frame.compress(data, **{"block_linked": False, "store_size": False, **options})


SKIPPABLE = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc"

VARIANTS = {
    "gzip-level-1": (GZIP, lambda data: gzip.compress(data, 1, mtime=0)),
    "gzip-file-name": (GZIP, gzip_named),
    "gzip-two-members": (GZIP, lambda data: two(lambda part: gzip.compress(part, mtime=0), data)),
    "gzip-empty-member-last": (GZIP, lambda data: gzip.compress(data, mtime=0) + gzip.compress(b"", mtime=0)),
    "snappy-raw": (SNAPPY, snappy.compress),
    "snappy-xerial": (SNAPPY, lambda data: snappy_encode(data, xerial_compatible=True)),
    "snappy-xerial-small-blocks": (SNAPPY, lambda data: snappy_encode(data, True, xerial_blocksize=512)),
    "snappy-xerial-two-streams": (SNAPPY, lambda data: two(lambda part: snappy_encode(part, True), data)),
    "lz4-64k": (LZ4, lz4_frame(block_size=lz4.frame.BLOCKSIZE_MAX64KB)),
    "lz4-linked": (LZ4, lz4_frame(block_size=lz4.frame.BLOCKSIZE_MAX64KB, block_linked=True)),
    "lz4-4m": (LZ4, lz4_frame(block_size=lz4.frame.BLOCKSIZE_MAX4MB)),
    "lz4-content-size": (LZ4, lz4_frame(store_size=True)),
    "lz4-content-checksum": (LZ4, lz4_frame(content_checksum=True)),
    "lz4-block-checksum": (LZ4, lz4_frame(block_checksum=True)),
    "lz4-everything": (
        LZ4,
        lz4_frame(
            store_size=True, content_checksum=True, block_checksum=True, block_linked=True,
            block_size=lz4.frame.BLOCKSIZE_MAX256KB, compression_level=9,
        ),
    ),
    "lz4-two-frames": (LZ4, lambda data: two(lz4_frame(), data)),
    "lz4-skippable": (LZ4, lambda data: SKIPPABLE + lz4_frame()(data)),
    "zstd-size": (ZSTD, zstd()),
    "zstd-no-size": (ZSTD, zstd(write_content_size=False)),
    "zstd-checksum": (ZSTD, zstd(write_checksum=True)),
    "zstd-level-19": (ZSTD, zstd(level=19)),
    "zstd-flushed": (ZSTD, zstd_flushed),
    "zstd-two-frames": (ZSTD, lambda data: two(zstd(), data)),
    "zstd-two-frames-no-size": (ZSTD, lambda data: two(zstd(write_content_size=False), data)),
    "zstd-skippable": (ZSTD, lambda data: SKIPPABLE + zstd()(data)),
}


def write():
    batches = {}
    for name, records in SETS.items():
        for codec, codec_name in enumerate(["none", "gzip", "snappy", "lz4", "zstd"]):
            batches[f"{name}-kafka-python-{codec_name}"] = kafka_python(records, codec)
            batches[f"{name}-aiokafka-{codec_name}"] = aiokafka(records, codec)
        plain = kafka_python(records, 0)
        for variant, (codec, compress) in VARIANTS.items():
            batches[f"{name}-{variant}"] = rewrapped(plain, codec, compress(plain[61:]))
    batches["small-aiokafka-transactional"] = aiokafka(SETS["small"], 0, 1)
    chosen = {n: b for n, b in batches.items() if n.startswith("small-") or n.removeprefix("large-") in LARGE}
    lines = [f"{name} {batch.hex()}\n" for name, batch in chosen.items()]
    (HERE / "record_batches.txt").write_text("".join(lines))


def expected(record):
    timestamp, key, value, headers = record
    return timestamp, key, value, list(headers)


def check():
    count = 0
    for line in (HERE / "sluice_batches.txt").read_text().splitlines():
        name, text = line.split()
        for reader in (kp.DefaultRecordBatch, aio.DefaultRecordBatch):
            batch = reader(bytearray.fromhex(text))
            assert batch.validate_crc(), name
            records = list(batch)
            if name.startswith("control"):
                assert batch.is_control_batch and len(records) == 1 and records[0].key == b"\0\0\0\1", name
                assert records[0].value == b"\0\0\0\0\0\7", name
                continue
            got = [(r.timestamp, r.key, r.value, [(k, v) for k, v in r.headers]) for r in records]
            assert got == [expected(record) for record in SETS[name.split("-")[0]]], name
            assert [r.offset for r in records] == [40 + i for i in range(len(records))], name
        count += 1
    print(f"{count} batches read as they were meant")


if __name__ == "__main__":
    {"write": write, "check": check}[sys.argv[1]]()
