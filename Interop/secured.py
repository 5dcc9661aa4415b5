"""Users and ACLs of a broker, made over its admin socket, and the login of a scripted connection."""

import hashlib

from kafka.protocol.admin.acl import CreateAclsRequest
from kafka.protocol.admin.users import AlterUserScramCredentialsRequest
from kafka.protocol.sasl import SaslAuthenticateRequest, SaslHandshakeRequest

from wire import AdminWire, make

TOPIC, GROUP = 2, 3
ALL, READ, WRITE = 2, 3, 4
LITERAL, PREFIXED = 3, 4


def add_user(broker, name, password, iterations=4096):
    upsertions = []
    for mechanism, hashed in ((1, "sha256"), (2, "sha512")):
        salt = f"salt of {name}".encode()
        salted = hashlib.pbkdf2_hmac(hashed, password.encode(), salt, iterations)
        upsertions.append({"name": name, "mechanism": mechanism, "iterations": iterations, "salt": salt,
                           "salted_password": salted})
    with AdminWire(broker) as wire:
        answer = wire.call(make(AlterUserScramCredentialsRequest, 0, deletions=[], upsertions=upsertions))
        assert [result.error_code for result in answer.results] == [0]


def allow(broker, user, *rights):
    """`rights`: (resource type, name, operation), or with the kind of pattern behind."""
    creations = []
    for kind, name, operation, *pattern in rights:
        creations.append(
            {"resource_type": kind, "resource_name": name, "resource_pattern_type": pattern[0] if pattern else LITERAL,
             "principal": f"User:{user}", "host": "*", "operation": operation, "permission_type": 3})
    with AdminWire(broker) as wire:
        answer = wire.call(make(CreateAclsRequest, 3, creations=creations))
        assert [result.error_code for result in answer.results] == [0] * len(creations)


def log_in(wire, user, password):
    """By PLAIN; returns the error code."""
    assert wire.call(make(SaslHandshakeRequest, 1, mechanism="PLAIN")).error_code == 0
    return wire.call(make(SaslAuthenticateRequest, 2, auth_bytes=f"\0{user}\0{password}".encode())).error_code
