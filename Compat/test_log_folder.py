"""The log folder that the broker fills, read by another implementation's batch decoder."""

import pytest
from kafka.record.memory_records import MemoryRecords

from harness import kcat

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]


def batches(segment):
    """Every batch of a segment file, checksums verified."""
    records = MemoryRecords(segment.read_bytes())
    while (batch := records.next_batch()) is not None:
        assert batch.validate_crc()
        yield batch
    assert records.size_in_bytes() == segment.stat().st_size


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_segments_are_read_by_kafka_python(broker, how):
    broker.sluice("topic", "create", "t")
    expected = []
    for codec in CODECS:
        lines = [f"{codec} {n} " + "y" * 120 for n in range(50)]
        kcat("-b", broker.address, "-P", "-t", "t", "-z", codec, "-H", "codec=" + codec, input="\n".join(lines) + "\n")
        expected += [(line.encode(), [("codec", codec.encode())]) for line in lines]
    broker.stop() if how == "stop" else broker.kill()
    segments = sorted((broker.data / "t-0").glob("*.log"))
    assert [s.name for s in segments] == ["00000000000000000000.log"]
    found = []
    for segment in segments:
        for batch in batches(segment):
            for record in batch:
                assert record.offset == len(found)
                found.append((record.value, record.headers))
    assert found == expected


def test_index_entries_point_at_batches(broker):
    """Kafka's formats: .index is (int32 relative offset, int32 position), .timeindex (int64 time, int32 relative offset)."""
    broker.sluice("topic", "create", "t")
    for _ in range(30):
        kcat("-b", broker.address, "-P", "-t", "t", input="z" * 1000 + "\n")
    assert broker.stop() == 0
    folder = broker.data / "t-0"
    log = (folder / "00000000000000000000.log").read_bytes()
    index = (folder / "00000000000000000000.index").read_bytes()
    assert index and len(index) % 8 == 0
    for at in range(0, len(index), 8):
        offset, position = (int.from_bytes(index[at + i:at + i + 4], "big") for i in (0, 4))
        base = int.from_bytes(log[position:position + 8], "big")
        last = base + int.from_bytes(log[position + 23:position + 27], "big")
        assert base <= offset <= last
    times = (folder / "00000000000000000000.timeindex").read_bytes()
    assert times and len(times) % 12 == 0
