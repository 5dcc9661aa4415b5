"""A broker to attack, and connections to it whose every answer is searched for canaries."""

import itertools
import json
import os
import re
from pathlib import Path

from kafka.protocol.admin.topics import CreateTopicsRequest, DeleteTopicsRequest
from kafka.protocol.consumer import FetchRequest
from kafka.protocol.metadata import FindCoordinatorRequest, MetadataRequest

from canary import Canary, forms, unpacked, unpacked_batches, MARK_BYTES
from harness import Broker, build_guest
from metrics import ADMIN, get
from secured import log_in
from wire import AdminWire, Wire, batch, batches, compact, make, produce

DENIED, GROUP_DENIED, CLUSTER_DENIED, INVALID_TXN_STATE, WAIT, NO_SUCH_SESSION, INVALID_RECORD = 29, 30, 31, 48, 56, 70, 87
# Shows what stands before the bar, and which view it was.
SHOW = """int32_t bar = 0;
        while (bar < record->value_len && record->value[bar] != '|') bar++;
        if (bar == 0 || bar >= record->value_len) sluice_fail(record, SLUICE_MALFORMED);
        else {{
            record->value[0] = '{letter}';
            sluice_replace_value(record, record->value, (size_t)bar);
            sluice_remove_key(record);
        }}""".format
MASKED = {name: [b"%c" % letter + b"public %d" % number for number in range(3)]
          for name, letter in (("alpha", 65), ("beta", 66))}


class Leak(AssertionError):
    """A canary where none may be."""


class Looking:
    """For a wire: looks at every answer. `may_see` holds the canaries that this reader has a right to."""

    def watch(self, room):
        self.room, self.may_see, self.seen = room, set(), set()

    def receive_bytes(self):
        body = super().receive_bytes()
        if body is not None:
            self.look(body)
        return body

    def receive(self, request):
        answer = super().receive(request)
        if isinstance(request, FetchRequest) and answer is not None:
            for topic in answer.responses:
                for partition in topic.partitions:
                    for payload in unpacked_batches(bytes(partition.records or b"")):
                        self.look(payload)
        return answer

    def look(self, data):
        for part in unpacked(data):
            if self.room.mark_pattern.search(part):
                for canary in self.room.canaries:
                    if canary.is_in(part):
                        self.seen.add(canary)
                        if canary not in self.may_see:
                            raise Leak(f"a canary in an answer of {len(data)} bytes")

    # What attackers do.

    def name_group(self, group):
        return self.call(make(FindCoordinatorRequest, 2, key=group, key_type=0)).error_code

    def read(self, topic, offset=0, version=12, group=None, tags=None, **options):
        """The values of one partition, or the error code of it or of the whole."""
        tags = {**(tags or {}), **({10000: compact(group)} if group is not None else {})}
        answer = self.call(fetch_request(topic, offset, version, **options), tags)
        if version >= 7 and answer.error_code:
            return answer.error_code
        (partition,) = answer.responses[0].partitions
        records = bytes(partition.records or b"")
        if partition.error_code:
            assert not records
            return partition.error_code
        return [record.value for one in batches(records) for record in one]


class Attacker(Looking, Wire):
    pass


class Administrator(Looking, AdminWire):
    pass


def fetch_request(topic, offset=0, version=12, max_wait_ms=0, min_bytes=1, max_bytes=1 << 20, partition=0, **more):
    names = {"topic_id" if version >= 13 else "topic": topic}
    return make(FetchRequest, version, max_wait_ms=max_wait_ms, min_bytes=min_bytes, max_bytes=1 << 26, **more,
                topics=[{**names, "partitions": [
                    {"partition": partition, "fetch_offset": offset, "partition_max_bytes": max_bytes}]}])


def pattern(name):
    return ["any"] if name is None else ["exact", name]


class Room:
    """One broker of a file of attacks. Each attack has topics of its own; `close` looks at all that is left."""

    def __init__(self, folder, *arguments, listeners=("PLAIN://localhost:0",)):
        self.folder = Path(folder)
        self.mark = os.urandom(MARK_BYTES)
        self.mark_pattern = re.compile(b"|".join(map(re.escape, sorted(forms(self.mark)))))
        self.canaries = []
        self.topics = set()
        self.texts = []
        self.broker = Broker(self.folder, *arguments, *ADMIN, listeners=listeners)
        self.broker.start()
        self.wires = []
        self.numbers = itertools.count()
        self.admin = Administrator(self.broker)
        self.admin.watch(self)
        self.admin.may_see = AllOf()

    def deploy(self, *names):
        for name in names:
            self.deploy_guest(name, SHOW(letter=name[0].upper()))

    def deploy_guest(self, name, transform):
        """A module of that name; again, it is another version."""
        path = build_guest(self.folder, name, transform)
        answer = self.admin.call(produce("__sluice_modules", batch([(name.encode(), path.read_bytes(), [])])))
        assert answer.responses[0].partition_responses[0].error_code == 0
        return path

    def topic(self, name, *, default=None, bindings=(), codec="none", count=3, settings=None):
        """A topic with a canary in it, if there are records. `bindings`: (group, principal, target)."""
        self.create(name, settings or {})
        if default:
            self.default(name, default)
        for group, principal, target in bindings:
            self.bind(name, group, principal, target)
        return self.plant(name, codec=codec, count=count) if count else None

    def create(self, name, settings=None, wire=None):
        answer = (wire or self.admin).call(make(CreateTopicsRequest, 5, timeout_ms=60_000, validate_only=False, topics=[
            {"name": name, "num_partitions": 1, "replication_factor": 1, "assignments": [],
             "configs": [{"name": key, "value": value} for key, value in (settings or {}).items()]}]))
        self.topics.add(name)
        if wire is None:
            assert answer.topics[0].error_code == 0, answer
        return answer.topics[0].error_code

    def canary(self):
        canary = Canary(self.mark)
        self.canaries.append(canary)
        return canary

    def plant(self, topic, codec="none", count=3):
        """Records with a new canary."""
        canary = self.canary()
        assert self.put(topic, batch(canary.records(count), codec)) == 0
        return canary

    def put(self, topic, records, wire=None, version=9):
        self.topics.add(topic)
        answer = (wire or self.admin).call(produce(topic, records, version=version))
        return answer.responses[0].partition_responses[0].error_code

    def delete(self, name):
        answer = self.admin.call(make(DeleteTopicsRequest, 5, topic_names=[name], timeout_ms=60_000))
        assert answer.responses[0].error_code == 0

    def policy(self, key, value, wire=None):
        records = batch([(json.dumps(key, separators=(",", ":")).encode(),
                          json.dumps({"v": 1, **value}, separators=(",", ":"), sort_keys=True).encode(), [])])
        return (wire or self.admin).call(produce("__sluice_views", records)).responses[0].partition_responses[0].error_code

    def bind(self, topic, group, principal, target, wire=None):
        code = self.policy(["binding", pattern(group), pattern(principal), ["exact", topic]], {"target": target}, wire)
        assert code == 0 or wire
        return code

    def default(self, topic, target, wire=None):
        code = self.policy(["default", ["exact", topic]], {"target": target}, wire)
        assert code == 0 or wire
        return code

    def topic_id(self, name):
        (topic,) = self.admin.call(make(MetadataRequest, 12, topics=[{"name": name}])).topics
        return topic.topic_id

    def wire(self, user=None, listener=0, client_id=None, **options):
        """A connection, logged in as `user` where one is given. All come from one process, so it is told apart from the others
        by its client.id, unless that is given."""
        wire = Attacker(self.broker.ports[listener], client_id or f"attacker-{next(self.numbers)}", **options)
        wire.watch(self)
        self.wires.append(wire)
        if user:
            assert log_in(wire, user, f"secret of {user}") == 0
        return wire

    def note(self, result):
        """What a command printed is searched, too; for a client that may see nothing."""
        self.texts.append(result.stdout + result.stderr)
        return result

    def hang_up(self):
        for wire in self.wires:
            wire.close()
        self.wires.clear()

    # What is left

    def close(self):
        self.hang_up()
        try:
            self.search()
        finally:
            self.admin.close()
            self.broker.close()

    def search(self):
        """Metrics, log, printed texts, and every file of the broker's but the logs of the topics attacked."""
        page = get(self.broker, "/metrics")[1]
        assert page.startswith("# HELP")
        self._none_in(page.encode(), "the metrics page")
        for text in self.texts:
            self._none_in(text.encode(errors="surrogateescape"), "a client's output")
        assert self.broker.process.poll() is None, self.broker.log[-2000:]
        self.broker.stop()
        looked = 0
        for path in self.folder.rglob("*"):
            own = re.fullmatch(r"(.+)-\d+(?:\..*)?", path.parent.name)
            if path.is_file() and not (own and own[1] in self.topics and path.suffix == ".log"):
                self._none_in(path.read_bytes(), path.relative_to(self.folder))
                looked += 1
        assert looked > 10 and "sluice is ready" in self.broker.log

    def _none_in(self, data, where):
        for part in unpacked(data):
            if self.mark_pattern.search(part):
                raise Leak(f"a canary in {where}")


class AllOf:
    def __contains__(self, _):
        return True
