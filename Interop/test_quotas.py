"""Quotas: set with the command, kept over a restart, and clients told to wait by throttle times (KIP-219)."""

import time

from confluent_kafka import Producer

from wire import Wire, batch, make
from kafka.protocol.producer import ProduceRequest


def test_a_client_above_its_quota_is_told_to_wait_and_loses_nothing(start_broker):
    broker = start_broker("--set", "quota.window.num=1")
    broker.sluice("topic", "create", "t")
    done = broker.sluice("quota", "set", "--default-client-id", "producer_byte_rate=200000")
    assert done.stdout == "set producer_byte_rate=200000 for client-id (default)\n"
    waits, failures = [], []
    producer = Producer({
        "bootstrap.servers": broker.address, "client.id": "eager", "linger.ms": 0, "batch.size": 60_000,
        "throttle_cb": lambda event: waits.append(event.throttle_time)})
    began = time.monotonic()
    for number in range(40):
        producer.produce("t", bytes(10_000), on_delivery=lambda error, _: error and failures.append(error))
    assert producer.flush(60) == 0 and not failures
    # 400 kB at 200 kB a second, of which the first second is free.
    assert time.monotonic() - began > 0.5
    assert max(waits) > 0
    assert int(broker.sluice_json("topic", "describe", "t")["partitions"][0]["end_offset"]) == 40


def test_the_command_sets_lists_and_removes(start_broker):
    broker = start_broker()
    broker.sluice("quota", "set", "--user", "ada", "--default-client-id", "request_percentage=12.5", "producer_byte_rate=1000")
    broker.sluice("quota", "set", "--default-ip", "connection_creation_rate=1000")
    listed = {"quotas": [
        {"entity": [{"name": None, "type": "ip"}], "limits": {"connection_creation_rate": "1000"}},
        {"entity": [{"name": "ada", "type": "user"}, {"name": None, "type": "client-id"}],
         "limits": {"producer_byte_rate": "1000", "request_percentage": "12.5"}}]}
    assert broker.sluice_json("quota", "list") == listed
    broker.stop()
    broker.start()
    assert broker.sluice_json("quota", "list") == listed
    removed = broker.sluice("quota", "unset", "--user", "ada", "--default-client-id", "request_percentage")
    assert removed.stdout == "removed request_percentage of user ada, client-id (default)\n"
    assert broker.sluice("quota", "unset", "--user", "bob", check=False).returncode == 3
    typo = broker.sluice("quota", "set", "--user", "ada", "producer_byte_rat=1", check=False)
    assert typo.returncode == 2 and "did you mean producer_byte_rate?" in typo.stderr
    zero = broker.sluice("quota", "set", "--user", "ada", "producer_byte_rate=0", check=False)
    assert zero.returncode == 1 and "whole number from 1" in zero.stderr


def test_an_address_above_its_rate_is_cut_off(start_broker):
    broker = start_broker("--set", "quota.window.num=1")
    broker.sluice("quota", "set", "--ip", "127.0.0.1", "connection_creation_rate=1")
    answered = 0
    request = make(ProduceRequest, 3, acks=-1, timeout_ms=1000, topic_data=[])
    for _ in range(5):
        try:
            with Wire(broker.port) as wire:
                answered += wire.call(request) is not None
        except (ConnectionResetError, BrokenPipeError):
            pass
    assert 1 <= answered < 5
    broker.sluice("quota", "unset", "--ip", "127.0.0.1")
    with Wire(broker.port) as wire:
        assert wire.call(request) is not None
