"""Clients in driver processes (drivers/__init__.py has the protocol), as tests use them."""

import fcntl
import hashlib
import itertools
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from harness import PATIENCE, TOP, eventually

HERE = Path(__file__).resolve().parent
JARS = Path(os.environ.get("SLUICE_JARS") or TOP / ".build/java")


def java_classes():
    """The Java driver, compiled; once for each text of it."""
    assert (JARS / "jars.stamp").exists(), "no Java client: run Scripts/java-client .build/java"
    sources = sorted((HERE / "java").glob("*.java"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    classes = JARS / f"classes-{digest}"
    # By one of the workers; the others wait for it.
    with open(JARS / "compiling", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not classes.exists():
            fresh = JARS / "fresh"
            shutil.rmtree(fresh, ignore_errors=True)
            subprocess.run(["javac", "-proc:none", "-Xlint:all", "-Werror", "-d", fresh, "-cp", f"{JARS}/*", *sources],
                           check=True)
            fresh.rename(classes)
    return classes


def command(client):
    if client != "java":
        return [sys.executable, "-m", "drivers", client]
    # A driver is short-lived: what a long-lived one would win by compiling, it would lose by starting.
    return ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx256m",
            "-Dslf4j.provider=DriverLog", "-cp", f"{java_classes()}:{JARS}/*", "ClientDriver"]


class Driver:
    """One driver process of a client."""

    def __init__(self, client, log):
        self.client = client
        self._numbers = itertools.count()
        self._names = itertools.count()
        self._lock = threading.Lock()
        self._answers = queue.Queue()
        self.log = Path(log)
        with open(self.log, "ab") as errors:
            self.process = subprocess.Popen(
                command(client), cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
                encoding="utf-8")
        self._thread = threading.Thread(target=self._collect, daemon=True)
        self._thread.start()

    def _collect(self):
        for line in self.process.stdout:
            self._answers.put(json.loads(line))
        self._answers.put(None)

    def call(self, verb, **fields):
        with self._lock:
            number = next(self._numbers)
            self.process.stdin.write(json.dumps({"id": number, "verb": verb, **fields}) + "\n")
            self.process.stdin.flush()
            answer = self._answers.get(timeout=PATIENCE)
        assert answer is not None, f"the driver of {self.client} ended: {self.log.read_text(errors='replace')[-2000:]}"
        assert answer["id"] == number
        assert "failure" not in answer, f"{self.client} {verb}: {answer['failure']}"
        return answer["result"]

    def admin(self, broker, what, **fields):
        """What Kafka's own tools ask (the Java driver only)."""
        return self.call("admin", bootstrap=broker.address, do=what, **fields)

    def producer(self, bootstrap, **options):
        return Producer(self, f"producer-{next(self._names)}", bootstrap, options)

    def consumer(self, bootstrap, *topics, group=None, assign=None, **options):
        return Consumer(self, f"consumer-{next(self._names)}", bootstrap, topics, group, assign, options)

    def close(self):
        self.process.kill()
        self.process.wait(PATIENCE)


class Handle:
    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            self.close()
        except AssertionError:
            if kind is None:
                raise

    def call(self, verb, **fields):
        return self.driver.call(verb, name=self.name, **fields)

    def close(self):
        if self.is_open:
            self.is_open = False
            self.call("close")


class Producer(Handle):
    def __init__(self, driver, name, bootstrap, options):
        self.driver, self.name, self.is_open = driver, name, True
        self.call("producer", bootstrap=bootstrap, options=options)

    def send(self, topic, records):
        """Records are values, or [partition, key, value, headers]; returns the answers."""
        records = [[None, None, record, []] if isinstance(record, str) else record for record in records]
        return self.call("produce", topic=topic, records=records)

    def put(self, topic, records):
        """As send, and all of them must be acknowledged."""
        answers = self.send(topic, records)
        assert len(answers) == len(records) and not any(isinstance(answer, dict) for answer in answers), answers
        return answers

    def flood(self, topic, partitions=1, prefix="record "):
        self.call("flood", topic=topic, partitions=partitions, prefix=prefix)

    def flooded(self):
        return self.call("flooded")

    def settle(self):
        return self.call("settle")

    def wait_flooded(self, count):
        """Until that many more are acknowledged."""
        goal = self.flooded() + count
        eventually(lambda: self.flooded() >= goal, f"{goal} acknowledged records")


class Record:
    def __init__(self, fields):
        self.topic, self.partition, self.offset, self.timestamp, self.key, self.value, headers = fields
        self.headers = [tuple(header) for header in headers]

    @property
    def place(self):
        return self.partition, self.offset

    def __repr__(self):
        return f"{self.topic}-{self.partition}@{self.offset}"


class Consumer(Handle):
    """A consumer that polls all the time. `records` are all that it has been given."""

    def __init__(self, driver, name, bootstrap, topics, group, assign, options):
        self.driver, self.name, self.is_open = driver, name, True
        self.records, self.assignment, self.errors, self.assigned, self.has_ended = [], [], [], 0, False
        self.call("consumer", bootstrap=bootstrap, topics=list(topics), group=group, assign=assign, options=options)

    def look(self):
        if not self.is_open:
            return self
        state = self.call("state", since=len(self.records))
        self.records += [Record(fields) for fields in state["records"]]
        self.assignment, self.errors, self.assigned = state["assignment"], state["errors"], state["assigned"]
        self.has_ended = state["ended"]
        return self

    def read(self, count):
        """The records, when there are that many."""
        try:
            return eventually(lambda: len(self.look().records) >= count and self.records, f"{count} records")
        except AssertionError as failure:
            raise AssertionError(f"{failure}; there are {self.records}, errors {self.errors}") from None

    def values(self, count):
        return [record.value for record in self.read(count)]

    def wait_assigned(self, count):
        eventually(lambda: len(self.look().assignment) == count, f"an assignment of {count} partitions")
        return self.assignment

    def wait_error(self, code):
        eventually(lambda: code in self.look().errors, f"error {code}")

    def close(self):
        if self.is_open:
            self.look()
            super().close()


class Drivers:
    """The drivers of a worker: started when they're first asked for, and kept, since a JVM takes a second to start."""

    def __init__(self, folder):
        self.folder = folder
        self.all = {}

    def __call__(self, client, number=0):
        driver = self.all.get((client, number))
        if driver is None or driver.process.poll() is not None:
            driver = self.all[client, number] = Driver(client, self.folder / f"{client}-{number}.log")
        return driver

    def close(self):
        for driver in self.all.values():
            driver.close()
