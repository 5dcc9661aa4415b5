"""Checks the folder of a partition with another implementation's eyes: kafka-python decodes the batches, and the files
beside them are read here by Kafka's formats.

    python Compat/log_folder.py data/accounts-0
"""

import pathlib
import struct
import sys

from kafka.record import MemoryRecords
from kafka.record.util import calc_crc32c


def batches(log):
    """(position, batch) for each batch of a .log file; the checksum of each must be right."""
    data = log.read_bytes()
    records = MemoryRecords(data)
    position = 0
    while records.has_next():
        batch = records.next_batch()
        assert batch.validate_crc(), f"{log.name}: wrong checksum at byte {position}"
        yield position, batch
        position += 12 + struct.unpack_from(">i", data, position + 8)[0]
    assert position == len(data), f"{log.name}: {len(data) - position} bytes are no batch"


def check(folder):
    """Raises AssertionError if anything is wrong. Returns (offset, timestamp, key, value, headers) of every record."""
    folder = pathlib.Path(folder)
    logs = sorted(folder.glob("*.log"))
    assert logs, "no segment"
    found = []
    expected = None
    for log in logs:
        base = int(log.stem)
        assert len(log.stem) == 20
        positions, newest = {}, {}
        maximum = -1
        for position, batch in batches(log):
            assert expected is None or batch.base_offset >= expected, f"{log.name}: offsets go back"
            assert batch.base_offset >= base
            expected = batch.base_offset + batch.last_offset_delta + 1
            positions[position] = expected - 1
            if batch.max_timestamp > maximum:
                maximum = batch.max_timestamp
                newest[expected - 1] = maximum
            found += [(r.offset, r.timestamp, r.key, r.value, r.headers) for r in batch]
        check_index(log.with_suffix(".index"), base, positions)
        check_time_index(log.with_suffix(".timeindex"), base, newest, is_sealed=log != logs[-1], maximum=maximum)
    for snapshot in folder.glob("*.snapshot"):
        read_snapshot(snapshot)
    return found


def check_index(path, base, positions):
    last = -1
    for relative, position in struct.iter_unpack(">ii", path.read_bytes() if path.exists() else b""):
        assert relative > last, f"{path.name}: offsets must grow"
        assert positions.get(position) == base + relative, f"{path.name}: no batch ends with {base + relative} at {position}"
        last = relative


def check_time_index(path, base, newest, is_sealed, maximum):
    last = -1
    for timestamp, relative in struct.iter_unpack(">qi", path.read_bytes() if path.exists() else b""):
        assert timestamp > last, f"{path.name}: timestamps must grow"
        assert newest.get(base + relative) == timestamp, f"{path.name}: {timestamp} does not come first at {base + relative}"
        last = timestamp
    if is_sealed:
        assert last == maximum, f"{path.name}: a sealed segment's last entry is its largest timestamp"


def read_snapshot(path):
    data = path.read_bytes()
    version, checksum, count = struct.unpack_from(">hIi", data)
    assert version == 1 and checksum == calc_crc32c(data[6:]), f"{path.name}: wrong version or checksum"
    entries = list(struct.iter_unpack(">qhiqiqiq", data[10:]))
    assert len(entries) == count
    return entries


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(f"{name}: {len(check(name))} records")
