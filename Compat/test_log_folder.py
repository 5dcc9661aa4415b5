"""The log folder, read by another implementation: batches by kafka-python's decoder, the files beside them by Kafka's
formats (log_folder.py). Once as the broker fills it, once as it is recorded for SegmentLogTests."""

import random
import shutil
from pathlib import Path

import pytest

import log_folder
from harness import kcat

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
GOLDEN = Path(__file__).parent / "golden" / "log_folder" / "accounts-0"


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_folder_that_the_broker_fills(broker, how):
    broker.sluice("topic", "create", "t", "--config", "segment.bytes=1048576")
    expected = []
    for codec in CODECS:
        chance = random.Random(codec)
        lines = [f"{codec} {n} {chance.randbytes(4000).hex()}" for n in range(50)]
        kcat("-b", broker.address, "-P", "-t", "t", "-z", codec, "-k", codec, "-H", "codec=" + codec,
             "-X", "batch.num.messages=10", "-X", "enable.idempotence=true", input="\n".join(lines) + "\n")
        expected += [(codec.encode(), line.encode(), [("codec", codec.encode())]) for line in lines]
    broker.stop() if how == "stop" else broker.kill()
    folder = broker.data / "t-0"
    records = log_folder.check(folder)
    assert [offset for offset, *_ in records] == list(range(250))
    assert [tuple(rest) for _, _, *rest in records] == expected
    logs = sorted(folder.glob("*.log"))
    assert len(logs) > 1 and all((folder / (log.stem + ".index")).stat().st_size for log in logs[:-1])
    if how == "stop":  # where a clean stop leaves what the log knows of its five producers
        snapshot = sorted(folder.glob("*.snapshot"))[-1]
        assert snapshot.stem == "%020d" % 250
        assert [entry[3] for entry in sorted(log_folder.read_snapshot(snapshot))] == [49, 99, 149, 199, 249]


def test_recorded_records():
    records = log_folder.check(GOLDEN)
    assert [offset for offset, *_ in records] == list(range(30))
    assert [timestamp for _, timestamp, *_ in records] == [1_700_000_000_000 + number * 10 for number in range(30)]
    for number, (_, _, key, value, headers) in enumerate(records):
        assert key.startswith(b"key-")
        assert value == b'{"account_id":%d,"social_security_number":"078-05-1120"}' % number
        assert headers in ([], [("source", b"golden")])


def test_recorded_compacted_records():
    """What compaction has left, and that holes, tombstones with a horizon and empty batches are no damage."""
    folder = GOLDEN.parent.parent / "compacted_folder" / "accounts-0"
    records = log_folder.check(folder)
    offsets = [offset for offset, *_ in records]
    assert offsets == sorted(set(offsets)) and offsets[-1] - offsets[0] > len(offsets)
    keys = [key for _, _, key, _, _ in records[:-1]]
    assert len(keys) == len(set(keys)), "before the active segment a key comes once"
    assert records[-1][2:4] == (b"key-0", b"last")
    # A record's time is told from the horizon, which is its batch's base timestamp now.
    assert all(1_700_000_000_000 <= timestamp < 1_700_000_001_000 for _, timestamp, *_ in records)
    assert sum(value is None for _, _, _, value, _ in records) == 31
    assert (folder / "cleaner-offset-checkpoint").read_text() == "0\n1\naccounts 0 94\n"


def test_recorded_producer_snapshot():
    (entry,) = log_folder.read_snapshot(GOLDEN / "00000000000000000030.snapshot")
    producer_id, epoch, last_sequence, last_offset, offset_delta, _, _, transaction = entry
    assert (producer_id, epoch, last_sequence, last_offset, offset_delta, transaction) == (4000, 1, 4, 29, 2, -1)


@pytest.mark.parametrize("suffix", [".log", ".index", ".timeindex"])
def test_the_check_sees_damage(tmp_path, suffix):
    folder = shutil.copytree(GOLDEN, tmp_path / "accounts-0")
    path = sorted(path for path in folder.glob("*" + suffix) if path.stat().st_size)[0]
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(AssertionError):
        log_folder.check(folder)
