import KafkaMessages
import KafkaRecords
import NIOCore
import Testing

@testable import Broker

@Suite struct ProduceAndFetchTests {
    @Test(arguments: ProduceRequest.versions.lowerBound...12)
    func produceOfEveryVersionIsReadBack(version: Int16) async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        let client = test.connect()
        let answer = try await client.produce("t", batch("a", "b"), version: version)
        #expect(answer.errorCode == .none)
        #expect(answer.baseOffset == 0)
        let fetched = try await client.fetch("t", from: 0)
        #expect(fetched.highWatermark == 2)
        #expect(try values(fetched.records) == ["a", "b"])
    }

    @Test func produceByTopicId() async throws {
        let test = try await TestBroker()
        let topic = try await test.createTopic("t")
        let client = test.connect()
        func send(_ id: Uuid, partition: Int32 = 0) async throws -> ProduceResponse.TopicProduceResponse {
            var request = TestConnection.produceRequest("", batch("a"), partition: partition)
            request.topicData[0].topicId = id
            return try await client.send(request, version: 13).responses[0]
        }
        let answer = try await send(topic.id)
        #expect(answer.topicId == topic.id && answer.partitionResponses[0].errorCode == .none)
        #expect(try await send(topic.id, partition: 1).partitionResponses[0].errorCode == .unknownTopicOrPartition)
        for id in [Uuid.zero, Uuid(high: 1, low: 2)] {
            #expect(try await send(id).partitionResponses[0].errorCode == .unknownTopicId)
        }
        #expect(try await client.fetch("t", from: 0).highWatermark == 1)
    }

    /// The tags of newer versions: what a follower sends isn't looked at, and what only tells of other leaders is absent.
    @Test(arguments: Int16(12)...18) func tagsOfNewerVersions(version: Int16) async throws {
        let test = try await TestBroker()
        let topic = try await test.createTopic("t")
        let client = test.connect()
        _ = try await client.produce("t", batch("a"))
        var request = TestConnection.fetchRequest("t", from: 0)
        request.topics[0].topicId = topic.id
        request.rackId = "r1"
        if version >= 17 { request.topics[0].partitions[0].replicaDirectoryId = Uuid(high: 5, low: 5) }
        if version >= 18 { request.topics[0].partitions[0].highWatermark = 0 }
        let answer = try await client.send(request, version: version)
        #expect(answer.throttleTimeMs == 0 && answer.nodeEndpoints.isEmpty)
        let data = answer.responses[0].partitions[0]
        #expect(try values(data.records) == ["a"])
        #expect(data.preferredReadReplica == -1 && data.currentLeader.leaderId == -1)
        #expect(data.divergingEpoch.epoch == -1 && data.snapshotId.epoch == -1)
        for (epoch, code) in [
            (Int32(-1), ErrorCode.none), (0, .none), (1, .unknownLeaderEpoch), (-2, .fencedLeaderEpoch),
        ] {
            request.topics[0].partitions[0].currentLeaderEpoch = epoch
            let answer = try await client.send(request, version: version).responses[0].partitions[0]
            #expect(answer.errorCode == code && answer.preferredReadReplica == -1)
        }
    }

    @Test(arguments: FetchRequest.versions.lowerBound...12)
    func fetchOfEveryVersion(version: Int16) async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        let client = test.connect()
        for value in ["a", "b", "c"] { _ = try await client.produce("t", batch(value)) }
        #expect(try values(await client.fetch("t", from: 1, version: version).records) == ["b", "c"])
    }

    @Test func fetchByTopicId() async throws {
        let test = try await TestBroker()
        let topic = try await test.createTopic("t")
        let client = test.connect()
        _ = try await client.produce("t", batch("a"))
        for version in Int16(13)...FetchRequest.versions.upperBound {
            var request = TestConnection.fetchRequest("", from: 0)
            request.topics[0].topicId = topic.id
            let answer = try await client.send(request, version: version)
            #expect(try values(answer.responses[0].partitions[0].records) == ["a"])
            request.topics[0].topicId = Uuid(high: 1, low: 2)
            let unknown = try await client.send(request, version: version)
            #expect(unknown.responses[0].partitions[0].errorCode == .unknownTopicId)
        }
    }

    /// A batch comes back as it was sent, but for base offset and leader epoch.
    @Test(arguments: Codec.allCases) func rawFetchIsByteIdentical(codec: Codec) async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        let client = test.connect()
        _ = try await client.produce("t", batch("first"))
        let sent = batch(String(repeating: "x", count: 500), "y", codec: codec)
        _ = try await client.produce("t", sent)
        guard case .bytes(let received) = try await client.fetch("t", from: 1).records else {
            Issue.record("no records")
            return
        }
        #expect(Array(received.readableBytesView.dropFirst(16)) == Array(sent.dropFirst(16)))
        #expect(received.getInteger(at: received.readerIndex, as: Int64.self) == 1)
    }

    @Test func refusals() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t", configs: ["max.message.bytes": "200"])
        let client = test.connect()
        func code(_ bytes: [UInt8], version: Int16 = 9, acks: Int16 = -1) async throws -> ErrorCode {
            try await client.produce("t", bytes, acks: acks, version: version).errorCode
        }
        #expect(try await code(batch(String(repeating: "x", count: 300))) == .messageTooLarge)
        var broken = batch("a")
        broken[broken.count - 1] ^= 1
        #expect(try await code(broken) == .corruptMessage)
        #expect(try await code(Array(batch("a").dropLast())) == .corruptMessage)
        #expect(try await code(batch("a") + batch("b")) == .invalidRecord)
        var old = batch("a")
        old[16] = 1
        #expect(try await code(old) == .invalidRecord)
        #expect(try await code([1, 2, 3]) == .corruptMessage)
        #expect(try await code(batch("a", codec: .zstd), version: 6) == .unsupportedCompressionType)
        #expect(try await code(batch("a"), acks: 2) == .invalidRequiredAcks)
        #expect(try await client.produce("t", batch("a"), partition: 5).errorCode == .unknownTopicOrPartition)
        #expect(try await client.produce("nowhere", batch("a")).errorCode == .unknownTopicOrPartition)
        // Nothing of it was stored.
        #expect(try await client.fetch("t", from: 0).highWatermark == 0)
    }

    @Test func controlAndTransactionalBatchesAreRefused() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        let client = test.connect()
        for (bit, code) in [(Int16(1 << 5), ErrorCode.invalidRecord), (1 << 4, .invalidTxnState)] {
            var bytes = batch("a")
            bytes[21] = UInt8(truncatingIfNeeded: bit >> 8)
            bytes[22] = UInt8(truncatingIfNeeded: bit)
            let crc = CRC32C.checksum(Array(bytes.dropFirst(21)).rawSpan)
            for index in 0..<4 { bytes[17 + index] = UInt8(truncatingIfNeeded: crc >> UInt32(24 - 8 * index)) }
            #expect(try await client.produce("t", bytes).errorCode == code)
        }
    }

    @Test func duplicatesOfAnIdempotentProducerAreAnsweredAsTheFirstTime() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        let client = test.connect()
        var request = InitProducerIdRequest()
        request.transactionalId = nil
        let id = try await client.send(request, version: 4)
        #expect(id.errorCode == .none)
        func sequence(_ first: Int32) -> [UInt8] {
            RecordBatch.encode(
                [Record(key: nil, value: [1], headers: [], timestamp: 0)], producerId: id.producerId,
                producerEpoch: id.producerEpoch, baseSequence: first)
        }
        #expect(try await client.produce("t", sequence(0)).baseOffset == 0)
        #expect(try await client.produce("t", sequence(1)).baseOffset == 1)
        let again = try await client.produce("t", sequence(0))
        #expect(again.errorCode == .none)
        #expect(again.baseOffset == 0)
        #expect(try await client.produce("t", sequence(5)).errorCode == .outOfOrderSequenceNumber)
        #expect(try await client.fetch("t", from: 0).highWatermark == 2)
    }

    @Test func offsetsOutOfRangeAndEmptyAnswers() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        let client = test.connect()
        _ = try await client.produce("t", batch("a"))
        let beyond = try await client.fetch("t", from: 7)
        #expect(beyond.errorCode == .offsetOutOfRange)
        // Empty, never null: librdkafka drops the whole answer on null.
        #expect(beyond.records.isEmpty)
        let atEnd = try await client.fetch("t", from: 1)
        #expect(atEnd.errorCode == .none)
        #expect(atEnd.records.isEmpty)
        #expect(atEnd.highWatermark == 1)
        #expect(atEnd.lastStableOffset == 1)
    }

    @Test func followersGetNoRecords() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        let client = test.connect()
        _ = try await client.produce("t", batch("a"))
        var request = TestConnection.fetchRequest("t", from: 0)
        for replica in [Int32(0), -2, 1] {
            request.replicaId = replica
            let answer = try await client.send(request, version: 11).responses[0].partitions[0]
            #expect(answer.errorCode == .topicAuthorizationFailed)
            #expect(answer.records.isEmpty)
        }
    }

    @Test func theFirstBatchComesWholeWhateverTheBoundsSay() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        let client = test.connect()
        for value in ["a", "b"] { _ = try await client.produce("t", batch(value)) }
        #expect(try values(await client.fetch("t", from: 0, maxBytes: 1).records) == ["a"])
    }

    @Test func aLongPollIsWokenByAnAppend() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        async let polled = test.connect().fetch("t", from: 0, maxWaitMs: 30_000)
        _ = try await test.connect().produce("t", batch("a"))
        #expect(try values(await polled.records) == ["a"])
    }

    @Test func aPollThatFindsNothingEndsOnTime() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        let answer = try await test.connect().fetch("t", from: 0, maxWaitMs: 20)
        #expect(answer.errorCode == .none)
        #expect(answer.records.isEmpty)
    }

    @Test func acksZeroHasNoAnswerAndAnErrorClosesTheConnection() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        let client = test.connect()
        let good = try await client.reply(to: TestConnection.produceRequest("t", batch("a"), acks: 0), version: 9)
        guard case .none = good else {
            Issue.record("acks=0 was answered")
            return
        }
        #expect(try await client.fetch("t", from: 0).highWatermark == 1)
        await #expect(throws: ConnectionClosure.self) {
            try await client.reply(to: TestConnection.produceRequest("no", batch("a"), acks: 0), version: 9)
        }
    }

    @Test func recordsSurviveARestart() async throws {
        let folder = TemporaryFolder()
        do {
            let first = try await TestBroker(folder: folder)
            try await first.createTopic("t", partitions: 3)
            _ = try await first.connect().produce("t", batch("a"), partition: 2)
            await first.broker.close()
        }
        let second = try await TestBroker(folder: folder)
        #expect(try values(await second.connect().fetch("t", from: 0, partition: 2).records) == ["a"])
        await second.broker.close()
    }
}
