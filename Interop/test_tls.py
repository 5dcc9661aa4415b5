"""Listeners with TLS: every client reads and writes, a certificate is a principal, and who doesn't belong is refused."""

import os
import signal
import ssl
import socket
import subprocess

import pytest

from certificates import Certificates
from driven import Drivers
from harness import MASK, SSN, eventually, kcat

CLIENTS = ["kcat", "confluent-kafka", "kafka-python", "aiokafka", "java"]
RULES = ("--set", "ssl.principal.mapping.rules=RULE:^CN=([^,]*),OU=Users,.*$/$1/,DEFAULT")
ALICE = "/O=Widgets/OU=Users/CN=alice"


@pytest.fixture(scope="module")
def drivers(tmp_path_factory):
    drivers = Drivers(tmp_path_factory.mktemp("drivers"))
    yield drivers
    drivers.close()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    certificates = Certificates(tmp_path_factory.mktemp("certificates"))
    certificates.issue("alice", ALICE)
    certificates.issue("bob", "/O=Widgets/OU=Users/CN=bob")
    return certificates


@pytest.fixture
def secure(start_broker, certificates):
    """A broker that demands certificates, and has a listener in the clear beside it."""
    return start_broker(
        *RULES, listeners=(certificates.listener(f"client-ca={certificates['ca.pem']}"), "PLAIN://localhost:0"))


@pytest.mark.parametrize("client", CLIENTS)
def test_tls_carries_records_of_all_sizes(start_broker, certificates, drivers, client):
    broker = start_broker(listeners=(certificates.listener(),))
    broker.sluice("topic", "create", "t", "--partitions", "2")
    driver, native = drivers(client), certificates.native(client)
    values = [f"record {n} " + "x" * (n * 3000) for n in range(60)]
    with driver.producer(broker.address, native=native) as producer:
        producer.put("t", [[0, None, value, []] for value in values])
    with driver.consumer(broker.address, assign=[["t", 0]], native=native) as consumer:
        assert consumer.values(len(values)) == values
    with driver.consumer(broker.address, "t", group="g", native=native) as consumer:
        assert sorted(consumer.values(len(values))) == sorted(values)
    broker.assert_silent("record 1 ")


@pytest.mark.parametrize("client", CLIENTS)
def test_a_view_is_for_a_principal_whom_a_certificate_proves(secure, certificates, drivers, client):
    """Alice has the view, also where she names no group; Bob, with the same right to connect, has the default."""
    secure.sluice("topic", "create", "accounts")
    secure.scrub(group="unused")
    secure.sluice("view", "set", "--principal", "User:alice", "--topic", "accounts", "scrub-ssn", "--yes")
    driver = drivers(client)
    with driver.producer(secure.address, native=certificates.native(client, "alice")) as producer:
        producer.put("accounts", [[0, None, f"ssn {SSN}", []]])
    for place in ({"assign": [["accounts", 0]]}, {"group": "mine"}):
        topics = () if "assign" in place else ("accounts",)
        with driver.consumer(
                secure.address, *topics, **place, native=certificates.native(client, "alice")) as consumer:
            assert consumer.values(1) == [f"ssn {MASK}"]
    with driver.consumer(
            secure.address, assign=[["accounts", 0]], native=certificates.native(client, "bob")) as consumer:
        consumer.wait_error(29)
        assert consumer.look().records == []
    assert "refused a reader" in secure.log and "principal=User:bob" in secure.log
    secure.assert_silent()


def test_a_login_over_tls_says_who_this_is(start_broker, certificates):
    """Alice's certificate, and Bob's password: it is Bob."""
    options = (f"client-ca={certificates['ca.pem']}", "sasl=PLAIN")
    broker = start_broker(*RULES, listeners=(certificates.listener(*options),))
    broker.sluice("user", "add", "bob", "--password-stdin", input="secret\n")
    broker.sluice("topic", "create", "accounts")
    broker.scrub(group="unused")
    broker.sluice("view", "set", "--principal", "User:bob", "--topic", "accounts", "scrub-ssn", "--yes")
    broker.sluice("produce", "accounts", input=f"ssn {SSN}\n")
    native = certificates.native("kcat", "alice") | {
        "security.protocol": "sasl_ssl", "sasl.mechanism": "PLAIN", "sasl.username": "bob", "sasl.password": "secret"}
    settings = [argument for name, value in native.items() for argument in ("-X", f"{name}={value}")]
    read = ("-b", broker.address, "-C", "-t", "accounts", "-e", "-q", *settings)
    assert kcat(*read).stdout == f"ssn {MASK}\n"
    assert kcat(*read, "-X", "sasl.password=wrong", check=False, patience=120).stdout == ""
    broker.assert_silent()


def test_who_does_not_belong_is_refused_with_a_line_that_says_why(secure, certificates):
    certificates.authority("elsewhere")
    certificates.issue("mallory", ALICE, by="elsewhere")
    certificates.issue("expired", ALICE, days=-1)

    def ask(port, *settings):
        arguments = [argument for setting in settings for argument in ("-X", setting)]
        return kcat("-b", f"localhost:{port}", "-L", "-m", "3", *arguments, check=False)

    def settings(name=None, ca="ca"):
        return [f"{key}={value}" for key, value in certificates.native("kcat", name, ca).items()]

    assert ask(secure.ports[0], *settings("alice")).returncode == 0
    for given, line in (
            (settings(), "it sent no certificate"), (settings("mallory"), "isn't valid here"),
            (settings("expired"), "isn't valid here"), (settings("alice", "elsewhere"), "doesn't trust this listener"),
            ([], "a client without TLS connected to the TLS listener TLS")):
        seen = len(secure.log)
        assert ask(secure.ports[0], *given).returncode != 0
        eventually(lambda: line in secure.log[seen:], line)
    seen = len(secure.log)
    assert ask(secure.ports[1], *settings("alice")).returncode != 0
    eventually(lambda: "a client with TLS connected to the listener PLAIN" in secure.log[seen:], "a line")


@pytest.mark.parametrize("version", ["tls1", "tls1_1"])
def test_old_protocols_are_not_spoken(secure, version):
    result = subprocess.run(
        ["openssl", "s_client", f"-{version}", "-cipher", "ALL:@SECLEVEL=0", "-connect", f"127.0.0.1:{secure.port}"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert result.returncode != 0
    eventually(lambda: "offers no protocol of ssl.enabled.protocols" in secure.log, "a line")


def test_a_client_can_not_renegotiate(start_broker, certificates):
    broker = start_broker(listeners=(certificates.listener(),))
    process = subprocess.Popen(
        ["openssl", "s_client", "-tls1_2", "-legacy_renegotiation", "-connect", f"127.0.0.1:{broker.port}"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    process.stdin.write("R\n")
    process.stdin.flush()
    # It ends by itself when the broker closes the connection.
    output = process.stdout.read()
    assert process.wait(60) != 0
    assert "RENEGOTIATING" in output and "error" in output, output


def test_session_tickets_do_not_outlive_a_removed_authority(start_broker, certificates):
    """A client that resumes its session is served while its authority is trusted; not after."""
    trust = certificates.folder / "trust.pem"
    certificates.authority("second")
    certificates.issue("carol", "/CN=carol", by="second")
    trust.write_text((certificates.folder / "ca.pem").read_text() + (certificates.folder / "second.pem").read_text())
    broker = start_broker(listeners=(certificates.listener(f"client-ca={trust}"),))
    context = ssl.create_default_context(cafile=certificates["ca.pem"])
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificates["carol.pem"], certificates["carol.key"])

    def connect(session=None):
        with socket.create_connection(("localhost", broker.port)) as plain:
            with context.wrap_socket(plain, server_hostname="localhost", session=session) as secured:
                # ApiVersions, version 0.
                secured.sendall(b"\0\0\0\x0c\0\x12\0\0\0\0\0\x07\0\x02me")
                assert secured.recv(8)[4:] == b"\0\0\0\x07"
                return secured.session, secured.session_reused

    session, _ = connect()
    assert connect(session)[1], "the session was resumed"
    trust.write_text((certificates.folder / "ca.pem").read_text())
    os.kill(broker.process.pid, signal.SIGHUP)
    eventually(lambda: "the certificates of a listener were read again" in broker.log, "the reload")
    with pytest.raises((ssl.SSLError, ConnectionError, AssertionError)):
        connect(session)


def test_settings_that_can_not_be_end_the_start(start_broker, certificates):
    for arguments, listener, words in (
            ((), certificates.listener("client-ca=/nowhere.pem"), "can't read client-ca=/nowhere.pem"),
            ((), "TLS://localhost:0?key=a.key", "key= comes behind the tls="),
            (("--set", "ssl.principal.mapping.rules=RULE:(a)\\1/x/"), certificates.listener(), '"RULE:(a)\\1/x/": its pattern has \\1'),
            (("--set", "ssl.enabled.protocols=TLSv1.1"), certificates.listener(), "TLSv1.1"),
            (("--set", "ssl.keystore.location=x.jks"), certificates.listener(), "tls=CERT.pem&key=KEY.pem")):
        with pytest.raises(AssertionError, match="the broker ended") as failure:
            start_broker(*arguments, listeners=(listener,))
        assert words in str(failure.value)
