"""Record batches as kafka-python sends them, one after the other, for the golden segment.

    pip install kafka-python==3.0.12 lz4 python-snappy zstandard
    python Compat/golden/wire_batches.py > Compat/golden/log_folder/wire-batches.bin
"""

import sys

from kafka.record.default_records import DefaultRecordBatchBuilder

NONE, GZIP, SNAPPY, LZ4, ZSTD = range(5)


def batch(codec, first, count, producer_id=-1, producer_epoch=-1, base_sequence=-1):
    builder = DefaultRecordBatchBuilder(
        magic=2, compression_type=codec, is_transactional=False, producer_id=producer_id,
        producer_epoch=producer_epoch, base_sequence=base_sequence, batch_size=1 << 20)
    for number in range(count):
        value = b'{"account_id":%d,"social_security_number":"078-05-1120"}' % (first + number)
        headers = [("source", b"golden")] if number % 2 else []
        builder.append(number, 1_700_000_000_000 + (first + number) * 10, b"key-%d" % number, value, headers)
    return bytes(builder.build())


batches = [
    batch(NONE, 0, 3),
    batch(GZIP, 3, 4),
    batch(SNAPPY, 7, 5),
    batch(LZ4, 12, 6),
    batch(ZSTD, 18, 7),
    batch(NONE, 25, 2, producer_id=4000, producer_epoch=1, base_sequence=0),
    batch(NONE, 27, 3, producer_id=4000, producer_epoch=1, base_sequence=2),
]
sys.stdout.buffer.write(b"".join(batches))
