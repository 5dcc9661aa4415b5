"""What was acknowledged is there: after kill -9 and after SIGTERM, under load, with clients that send again."""

import os
import subprocess
import threading
import time

from kafka.errors import KafkaError
from kafka.protocol.producer import InitProducerIdRequest

from clients import address, consumer, producer, read
from harness import eventually, kcat
from wire import Wire, batch, fetch, make, produce


class Load:
    """Producers that run until they're stopped or fail; remembers what was acknowledged."""

    def __init__(self, broker, topic, threads=3, **options):
        self.acknowledged = []
        self.failures = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(broker, topic, n, options)) for n in range(threads)]
        for thread in self._threads:
            thread.start()

    def _run(self, broker, topic, number, options):
        out = producer(broker, linger_ms=1, request_timeout_ms=10_000, max_block_ms=10_000, **options)
        n = 0
        try:
            while not self._stop.is_set():
                value = b"%d record %d" % (number, n)
                future = out.send(topic, value=value)
                future.add_callback(lambda m, value=value: self.acknowledged.append((m.partition, m.offset, value)))
                n += 1
                if n % 20 == 0:
                    eventually(lambda: future.is_done or self._stop.is_set(), "an answer")
        except KafkaError as error:
            self.failures.append(error)
        finally:
            out.close(timeout=1)

    def stop(self):
        self._stop.set()
        for thread in self._threads:
            thread.join(90)
            assert not thread.is_alive()

    def check(self, broker, topic):
        client = consumer(address(broker), topic)
        wanted = {(p, o) for p, o, _ in self.acknowledged}
        stored = {}
        # By place, not by number: a partition may hold more than was acknowledged, and be read before the others.
        while not wanted <= stored.keys():
            stored.update({(r.partition, r.offset): r.value for r in read(client, 1)})
        client.close()
        assert all(stored[p, o] == value for p, o, value in self.acknowledged)
        return stored


def test_kill_under_load_loses_nothing_acknowledged(broker):
    broker.sluice("topic", "create", "t", "--partitions", "3")
    load = Load(broker, "t", retries=0)
    eventually(lambda: len(load.acknowledged) > 500, "some acknowledged records")
    broker.kill()
    load.stop()
    broker.start()
    load.check(broker, "t")


def test_graceful_stop_under_load(broker):
    broker.sluice("topic", "create", "t", "--partitions", "3")
    load = Load(broker, "t", retries=0)
    eventually(lambda: len(load.acknowledged) > 500, "some acknowledged records")
    assert broker.stop() == 0
    load.stop()
    broker.start()
    load.check(broker, "t")
    assert "truncated" not in broker.log


def test_graceful_stop_answers_what_it_took(broker):
    """Requests are pipelined faster than they are answered. What is in the log has been answered, and nothing else."""
    broker.sluice("topic", "create", "t")
    with Wire(broker.port) as wire:
        requests, answered = [], []

        def write():
            try:
                for n in range(20_000):
                    requests.append(wire.send(produce("t", batch([b"%d" % n]))))
            except OSError:
                pass

        def collect():
            n = 0
            while True:
                if n == len(requests):
                    if not writer.is_alive() and n == len(requests):
                        return
                    time.sleep(0.001)
                    continue
                response = wire.receive(requests[n])
                if response is None:
                    return
                answered.append(response.responses[0].partition_responses[0])
                n += 1

        writer = threading.Thread(target=write)
        reader = threading.Thread(target=collect)
        writer.start()
        reader.start()
        eventually(lambda: len(answered) > 100, "some answers")
        assert broker.stop() == 0
        writer.join(60)
        reader.join(60)
        assert not reader.is_alive()
    assert all(partition.error_code == 0 for partition in answered)
    assert [partition.base_offset for partition in answered] == list(range(len(answered)))
    broker.start()
    stored = kcat("-b", broker.address, "-C", "-t", "t", "-e", "-q", "-o", "beginning").stdout.splitlines()
    assert stored == [str(n) for n in range(len(answered))]


def test_graceful_stop_answers_a_parked_fetch(broker):
    broker.sluice("topic", "create", "t")
    with Wire(broker.port) as wire:
        request = wire.send(fetch("t", 0, max_wait_ms=50_000))
        eventually(lambda: unread(wire) == 0, "the broker has read the request")
        began = time.monotonic()
        assert broker.stop() == 0
        answer = wire.receive(request)
        assert answer.responses[0].partitions[0].error_code == 0
        assert time.monotonic() - began < 30


def unread(wire):
    """Bytes that lie in the broker's socket and that it hasn't read."""
    port = "%04X" % wire.socket.getsockname()[1]
    for line in open("/proc/net/tcp").readlines()[1:]:
        _, _, remote, _, queues, *_ = line.split()
        if remote.split(":")[1] == port:
            return int(queues.split(":")[1], 16)
    raise AssertionError("no such connection")


def test_idempotent_kcat_writes_once_and_in_order_over_a_kill(broker):
    broker.sluice("topic", "create", "t")
    client = subprocess.Popen(
        ["kcat", "-E", "-b", broker.address, "-P", "-t", "t", "-X", "enable.idempotence=true", "-X", "linger.ms=1",
         "-X", "message.timeout.ms=120000"],
        stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    lines = [f"line {n}" for n in range(3000)]
    try:
        stop = threading.Event()

        def feed():
            for n, line in enumerate(lines):
                client.stdin.write(line + "\n")
                if n % 10 == 0:
                    client.stdin.flush()
                    stop.wait(0.002)
            client.stdin.close()

        feeder = threading.Thread(target=feed)
        feeder.start()
        log = broker.data / "t-0" / ("0" * 20 + ".log")
        eventually(lambda: log.exists() and log.stat().st_size > 5_000, "some records")
        broker.kill()
        broker.start()
        feeder.join(60)
        assert client.wait(120) == 0
    finally:
        client.kill()
        client.wait()
    assert kcat("-b", broker.address, "-C", "-t", "t", "-e", "-q", "-o", "beginning").stdout.splitlines() == lines


def test_duplicates_and_gaps_of_a_sequence(broker):
    """A batch that was sent again has the first answer, a gap is refused, over a kill."""
    broker.sluice("topic", "create", "t")
    with Wire(broker.port) as wire:
        producer_id = wire.call(make(InitProducerIdRequest, 4, transactional_id=None, transaction_timeout_ms=60_000))
        assert producer_id.error_code == 0

        def put(sequence, *values):
            request = produce("t", batch(values, base_sequence=sequence, producer_id=producer_id.producer_id,
                                         producer_epoch=producer_id.producer_epoch))
            answer = connection.call(request).responses[0].partition_responses[0]
            return answer.error_code, answer.base_offset

        connection = wire
        assert put(0, b"a", b"b") == (0, 0)
        assert put(2, b"c") == (0, 2)
        assert put(0, b"a", b"b") == (0, 0)
        assert put(2, b"c") == (0, 2)
        assert put(5, b"x")[0] == 45
        broker.kill()
    broker.start()
    with Wire(broker.port) as connection:
        assert put(2, b"c") == (0, 2)
        assert put(5, b"x")[0] == 45
        assert put(3, b"d") == (0, 3)


def test_unclean_tail_is_cut_at_the_last_whole_batch(broker):
    broker.sluice("topic", "create", "t")
    kcat("-b", broker.address, "-P", "-t", "t", input="a\nb\n")
    broker.kill()
    log = broker.data / "t-0" / ("0" * 20 + ".log")
    whole = log.stat().st_size
    with open(log, "ab") as file:
        file.write(os.urandom(100))
    broker.start()
    kcat("-b", broker.address, "-P", "-t", "t", input="c\n")
    assert kcat("-b", broker.address, "-C", "-t", "t", "-e", "-q").stdout.splitlines() == ["a", "b", "c"]
    assert log.stat().st_size > whole
