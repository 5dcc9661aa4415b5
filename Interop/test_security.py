"""Logging in and being allowed, with the clients that there are: SASL PLAIN and SCRAM, a wrong password, a login that is renewed,
and what a client is told that an ACL denies it. Users and ACLs are made over the admin socket."""

import asyncio
import time

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError as AIOKafkaError
from confluent_kafka import Consumer as ConfluentConsumer
from confluent_kafka import Producer as ConfluentProducer
from kafka import KafkaConsumer, KafkaProducer
from kafka.errors import KafkaError
from kafka.protocol.metadata.metadata import MetadataRequest
from kafka.protocol.sasl import SaslAuthenticateRequest, SaslHandshakeRequest

from driven import Driver
from harness import eventually, kcat
from metrics import ADMIN, logins
from secured import GROUP, READ, TOPIC, WRITE, add_user, allow
from wire import Wire, make

MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
SASL = "SASL://localhost:0?sasl=PLAIN+SCRAM-SHA-256+SCRAM-SHA-512"


@pytest.fixture
def secure(start_broker):
    """A broker that asks for a login and denies what no ACL allows; alice may use topic and group, mallory nothing."""
    broker = start_broker("--set", "authorizer=acl", listeners=(SASL,))
    for user in ("alice", "mallory"):
        add_user(broker, user, f"secret of {user}")
    allow(broker, "alice", (TOPIC, "accounts", READ), (TOPIC, "accounts", WRITE), (GROUP, "readers", READ))
    broker.sluice("topic", "create", "accounts")
    return broker


def librdkafka(mechanism, user, password):
    return {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": mechanism, "sasl.username": user,
            "sasl.password": password}


def python_kafka(mechanism, user, password):
    return {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": mechanism, "sasl_plain_username": user,
            "sasl_plain_password": password}


def java(mechanism, user, password):
    module = "plain.PlainLoginModule" if mechanism == "PLAIN" else "scram.ScramLoginModule"
    return {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": mechanism,
            "sasl.jaas.config": f'org.apache.kafka.common.security.{module} required username="{user}" password="{password}";'}


def kcat_options(mechanism, user="alice", password="secret of alice"):
    return [word for name, value in librdkafka(mechanism, user, password).items() for word in ("-X", f"{name}={value}")]


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_kcat(secure, mechanism):
    options = kcat_options(mechanism)
    kcat("-b", secure.address, *options, "-P", "-t", "accounts", input=f"by {mechanism}")
    read = kcat("-b", secure.address, *options, "-C", "-t", "accounts", "-e", "-q")
    assert read.stdout == f"by {mechanism}\n"
    group = kcat("-b", secure.address, *options, "-q", "-e", "-X", "auto.offset.reset=earliest", "-G", "readers", "accounts")
    assert f"by {mechanism}" in group.stdout


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_confluent_kafka(secure, mechanism):
    login = {"bootstrap.servers": secure.address, **librdkafka(mechanism, "alice", "secret of alice")}
    producer = ConfluentProducer(login)
    producer.produce("accounts", b"one")
    assert producer.flush(30) == 0
    consumer = ConfluentConsumer({**login, "group.id": "readers", "auto.offset.reset": "earliest"})
    consumer.subscribe(["accounts"])
    found = eventually(lambda: (m := consumer.poll(0.5)) and m.error() is None and m, "a record")
    assert found.value() == b"one"
    consumer.close()


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_kafka_python(secure, mechanism):
    login = {"bootstrap_servers": secure.address, **python_kafka(mechanism, "alice", "secret of alice")}
    producer = KafkaProducer(**login)
    producer.send("accounts", b"one").get(30)
    producer.close()
    consumer = KafkaConsumer("accounts", group_id="readers", auto_offset_reset="earliest", **login)
    assert eventually(lambda: [r.value for b in consumer.poll(500).values() for r in b], "a record") == [b"one"]
    consumer.close()


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_aiokafka(secure, mechanism):
    async def send(password):
        producer = AIOKafkaProducer(bootstrap_servers=secure.address, **python_kafka(mechanism, "alice", password))
        await producer.start()
        try:
            return await producer.send_and_wait("accounts", b"one")
        finally:
            await producer.stop()

    assert asyncio.run(send("secret of alice")).offset == 0
    with pytest.raises(AIOKafkaError):
        asyncio.run(send("wrong"))


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_java(secure, tmp_path, mechanism):
    driver = Driver("java", tmp_path / "java.log")
    try:
        options = java(mechanism, "alice", "secret of alice")
        with driver.producer(secure.address, native=options) as producer:
            producer.put("accounts", ["one"])
        with driver.consumer(secure.address, "accounts", group="readers", reset="earliest", native=options) as consumer:
            assert consumer.values(1) == ["one"]
        with driver.producer(secure.address, timeout_ms=5_000, native=java(mechanism, "alice", "wrong")) as producer:
            (answer,) = producer.send("accounts", ["two"])
            assert answer["error"] == 58
        with driver.producer(secure.address, native=java(mechanism, "mallory", "secret of mallory")) as producer:
            (answer,) = producer.send("accounts", ["two"])
            assert answer["error"] == 29
    finally:
        driver.close()


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_wrong_password(secure, mechanism):
    result = kcat("-b", secure.address, *kcat_options(mechanism, password="hunter2"), "-L", "-m", "5", check=False)
    assert result.returncode != 0 and "Authentication failed" in result.stderr
    eventually(lambda: "a login failed: wrong user or password" in secure.log, "a line in the log")
    assert "user=alice" in secure.log and "hunter2" not in secure.log
    with pytest.raises(KafkaError):
        KafkaProducer(bootstrap_servers=secure.address, max_block_ms=3000,
                      **python_kafka(mechanism, "alice", "wrong")).send("accounts", b"x").get(5)


def test_no_login(secure):
    result = kcat("-b", secure.address, "-L", "-m", "5", check=False)
    assert result.returncode != 0
    with Wire(secure.port) as wire:
        assert wire.call(make(MetadataRequest, 1, topics=None)) is None
    eventually(lambda: "before the login" in secure.log, "a line in the log")


def test_clients_see_a_denial(secure):
    options = kcat_options("SCRAM-SHA-256", "mallory", "secret of mallory")
    read = kcat("-b", secure.address, *options, "-C", "-t", "accounts", "-e", check=False)
    assert "Topic authorization failed" in read.stderr
    group = kcat("-b", secure.address, *options, "-E", "-G", "readers", "accounts", "-e", check=False, patience=60)
    assert "authorization failed" in group.stderr
    listed = kcat("-b", secure.address, *options, "-L")
    assert "accounts" not in listed.stdout
    producer = ConfluentProducer({"bootstrap.servers": secure.address,
                                  **librdkafka("PLAIN", "mallory", "secret of mallory")})
    failures = []
    producer.produce("accounts", b"x", on_delivery=lambda error, _: failures.append(error))
    producer.flush(30)
    assert [failure.code() for failure in failures] == [29]
    eventually(lambda: "principal=User:mallory" in secure.log and "resource=TOPIC:accounts" in secure.log, "an audit line")


def test_logging_in_again(start_broker):
    """Clients come back in time on the same connection; one that doesn't is closed."""
    broker = start_broker(*ADMIN, "--set", "connections.max.reauth.ms=3000", listeners=(SASL,))
    add_user(broker, "alice", "secret of alice")
    broker.sluice("topic", "create", "accounts")
    producer = ConfluentProducer({"bootstrap.servers": broker.address,
                                  **librdkafka("SCRAM-SHA-512", "alice", "secret of alice")})
    failures = []

    def send():
        producer.produce("accounts", b"x", on_delivery=lambda error, _: error and failures.append(error))
        assert producer.flush(30) == 0

    send()
    first = logins(broker)

    def has_come_back_twice():
        send()
        return logins(broker) >= first + 8

    eventually(has_come_back_twice, "two more logins of two messages on each of the producer's two connections")
    assert failures == []
    with Wire(broker.port) as wire:
        assert wire.call(make(SaslHandshakeRequest, 1, mechanism="PLAIN")).error_code == 0
        answer = wire.call(make(SaslAuthenticateRequest, 2, auth_bytes=b"\0alice\0secret of alice"))
        assert answer.error_code == 0 and answer.session_lifetime_ms == 3000
        assert wire.call(make(MetadataRequest, 1, topics=None)) is not None
        started = time.monotonic()
        eventually(lambda: wire.call(make(MetadataRequest, 1, topics=None)) is None, "the connection is closed")
        assert time.monotonic() - started > 2


def test_bounds_before_a_login(secure):
    started = time.monotonic()
    with Wire(secure.port) as wire:
        wire.socket.sendall((65537).to_bytes(4, "big") + bytes(100))
        assert wire.stream.read(1) == b""
    with Wire(secure.port) as wire:
        assert wire.stream.read(1) == b""
    assert 9 < time.monotonic() - started < 30
    eventually(lambda: "no login within 10 s" in secure.log, "a line in the log")
