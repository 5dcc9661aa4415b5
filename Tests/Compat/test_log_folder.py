"""The golden folder that SegmentLogTests compares the log's files with, decoded by kafka-python."""

import pathlib
import shutil

import pytest

import log_folder

GOLDEN = pathlib.Path(__file__).parent / "Fixtures" / "accounts-0"


def test_records():
    records = log_folder.check(GOLDEN)
    assert [offset for offset, *_ in records] == list(range(30))
    assert [timestamp for _, timestamp, *_ in records] == [1_700_000_000_000 + number * 10 for number in range(30)]
    for number, (_, _, key, value) in enumerate(records):
        assert key.startswith(b"key-")
        assert value == b'{"account_id":%d,"social_security_number":"078-05-1120"}' % number


def test_producer_snapshot():
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
