"""kcat: a process for each producer run and each consumer; what it says is read from its output."""

import itertools
import re
import subprocess
import threading

from drivers import base

# The texts of librdkafka's errors that tests look for.
CODES = {
    "Topic authorization failed": 29, "Group authorization failed": 30, "Message size too large": 10,
    "Unknown broker error": -1, "Unknown topic or partition": 3, "Offset out of range": 1, "No offset stored": "reset"}
RECORD, KEY = "\x1e", "\x1f"


def codes(text):
    return [code for words, code in CODES.items() if words in text]


def settings(options, names):
    found = []
    named = {names[name]: value for name, value in options.items() if name in names}
    for name, value in {**named, **options.get("native", {})}.items():
        found += ["-X", f"{name}={str(value).lower() if isinstance(value, bool) else value}"]
    return found


class Producer:
    NAMES = {"codec": "compression.type", "idempotence": "enable.idempotence", "acks": "acks",
             "max_bytes": "message.max.bytes", "timeout_ms": "message.timeout.ms", "retries": "retries"}

    def __init__(self, bootstrap, options):
        self.arguments = ["kcat", "-E", "-P", "-b", bootstrap, "-X", "linger.ms=1", *settings(options, self.NAMES)]

    def produce(self, topic, records):
        """A run of kcat for each row of records that can be said in one: one partition, the same headers, and either
        nulls or empty ones, since -Z makes null of all that's empty."""
        answers = []
        for (partition, headers, nulls), run in itertools.groupby(records, key=self._kind):
            run = list(run)
            arguments = [*self.arguments, "-t", topic, "-D", RECORD, "-K", KEY, *(["-Z"] if nulls else [])]
            arguments += [] if partition is None else ["-p", str(partition)]
            for name, value in headers:
                arguments += ["-H", f"{name}={value}"]
            lines = [("" if key is None else key + KEY) + (value or "") for _, key, value, _ in run]
            result = subprocess.run(
                arguments, input=RECORD.join(lines).encode("latin-1"), capture_output=True, timeout=base.PATIENCE)
            said = result.stderr.decode(errors="replace")
            wrong = codes(said) or ([said] if result.returncode else [])
            answers += [{"error": wrong[0]} if wrong else None for _ in run]
        return answers

    @staticmethod
    def _kind(record):
        partition, key, value, headers = record
        return partition, tuple((name, value) for name, value in headers), value is None

    def close(self):
        pass


class Flood:
    """A kcat that is fed until it's settled. It doesn't say what's acknowledged: if it ends well, all of it is."""

    def __init__(self, producer, topic, partitions, prefix):
        self.process = subprocess.Popen(
            [*producer.arguments, "-t", topic], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.prefix, self.sent = prefix, 0
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._feed, daemon=True)
        self.thread.start()

    def _feed(self):
        while not self.stop.wait(0.002):
            self.process.stdin.write(f"{self.prefix}{self.sent}\n")
            self.process.stdin.flush()
            self.sent += 1
        self.process.stdin.close()

    def settle(self):
        self.stop.set()
        self.thread.join(base.PATIENCE)
        is_well = self.process.wait(base.PATIENCE) == 0
        return [[[None, None, f"{self.prefix}{n}"] for n in range(self.sent)] if is_well else [], 0 if is_well else self.sent]


class Consumer:
    NAMES = {"client_id": "client.id", "instance": "group.instance.id", "session_ms": "session.timeout.ms",
             "heartbeat_ms": "heartbeat.interval.ms", "reset": "auto.offset.reset",
             "strategy": "partition.assignment.strategy"}
    FORMAT = r"%t %p %o %T %K %S %h\n%k%s\n"

    def __init__(self, bootstrap, group, topics, assign, options):
        self.records, self.errors, self.assigned = [], [], 0
        self.assignment = set()
        options = {"reset": "earliest", **options}
        if options.get("strategy") == "cooperative":
            options["strategy"] = "cooperative-sticky"
        self.arguments = ["kcat", "-E", "-u", "-b", bootstrap, "-f", self.FORMAT, *settings(options, self.NAMES)]
        if group is not None:
            self.places = ["-G", group, *topics]
        else:
            (topic, partition) = assign[0] if assign else (topics[0], None)
            self.places = ["-C", "-t", topic, *([] if partition is None else ["-p", str(partition)])]
            self.assignment = {(topic, partition or 0)}
        self._start([] if group is not None else ["-o", "beginning"])

    def _start(self, offset):
        self.process = subprocess.Popen(
            [*self.arguments, *offset, *self.places], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        self.threads = [threading.Thread(target=read, args=(self.process,), daemon=True)
                        for read in (self._read, self._listen)]
        for thread in self.threads:
            thread.start()

    def _read(self, process):
        while line := process.stdout.readline():
            topic, partition, offset, time, key, value, headers = line.decode("latin-1").rstrip("\n").split(" ", 6)
            key, value = (None if int(n) < 0 else process.stdout.read(int(n)).decode("latin-1") for n in (key, value))
            process.stdout.read(1)
            pairs = [pair.partition("=")[::2] for pair in headers.split(",")] if headers else []
            self.records.append([topic, int(partition), int(offset), int(time), key, value, [list(p) for p in pairs]])

    def _listen(self, process):
        for line in process.stderr:
            line = line.decode("latin-1")
            self.errors += codes(line)
            # "% Group g rebalanced (memberid …): assigned: t [0], t [1]"
            # "% Group g rebalanced: incremental assignment of 2 partition(s) (memberid …, …): t [0], t [1]"
            found = re.search(r" rebalanced \(.*?\): (assigned|revoked): ?(.*)", line)
            found = found or re.search(r" rebalanced: incremental (assignment|revoke) of .*?\) \(.*?\): ?(.*)", line)
            if found:
                places = {(topic, int(partition)) for topic, partition in re.findall(r"(\S+) \[(\d+)\]", found[2])}
                if found[1].startswith("revoke"):
                    self.assignment = self.assignment - places
                else:
                    self.assignment = (set() if found[1] == "assigned" else self.assignment) | places
                    self.assigned += 1

    def state(self, since):
        return {"records": self.records[since:], "assignment": sorted(list(p) for p in self.assignment),
                "errors": list(self.errors), "assigned": self.assigned, "ended": self.process.poll() is not None}

    def run(self, function):
        return function()

    def seek(self, topic, partition, offset):
        self._again(str(offset))

    def seek_time(self, topic, partition, time):
        self._again(f"s@{time}")

    def _again(self, offset):
        """kcat doesn't seek; the next one begins elsewhere."""
        self.close()
        self._start(["-o", offset])

    def commit(self):
        """kcat commits what it has printed, every 5 s and when it ends."""

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(base.PATIENCE)
        for thread in self.threads:
            thread.join(base.PATIENCE)


class Driver(base.Driver):
    make_producer = staticmethod(Producer)
    make_consumer = staticmethod(Consumer)

    def flood(self, name, **fields):
        self.floods[name] = Flood(self.clients[name], **fields)

    def flooded(self, name):
        return self.floods[name].sent

    def settle(self, name):
        return self.floods.pop(name).settle()

    def hello(self):
        said = subprocess.run(["kcat", "-V"], capture_output=True, text=True).stdout
        return list(re.search(r"Version (\S+) .*librdkafka (\S+)", said).groups())
