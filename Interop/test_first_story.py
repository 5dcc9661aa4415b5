"""Raw in, scrubbed out: the story of the README, with unchanged clients."""

import json

import pytest

from harness import GUEST, MASK, SSN, Kcat, eventually, kcat


def event(number, ssn=SSN):
    return json.dumps(
        {"social_security_number": ssn, "event_type": "login", "account_id": f"acct-{number}", "first_name": "Ada",
         "last_name": "Lovelace", "email": "ada@example.com", "password_hash": "00" * 32}, separators=(",", ":"))


def produce(broker, *numbers):
    kcat("-b", broker.address, "-P", "-t", "accounts", input="".join(event(n) + "\n" for n in numbers))


def group_arguments(address, group="email-app"):
    return ("-b", address, "-X", "auto.offset.reset=earliest", "-G", group, "accounts")


@pytest.fixture
def story(broker):
    broker.sluice("topic", "create", "accounts")
    produce(broker, 1, 2, 3)
    broker.scrub()
    return broker


@pytest.mark.smoke
def test_group_reads_scrubbed_and_admin_raw(story):
    client = Kcat(*group_arguments(story.address))
    try:
        lines = client.wait_for(3)
        assert lines == [event(n).replace(SSN, MASK) for n in (1, 2, 3)]
        produce(story, 4)
        assert client.wait_for(4)[3] == event(4).replace(SSN, MASK)
    finally:
        client.close()
    raw = story.sluice("consume", "accounts", "-B", "-e").stdout.splitlines()
    assert raw == [event(n) for n in (1, 2, 3, 4)]


@pytest.mark.smoke
def test_groupless_reader_is_refused_and_the_log_says_what_would_allow_it(story):
    refused = kcat("-b", story.address, "-C", "-t", "accounts", "-e", check=False)
    assert refused.returncode != 0
    assert SSN not in refused.stdout and "account_id" not in refused.stdout
    eventually(lambda: "sluice view default --topic accounts" in story.log, "the line that says what to do")
    assert SSN not in story.log


@pytest.mark.parametrize("way", ["admin socket", "network"])
def test_own_client_in_the_group_reads_scrubbed(story, way):
    to = () if way == "admin socket" else ("-b", story.address)
    lines = story.sluice("consume", "accounts", "-B", "-e", "--group", "email-app", *to).stdout.splitlines()
    assert lines == [event(n).replace(SSN, MASK) for n in (1, 2, 3)]
    if to:
        refused = story.sluice("consume", "accounts", "-B", "-e", *to, check=False)
        assert refused.returncode != 0 and SSN not in refused.stdout + refused.stderr


def test_adhoc_map_runs_on_the_broker(story):
    lines = story.sluice("consume", "accounts", "-B", "-e", "--map", str(GUEST)).stdout.splitlines()
    assert lines == [event(n).replace(SSN, MASK) for n in (1, 2, 3)]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("order", ["group first", "groupless first"])
def test_both_readers_on_one_host(story, host, order):
    """With a raw default the groupless reader gets raw and the group its view, whichever comes first, also when the
    broker is killed and comes back under both."""
    story.sluice("view", "default", "--topic", "accounts", "raw", "--yes")
    address = f"{host}:{story.port}"
    clients = {}

    def start(name):
        arguments = {
            "group first": group_arguments(address),
            "groupless first": ("-b", address, "-C", "-t", "accounts", "-o", "beginning"),
        }[name]
        clients[name] = Kcat(*arguments)
        clients[name].wait_for(3)

    try:
        for name in [order] + [n for n in ("group first", "groupless first") if n != order]:
            start(name)
        group, groupless = clients["group first"], clients["groupless first"]
        story.kill()
        story.start()
        produce(story, 4)
        assert all(MASK in line and SSN not in line for line in group.wait_for(4))
        assert all(SSN in line for line in groupless.wait_for(4))
    finally:
        for client in clients.values():
            client.close()
