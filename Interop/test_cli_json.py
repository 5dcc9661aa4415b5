"""Every command's JSON has the shape that Docs/cli.md gives, and its exit codes are those of the table there."""

import json
import os
import re
import shutil
import subprocess

from clients import address, consumer, producer, read
from harness import GUEST, GUESTS, SLUICE, TOP, build_guest, clang, eventually

NUMBER, TEXT, BOOL = int, str, bool


def shape(value, wanted, where="$"):
    """`wanted`: a type, a tuple of alternatives, [of each], {name: …} with exactly these names, or a value."""
    if isinstance(wanted, tuple):
        for one in wanted:
            try:
                return shape(value, one, where)
            except AssertionError:
                pass
        raise AssertionError(f"{where}: {value!r} is none of {wanted}")
    if wanted is None:
        assert value is None, f"{where}: {value!r} isn't null"
    elif isinstance(wanted, type):
        assert type(value) is wanted, f"{where}: {value!r} is no {wanted.__name__}"
    elif isinstance(wanted, list):
        assert isinstance(value, list), f"{where}: {value!r} is no list"
        for index, item in enumerate(value):
            shape(item, wanted[0], f"{where}[{index}]")
    elif isinstance(wanted, dict):
        assert isinstance(value, dict) and set(value) == set(wanted), f"{where}: {sorted(value)} ≠ {sorted(wanted)}"
        for name in wanted:
            shape(value[name], wanted[name], f"{where}.{name}")
    else:
        assert value == wanted, f"{where}: {value!r} ≠ {wanted!r}"


OPTIONAL = (NUMBER, None)
RECORD = {"headers": [{"key": TEXT, "value": (TEXT, None)}], "key": (TEXT, None), "offset": NUMBER, "partition": NUMBER,
          "timestamp": NUMBER, "topic": TEXT, "value": (TEXT, {"base64": TEXT}, None)}
TRIAL = {"changed": NUMBER, "count": NUMBER, "dropped": NUMBER, "failed": dict, "kept": NUMBER, "ns_per_record": NUMBER}
FUEL = {"min": NUMBER, "median": NUMBER, "max": NUMBER}
FINDING = {"detail": TEXT, "end": OPTIONAL, "file": TEXT, "kind": TEXT, "lost_from": OPTIONAL, "lost_to": OPTIONAL,
           "partition": TEXT, "remedy": TEXT, "start": OPTIONAL}
CONFIG = {"name": TEXT, "value": (TEXT, None), "source": TEXT, "read_only": BOOL, "sensitive": BOOL}
BENCH = {"bytes": NUMBER, "bytes_per_second": NUMBER, "duration_ms": NUMBER, "interrupted": BOOL, "records": NUMBER,
         "latency_us": {name: NUMBER for name in ("max", "mean", "p50", "p95", "p99", "p99_9")},
         "records_per_second": NUMBER, "topic": TEXT}


def run(*arguments, input=None):
    return subprocess.run([SLUICE, *map(str, arguments)], input=input, text=True, capture_output=True, timeout=120)


def test_status(broker):
    broker.sluice("topic", "create", "t")
    client = consumer(address(broker), "t", group_id="g")
    client.poll(timeout_ms=1000)
    status = broker.sluice_json("status")
    shape(status, {
        "address": TEXT, "apis": NUMBER, "brokers": [{"host": TEXT, "id": NUMBER, "port": NUMBER, "rack": (TEXT, None)}],
        "cluster_id": TEXT, "controller": NUMBER, "group_count": NUMBER,
        "groups": [{"group": TEXT, "lag": OPTIONAL, "members": NUMBER, "state": TEXT}],
        "policy": {"bindings": NUMBER, "defaults": NUMBER, "denying": [TEXT], "modules": NUMBER, "views": NUMBER},
        "sluice": True,
        "topics": [{"bytes": NUMBER, "name": TEXT, "offline": NUMBER, "offsets": NUMBER, "partitions": NUMBER, "per_second": OPTIONAL}]})
    assert [group["group"] for group in status["groups"]] == ["g"]
    client.close()
    # Others see no policy.
    other = json.loads(run("status", "-b", broker.address, "--output", "json").stdout)
    assert other["policy"] is None and other["sluice"]


def test_topics_groups_records_and_policy(broker):
    """The shapes that were there first."""
    shape(broker.sluice_json("topic", "create", "t", "-p", "2"), {"created": True, "topic": "t"})
    shape(broker.sluice_json("topic", "list"),
          {"topics": [{"id": TEXT, "internal": BOOL, "name": TEXT, "partitions": NUMBER}]})
    shape(broker.sluice_json("topic", "describe", "t"), {
        "configs": [CONFIG], "id": TEXT, "internal": False, "name": "t",
        "partitions": [{"end_offset": 0, "leader": NUMBER, "leader_epoch": NUMBER, "partition": NUMBER,
                        "start_offset": 0}]})
    shape(broker.sluice_json("topic", "alter", "t", "--config", "retention.ms=1000000000", "-p", "3"), {
        "configs": [{"name": TEXT, "value": TEXT}], "deleted": [], "partitions": 3, "topic": "t"})
    wrote = broker.sluice("produce", "t", "--output", "json", "--header", "h=1", input="a\nb\n")
    shape(json.loads(wrote.stdout), {"records": 2, "topic": "t"})
    for line in broker.sluice("consume", "t", "-B", "-e", "--output", "json").stdout.splitlines():
        shape(json.loads(line), RECORD)
    client = consumer(address(broker), "t", group_id="g", client_id="c")
    read(client, 2)
    client.commit()
    shape(broker.sluice_json("group", "list"), {"groups": [{"group": "g", "protocol_type": TEXT, "state": TEXT}]})
    shape(broker.sluice_json("group", "describe", "g"), {
        "assignor": TEXT, "group": "g", "lag": 0, "protocol_type": "consumer", "state": TEXT,
        "members": [{"client_id": "c", "host": TEXT, "instance": (TEXT, None), "member": TEXT,
                     "partitions": [{"partition": NUMBER, "topic": "t"}]}],
        "partitions": [{"committed_offset": OPTIONAL, "end_offset": OPTIONAL, "lag": OPTIONAL, "member": (TEXT, None),
                        "partition": NUMBER, "topic": "t"}]})
    client.close()
    eventually(lambda: broker.sluice_json("group", "describe", "g")["state"] == "Empty", "the group is empty")
    shape(broker.sluice_json("group", "reset-offsets", "g", "--all-topics", "--to-latest"), {
        "dry_run": False, "group": "g",
        "partitions": [{"after": NUMBER, "before": OPTIONAL, "partition": NUMBER, "topic": "t"}]})
    shape(broker.sluice_json("group", "delete", "g", "--yes"), {"deleted": True, "group": "g"})
    shape(broker.sluice_json("module", "deploy", "m", str(GUEST)),
          {"bytes": NUMBER, "module": "m@1", "name": "m", "sha256": TEXT})
    shape(broker.sluice_json("module", "list"), {"modules": [{
        "abi": TEXT, "bytes": NUMBER, "created_at": TEXT, "created_by": TEXT, "damaged": False, "deleted": False,
        "module": "m@1", "name": "m", "sha256": TEXT, "version": 1}]})
    rule = {"group": "g", "target": "m@1", "topic": "t"}
    shape(broker.sluice_json("view", "set", "--group", "g", "--topic", "t", "m", "--yes"), rule)
    shape(broker.sluice_json("view", "default", "--topic", "t", "deny", "--yes"), {"target": "deny", "topic": "t"})
    stamp = {"at": TEXT, "by": TEXT, "rev": NUMBER}
    shape(broker.sluice_json("view", "list"), {
        "bindings": [{**rule, **stamp}], "defaults": [{"target": "deny", "topic": "t", **stamp}], "paused": [],
        "quarantined": [], "unreadable": 0,
        "views": [{"digest": TEXT, "on_error": "stop", "steps": ["m@1"], "usable": True, "view": "m@1"}]})
    shape(broker.sluice_json("view", "explain", "--topic", "t", "--group", "g"),
          {"digest": TEXT, "outcome": "m@1", "steps": [TEXT], "topic": "t"})
    shape(broker.sluice_json("topic", "delete", "t", "--yes"), {"deleted": True, "topic": "t"})
    shape(json.loads(run("serve", "--settings", "--output", "json").stdout),
          {"settings": [{"default": (TEXT, None), "documentation": TEXT, "live": BOOL, "name": TEXT, "reloadable": BOOL}]})
    lines = [json.loads(line) for line in run(
        "log", "dump", broker.data / "__sluice_modules-0", "--records", "--output", "json").stdout.splitlines()]
    assert {line["kind"] for line in lines} == {"batch", "record"}


def test_config(broker):
    broker.sluice("topic", "create", "t")
    described = broker.sluice_json("config", "describe", "topic", "t", "--all")
    shape(described, {"name": "t", "resource": "topic", "configs": [{**CONFIG, "documentation": (TEXT, None)}]})
    assert "retention.ms" in [config["name"] for config in described["configs"]]
    set_ = broker.sluice_json("config", "set", "topic", "t", "retention.ms=1000", "segment.ms=60000")
    shape(set_, {"name": "t", "resource": "topic", "set": [{"name": TEXT, "value": TEXT}], "validate_only": False})
    changed = broker.sluice_json("config", "describe", "topic", "t")["configs"]
    assert {("retention.ms", "1000"), ("segment.ms", "60000")} <= {(c["name"], c["value"]) for c in changed}
    unset = broker.sluice_json("config", "unset", "topic", "t", "retention.ms")
    shape(unset, {"name": "t", "resource": "topic", "unset": ["retention.ms"]})
    shape(broker.sluice_json("config", "describe", "broker", "1", "--all"),
          {"name": "1", "resource": "broker", "configs": [{**CONFIG, "documentation": (TEXT, None)}]})
    # A value out of range is refused with the range; a dry run changes nothing.
    wrong = broker.sluice("config", "set", "topic", "t", "retention.ms=-5", check=False)
    assert wrong.returncode == 4 and "retention.ms" in wrong.stderr
    broker.sluice("config", "set", "topic", "t", "segment.ms=70000", "--validate-only")
    now = {c["name"]: c["value"] for c in broker.sluice_json("config", "describe", "topic", "t")["configs"]}
    assert now.get("segment.ms") == "60000"


def test_typos_are_answered_with_the_right_word(broker):
    broker.sluice("topic", "create", "accounts")
    broker.deploy("scrub-ssn", GUEST)
    client = consumer(address(broker), "accounts", group_id="email-app")
    client.poll(timeout_ms=1000)
    client.commit()
    client.close()
    for words, status, hint in [
        (["topci", "list"], 2, "did you mean topic?"),
        (["topic", "lst"], 2, "did you mean list?"),
        (["topic", "list", "--ouput", "json"], 2, "--output"),
        (["topic", "describe", "acounts"], 3, "did you mean accounts?"),
        (["consume", "acounts", "-B", "-e"], 3, "did you mean accounts?"),
        (["group", "describe", "emial-app"], 3, "did you mean email-app?"),
        (["config", "set", "topic", "accounts", "retention.sm=1"], 4, "did you mean retention.ms?"),
        (["config", "unset", "topic", "accounts", "retention.sm"], 3, "did you mean retention.ms?"),
        (["config", "describe", "topic", "accounts", "retention.sm"], 3, "did you mean retention.ms?"),
        (["module", "describe", "scrub-snn"], 3, "did you mean scrub-ssn?"),
        (["view", "preview", "--topic", "accounts", "scrub-snn"], 3, "did you mean scrub-ssn?"),
    ]:
        result = broker.sluice(*words, check=False)
        assert (result.returncode, hint in result.stderr) == (status, True), f"{words}: {result.stderr}"
        assert result.stderr.count("\n") == 1 and result.stdout == ""


def test_modules_from_template_to_deletion(broker, tmp_path):
    broker.sluice("topic", "create", "accounts")
    made = json.loads(run("module", "new", "mask", "--directory", tmp_path / "mask", "--output", "json").stdout)
    shape(made, {"directory": TEXT, "files": [TEXT], "language": "c", "module": "mask"})
    assert sorted(os.listdir(tmp_path / "mask")) == sorted(made["files"])
    assert run("module", "new", "mask", "--directory", tmp_path / "mask").returncode == 6
    assert run("module", "new", "Mask").returncode == 2
    subprocess.run(["make", f"CLANG={clang()}"], cwd=tmp_path / "mask", check=True, capture_output=True)
    wasm = tmp_path / "mask/mask.wasm"
    tried = json.loads(run("module", "test", wasm, "--input", tmp_path / "mask/samples.txt", "--param", "mask=#",
                           "--output", "json").stdout)
    shape({key: value for key, value in tried.items() if key != "records"},
          {**TRIAL, "fuel": FUEL, "module": TEXT, "sha256": TEXT})
    assert (tried["count"], tried["changed"], tried["kept"]) == (2, 1, 1)
    first, second = tried["records"]
    shape(first, {"after": RECORD, "before": RECORD, "fuel": NUMBER, "result": "changed"})
    assert first["after"]["value"] == '{"name":"Ada","card":"#### #### #### ####"}'
    assert second["result"] == "kept" and first["fuel"] > 0
    again = json.loads(run("module", "test", wasm, "--input", tmp_path / "mask/samples.txt", "--output", "json").stdout)
    assert [r["fuel"] for r in again["records"]] == [r["fuel"] for r in tried["records"]]
    # What a consumer prints goes in, too.
    broker.sluice("produce", "accounts", "--key-separator", ":", input="k:card 1234\n")
    lines = broker.sluice("consume", "accounts", "-B", "-e", "--format", "json").stdout
    piped = json.loads(run("module", "test", wasm, "--format", "json", "--output", "json", input=lines).stdout)
    assert piped["records"][0]["after"]["value"] == "card ****" and piped["records"][0]["before"]["key"] == "k"

    broker.deploy("mask", wasm)
    described = broker.sluice_json("module", "describe", "mask")
    shape(described, {"name": "mask", "versions": [{
        "abi": "sluice-1", "bytes": NUMBER, "created_at": TEXT, "created_by": TEXT, "damaged": False, "exports": [TEXT],
        "imports": [], "memory_bytes": NUMBER, "module": "mask@1", "rules": [], "sha256": tried["sha256"], "version": 1,
        "views": []}]})
    assert "sluice_transform (i32) -> i32" in described["versions"][0]["exports"]
    broker.bind("email-app", "mask")
    used = broker.sluice_json("module", "describe", "mask@1")["versions"][0]
    assert used["views"] == ["mask@1"] and used["rules"] == ["the binding of group email-app on accounts (mask@1)"]
    refused = broker.sluice("module", "delete", "mask", "--yes", check=False)
    assert refused.returncode == 4 and "the binding of group email-app on accounts" in refused.stderr
    broker.default("raw")
    broker.sluice("view", "unset", "--group", "email-app", "--topic", "accounts", "--yes")
    assert broker.sluice_json("module", "delete", "mask", "--yes") == {"deleted": ["mask@1"]}
    assert broker.sluice("module", "describe", "mask", check=False).returncode == 3


STEP = {"headers": TEXT, "module": TEXT, "parameters": [TEXT]}
LIMITS = {name: NUMBER for name in ("call_ms", "fuel_per_record", "memory_bytes", "output_extra", "output_factor")}
VIEW = {"created": BOOL, "digest": TEXT, "dry_run": BOOL, "limits": LIMITS, "on_error": TEXT, "reuse": BOOL,
        "steps": [STEP], "view": TEXT}


def stored(broker, key):
    """The value under a key of `__sluice_views`, as the admin reads it."""
    lines = broker.sluice("consume", "__sluice_views", "-B", "-e", "--format", "json").stdout.splitlines()
    found = [record["value"] for record in map(json.loads, lines) if json.loads(record["key"]) == key]
    return found and json.loads(found[-1])


def test_views_are_made_and_deleted(broker, tmp_path):
    broker.sluice("topic", "create", "accounts")
    broker.deploy("scrub", GUESTS / "scrub.wasm")
    broker.deploy("narrow", GUESTS / "narrow.wasm")
    salt = tmp_path / "fields"
    salt.write_text("ssn,note\n")
    words = ["view", "create", "masked", "--module", "scrub", "--module", "narrow@1", "--param-file",
             f"2:fields={salt}", "--headers", "2:keep", "--on-error", "drop", "--limit", "call_ms=50"]
    dry = broker.sluice_json(*words, "--dry-run")
    shape(dry, VIEW)
    assert dry["view"] == "masked@1" and dry["created"] and dry["dry_run"]
    assert stored(broker, ["view", "masked", 1]) == []
    made = broker.sluice_json(*words)
    assert made == {**dry, "dry_run": False}
    assert made["steps"] == [{"headers": "drop", "module": "scrub@1", "parameters": []},
                             {"headers": "keep", "module": "narrow@1", "parameters": ["fields"]}]
    record = stored(broker, ["view", "masked", 1])
    assert record["steps"][1]["with"] == {"fields": "ssn,note"} and record["digest"] == made["digest"]
    assert record["limits"]["call_ms"] == 50 and record["on_error"] == "drop" and record["by"] == "Admin:local"
    # The same again is the same, and another one is the next version, to which nobody is moved.
    same = broker.sluice(*words)
    assert same.stdout == "masked@1 is that view already: scrub@1 → narrow@1 (fields), on error drop\n"
    broker.bind("email-app", "masked")
    second = broker.sluice("view", "create", "masked", "--module", "narrow", "--param", "fields=secret-one")
    assert second.stdout == "created masked@2: narrow@1 (fields), on error stop\n"
    assert "the binding of group email-app on accounts (masked@1) stays" in second.stderr
    assert "secret-one" not in second.stdout + second.stderr + broker.sluice("view", "list").stdout + broker.log
    # Whoever may set policy and not read it is told the version.
    blind = broker.sluice("view", "create", "masked", "--module", "narrow", "--param", "fields=a", "--output", "json",
                          "-b", broker.address)
    assert json.loads(blind.stdout) == {"created": None, "dry_run": False, "view": "masked@3"}

    refused = broker.sluice("view", "delete", "masked@1", "--yes", check=False)
    assert refused.returncode == 4
    assert "masked@1 is used by the binding of group email-app on accounts (masked@1)" in refused.stderr
    assert broker.sluice("view", "delete", "masked", "--yes", check=False).returncode == 4
    assert broker.sluice_json("view", "delete", "masked@2", "--dry-run") == {"deleted": ["masked@2"], "dry_run": True}
    unasked = broker.sluice("view", "delete", "masked@2", check=False)
    assert unasked.returncode == 4 and "--yes" in unasked.stderr
    assert broker.sluice("view", "delete", "masked@2", "--yes").stdout == "deleted masked@2\n"
    broker.default("deny")
    broker.sluice("view", "unset", "--group", "email-app", "--topic", "accounts", "--yes")
    assert broker.sluice_json("view", "delete", "masked", "--yes")["deleted"] == ["masked@1", "masked@3"]
    assert broker.sluice("view", "delete", "masked", check=False).returncode == 3
    # A version is never given again.
    assert broker.sluice_json(*words)["view"] == "masked@4"


def test_views_that_cannot_be_are_refused(broker, tmp_path):
    broker.deploy("narrow", GUESTS / "narrow.wasm")
    broker.deploy("scrub-ssn", GUEST)
    big = tmp_path / "big"
    big.write_text("x" * 70_000)
    for words, status, said in [
        (["create", "v", "--module", "narow"], 4, 'no module "narow" (narrow?)'),
        (["create", "narrow", "--module", "scrub-ssn"], 4, "choose another name"),
        (["create", "Upper", "--module", "scrub-ssn"], 4, "name"),
        (["create", "v", "--module", "scrub-ssn", "--limit", "memory_bytes=134217728"], 4, "128 MiB > 64 MiB"),
        (["create", "v", "--module", "scrub-ssn", "--limit", "call_ms=1000"], 4, "fuel_per_record"),
        (["create", "v", "--module", "scrub-ssn", "--limit", "memory_byte=1"], 2, "did you mean memory_bytes?"),
        (["create", "v", "--module", "scrub-ssn", "--module", "narrow", "--param", "fields=a"], 2, "2:NAME=VALUE"),
        (["create", "v", *["--module", "scrub-ssn"] * 9], 4, "1 to 8 steps"),
        (["create", "v", "--module", "narrow", "--param-file", f"fields={tmp_path}/none"], 3, "no file"),
        (["create", "v", "--module", "narrow", "--param-file", f"fields={big}"], 1, "larger than"),
        (["create", "v", "--module", "narrow"], 4, "fields"),
        (["delete", "scrub-ssn"], 4, "sluice module delete"),
        (["delete", "nothing"], 3, "there is no view nothing"),
    ]:
        for more in [], ["--dry-run"]:
            result = broker.sluice("view", *words, *more, check=False)
            assert result.returncode == status and said in result.stderr, (words, more, result.stderr)
            assert result.stdout == ""
    broker.sluice("view", "create", "masked", "--module", "scrub-ssn", "--headers", "keep")
    assert "did you mean masked?" in broker.sluice("view", "delete", "maskd", check=False).stderr
    gone = broker.sluice("view", "delete", "masked@7", check=False)
    assert gone.returncode == 3 and "there is 1" in gone.stderr
    unread = broker.sluice("view", "delete", "masked", "--yes", "-b", broker.address, check=False)
    assert unread.returncode == 4 and "admin socket" in unread.stderr
    dry = run("view", "create", "w", "--module", "scrub-ssn", "--dry-run", "-b", broker.address)
    assert dry.returncode == 4 and "admin" in dry.stderr
    module = broker.sluice("module", "delete", "scrub-ssn", "--yes", check=False)
    assert module.returncode == 4 and "sluice view delete" in module.stderr


def test_preview(broker, tmp_path):
    broker.sluice("topic", "create", "accounts", "--partitions", "3")
    broker.sluice("produce", "accounts", input="".join(f"id {n} 123-45-678{n % 10}\n" for n in range(90)))
    broker.deploy("scrub-ssn", GUEST)
    preview = broker.sluice_json("view", "preview", "--topic", "accounts", "scrub-ssn", "--last", "10")
    shape(preview, {**TRIAL, "topic": "accounts", "view": "scrub-ssn@1"})
    assert preview["changed"] == preview["count"] and preview["count"] >= 10
    sampled = broker.sluice_json("view", "preview", "--topic", "accounts", "scrub-ssn@1", "--sample", "12", "--records")
    assert 1 <= sampled["count"] <= 15
    shape(sampled["records"][0], {"after": RECORD, "before": RECORD, "result": "changed"})
    assert "***-**-****" in sampled["records"][0]["after"]["value"]
    # A group's own outcome is what its preview begins with.
    broker.scrub(group="email-app")
    seen = broker.sluice_json("view", "preview", "--topic", "accounts", "scrub-ssn", "--group", "email-app", "--records")
    assert seen["kept"] == seen["count"] > 0
    assert all("***" in record["before"]["value"] for record in seen["records"])
    # Another reader gets numbers only, of what it may read.
    other = run("view", "preview", "--topic", "accounts", "--map", GUEST, "-b", broker.address, "--output", "json")
    assert other.returncode == 4  # without a group the topic denies
    drop = build_guest(tmp_path, "drop", """
        if (holds(record, '7')) record->verdict = SLUICE_DROP;
        else if (holds(record, '8')) sluice_fail(record, SLUICE_MALFORMED);
        else record->verdict = SLUICE_KEEP;""")
    plain = broker.sluice_json("view", "preview", "--topic", "accounts", "--map", str(drop), "--last", "100")
    assert plain["dropped"] == 90 and plain["failed"] == {}
    refused = run("view", "preview", "--topic", "accounts", "--map", GUEST, "--records", "--group", "email-app", "-b",
                  broker.address)
    assert refused.returncode == 4 and "admin" in refused.stderr and refused.stdout == ""


def test_records_are_deleted_up_to_a_place(broker):
    broker.sluice("topic", "create", "t", "--partitions", "2")
    out = producer(broker)
    for n in range(10):
        out.send("t", b"x", partition=n % 2, timestamp_ms=1_000_000 + n)
    out.flush()
    out.close()
    wanted = {"dry_run": BOOL, "partitions": [{"after": NUMBER, "before": NUMBER, "partition": NUMBER}], "topic": "t"}
    dry = broker.sluice_json("topic", "delete-records", "t", "--before", "3", "-p", "1", "--dry-run")
    shape(dry, wanted)
    assert dry["partitions"] == [{"after": 3, "before": 0, "partition": 1}]
    assert broker.sluice("topic", "delete-records", "t", "--before", "3", check=False).returncode == 4
    shape(broker.sluice_json("topic", "delete-records", "t", "--before", "3", "-p", "1", "--yes"), wanted)
    by_time = broker.sluice_json(
        "topic", "delete-records", "t", "--before", "1970-01-01T00:16:40.004Z", "-p", "0", "--yes")
    assert by_time["partitions"] == [{"after": 2, "before": 0, "partition": 0}]
    described = broker.sluice_json("topic", "describe", "t")["partitions"]
    assert [(p["start_offset"], p["end_offset"]) for p in described] == [(2, 5), (3, 5)]
    shape(broker.sluice_json("topic", "describe", "t", "--configs"), {"configs": [CONFIG], "name": "t"})
    broker.sluice("topic", "delete-records", "t", "--before", "end", "--yes")
    assert broker.sluice("topic", "delete-records", "t", "--before", "soon", check=False).returncode == 2


def test_offsets_of_a_group_are_forgotten(broker):
    broker.sluice("topic", "create", "t")
    broker.sluice("produce", "t", input="a\nb\n")
    client = consumer(address(broker), "t", group_id="g")
    read(client, 2)
    client.commit()
    active = broker.sluice("group", "reset-offsets", "g", "--topic", "t", "--to-earliest", check=False)
    assert active.returncode == 4 and "Stable with 1 member" in active.stderr and "stop them first" in active.stderr
    reading = broker.sluice("group", "delete-offsets", "g", "--topic", "t", "--yes", check=False)
    assert reading.returncode == 4 and "reads topic t" in reading.stderr
    client.close()
    eventually(lambda: broker.sluice_json("group", "describe", "g")["state"] == "Empty", "the group is empty")
    ago = broker.sluice_json("group", "reset-offsets", "g", "--topic", "t", "--by-duration", "PT1H", "--dry-run")
    assert ago["partitions"] == [{"after": 0, "before": 2, "partition": 0, "topic": "t"}]
    dry = broker.sluice_json("group", "delete-offsets", "g", "--topic", "t", "--dry-run")
    shape(dry, {"deleted": [{"offset": 2, "partition": 0}], "dry_run": True, "group": "g", "topic": "t"})
    broker.sluice("group", "delete-offsets", "g", "--topic", "t", "--yes")
    assert broker.sluice("group", "delete-offsets", "g", "--topic", "t", "--yes", check=False).returncode == 3


def test_bench(broker):
    broker.sluice("topic", "create", "load", "--partitions", "3")
    wrote = broker.sluice_json("bench", "produce", "load", "--records", "5000", "--keys", "10", "--codec", "lz4")
    shape(wrote, BENCH)
    assert wrote["records"] == 5000 and wrote["bytes"] == 500_000
    latency = wrote["latency_us"]
    assert 0 < latency["p50"] <= latency["p95"] <= latency["p99"] <= latency["p99_9"] <= latency["max"]
    gave = broker.sluice_json("bench", "consume", "load")
    shape(gave, BENCH)
    assert gave["records"] == 5000
    few = broker.sluice_json("bench", "produce", "load", "--seconds", "2", "--rate", "100", "--acks", "1")
    assert 50 <= few["records"] <= 250


def test_log_check_and_repair(broker):
    broker.sluice("topic", "create", "t")
    broker.sluice("bench", "produce", "t", "--records", "3000", "--batch-bytes", "5000")
    check = lambda *more: json.loads(run("log", "check", broker.data, "--output", "json", *more).stdout)
    wanted = {"batches": NUMBER, "bytes": NUMBER, "clean": BOOL, "findings": [FINDING], "further": 0, "live": BOOL,
              "partitions": NUMBER, "path": TEXT, "segments": NUMBER, "sound": BOOL}
    live = check()
    shape(live, wanted)
    assert live["live"] and live["sound"]
    assert run("log", "repair", broker.data, "--yes").returncode == 4  # in use
    broker.kill()
    assert check("--records")["sound"]  # what was acknowledged is whole after a kill
    broker.start()
    broker.stop()
    clean = check("--records")
    assert clean["findings"] == [] and clean["clean"] and clean["batches"] >= 60, clean
    log = broker.data / "t-0/00000000000000000000.log"
    damaged = bytearray(log.read_bytes())
    # Amid a batch: the half lies near the border of two, where a leader epoch may be hit, which loses nothing.
    damaged[len(damaged) // 2 + 700] ^= 0x40
    log.write_bytes(damaged)
    found = run("log", "check", broker.data, "--output", "json")
    assert found.returncode == 1
    (finding,) = [f for f in json.loads(found.stdout)["findings"] if f["lost_from"] is not None]
    plan = run("log", "repair", broker.data, "--dry-run")
    assert f"offsets {finding['lost_from']}–{finding['lost_to']} can't be read" in plan.stdout
    assert log.read_bytes() == damaged
    assert run("log", "repair", broker.data).returncode == 4
    done = json.loads(run("log", "repair", broker.data, "--yes", "--output", "json").stdout)
    shape(done, {"partitions": [{"findings": [FINDING], "partition": "t-0", "steps": [TEXT]}], "path": TEXT,
                 "repaired": True})
    (cut,) = broker.data.glob("t-0/*.log.cut-*")
    assert cut.stat().st_size == finding["end"] - finding["start"]
    broker.start()
    lost = finding["lost_to"] - finding["lost_from"] + 1
    offsets = [json.loads(line)["offset"]
               for line in broker.sluice("consume", "t", "-B", "-e", "--format", "json").stdout.splitlines()]
    assert len(offsets) == 3000 - lost and offsets[-1] == 2999
    broker.sluice("produce", "t", input="more\n")
    assert broker.sluice_json("topic", "describe", "t")["partitions"][0]["end_offset"] == 3001


def test_a_folder_that_is_written_to_checks_sound(broker):
    broker.sluice("topic", "create", "t", "--config", "segment.bytes=1048576", "--config", "retention.bytes=4194304")
    with subprocess.Popen(
            [SLUICE, "bench", "produce", "t", "--seconds", "6", "--size", "500", "--data", str(broker.data)],
            stdout=subprocess.DEVNULL) as load:
        looks = 0
        while load.poll() is None:
            found = json.loads(run("log", "check", broker.data, "--output", "json").stdout)
            assert found["live"] and found["findings"] == []
            looks += 1
    assert looks > 1 and load.returncode == 0


def test_shell_completion(broker, tmp_path):
    broker.sluice("topic", "create", "accounts")
    for shell in ("bash", "zsh", "fish"):
        script = run("completions", shell)
        assert script.returncode == 0 and "reset-offsets" in script.stdout and "sluice complete topics" in script.stdout
        assert script.stdout == run("--generate-completion-script", shell).stdout
        if found := shutil.which(shell):
            (tmp_path / shell).write_text(script.stdout)
            subprocess.run([found, "-n", tmp_path / shell], check=True)
    environment = {**os.environ, "SLUICE_DATA": str(broker.data)}
    complete = lambda kind: subprocess.run(
        [SLUICE, "complete", kind], capture_output=True, text=True, env=environment).stdout.split()
    assert complete("topics") == ["accounts"] and complete("groups") == []
    assert run("complete", "topics").stdout == ""  # no broker here: quiet
    assert " complete" not in run("--help").stdout
    # bash really offers them.
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "sluice").symlink_to(SLUICE)
    offered = subprocess.run(
        ["bash", "-c", f"""source {tmp_path / 'bash'}
            COMP_WORDS=(sluice topic describe acc); COMP_CWORD=3; COMP_LINE='sluice topic describe acc'
            COMP_POINT=${{#COMP_LINE}}; _sluice sluice acc describe; printf '%s\\n' "${{COMPREPLY[@]}}" """],
        capture_output=True, text=True, env={**environment, "PATH": f"{folder}:{os.environ['PATH']}"})
    assert "accounts" in offered.stdout.split(), offered


def test_the_manual_page_names_every_command(tmp_path):
    page = tmp_path / "sluice.1"
    subprocess.run([TOP / "Scripts/generate-man", "--output", page], check=True, env={**os.environ, "SLUICE": SLUICE})
    text = page.read_text().replace("\\-", "-")
    for command in ("serve", "topic create", "group reset-offsets", "log check", "view create", "view delete", "view preview", "bench produce", "config set"):
        assert f'.SS "sluice {command}"' in text
    assert "sluice complete " not in text and "--to-earliest" in text
    if man := shutil.which("man"):
        shown = subprocess.run([man, "--warnings", "-l", page], capture_output=True, text=True, env={**os.environ, "MANWIDTH": "80"})
        assert shown.returncode == 0 and "warning" not in shown.stderr, shown.stderr


def test_docs_name_every_finding_and_exit_code():
    docs = (TOP / "Docs/cli.md").read_text()
    source = (TOP / "Sources/SegmentLog/LogFinding.swift").read_text()
    kinds = re.search(r"enum Kind.*?\n    }\n", source, re.S).group()
    for kind in re.findall(r'case (?:\w+ = "([\w-]+)"|(\w+))', kinds):
        assert f"`{kind[0] or kind[1]}`" in docs, kind
    for code in re.findall(r"case \w+ = (\d+)", (TOP / "Sources/sluice/Support/CommandStatus.swift").read_text()):
        assert re.search(rf"^\| {code}[ ,|]", docs, re.M), code
