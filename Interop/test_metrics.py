"""What the admin listener shows: read by Prometheus' own parser, and in agreement with what clients did."""

import http.client
import re
import socket
import time

import pytest
from kafka.protocol.consumer import OffsetCommitRequest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics

from clients import Group
from harness import SSN, TOP, build_guest, eventually, kcat
from metrics import ADMIN, Scrape, admin_port, get, scrape
from wire import Wire, batch, fetch, make, produce


def test_counts_agree_with_what_clients_did(start_broker):
    broker = start_broker(*ADMIN)
    broker.sluice("topic", "create", "t", "--partitions", "2")
    before = scrape(broker)
    with Wire(broker.port) as wire:
        for n in range(10):
            answer = wire.call(produce("t", batch([b"%d" % n] * 5))).responses[0].partition_responses[0]
            assert answer.error_code == 0
        assert wire.call(produce("nosuch", batch([b"x"]))).responses[0].partition_responses[0].error_code == 3
    size = sum(f.stat().st_size for f in broker.data.glob("t-*/*.log"))
    after = scrape(broker)
    assert after.get("sluice_topic_produced_records_total", topic="t") == 50
    assert after.get("sluice_topic_produced_bytes_total", topic="t") == size
    assert after.get("sluice_log_bytes", topic="t") == size
    assert after.get("sluice_log_end_offset", topic="t") == 50
    assert after.get("sluice_topic_partitions", topic="t") == 2
    produced = {labels: after.get("sluice_requests_total", api="Produce", error=labels)
                - before.get("sluice_requests_total", api="Produce", error=labels)
                for labels in ("NONE", "UNKNOWN_TOPIC_OR_PARTITION")}
    assert produced == {"NONE": 10, "UNKNOWN_TOPIC_OR_PARTITION": 1}
    assert (after.get("sluice_request_seconds_count", api="Produce")
            - before.get("sluice_request_seconds_count", api="Produce")) == 11
    assert after.get("sluice_log_flush_seconds_count") > before.get("sluice_log_flush_seconds_count")
    assert after.get("sluice_log_flush_failures_total") == 0

    with Group(broker, "g", "t") as group:
        assert len(group.read(50)) == 50
        group.client.commit()
        during = scrape(broker)
        assert during.get("sluice_group_members", group="g") == 1
        assert during.get("sluice_groups", state="Stable") == 1
        assert during.get("sluice_group_lag", group="g", topic="t") == 0
        assert during.get("sluice_topic_fetched_bytes_total", topic="t") >= size
    with Wire(broker.port) as reader, Wire(broker.port) as wire:
        parked = reader.send(fetch("t", 50, max_wait_ms=60_000))
        eventually(lambda: scrape(broker).get("sluice_fetch_parked") == 1, "a parked fetch")
        wire.call(produce("t", batch([b"a", b"b", b"c"])))
        assert reader.receive(parked).responses[0].partitions[0].high_watermark == 53
    later = scrape(broker)
    assert later.get("sluice_group_lag", group="g", topic="t") == 3
    assert later.get("sluice_groups", state="Empty") == 1
    assert later.get("sluice_connections_accepted_total") > 0
    assert later.get("process_resident_memory_bytes") > 1e6
    assert later.get("process_open_fds") > 5
    assert 0 < later.get("sluice_uptime_seconds") < 3600
    assert abs(later.get("process_start_time_seconds") + later.get("sluice_uptime_seconds") - time.time()) < 60
    assert later.get("sluice_build_info", version=broker.sluice("--version").stdout.strip()) == 1
    # Counters never go back.
    for key, value in before.samples.items():
        if key[0].endswith(("_total", "_bucket", "_count")):
            assert later.samples[key] >= value, key


def test_both_formats_are_read_and_say_the_same(start_broker):
    broker = start_broker(*ADMIN)
    broker.sluice("topic", "create", "t")
    kcat("-b", broker.address, "-P", "-t", "t", input="a\nb\n")
    status, text, headers = get(
        broker, "/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"})
    assert status == 200 and headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    openmetrics, plain = Scrape(text, parse_openmetrics), scrape(broker)
    assert openmetrics.get("sluice_topic_produced_records_total", topic="t") == 2
    assert plain.get("sluice_topic_produced_records_total", topic="t") == 2
    assert {name for name, _ in openmetrics.samples} == {name for name, _ in plain.samples}
    assert openmetrics.types["sluice_request_seconds"] == "histogram"
    assert set(openmetrics.types.values()) == {"counter", "gauge", "histogram"}


def test_every_metric_of_the_table_is_there_and_no_other(start_broker):
    broker = start_broker(*ADMIN, "--set", "metrics.partitions=true")
    broker.sluice("topic", "create", "t")
    table = re.findall(r"^\| `(\w+)` \|", (TOP / "Docs/metrics.md").read_text(), re.M)
    _, text, _ = get(broker, "/metrics")
    assert sorted(table) == sorted(re.findall(r"^# TYPE (\w+) ", text, re.M))
    assert scrape(broker).get("sluice_partition_log_end_offset", topic="t", partition="0") == 0


def test_views_outcomes_and_evidence(start_broker, tmp_path):
    broker = start_broker(*ADMIN)
    broker.sluice("topic", "create", "accounts")
    module = build_guest(tmp_path, "mixed", """
        if (holds(record, 'd')) record->verdict = SLUICE_DROP;
        else if (holds(record, 'e')) record->verdict = SLUICE_ERROR;
        else record->verdict = SLUICE_KEEP;""")
    broker.deploy("mixed", module)
    broker.view("mixed-view", "mixed@1", "drop")
    broker.bind("email-app", "mixed-view")
    broker.scrub(group="other-app")
    values = [f"k {SSN}", "k", "d", "d", "d", "e"]
    kcat("-b", broker.address, "-P", "-t", "accounts", input="\n".join(values) + "\n")
    with Group(broker, "email-app", "accounts", client_id="email-app") as group:
        assert len(group.read(2)) == 2
    with Wire(broker.port, client_id="nobody") as wire:
        assert wire.call(fetch("accounts", 0, max_wait_ms=10)).responses[0].partitions[0].error_code == 29
    seen = scrape(broker)
    records = {result: seen.get("sluice_view_records_total", view="mixed-view@1", result=result)
               for result in ("kept", "changed", "dropped", "failed")}
    reads = records["kept"] / 2
    assert reads >= 1 and records == {"kept": 2 * reads, "changed": 0, "dropped": 3 * reads, "failed": reads}
    assert seen.get("sluice_view_failures_total", view="mixed-view@1", **{"class": "module_error"}) == reads
    assert seen.get("sluice_view_guest_seconds_total", view="mixed-view@1") > 0
    assert seen.get("sluice_view_outcomes_total", outcome="view") >= 1
    assert seen.get("sluice_view_outcomes_total", outcome="deny") >= 1
    assert seen.sum("sluice_attribution_evidence_total") >= 2
    assert seen.get("sluice_policy_bindings") == 2
    assert seen.get("sluice_policy_modules") == 2
    assert seen.get("sluice_wasm_compiles_total") >= 2
    assert seen.get("sluice_wasm_instances_total") >= 1
    # Nothing of a record, no client, no address.
    _, text, _ = get(broker, "/metrics")
    for secret in (SSN, "nobody", "127.0.0.1", "rdkafka"):
        assert secret not in text
    broker.assert_silent()


def test_hostile_names_and_many_of_them(start_broker):
    broker = start_broker(*ADMIN, "--set", "metrics.topics.max=20", "--set", "metrics.groups.max=5")
    hostile = 'g"} 1\nsluice_evil 2\\\x1b[2J'
    with Wire(broker.port) as wire:
        broker.sluice("topic", "create", "t")

        def commit(group):
            return wire.call(make(
                OffsetCommitRequest, 7, group_id=group, generation_id_or_member_epoch=-1, member_id="",
                group_instance_id=None, topics=[{"name": "t", "partitions": [
                    {"partition_index": 0, "committed_offset": 0, "committed_metadata": ""}]}]))

        assert commit(hostile).topics[0].partitions[0].error_code == 0
        assert "sluice_evil" not in {name for name, _ in scrape(broker).samples}
        for n in range(30):
            commit(f"group-{n}")
        wire.call(produce("t", batch([b"x"])))
        seen = scrape(broker)
        groups = {dict(labels)["group"] for name, labels in seen.samples if name == "sluice_group_lag"}
        assert len(groups) == 6 and "(other)" in groups
        assert seen.sum("sluice_group_lag", topic="t") == 31
    for n in range(25):
        broker.sluice("topic", "create", f"many-{n:02}")
    seen = scrape(broker)
    topics = {dict(labels)["topic"] for name, labels in seen.samples if name == "sluice_topic_partitions"}
    assert len(topics) == 21 and "(other)" in topics
    assert seen.sum("sluice_topic_partitions") == 4 + 50 + 1 + 25  # of the broker: policy, errors, security; offsets


@pytest.mark.parametrize("data", [
    b"", b"\x00" * 100, b"GET /metrics HTTP/1.1\r\nX: " + b"y" * 100_000, b"POST /metrics HTTP/1.1\r\nContent-Length: 9\r\n\r\n",
    b"GET " + b"/" * 20_000, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET /metrics HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n",
], ids=["nothing", "zeros", "long header", "body", "long path", "http2", "many headers"])
def test_hostile_http(start_broker, data):
    broker = start_broker(*ADMIN)
    with socket.create_connection(("127.0.0.1", admin_port(broker)), timeout=60) as connection:
        received = b""
        try:
            connection.sendall(data)
            while chunk := connection.recv(65536):
                received += chunk
        except (ConnectionResetError, BrokenPipeError):
            pass
    assert b" 200 " not in received
    assert get(broker, "/health")[:2] == (200, "alive\n")


def test_slow_connections_hold_nobody_up(start_broker):
    broker = start_broker(*ADMIN)
    idle = [socket.create_connection(("127.0.0.1", admin_port(broker))) for _ in range(100)]
    for connection in idle:
        try:
            connection.sendall(b"GET /metr")
        except OSError:
            pass
    # Those past the bound are closed at once, the others after 5 s; then there is room again.
    eventually(lambda: answered(broker), "an answer")
    kcat("-b", broker.address, "-L")
    for connection in idle:
        connection.close()


def answered(broker):
    try:
        return get(broker, "/ready")[0] == 200
    except (OSError, http.client.HTTPException):
        return False


def test_pages_and_methods(start_broker):
    broker = start_broker(*ADMIN)
    assert get(broker, "/health")[:2] == (200, "alive\n")
    assert get(broker, "/ready")[:2] == (200, "ready\n")
    assert get(broker, "/nothing")[0] == 404
    status, text, headers = get(broker, "/metrics", method="HEAD")
    assert (status, text) == (200, "") and int(headers["content-length"]) > 1000
    status, _, headers = get(broker, "/metrics", method="POST")
    assert status == 405 and headers["allow"] == "GET, HEAD"


def test_no_admin_listener_unless_asked_for(broker):
    assert "metrics and health" not in broker.log


def test_closed_and_refused_connections_are_counted(start_broker):
    broker = start_broker(*ADMIN, "--set", "max.connections=3", "--set", "connections.max.idle.ms=1000")
    with socket.create_connection(("127.0.0.1", broker.port), timeout=60) as connection:
        connection.sendall(b"\xff\xff\xff\xff")
        assert connection.recv(1) == b""
    idle = [socket.create_connection(("127.0.0.1", broker.port), timeout=60) for _ in range(5)]
    for connection in idle:
        try:
            assert connection.recv(1) == b""
        except ConnectionResetError:
            pass

    def counted():
        seen = scrape(broker)
        return (seen.get("sluice_connections_closed_total", reason="malformed") == 1
                and seen.get("sluice_connections_refused_total", reason="limit") == 2
                and seen.get("sluice_connections_closed_total", reason="idle") == 3
                and seen.get("sluice_connections") == 0)

    eventually(counted, "the counts")
