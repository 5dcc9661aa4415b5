"""Compaction as clients see it: the last record of each key, at its old offset, whatever happens in between."""

import subprocess
import sys
import threading

import pytest
from kafka import TopicPartition
from kafka.errors import KafkaError

from clients import address, consumer, producer
from harness import SLUICE, TOP, eventually, kcat
from wire import Wire, batch, produce

sys.path.append(str(TOP / "Compat"))
import log_folder  # noqa: E402

SETTINGS = ("--set", "log.cleaner.backoff.ms=50", "--set", "log.cleaner.io.max.bytes.per.second=1000000000")
KEYS = 40
FILLER = "v" * 8_000


def create(broker, topic="t", policy="compact", **configs):
    configs = {"cleanup.policy": policy, "segment.bytes": "1048576", "min.cleanable.dirty.ratio": "0.01", **configs}
    broker.sluice("topic", "create", topic, *[part for name, value in configs.items()
                                              for part in ("--config", f"{name}={value}")])


def fill(broker, rounds, start=0, topic="t", **options):
    """Writes each key `rounds` times; returns the last (offset, value) of each. 40 keys are 320 kB a round."""
    out = producer(broker, linger_ms=5, **options)
    last = {}
    for n in range(start, start + rounds):
        futures = {}
        for k in range(KEYS):
            value = b"%d %s" % (n, FILLER.encode())
            futures[b"key %d" % k] = out.send(topic, key=b"key %d" % k, value=value), value
        for key, (future, value) in futures.items():
            last[key] = future.get(60).offset, value
    out.close()
    return last


def read_all(broker, topic="t"):
    """(offset, key, value) of everything, to the end that the broker names."""
    client = consumer(address(broker))
    partition = TopicPartition(topic, 0)
    client.assign([partition])
    client.seek_to_beginning(partition)
    end = client.end_offsets([partition])[partition]
    found = []
    # The position passes holes; a broker that doesn't let it would hang here until the patience ends.
    def is_done():
        for records in client.poll(timeout_ms=200).values():
            found.extend((r.offset, r.key, r.value) for r in records)
        return client.position(partition) >= end

    eventually(is_done, f"the position reaches {end}")
    client.close()
    return found


def log_bytes(broker, topic="t"):
    return sum(path.stat().st_size for path in (broker.data / f"{topic}-0").glob("*.log"))


def compacted(broker, topic="t", below=3_000_000):
    """Waits until the log is as small as compaction makes it: two segments at most and what is active."""
    eventually(lambda: log_bytes(broker, topic) < below, "the log is compacted")


def check(broker, last, topic="t"):
    found = read_all(broker, topic)
    offsets = [offset for offset, _, _ in found]
    assert offsets == sorted(set(offsets))
    newest = {key: (offset, value) for offset, key, value in found}
    assert newest == last
    return found


@pytest.mark.parametrize("codec", [None, "gzip", "lz4"])
def test_last_values_stay_at_their_offsets(start_broker, codec):
    broker = start_broker(*SETTINGS)
    # Compressed they are next to nothing: segments that roll by time.
    create(broker, **({"segment.ms": "50"} if codec else {}))
    options = {"compression_type": codec}
    last = fill(broker, 25, **options)
    written = 25 * KEYS
    if codec:
        eventually(lambda: len(read_all(broker)) < written / 2, "the log is compacted")
    else:
        compacted(broker)
    assert len(check(broker, last)) < written / 2
    # kcat reads it to the end, too; and goes on where a new record is.
    lines = kcat("-b", broker.address, "-C", "-t", "t", "-e", "-q", "-f", "%o %k\n").stdout.splitlines()
    assert len(lines) >= KEYS
    last |= fill(broker, 1, start=1000, **options)
    check(broker, last)
    assert "error" not in broker.log.lower()


def test_restart_and_kill_in_the_middle(start_broker):
    slow = start_broker("--set", "log.cleaner.backoff.ms=50", "--set", "log.cleaner.io.max.bytes.per.second=2000000")
    create(slow)
    last = fill(slow, 30)
    for stop in (slow.kill, slow.stop, slow.kill):
        # Wherever in its work the cleaner is now.
        eventually(lambda: list((slow.data / "t-0").glob("*.cleaned")) or log_bytes(slow) < 3_000_000,
                   "the cleaner is at work")
        stop()
        slow.start()
        check(slow, last)
    slow.arguments = SETTINGS
    slow.stop()
    slow.start()
    compacted(slow)
    check(slow, last)
    assert slow.stop() == 0
    assert not list(slow.data.glob("t-0/*.cleaned")) and not list(slow.data.glob("t-0/*.swap"))
    slow.start()
    check(slow, last)


def test_writers_and_compaction_and_kill(start_broker):
    """Writers go on while the log is compacted under them; what was acknowledged last for a key is there."""
    broker = start_broker(*SETTINGS)
    create(broker)
    acknowledged = {}
    stop = threading.Event()

    def write():
        out = producer(broker, linger_ms=2, retries=0, request_timeout_ms=10_000, max_block_ms=10_000)
        n = 0
        try:
            while not stop.is_set():
                key, value = b"key %d" % (n % KEYS), b"%d %s" % (n, FILLER.encode())
                acknowledged[key] = out.send("t", key=key, value=value).get(60).offset, value
                n += 1
        except KafkaError:
            pass
        finally:
            out.close(timeout=1)

    writer = threading.Thread(target=write)
    writer.start()
    eventually(lambda: max((offset for offset, _ in acknowledged.values()), default=0) > 500, "enough is written")
    broker.kill()
    stop.set()
    writer.join(60)
    broker.start()
    found = {key: (offset, value) for offset, key, value in read_all(broker)}
    for key, (offset, value) in acknowledged.items():
        # One more record of the key may have been written that was not acknowledged.
        assert found[key][0] >= offset and (found[key][0] > offset or found[key][1] == value)


def test_tombstones_and_records_without_key(start_broker):
    broker = start_broker(*SETTINGS)
    create(broker, **{"delete.retention.ms": "0"})
    with Wire(broker.port) as wire:
        (answer,) = wire.call(produce("t", batch([(b"a", b"1", []), (None, b"2", [])]))).responses[0].partition_responses
        assert answer.error_code == 87 and [e.batch_index for e in answer.record_errors] == [1]
    out = producer(broker)
    out.send("t", key=b"gone", value=b"x").get(60)
    out.send("t", key=b"gone", value=None).get(60)
    out.close()
    last = fill(broker, 10)
    compacted(broker)
    # The first compaction gives the tombstone its horizon, a later one takes it.
    def is_gone():
        last.update(fill(broker, 5, start=100))
        return not any(key == b"gone" for _, key, _ in read_all(broker))

    eventually(is_gone, "the tombstone goes")
    check(broker, last)


def test_the_files_are_as_kafka_has_them(start_broker):
    """The folder after compaction, by kafka-python's decoder of batches and Kafka's formats of indexes, and by our own."""
    broker = start_broker(*SETTINGS)
    create(broker)
    last = fill(broker, 20)
    compacted(broker)
    found = check(broker, last)
    assert broker.stop() == 0
    folder = broker.data / "t-0"
    assert [(offset, key, value) for offset, _, key, value, _ in log_folder.check(folder)] == found
    assert (folder / "cleaner-offset-checkpoint").read_text().startswith("0\n1\nt 0 ")
    dump = subprocess.run([SLUICE, "log", "dump", str(folder)], capture_output=True, text=True)
    assert dump.returncode == 0, dump.stderr
