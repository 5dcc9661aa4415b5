"""Users, ACLs and certificates from the command: in a pipe and on a terminal, and the whole way with real clients."""

import json
import os
import re
import signal
import ssl
import stat
import subprocess

import pytest

from clients import consumer, read
from harness import SLUICE, eventually
from metrics import ADMIN, logins
from pty_terminal import Terminal
from test_cli_json import NUMBER, TEXT, shape

SECRET = "correct horse battery"
VARIABLES = ("SLUICE_USER", "SLUICE_PASSWORD", "SLUICE_PASSWORD_FILE", "SLUICE_COMMAND_CONFIG", "SLUICE_TRUST_FILE")


def run(*arguments, check=True, input=None, env=None, cwd=None):
    result = subprocess.run(
        [SLUICE, *map(str, arguments)], input=input, text=True, capture_output=True, timeout=120, cwd=cwd,
        env={key: value for key, value in os.environ.items() if key not in VARIABLES} | (env or {}))
    if check:
        assert result.returncode == 0, f"{arguments}: {result.stderr}"
    return result


def openssl(*arguments):
    return subprocess.run(["openssl", *map(str, arguments)], text=True, capture_output=True, timeout=60)


@pytest.fixture
def certs(tmp_path):
    folder = tmp_path / "certs"
    run("cert", "ca", "--directory", folder)
    run("cert", "server", "--directory", folder)
    return folder


# Certificates


def test_certificates_are_what_openssl_and_python_take(certs):
    made = json.loads(run("cert", "client", "alice", "--directory", certs, "--output", "json").stdout)
    shape(made, {"certificate": TEXT, "key": TEXT, "names": [TEXT], "not_after": NUMBER, "sha256": TEXT, "subject": "CN=alice"})
    for name, purpose in (("server", "sslserver"), ("alice", "sslclient")):
        good = openssl("verify", "-x509_strict", "-purpose", purpose, "-CAfile", certs / "ca.pem", certs / f"{name}.pem")
        assert good.returncode == 0, good.stderr
        # One isn't good for the other's purpose.
        other = "sslclient" if purpose == "sslserver" else "sslserver"
        assert openssl("verify", "-purpose", other, "-CAfile", certs / "ca.pem", certs / f"{name}.pem").returncode != 0
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certs / f"{name}.pem", certs / f"{name}.key")
        assert (certs / f"{name}.key").read_text().startswith("-----BEGIN PRIVATE KEY-----")
        assert stat.S_IMODE((certs / f"{name}.key").stat().st_mode) == 0o600
    text = openssl("x509", "-in", certs / "server.pem", "-noout", "-text").stdout
    assert "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1" in text
    printed = openssl("x509", "-in", certs / "alice.pem", "-noout", "-fingerprint", "-sha256").stdout
    assert printed.strip().split("=")[1].replace(":", "").lower() == made["sha256"]


def test_nothing_is_overwritten_unless_it_is_said(certs):
    before = (certs / "ca.key").read_bytes()
    refused = run("cert", "ca", "--directory", certs, check=False)
    assert refused.returncode == 6 and "--force" in refused.stderr
    assert (certs / "ca.key").read_bytes() == before
    run("cert", "server", "--directory", certs, "--host", "broker.example", "--days", "1", "--force")
    assert "DNS:broker.example\n" in openssl("x509", "-in", certs / "server.pem", "-noout", "-ext", "subjectAltName").stdout
    assert sorted(path.name for path in certs.iterdir()) == ["ca.key", "ca.pem", "server.key", "server.pem"]


def test_what_no_certificate_can_be_made_of(certs, tmp_path):
    missing = run("cert", "client", "x", "--directory", tmp_path / "none", check=False)
    assert missing.returncode == 3 and "sluice cert ca" in missing.stderr
    for words in (["server", "--host", "a b"], ["client", "../x"], ["client", "ca"], ["ca", "--days", "0"]):
        assert run("cert", *words, "--directory", certs, check=False).returncode == 2


# Users, in a pipe and on a terminal


@pytest.fixture
def secured(start_broker, certs):
    """A listener with TLS that asks for a login; ACLs in force."""
    listener = f"SECURE://localhost:0?tls={certs}/server.pem&key={certs}/server.key&sasl=PLAIN+SCRAM-SHA-256+SCRAM-SHA-512"
    broker = start_broker("--set", "authorizer=acl", listeners=(listener,))
    broker.certs = certs
    return broker


def settings(broker, user, password=SECRET, **more):
    path = broker.data.parent / f"{user}.properties"
    values = {
        "bootstrap.servers": broker.address, "security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": user, "sasl.password": password, "ssl.truststore.location": broker.certs / "ca.pem",
        "ssl.truststore.type": "PEM"} | {name.replace("_", "."): value for name, value in more.items()}
    path.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    path.chmod(0o600)
    return path


def add(broker, user, password=SECRET, *more):
    return broker.sluice("user", "add", user, "--password-stdin", *more, input=f"{password}\n")


def test_users_json_and_exit_codes(broker):
    broker.sluice("user", "add", "alice", "--password-stdin", input=SECRET)
    shape(broker.sluice_json("user", "list"),
          {"users": [{"credentials": [{"iterations": 4096, "mechanism": TEXT}], "user": "alice"}]})
    again = broker.sluice("user", "add", "alice", "--password-stdin", input=SECRET, check=False)
    assert again.returncode == 6 and "--replace" in again.stderr
    added = broker.sluice("user", "add", "bob", "--password-stdin", "--mechanism", "SCRAM-SHA-256", "--iterations", "8192",
                          "--output", "json", input=SECRET)
    shape(json.loads(added.stdout), {"iterations": 8192, "mechanisms": ["SCRAM-SHA-256"], "replaced": False, "user": "bob"})
    assert broker.sluice("user", "delete", "alice", check=False).returncode == 4
    shape(broker.sluice_json("user", "delete", "alice", "--yes"), {"deleted": [TEXT], "user": "alice"})
    near = broker.sluice("user", "delete", "bbo", "--yes", check=False)
    assert near.returncode == 3 and "did you mean bob?" in near.stderr
    assert SECRET not in broker.log


def test_a_made_password_stands_alone_on_standard_output(broker, tmp_path):
    made = broker.sluice("user", "add", "robot", "--generate")
    assert re.fullmatch(r"[A-Za-z2-9]{24}\n", made.stdout) and made.stdout.strip() not in made.stderr
    path = tmp_path / "other.txt"
    broker.sluice("user", "add", "other", "--generate", "--password-file", str(path), "--output", "json")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert broker.sluice("user", "add", "third", "--generate", "--password-file", str(path), check=False).returncode == 6


@pytest.fixture
def terminal(broker):
    opened = []

    def open_(*arguments, **options):
        opened.append(Terminal([SLUICE, *arguments, "--data", str(broker.data)], **options))
        return opened[-1]

    yield open_
    for one in opened:
        one.close()


def test_a_password_is_asked_for_and_not_shown(terminal, broker):
    term = terminal("user", "add", "alice")
    term.wait_for("New password of alice: ")
    term.write("wrogn\x7f\x7f\x7fong\x15" + SECRET + "\n")
    term.wait_for("The same again: ")
    term.write(SECRET + "\n")
    assert term.wait() == 0, term.output
    assert SECRET.encode() not in term.output and b"wro" not in term.output
    assert term.is_sane
    assert [user["user"] for user in broker.sluice_json("user", "list")["users"]] == ["alice"]


def test_two_that_differ_and_ctrl_c_set_none(terminal, broker):
    term = terminal("user", "add", "alice")
    term.wait_for("New password")
    term.write("one\n")
    term.wait_for("The same again")
    term.write("other\n")
    assert term.wait() == 2 and b"aren't the same" in term.output
    term = terminal("user", "add", "alice")
    term.wait_for("New password")
    term.write("on")
    term.interrupt()
    assert term.wait() == 130
    assert term.is_sane
    assert broker.sluice_json("user", "list") == {"users": []}


def test_a_pipe_is_not_asked(broker):
    refused = broker.sluice("user", "add", "alice", input="", check=False)
    assert refused.returncode == 2 and "--password-file" in refused.stderr


# The whole way


def test_the_whole_way(secured):
    add(secured, "alice")
    add(secured, "robot", SECRET, "--mechanism", "SCRAM-SHA-512")
    secured.sluice("topic", "create", "accounts")
    secured.sluice("acl", "add", "--allow-principal", "User:alice", "--producer", "--topic", "accounts")
    secured.sluice("acl", "add", "--allow-principal", "User:robot", "--consumer", "--topic", "accounts", "--group", "email-app")
    alice, robot = settings(secured, "alice"), settings(secured, "robot")
    run("produce", "accounts", "--command-config", alice, input="one\ntwo\n")
    # Who may only write may not read, and the other way round.
    for words in (["consume", "accounts", "-B", "-e", "--command-config", alice],
                  ["produce", "accounts", "--command-config", robot],
                  ["consume", "accounts", "-B", "-n", "1", "--group", "other", "--command-config", robot],
                  ["acl", "list", "--command-config", robot], ["user", "list", "--command-config", alice]):
        denied = run(*words, check=False, input="three\n")
        assert denied.returncode == 4, (words, denied.stderr)
    taken = run("consume", "accounts", "-B", "-n", "2", "--group", "email-app", "--command-config", robot)
    assert taken.stdout == "one\ntwo\n"
    # The same from the environment, and by a client of somebody else.
    variables = {"SLUICE_USER": "robot", "SLUICE_PASSWORD": SECRET, "SLUICE_TRUST_FILE": str(secured.certs / "ca.pem"),
                 "SLUICE_SECURITY_PROTOCOL": "SASL_SSL"}
    assert run("consume", "accounts", "-B", "-e", "-b", secured.address, env=variables).stdout == "one\ntwo\n"
    client = consumer(
        secured.address, "accounts", security_protocol="SASL_SSL", sasl_mechanism="SCRAM-SHA-512",
        sasl_plain_username="robot", sasl_plain_password=SECRET,
        ssl_cafile=str(secured.certs / "ca.pem"))
    assert [record.value for record in read(client, 2)] == [b"one", b"two"]
    client.close()
    # What is taken away is gone at the next request.
    secured.sluice("acl", "remove", "--allow-principal", "User:robot", "--topic", "accounts", "--yes")
    assert run("consume", "accounts", "-B", "-e", "--command-config", robot, check=False).returncode == 4
    # Who may administer does so from afar, over the same listener.
    add(secured, "ops")
    secured.sluice("acl", "add", "--allow-principal", "User:ops", "--operation", "all", "--cluster")
    ops = settings(secured, "ops")
    run("user", "add", "carol", "--password-stdin", "--command-config", ops, input=SECRET)
    run("acl", "add", "--allow-principal", "User:carol", "--topic", "*", "--command-config", ops)
    assert run("topic", "list", "--command-config", settings(secured, "carol")).stdout.startswith("TOPIC")
    run("user", "delete", "carol", "--yes", "--command-config", ops)
    assert run("topic", "list", "--command-config", settings(secured, "carol"), check=False).returncode == 4
    assert SECRET not in secured.log


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
def test_each_mechanism_and_each_way_to_write_it(secured, mechanism):
    add(secured, "alice")
    module = "plain.Plain" if mechanism == "PLAIN" else "scram.Scram"
    jaas = (f"org.apache.kafka.common.security.{module}LoginModule required \\\n"
            f"    username=\"alice\" \\\n    password=\"{SECRET}\";")
    for more in ({}, {"sasl_username": "", "sasl_password": "", "sasl_jaas_config": jaas}):
        path = settings(secured, "alice", sasl_mechanism=mechanism, **more)
        path.write_text("".join(line for line in path.read_text().splitlines(True) if not line.endswith("=\n")))
        assert run("topic", "list", "--command-config", path).returncode == 0


def test_what_is_wrong_is_said(secured, tmp_path):
    add(secured, "alice")
    other = tmp_path / "other"
    run("cert", "ca", "--directory", other)

    def failure(**more):
        path = settings(secured, "alice", **more)
        result = run("topic", "list", "--command-config", path, check=False)
        assert SECRET not in result.stderr and "Traceback" not in result.stderr
        return result.returncode, result.stderr

    code, text = failure(sasl_password="wrong-secret")
    assert code == 4 and "can't log in" in text and "wrong-secret" not in text
    code, text = failure(ssl_truststore_location=other / "ca.pem")
    assert code == 5 and "no authority in" in text
    code, text = failure(security_protocol="SASL_PLAINTEXT")
    assert code == 5 and ("TLS" in text or "closed the connection" in text)
    code, text = failure(sasl_mechansim="PLAIN")
    assert code == 0 and "did you mean sasl.mechanism?" in text
    code, text = failure(security_protocol="PLAINTEXT")
    assert code == 5 and "it may want TLS or a login" in text
    local = run("topic", "list", "--command-config", settings(secured, "alice"), "--data", secured.data, check=False)
    assert local.returncode == 2 and "administrator" in local.stderr


def test_acls_json_and_questions(secured):
    acl = {"host": TEXT, "name": TEXT, "operation": TEXT, "pattern": TEXT, "permission": TEXT, "principal": TEXT, "resource": TEXT}
    shape(secured.sluice_json("acl", "add", "--allow-principal", "User:bob", "--topic", "pii.", "--operation", "read",
                              "--resource-pattern-type", "prefixed"), {"added": [acl]})
    secured.sluice("acl", "add", "--deny-principal", "User:eve", "--topic", "*")
    listed = secured.sluice_json("acl", "list", "--topic", "pii.users")
    shape(listed, {"acls": [acl]})
    assert {entry["principal"] for entry in listed["acls"]} == {"User:bob", "User:eve"}
    table = secured.sluice("acl", "list").stdout.splitlines()
    assert table[0].split() == ["PRINCIPAL", "PERMISSION", "OPERATION", "RESOURCE", "NAME", "PATTERN", "HOST"] and len(table) == 3
    refused = secured.sluice("acl", "remove", "--topic", "*", check=False)
    assert refused.returncode == 4 and "--yes" in refused.stderr
    term = Terminal([SLUICE, "acl", "remove", "--topic", "*", "--data", str(secured.data)])
    term.wait_for("Remove 1 ACL? [y/N]")
    term.write("y\n")
    assert term.wait() == 0 and b"User:eve" in term.output
    term.close()
    shape(secured.sluice_json("acl", "remove", "--allow-principal", "User:bob", "--force"), {"removed": [acl]})
    assert secured.sluice("acl", "remove", "--topic", "none", "--yes", check=False).returncode == 3
    assert secured.sluice_json("acl", "list") == {"acls": []}

# Certificates of brokers and users, over TLS


@pytest.fixture
def mutual(start_broker, certs):
    """A listener whose clients show certificates."""
    run("cert", "client", "alice", "--directory", certs)
    listener = f"TLS://localhost:0?tls={certs}/server.pem&key={certs}/server.key&client-ca={certs}/ca.pem"
    broker = start_broker(listeners=(listener, "PLAIN://localhost:0"))
    broker.certs = certs
    return broker


def with_certificate(broker, name="alice"):
    return {"SLUICE_TRUST_FILE": str(broker.certs / "ca.pem"), "SLUICE_CERTIFICATE_FILE": str(broker.certs / f"{name}.pem"),
            "SLUICE_KEY_FILE": str(broker.certs / f"{name}.key")}


def test_a_certificate_opens_a_listener_that_asks_for_one(mutual):
    mutual.sluice("topic", "create", "t")
    shown = with_certificate(mutual)
    run("produce", "t", "-b", mutual.address, input="one\n", env=shown)
    assert run("consume", "t", "-B", "-e", "-b", mutual.address, env=shown).stdout == "one\n"
    # Kafka's PEM keystore: key and chain in one file.
    store = mutual.certs / "alice-store.pem"
    store.write_text((mutual.certs / "alice.key").read_text() + (mutual.certs / "alice.pem").read_text())
    properties = mutual.certs / "alice.properties"
    properties.write_text(f"security.protocol=SSL\nssl.truststore.location={mutual.certs}/ca.pem\n"
                          f"ssl.keystore.type=PEM\nssl.keystore.location={store}\n")
    assert run("topic", "list", "-b", mutual.address, "--command-config", properties).returncode == 0
    none = run("topic", "list", "-b", mutual.address, env={"SLUICE_TRUST_FILE": shown["SLUICE_TRUST_FILE"]}, check=False)
    assert none.returncode == 5 and "it wants a client certificate" in none.stderr, none.stderr


def test_of_the_wrong_listener_the_command_says_what_it_is(mutual):
    tls, plain = (f"localhost:{port}" for port in mutual.ports)
    without = run("topic", "list", "-b", tls, check=False)
    assert without.returncode == 5 and ("speaks TLS" in without.stderr or "may want TLS" in without.stderr), without.stderr
    with_tls = run("topic", "list", "-b", plain, env=with_certificate(mutual), check=False)
    assert with_tls.returncode == 5 and "doesn't speak TLS" in with_tls.stderr, with_tls.stderr


def test_a_certificate_for_another_name_is_not_taken(mutual):
    shown = with_certificate(mutual)
    run("cert", "server", "--directory", mutual.certs, "--host", "broker.example", "--force")
    mutual.process.send_signal(signal.SIGHUP)

    def refused():
        result = run("topic", "list", "-b", mutual.address, env=shown, check=False)
        return result if result.returncode == 5 else None

    answer = eventually(refused, "the broker has the new certificate")
    assert "it is for broker.example, not for localhost" in answer.stderr, answer.stderr
    by_address = run("topic", "list", "-b", f"127.0.0.1:{mutual.port}", env=shown, check=False)
    assert "not for 127.0.0.1" in by_address.stderr, by_address.stderr


def test_who_reads_on_logs_in_again_in_time(start_broker):
    """KIP-368: the broker ends a login after two seconds; the command goes on for longer than that."""
    broker = start_broker(
        *ADMIN, "--set", "connections.max.reauth.ms=2000", listeners=("SECURE://localhost:0?sasl=SCRAM-SHA-512",))
    add(broker, "alice")
    broker.sluice("topic", "create", "t")
    who = {"SLUICE_USER": "alice", "SLUICE_PASSWORD": SECRET}
    with subprocess.Popen(
            [SLUICE, "consume", "t", "-B", "-n", "4", "--group", "g", "-b", broker.address], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **who}) as reader:
        read_lines = []
        for number in range(4):
            run("produce", "t", "-b", broker.address, input=f"{number}\n", env=who)
            read_lines.append(reader.stdout.readline())
            seen = logins(broker)
            if number < 3:
                eventually(lambda: logins(broker) >= seen + 4, "the reader's two connections have logged in again")
        assert reader.wait(60) == 0, reader.stderr.read()
        assert read_lines == [f"{number}\n" for number in range(4)]
        assert reader.stderr.read() == ""
    assert "has lapsed" not in broker.log


def test_a_certificate_is_a_user_with_acls(start_broker, certs):
    for name in ("alice", "bob"):
        run("cert", "client", name, "--directory", certs)
    listener = f"TLS://localhost:0?tls={certs}/server.pem&key={certs}/server.key&client-ca={certs}/ca.pem"
    broker = start_broker("--set", "authorizer=acl", listeners=(listener,))
    broker.certs = certs
    broker.sluice("topic", "create", "t")
    broker.sluice("acl", "add", "--allow-principal", "User:CN=alice", "--operation", "write", "--topic", "t")
    run("produce", "t", "-b", broker.address, input="one\n", env=with_certificate(broker))
    denied = run("produce", "t", "-b", broker.address, input="two\n", env=with_certificate(broker, "bob"), check=False)
    assert denied.returncode == 4, denied.stderr


def test_acls_that_nobody_asks_are_said_to_be_so(broker):
    added = broker.sluice("acl", "add", "--allow-principal", "User:alice", "--topic", "t")
    assert "its authorizer is none" in added.stderr
