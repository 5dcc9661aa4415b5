import NIOCore
import Testing

@testable import KafkaMessages

@Suite struct VersionedRecordTests {
    @Test func aKeyBeginsWithItsVersion() throws {
        var key = OffsetCommitKey()
        key.group = "g"
        key.topic = "t"
        key.partition = 3
        let bytes = try key.encode(version: 1)
        #expect(hex(bytes) == wire("0001", "000167", "000174", "00000003"))
        #expect(try OffsetCommitKey(decoding: bytes).partition == 3)
    }

    /// Laid out by hand from Kafka's schemas, for want of another implementation that writes them.
    @Test func committedOffsets() throws {
        var value = OffsetCommitValue()
        value.offset = 0x1122
        value.leaderEpoch = 5
        value.metadata = "m"
        value.commitTimestamp = 0x0102_0304_0506
        value.expireTimestamp = 9
        let offset = "0000000000001122"
        let time = "0000010203040506"
        #expect(hex(try value.encode(version: 0)) == wire("0000", offset, "00016d", time))
        #expect(hex(try value.encode(version: 1)) == wire("0001", offset, "00016d", time, "0000000000000009"))
        #expect(hex(try value.encode(version: 2)) == wire("0002", offset, "00016d", time))
        #expect(hex(try value.encode(version: 3)) == wire("0003", offset, "00000005", "00016d", time))
        #expect(hex(try value.encode(version: 4)) == wire("0004", offset, "00000005", "026d", time, "00"))
    }

    @Test func groupMetadata() throws {
        var key = GroupMetadataKey()
        key.group = "g"
        #expect(hex(try key.encode(version: 2)) == wire("0002", "000167"))
        var value = GroupMetadataValue()
        value.protocolType = "consumer"
        value.generation = 3
        value.protocol = "range"
        value.leader = nil
        value.currentStateTimestamp = 7
        var member = GroupMetadataValue.MemberMetadata()
        member.memberId = "m"
        member.clientId = "c"
        member.clientHost = "/h"
        member.rebalanceTimeout = 300_000
        member.sessionTimeout = 45_000
        member.subscription = ByteBuffer(bytes: [1])
        member.assignment = ByteBuffer(bytes: [2, 3])
        value.members = [member]
        #expect(
            hex(try value.encode(version: 3))
                == wire(
                    "0003", "0008636f6e73756d6572", "00000003", "000572616e6765", "ffff", "0000000000000007",
                    "00000001", "00016d", "ffff", "000163", "00022f68", "000493e0", "0000afc8", "0000000101",
                    "000000020203"))
    }

    @Test func anUnknownVersionIsAnError() {
        let bytes = ByteBuffer(bytes: [0, 9, 0, 0])
        #expect(throws: WireError.self) { try OffsetCommitValue(decoding: bytes) }
        #expect(throws: WireError.self) { try GroupMetadataKey(decoding: ByteBuffer()) }
    }

    /// Newer versions of the consumer protocol only add at the end, so they are read as the highest that we know.
    @Test func consumerProtocolOfTheFutureIsRead() throws {
        var subscription = ConsumerProtocolSubscription()
        subscription.topics = ["t"]
        subscription.rackId = "r"
        var bytes = try subscription.encode(version: 3)
        bytes.setInteger(Int16(7), at: 0)
        bytes.writeBytes([1, 2, 3])
        let again = try ConsumerProtocolSubscription(decoding: bytes)
        #expect(again.topics == ["t"])
        #expect(again.rackId == "r")
        bytes.setInteger(Int16(-1), at: 0)
        #expect(throws: WireError.self) { try ConsumerProtocolSubscription(decoding: bytes) }
    }

    @Test func largeRecordsAreOnePiece() throws {
        var value = GroupMetadataValue()
        var member = GroupMetadataValue.MemberMetadata()
        member.subscription = ByteBuffer(repeating: 7, count: 10_000)
        value.members = [member, member]
        let bytes = try value.encode(version: 3)
        #expect(bytes.readableBytes > 20_000)
        #expect(
            try GroupMetadataValue(decoding: bytes).members.map { $0.subscription.readableBytes } == [10_000, 10_000])
    }
}

@Suite struct NameTests {
    @Test(arguments: [
        (ErrorCode.unknownServerError, Int16(-1), "UNKNOWN_SERVER_ERROR"), (.none, 0, "NONE"),
        (.topicAuthorizationFailed, 29, "TOPIC_AUTHORIZATION_FAILED"), (.kafkaStorageError, 56, "KAFKA_STORAGE_ERROR"),
        (.memberIdRequired, 79, "MEMBER_ID_REQUIRED"), (.snapshotNotFound, 98, "SNAPSHOT_NOT_FOUND"),
        (.unknownTopicId, 100, "UNKNOWN_TOPIC_ID"), (.invalidRecord, 87, "INVALID_RECORD"),
        (.shareSessionLimitReached, 133, "SHARE_SESSION_LIMIT_REACHED"),
    ])
    func errorCodes(_ error: ErrorCode, _ number: Int16, _ name: String) {
        #expect(error.rawValue == number)
        #expect(error.description == name)
    }

    @Test(arguments: [Int16(99), 134, -2, Int16.max, Int16.min])
    func unknownErrorCodesKeepTheirNumber(_ number: Int16) {
        #expect(ErrorCode(rawValue: number).description == "ERROR_\(number)")
    }

    @Test func apiKeys() {
        #expect(ApiKey.allCases.map { $0.rawValue } == Array(0...92))
        #expect(ApiKey.shareFetch.rawValue == 78)
        #expect(ApiKey.consumerGroupHeartbeat.rawValue == 68)
    }
}

@Suite struct UuidTests {
    /// As Java's Base64.getUrlEncoder().withoutPadding() writes the 16 bytes, which is what Kafka's Uuid shows.
    @Test(arguments: [
        (UInt64(0), UInt64(0), "AAAAAAAAAAAAAAAAAAAAAA"), (0, 1, "AAAAAAAAAAAAAAAAAAAAAQ"),
        (UInt64.max, UInt64.max, "_____________________w"),
        (0x0001_0203_0405_0607, 0x0809_0A0B_0C0D_0E0F, "AAECAwQFBgcICQoLDA0ODw"),
    ])
    func text(_ high: UInt64, _ low: UInt64, _ text: String) {
        let id = Uuid(high: high, low: low)
        #expect(id.description == text)
        #expect(Uuid(text) == id)
    }

    @Test func seededRoundTrip() {
        var random = SampleRandom(seed: 42)
        for _ in 0..<500 {
            let id = Uuid.random(using: &random)
            #expect(Uuid(id.description) == id)
            #expect(id.high >> 12 & 0xF == 4)
            #expect(id.low >> 62 == 0b10)
            #expect(id.description.first != "-")
        }
    }

    @Test(arguments: [
        "", "AAAA", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAB", "AAAAAAAAAAAAAAAAAAAA+A",
        "üAAAAAAAAAAAAAAAAAAAA",
    ])
    func refused(_ text: String) {
        #expect(Uuid(text) == nil)
    }
}
