import Coordinators
import KafkaRecords
import Testing

@testable import Broker

/// The expected bytes are put together by Python's `struct` from the schemas of Apache Kafka's group-coordinator
/// (OffsetCommitKey, OffsetCommitValue, GroupMetadataKey, GroupMetadataValue), not by this code.
@Suite struct GroupRecordsTests {
    private static let offsetKey = "00010009656d61696c2d61707000086163636f756e747300000003"
    private static let offsetValueV3 = "0003000000000000002a0000000700046e6f74650000018bcfe5687b"
    private static let offsetValueV1 = "0001000000000000002a00046e6f74650000018bcfe5687b0000018bcfe652db"
    private static let metadataKey = "00020009656d61696c2d617070"
    private static let metadataValueV3 =
        "00030008636f6e73756d657200000005000572616e676500056170702d310000018bcfe5687b0000000200056170702d31ffff00036170"
        + "7000092f31302e302e302e310000ea600000271000000003737562000000036173670003692d32000169000000042f3a3a31000000010"
        + "00000020000000000000000"
    private static let metadataEmptyV3 = "00030008636f6e73756d657200000006ffffffff0000018bcfe5687b00000000"
    private static let metadataValueV0 =
        "00000008636f6e73756d657200000005000572616e676500056170702d310000000100056170702d31000361707000092f31302e302e30"
        + "2e31000027100000000373756200000003617367"
    private static let nowMs: Int64 = 1_700_000_000_123

    private var partition: CommittedOffsets.Partition { .init(topic: "accounts", index: 3) }

    private var snapshot: ConsumerGroup.Snapshot {
        .init(
            protocolType: "consumer", generation: 5, protocolName: "range", leaderId: "app-1",
            members: [
                .init(
                    id: "app-1", instanceId: nil, clientId: "app", clientHost: "10.0.0.1", rebalanceTimeoutMs: 60_000,
                    sessionTimeoutMs: 10_000, subscription: Array("sub".utf8), assignment: Array("asg".utf8)),
                .init(
                    id: "i-2", instanceId: "i", clientId: "", clientHost: "::1", rebalanceTimeoutMs: 1,
                    sessionTimeoutMs: 2, subscription: [], assignment: []),
            ])
    }

    private func hex(_ bytes: [UInt8]?) -> String? {
        bytes?.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
    }

    private func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex)
        return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
    }

    @Test func `offsets are written as Kafka does`() throws {
        var entry = CommittedOffsets.Entry(
            offset: 42, leaderEpoch: 7, metadata: "note", commitTimestampMs: Self.nowMs)
        let record = try GroupRecords.offset(entry, group: "email-app", partition, nowMs: Self.nowMs)
        #expect(hex(record.key) == Self.offsetKey)
        #expect(hex(record.value) == Self.offsetValueV3)
        #expect(record.timestamp == Self.nowMs)
        #expect(try GroupRecords.offset(bytes(Self.offsetValueV3)) == entry)
        entry.expireTimestampMs = Self.nowMs + 60_000
        let lapsing = try GroupRecords.offset(entry, group: "email-app", partition, nowMs: Self.nowMs)
        #expect(hex(lapsing.value) == Self.offsetValueV1)
        entry.leaderEpoch = -1
        #expect(try GroupRecords.offset(bytes(Self.offsetValueV1)) == entry, "version 1 has no epoch")
        let tombstone = try GroupRecords.offsetTombstone(group: "email-app", partition, nowMs: 1)
        #expect(hex(tombstone.key) == Self.offsetKey && tombstone.value == nil)
        #expect(try GroupRecords.key(bytes(Self.offsetKey)) == .offset(group: "email-app", partition))
    }

    @Test func `group metadata is written as Kafka does`() throws {
        let record = try GroupRecords.metadata(snapshot, group: "email-app", nowMs: Self.nowMs)
        #expect(hex(record.key) == Self.metadataKey)
        #expect(hex(record.value) == Self.metadataValueV3)
        let read = try GroupRecords.metadata(bytes(Self.metadataValueV3))
        #expect(read.snapshot == snapshot && read.stateTimestampMs == Self.nowMs)
        let empty = ConsumerGroup.Snapshot(
            protocolType: "consumer", generation: 6, protocolName: nil, leaderId: nil, members: [])
        let emptied = try GroupRecords.metadata(empty, group: "email-app", nowMs: Self.nowMs)
        #expect(hex(emptied.value) == Self.metadataEmptyV3)
        #expect(try GroupRecords.metadata(bytes(Self.metadataEmptyV3)).snapshot == empty)
        #expect(try GroupRecords.key(bytes(Self.metadataKey)) == .metadata(group: "email-app"))
        let tombstone = try GroupRecords.metadataTombstone(group: "email-app", nowMs: 1)
        #expect(hex(tombstone.key) == Self.metadataKey && tombstone.value == nil)
    }

    @Test func `metadata of the first version is read`() throws {
        let read = try GroupRecords.metadata(bytes(Self.metadataValueV0))
        var expected = snapshot
        expected.members.removeLast()
        expected.members[0].rebalanceTimeoutMs = 10_000
        #expect(read.snapshot == expected, "the session time-out stands for both")
        #expect(read.stateTimestampMs == -1)
    }

    /// Hashes as Java computes them (by a Python transcription of `String.hashCode`); "polygenelubricants" is
    /// `Integer.MIN_VALUE`, which has no absolute value.
    @Test(arguments: [
        ("", 0), ("a", 47), ("hello", 22), ("email-app", 16), ("connect-sink", 22), ("groupe-é😀", 23),
        ("polygenelubricants", 0),
    ])
    func `a group's partition is the one that Kafka gives it`(group: String, partition: Int) {
        #expect(GroupRecords.partition(of: group, count: 50) == partition)
    }

    @Test func `keys of other coordinators are told apart`() throws {
        #expect(try GroupRecords.key([0, 3, 1]) == .other(version: 3))
        #expect(try GroupRecords.key([]) == .other(version: -1))
        #expect(throws: (any Error).self) { try GroupRecords.key([0, 1, 0, 9, 65]) }
    }
}
