"""Who is behind a Fetch, with clients that say nothing of it there: two groups with different views and a groupless
reader on one host, pinned listeners, connections that are cut, and readers that can't be told apart."""

import json

import pytest
from kafka import TopicPartition
from kafka.errors import GroupAuthorizationFailedError, TopicAuthorizationFailedError

from clients import Group, address, consumer, producer, read
from harness import MASK, SSN, CuttingProxy, Kcat, build_guest, eventually, kcat

# Another view than scrub-ssn: every digit becomes a '#'.
BLOT = """for (int32_t k = 0; k < record->value_len; k++)
            if (record->value[k] >= '0' && record->value[k] <= '9') record->value[k] = '#';
        record->verdict = record->value_len < 0 ? SLUICE_KEEP : SLUICE_REPLACE_VALUE;"""
SEEN = {"email-app": MASK, "audit": "###-##-####", None: SSN}


@pytest.fixture(scope="session")
def blot(tmp_path_factory):
    return build_guest(tmp_path_factory.mktemp("guests"), "blot", BLOT)


def protect(broker, blot):
    """email-app reads scrubbed, audit blotted, everybody else raw."""
    broker.sluice("topic", "create", "accounts")
    broker.scrub()
    broker.deploy("blot", blot)
    broker.bind("audit", "blot")
    broker.default("raw")
    return broker


@pytest.fixture
def two_views(broker, blot):
    return protect(broker, blot)


def put(broker, *names):
    out = producer(broker)
    for name in names:
        out.send("accounts", value=f"{name} {SSN}".encode()).get(60)
    out.close()


def kcat_reader(address, group):
    reset = ("-X", "auto.offset.reset=earliest")
    return Kcat("-b", address, *reset, "-G", group, "accounts") if group else Kcat(
        "-b", address, "-C", "-t", "accounts", "-o", "beginning")


def test_three_kcats_on_one_host_keep_their_views_over_a_kill(two_views):
    put(two_views, "a")
    readers = {group: kcat_reader(two_views.address, group) for group in SEEN}
    try:
        for count in (1, 2):
            for group, reader in readers.items():
                assert all(SEEN[group] in line for line in reader.wait_for(count)), group
            if count == 1:
                two_views.kill()
                two_views.start()
                put(two_views, "b")
        assert all(SSN not in reader.output for group, reader in readers.items() if group)
    finally:
        for reader in readers.values():
            reader.close()
    two_views.assert_silent()


def test_groups_of_one_process_are_told_apart_by_client_id(two_views):
    with Group(two_views, "email-app", "accounts", client_id="one") as first, \
            Group(two_views, "audit", "accounts", client_id="two") as second:
        groupless = consumer(address(two_views), "accounts", client_id="three")
        put(two_views, "a", "b")
        assert {r.value for r in first.read(2)} == {f"{n} {MASK}".encode() for n in "ab"}
        assert {r.value for r in second.read(2)} == {f"{n} {SEEN['audit']}".encode() for n in "ab"}
        assert {r.value for r in read(groupless, 2)} == {f"{n} {SSN}".encode() for n in "ab"}
        groupless.close()


def test_groups_of_one_process_with_one_client_id_wait_and_are_denied(start_broker, blot):
    """Nothing tells their fetches apart, so neither gets anything: not its own view, not the other's."""
    broker = protect(start_broker("--set", "attribution.wait.ms=1000"), blot)
    with Group(broker, "email-app", "accounts", client_id="same") as first, \
            Group(broker, "audit", "accounts", client_id="same") as second:
        eventually(lambda: (first.poll(50), first.client.assignment())[1], "an assignment")
        eventually(lambda: (second.poll(50), second.client.assignment())[1], "an assignment")
        put(broker, "a")
        for reader in (first, second):
            with pytest.raises(TopicAuthorizationFailedError):
                eventually(reader.poll, "the refusal")
        assert "may be of" in broker.log and "?group=" in broker.log
        # One of them leaves; the other is the only one left and gets its view.
        second.client.close()

        def value():
            try:
                return [r.value for r in first.poll()]
            except TopicAuthorizationFailedError:
                return None

        assert eventually(value, "its own view") == [f"a {MASK}".encode()]
    broker.assert_silent()


def test_readers_behind_a_proxy_are_told_apart_by_client_id_or_not_at_all(start_broker, blot):
    """All connections come from the proxy's process, as from another host; cuts take what a connection has shown."""
    proxy = CuttingProxy()
    broker = start_broker(
        "--set", "attribution.wait.ms=1000",
        listeners=("PLAIN://127.0.0.1:0", f"PROXIED://127.0.0.1:0?advertise=127.0.0.1:{proxy.port}"))
    proxy.target = ("127.0.0.1", broker.ports[1])
    protect(broker, blot)
    at = f"127.0.0.1:{proxy.port}"
    try:
        readers = {"email-app": Kcat("-b", at, "-X", "client.id=e", "-X", "auto.offset.reset=earliest", "-G",
                                     "email-app", "accounts"),
                   "audit": Kcat("-b", at, "-X", "client.id=a", "-X", "auto.offset.reset=earliest", "-G", "audit",
                                 "accounts")}
        try:
            for count, name in enumerate("abc", start=1):
                put(broker, name)
                for group, reader in readers.items():
                    lines = reader.wait_for(count)
                    assert lines == [f"{n} {SEEN[group]}" for n in "abc"[:count]]
                proxy.cut()
        finally:
            for reader in readers.values():
                reader.close()
        same = {group: Kcat("-b", at, "-X", "auto.offset.reset=earliest", "-G", group, "accounts") for group in readers}
        try:
            for group, reader in same.items():
                eventually(lambda: "Topic authorization failed" in reader.output, "the refusal")
                assert not any(SEEN[other] in reader.output for other in SEEN if other != group)
        finally:
            for reader in same.values():
                reader.close()
    finally:
        proxy.close()
    broker.assert_silent()


def test_pinned_listener_fixes_the_group(start_broker):
    broker = start_broker(listeners=("PLAIN://localhost:0", "EMAIL://localhost:0?group=email-app"))
    broker.sluice("topic", "create", "accounts")
    broker.scrub()
    put(broker, "a")
    pinned = f"localhost:{broker.ports[1]}"
    # Without a group, with an unknown client: the listener says who it is.
    assert kcat("-b", pinned, "-C", "-t", "accounts", "-e", "-q", "-o", "beginning").stdout == f"a {MASK}\n"
    with kcat_reader(pinned, "email-app") as client:
        assert client.wait_for(1) == [f"a {MASK}"]
    other = consumer(f"127.0.0.1:{broker.ports[1]}", "accounts", group_id="other")
    with pytest.raises(GroupAuthorizationFailedError):
        eventually(lambda: other.poll(timeout_ms=200), "the refusal")
    other.close()
    broker.assert_silent()


def test_assign_without_joining_is_attributed(two_views):
    """assign() with a group.id: no join, only FindCoordinator and commits."""
    put(two_views, "a")
    client = consumer(address(two_views), group_id="audit")
    client.assign([TopicPartition("accounts", 0)])
    assert read(client, 1)[0].value == f"a {SEEN['audit']}".encode()
    client.commit()
    client.close()


def test_refused_reader_reads_when_the_default_says_raw(broker):
    """The groupless kcat is refused, the log says what to type; it is typed, and kcat -C reads raw beside the group."""
    broker.sluice("topic", "create", "accounts")
    broker.scrub()
    put(broker, "a")
    refused = kcat("-b", broker.address, "-C", "-t", "accounts", "-e", check=False)
    assert refused.returncode != 0 and SSN not in refused.stdout + refused.stderr
    line = eventually(lambda: next((l for l in broker.log.splitlines() if "sluice view default" in l), None), "advice")
    broker.assert_silent()
    command = line[line.index("sluice view default"):].split(" (")[0].split()
    assert command == ["sluice", "view", "default", "--topic", "accounts", "raw"]
    broker.sluice(*command[1:], "--yes")
    assert kcat("-b", broker.address, "-C", "-t", "accounts", "-e", "-q").stdout == f"a {SSN}\n"
    with kcat_reader(broker.address, "email-app") as client:
        assert client.wait_for(1) == [f"a {MASK}"]


def test_names_that_clients_choose_cant_forge_log_lines(broker):
    broker.sluice("topic", "create", "accounts")
    broker.scrub()
    forged = "x\n2026-01-01T00:00:00Z notice forged"
    client = consumer(address(broker), group_id=forged, client_id=forged)
    client.assign([TopicPartition("accounts", 0)])
    with pytest.raises(TopicAuthorizationFailedError):
        eventually(lambda: client.poll(timeout_ms=200), "the refusal")
    client.close()
    eventually(lambda: "denied to group" in broker.log, "the refusal's line")
    assert not any(line.startswith("2026-01-01T00:00:00Z") for line in broker.log.splitlines())


def test_explain_says_what_readers_get(two_views):
    for group, word in (("email-app", "scrub-ssn@1"), ("audit", "blot@1"), (None, "raw")):
        found = two_views.sluice_json("view", "explain", "--topic", "accounts", *(("--group", group) if group else ()))
        assert word in json.dumps(found)
