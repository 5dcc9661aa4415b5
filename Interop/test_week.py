"""A week in seconds: clients of all kinds at once, members that come and go, views, cut connections, ends of the broker, by
a schedule with a seed. At the end every acknowledged record has been read by every group, what a group read twice it had
reason to, and nobody who has a view has seen what it hides."""

import itertools
import random
import time

import pytest

import matrix
from driven import Drivers
from harness import GUEST, MASK, SSN, Broker, CuttingProxy, eventually
from test_matrix import QUICK, SETTINGS, address, new_topic, stored

SECONDS = 12
PARTITIONS = 4


class Week:
    """The broker, its producers and groups, and what may happen to them."""

    def __init__(self, broker, drivers, chance):
        self.broker, self.drivers, self.chance = broker, drivers, chance
        self.topic = new_topic(broker, PARTITIONS)
        broker.deploy("scrub-ssn", GUEST)
        broker.bind("email-app", "scrub-ssn", self.topic)
        broker.default("raw", self.topic)
        self.clients = list(matrix.CLIENTS)
        self.values = set()
        self.prefixes = (f"{number} {SSN} " for number in itertools.count())
        self.members = {"email-app": [], "audit": []}
        self.records = {group: [] for group in self.members}
        self.handled = []

    def run(self):
        for group in self.members:
            self.join(group)
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            producers = [self.produce() for _ in range(2)]
            event = self.chance.choice([self.join, self.leave, self.cut, self.stop, self.kill])
            self.handled.append(event.__name__)
            event()
            for producer in producers:
                self.settle(producer)

    # What happens.

    def produce(self):
        client = self.chance.choice(self.clients)
        out = self.drivers(client).producer(address(self.broker), idempotence=True)
        out.flood(self.topic, partitions=PARTITIONS, prefix=next(self.prefixes))
        out.wait_flooded(self.chance.randrange(1, 40))
        return out

    def settle(self, out):
        acknowledged, failed = out.settle()
        assert failed == 0, out.driver.client
        self.values.update(value for *_, value in acknowledged)
        out.close()

    def join(self, group=None):
        group = group or self.chance.choice(list(self.members))
        client = self.chance.choice(self.clients)
        # One strategy for clients of all kinds.
        member = self.drivers(client).consumer(
            f"127.0.0.1:{self.broker.proxy.port}", self.topic, group=group, strategy="range", client_id=group, **QUICK)
        self.members[group].append(member)

    def leave(self):
        group = self.chance.choice(list(self.members))
        if len(self.members[group]) > 1:
            self.end(group, self.members[group].pop(self.chance.randrange(len(self.members[group]))))

    def cut(self):
        self.broker.proxy.cut()

    def stop(self):
        assert self.broker.stop() == 0
        self.broker.start()

    def kill(self):
        self.broker.kill()
        self.broker.start()

    # How it ends.

    def end(self, group, member):
        member.close()
        self.records[group] += member.records

    def read(self, group):
        return self.records[group] + [record for member in self.members[group] for record in member.look().records]

    def finish(self):
        seen = {"email-app": MASK, "audit": SSN}
        for group in self.members:
            wanted = {value.replace(SSN, seen[group]) for value in self.values}
            eventually(lambda: wanted <= {record.value for record in self.read(group)}, f"all that {group} reads")
        places = {(p, record.offset): record.value.decode() for p in range(PARTITIONS)
                  for _, record in stored(self.broker, self.topic, p)}
        # Producers were idempotent: what is stored twice was written twice.
        assert len(set(places.values())) == len(places)
        assert self.values <= set(places.values())
        for group in self.members:
            for record in self.read(group):
                assert record.value == places[record.place].replace(SSN, seen[group]), group
            # What has been read is what is stored, each place once or, around a rebalance or an end, again.
            assert {record.place for record in self.read(group)} == places.keys()
        self.broker.assert_silent()


@pytest.fixture
def weekly(tmp_path):
    proxy = CuttingProxy()
    broker = Broker(tmp_path, *SETTINGS, listeners=(
        "PLAIN://127.0.0.1:0", f"PROXIED://127.0.0.1:0?advertise=127.0.0.1:{proxy.port}"))
    broker.start()
    proxy.target = ("127.0.0.1", broker.ports[1])
    broker.proxy = proxy
    drivers = Drivers(tmp_path)
    yield broker, drivers
    drivers.close()
    proxy.close()
    broker.close()


@pytest.mark.parametrize("seed", [20_261_125])
def test_week(weekly, seed):
    broker, drivers = weekly
    week = Week(broker, drivers, random.Random(seed))
    try:
        week.run()
        week.finish()
    except BaseException:
        print(f"seed {seed}: {week.handled}, members "
              f"{ {group: [m.driver.client for m in members] for group, members in week.members.items()} }")
        raise
    for members in week.members.values():
        for member in members:
            member.close()
