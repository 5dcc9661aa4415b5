#!/usr/bin/env python3
"""Golden messages, written by kafka-python's own protocol classes, which read Kafka's JSON schemas.

    pip install kafka-python==3.0.12
    ./messages.py write                      # writes messages.txt, which KafkaMessagesTests read and write again
    ./messages.py show FetchResponse 12      # the fields of one message, as the tests compare them

A line is `<name> <version> <full|sparse> <hash> <hex of the body>`: every API of Sluice, in every version.
`full` sets each field, nullable and tagged ones too, to a value of its own; `sparse` has null wherever it may be and no tags.
The hash (FNV-1a, 64 bits) is over the sorted lines `path=value` of all fields that aren't empty or usual defaults; so a field under the
wrong name, or two that changed places, are found, though the bytes would be the same.
Lines of `RequestHeader` and `ResponseHeader` have the API key in place of the hash and the header alone.
"""
import pathlib
import sys
import uuid

from kafka.protocol import sasl
from kafka.protocol.admin import acl, client_quotas, cluster, configs, groups, topics, transactions, users
from kafka.protocol.consumer import fetch, group, metadata as consumer_metadata, offsets
from kafka.protocol.metadata import api_versions, find_coordinator, metadata
from kafka.protocol.producer import produce, transaction
from kafka.protocol.schemas.fields.codecs.types import BitField

APIS = [
    (produce, "Produce"), (fetch, "Fetch"), (offsets, "ListOffsets"), (metadata, "Metadata"), (group, "OffsetCommit"),
    (group, "OffsetFetch"), (find_coordinator, "FindCoordinator"), (group, "JoinGroup"), (group, "Heartbeat"),
    (group, "LeaveGroup"), (group, "SyncGroup"), (api_versions, "ApiVersions"), (topics, "CreateTopics"),
    (topics, "DeleteTopics"), (topics, "DeleteRecords"), (transaction, "InitProducerId"), (offsets, "OffsetForLeaderEpoch"),
    (configs, "DescribeConfigs"), (configs, "AlterConfigs"), (topics, "CreatePartitions"),
    (configs, "IncrementalAlterConfigs"), (cluster, "DescribeCluster"),
    (groups, "DescribeGroups"), (groups, "ListGroups"), (groups, "DeleteGroups"), (group, "OffsetDelete"),
    (cluster, "AlterReplicaLogDirs"), (cluster, "DescribeLogDirs"), (topics, "ElectLeaders"),
    (topics, "AlterPartitionReassignments"), (topics, "ListPartitionReassignments"), (transactions, "DescribeProducers"),
    (configs, "ListConfigResources"), (topics, "DescribeTopicPartitions"),
    (sasl, "SaslHandshake"), (sasl, "SaslAuthenticate"), (acl, "DescribeAcls"), (acl, "CreateAcls"),
    (acl, "DeleteAcls"), (users, "DescribeUserScramCredentials"), (users, "AlterUserScramCredentials"),
    (client_quotas, "DescribeClientQuotas"), (client_quotas, "AlterClientQuotas"),
]
RECORDS = ["ConsumerProtocolSubscription", "ConsumerProtocolAssignment"]
# Defaults of fields that a version doesn't have; the samples hold none of them.
USUAL = {0, -1, 0x7FFFFFFF, 0x7FFFFFFFFFFFFFFF, -0x80000000, 60000}


class Filler:
    """Values that differ from field to field."""

    def __init__(self, version, full):
        self.version, self.full, self.counter, self.lines = version, full, 0, []

    def fields(self, struct, path):
        values = {}
        for field in struct.fields.values():
            name = field._name[0].lower() + field._name[1:]
            if not field.for_version_q(self.version) or (field.tag is not None and not self.full):
                default = getattr(field, "default", None)
                comes = any(field.for_version_q(version) for version in range(self.version, 100))
                if comes and type(default) is int and default not in USUAL:  # what a reader has in its place
                    self.lines.append(f"{path}.{name}={default}" if path else f"{name}={default}")
                continue
            if name == "authorized_operations":  # kafka-python's own name for two fields of Metadata
                name = "topicAuthorizedOperations" if path else "clusterAuthorizedOperations"
            values[field.name] = self.value(field, path + "." + name if path else name)
        return values

    def value(self, field, path):
        if not self.full and field.nullable_for_version_q(self.version):
            return None
        if field.is_struct_array():
            return [self.struct(field, f"{path}.{index}") for index in range(2 if self.full else 1)]
        if field.is_array():
            return [self.simple(field.array_of, f"{path}.{index}") for index in range(2 if self.full else 0)]
        if field.is_struct():
            return self.struct(field, path)
        return self.simple(field, path)

    def struct(self, field, path):
        return field.data_class(version=self.version, **self.fields(field, path))

    def simple(self, field, path):
        self.counter += 1
        count, kind = self.counter, field._type_str.removeprefix("[]")
        if kind == "bool":
            return count % 2 == 0
        if kind == "string":
            value = f"s{count}" if self.full else ""
            text = value
        elif kind in ("bytes", "records"):
            value = bytes([count % 256, 1, 2]) if self.full else b""
            text = value.hex()
        elif kind == "uuid":
            value = uuid.UUID(int=(count << 64) + count + 1)
            text = value.hex
        elif field._type is BitField:
            value = {1, count % 29 + 2}
            text = str(sum(1 << bit for bit in value))
        elif kind == "float64":
            value = count + 0.5
            text = str(value)
        else:
            value = count % 120 + 1 if kind == "int8" else count
            assert value not in USUAL
            text = str(value)
        if text:
            self.lines.append(f"{path}={text}")
        return value


def fnv(lines):
    value = 0xCBF29CE484222325
    for byte in "\n".join(sorted(lines)).encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def sample(cls, version, full):
    filler = Filler(version, full)
    message = cls(version=version, **filler.fields(cls._struct, ""))
    flexible = cls._flexible_versions[0] >= 0 and version >= cls._flexible_versions[0]
    return filler.lines, cls._struct.encode(message, version=version, compact=flexible, tagged=flexible)


def classes():
    for module, name in APIS:
        for part in ("Request", "Response"):
            yield name + part, getattr(module, name + part)
    for name in RECORDS:
        yield name, getattr(consumer_metadata, name)


def versions(cls):
    low, _, high = cls._json["validVersions"].partition("-")
    return range(int(low), int(high or low) + 1)


def write():
    out = []
    for name, cls in classes():
        for version in versions(cls):
            for kind in ("full", "sparse"):
                lines, body = sample(cls, version, kind == "full")
                out.append(f"{name} {version} {kind} {fnv(lines)} {body.hex() or '-'}")
    for module, name in APIS:
        for part in ("Request", "Response"):
            cls = getattr(module, name + part)
            for version in versions(cls):
                message = cls(version=version)
                message.with_header(*([7, "me"] if part == "Request" else [7]))
                header = message.encode_header(flexible=cls.flexible_version_q(version))
                out.append(f"{part}Header {version} full {cls.API_KEY} {header.hex()}")
    pathlib.Path(__file__).with_suffix(".txt").write_text("\n".join(out) + "\n")


if sys.argv[1:] == ["write"]:
    write()
elif len(sys.argv) == 4 and sys.argv[1] == "show":
    shown, encoded = sample(dict(classes())[sys.argv[2]], int(sys.argv[3]), True)
    print("\n".join(sorted(shown)), encoded.hex(), sep="\n")
else:
    sys.exit(__doc__)
