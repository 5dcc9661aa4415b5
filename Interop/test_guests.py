"""The modules of Examples as readers meet them: bound with parameters, in chains of both languages, with bad input."""

import json

import pytest

from clients import Group
from harness import GUESTS, MASK, SSN, kcat

INVALID_RECORD = 87

ACCOUNT = {
    "ssn": SSN, "first": "Ada", "last": "Lovelace", "age": 37, "note": f"calls as {SSN}", "id": "acct-1",
    "balance": 12.50,
}
LINE = '10.0.0.7 - ada [24/Nov/2026:23:01:02 +0100] "GET /a HTTP/1.1" 200 512 "-" "curl/8.5"'


def read(broker, group, topic="accounts"):
    """What a kcat of the group reads to the end."""
    return kcat(
        "-q", "-e", "-b", broker.address, "-X", "auto.offset.reset=earliest", "-G", group, topic).stdout.splitlines()


@pytest.mark.parametrize("suffix, other", [("", "-swift"), ("-swift", "")])
def test_a_chain_of_modules_in_both_languages(broker, suffix, other):
    broker.sluice("topic", "create", "accounts")
    broker.sluice("produce", "accounts", input=json.dumps(ACCOUNT) + "\n" + '{"id":"acct-2"}\n')
    for name, end in [("scrub", suffix), ("derive", other), ("narrow", suffix)]:
        broker.deploy(name, GUESTS / f"{name}{end}.wasm")
    assert broker.chain(
        "public", ("scrub", {"keep": "4"}), ("derive", {"field": "name", "rule": "join", "from": "first,last"}),
        ("derive", {"field": "age", "rule": "band", "from": "age"}), ("narrow", {"fields": "id,name,age,note,balance"}),
    ) == (0, None)
    broker.bind("web", "public")
    assert read(broker, "web") == [
        f'{{"note":"calls as ***-**-{SSN[-4:]}","id":"acct-1","balance":12.5,"name":"Ada Lovelace","age":"30-39"}}',
        '{"id":"acct-2","name":null,"age":null}',
    ]
    broker.assert_silent()


@pytest.mark.parametrize("suffix", ["", "-swift"])
def test_lines_become_json_and_bad_ones_are_dropped(broker, suffix):
    broker.sluice("topic", "create", "access")
    broker.sluice("produce", "access", input=f"{LINE}\n{SSN} is no line of the log\n{LINE}\n")
    broker.deploy("parse", GUESTS / f"parse{suffix}.wasm")
    assert broker.chain("access-json", ("parse", {"format": "combined"}), on_error="drop") == (0, None)
    broker.bind("web", "access-json", "access")
    with Group(broker, "web", "access") as reader:
        records = reader.read(2)
    assert [record.offset for record in records] == [0, 2]
    assert json.loads(records[0].value) == {
        "host": "10.0.0.7", "ident": None, "user": "ada", "time": "2026-11-24T23:01:02+01:00", "method": "GET",
        "path": "/a", "protocol": "HTTP/1.1", "status": 200, "bytes": 512, "referer": None, "agent": "curl/8.5"}
    broker.assert_silent()


@pytest.mark.parametrize("suffix", ["", "-swift"])
def test_bad_parameters_are_refused_where_they_are_written(broker, suffix):
    broker.sluice("topic", "create", "accounts")
    broker.sluice("produce", "accounts", input=json.dumps(ACCOUNT) + "\n")
    broker.deploy("narrow", GUESTS / f"narrow{suffix}.wasm")
    assert broker.chain("typo", ("narrow", {"feilds": SSN})) == (
        INVALID_RECORD, 'sluice_init answered 4: unknown parameter "feilds"')
    assert broker.chain("bare", ("narrow", {})) == (
        INVALID_RECORD, 'sluice_init answered 3: parameter "fields" is missing')
    # A module's name alone stands for its view without parameters.
    result = broker.sluice("view", "set", "--group", "web", "--topic", "accounts", "narrow", check=False)
    assert result.returncode == 4 and 'parameter "fields" is missing' in result.stderr
    broker.assert_silent()


def test_a_key_of_a_scrubbed_record_holds_no_number(broker):
    broker.sluice("topic", "create", "accounts")
    broker.sluice("produce", "accounts", "--key-separator", "|", input=f"{SSN}|{SSN}\n")
    broker.deploy("scrub", GUESTS / "scrub.wasm")
    broker.bind("web", "scrub")
    with Group(broker, "web", "accounts") as reader:
        (record,) = reader.read(1)
    assert (record.key, record.value) == (MASK.encode(), MASK.encode())
    broker.assert_silent()
