"""What the drivers in Python share: the loop over verbs, and clients that work in threads of their own."""

import json
import queue
import sys
import threading
import time
import traceback

# A driver gives up on a client before the test gives up on the driver.
PATIENCE = 50.0


def text(data):
    return None if data is None else bytes(data).decode("latin-1")


def data(text):
    return None if text is None else text.encode("latin-1")


def headers_out(headers):
    return [[name, text(value)] for name, value in headers or []]


def headers_in(headers):
    return [(name, data(value)) for name, value in headers or []]


def settings(options, names):
    """Options of ours under the library's names, and those that have them already."""
    named = {names[name]: value for name, value in options.items() if name in names}
    return {**named, **options.get("native", {})}


class Flood:
    """Produces until it's told to stop, with a bound on what isn't answered."""

    WINDOW = 200

    def __init__(self, producer, topic, partitions, prefix):
        self.acknowledged = []
        self.failed = 0
        self._sent = 0
        self._answered = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(producer, topic, partitions, prefix), daemon=True)
        self._thread.start()

    def _run(self, producer, topic, partitions, prefix):
        while not self._stop.is_set():
            partition, value = self._sent % partitions, f"{prefix}{self._sent}"
            self._sent += 1
            try:
                producer.send(topic, partition, data(value), lambda place, value=value: self._note(place, value))
            except Exception:
                self._note(None, value)
            # A breath for each record: the flood is to last for a kill, not to fill the disk.
            time.sleep(0.001)
            with self._answered:
                self._answered.wait_for(lambda: self._open() < self.WINDOW or self._stop.is_set(), 1)

    def _open(self):
        return self._sent - len(self.acknowledged) - self.failed

    def _note(self, place, value):
        with self._answered:
            if place is None:
                self.failed += 1
            else:
                self.acknowledged.append([*place, value])
            self._answered.notify()

    def settle(self, flush):
        self._stop.set()
        self._thread.join(PATIENCE)
        flush()
        with self._answered:
            self._answered.wait_for(lambda: self._open() == 0, PATIENCE)
            return [self.acknowledged, self.failed]


class PollingConsumer:
    """A consumer that belongs to its thread, which polls all the time. A library's class has open(), poll(), which returns
    records as they're answered, and the verbs, which run on the thread, too."""

    def __init__(self):
        self.records = []
        self.errors = []
        self.assignment = []
        self.assigned = 0
        self._commands = queue.Queue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        self.open()
        while not self._closing.is_set():
            while not self._commands.empty():
                self._commands.get()()
            try:
                self.records += self.poll()
                self.look()
            except Exception as error:  # what a poll raises is what an application sees
                self.errors.append(self.code(error))
        self.shut()

    def look(self):
        """Takes note of the assignment, after a poll."""
        self.assignment = self.assigned_now()

    def count_assignment(self, *_):
        self.assigned += 1

    def run(self, function):
        """Runs `function` on the consumer's thread and returns what it returns."""
        done = queue.Queue()

        def command():
            try:
                done.put((function(), None))
            except Exception as error:
                done.put((None, error))

        self._commands.put(command)
        result, error = done.get(timeout=PATIENCE)
        if error is not None:
            raise error
        return result

    def state(self, since):
        return {"records": self.records[since:], "assignment": sorted(self.assignment), "errors": list(self.errors),
                "assigned": self.assigned, "ended": not self._thread.is_alive()}

    def close(self):
        self._closing.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the consumer doesn't close"


class Driver:
    """The verbs. A library's driver says what its producers and consumers are."""

    def __init__(self):
        self.clients = {}
        self.floods = {}

    def producer(self, name, bootstrap, options):
        self.clients[name] = self.make_producer(bootstrap, options)

    def consumer(self, name, bootstrap, group=None, topics=None, assign=None, options=None):
        self.clients[name] = self.make_consumer(bootstrap, group, topics, assign, options or {})

    def produce(self, name, topic, records):
        return self.clients[name].produce(topic, records)

    def flood(self, name, **fields):
        self.floods[name] = Flood(self.clients[name], **fields)

    def flooded(self, name):
        return len(self.floods[name].acknowledged)

    def settle(self, name):
        return self.floods.pop(name).settle(self.clients[name].flush)

    def state(self, name, since=0):
        return self.clients[name].state(since)

    def on_consumer(self, name, verb, **fields):
        consumer = self.clients[name]
        return consumer.run(lambda: getattr(consumer, verb)(**fields))

    def close(self, name):
        self.clients.pop(name).close()

    def serve(self):
        # Libraries print to standard output, too; the answers must be alone on theirs.
        out, sys.stdout = sys.stdout, sys.stderr
        for line in sys.stdin:
            call = json.loads(line)
            number, verb = call.pop("id"), call.pop("verb")
            try:
                if verb in ("seek", "seek_time", "commit", "committed", "position"):
                    answer = {"result": self.on_consumer(verb=verb, **call)}
                else:
                    answer = {"result": getattr(self, verb)(**call)}
            except Exception as error:
                traceback.print_exc()
                answer = {"failure": f"{type(error).__name__}: {error}"}
            print(json.dumps({"id": number, **answer}), file=out, flush=True)
