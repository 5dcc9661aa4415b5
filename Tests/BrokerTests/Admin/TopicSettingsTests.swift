import KafkaMessages
import KafkaRecords
import SegmentLog
import Testing

@testable import Broker

/// What a topic's settings do to what is produced and fetched.
@Suite struct TopicSettingsTests {
    // MARK: compression.type

    @Test(arguments: ["uncompressed", "gzip", "snappy", "lz4", "zstd"], Codec.allCases)
    func batchesGetTheTopicsCodec(word: String, producer: Codec) async throws {
        let test = try await TestBroker()
        let topic = try await test.createTopic("t", configs: ["compression.type": word])
        let client = test.connect()
        let text = String(repeating: "text ", count: 200)
        let sent = batch(text, "b", codec: producer)
        #expect(try await client.produce("t", sent).errorCode == .none)
        #expect(try await client.produce("t", batch("c", codec: producer)).baseOffset == 2)
        let slice = try #require(try topic.partitions[0].view.slice(from: 0, maxBytes: 1 << 20))
        let stored = try slice.bytes()
        let header = try RecordBatchHeader(stored.rawSpan)
        let codec = try #require(topic.configuration.compression?.codec)
        #expect(header.attributes.codecNumber == codec.rawValue)
        // What is in the wanted codec already is stored as it came.
        if codec == producer { #expect(Array(stored[21..<header.byteCount]) == Array(sent[21...])) }
        let original = try RecordBatchHeader(sent.rawSpan)
        #expect(header.recordCount == original.recordCount)
        #expect(header.maxTimestamp == original.maxTimestamp)
        try header.verifyChecksum(of: stored.rawSpan)
        #expect(try values(await client.fetch("t", from: 0).records) == [text, "b", "c"])
    }

    @Test func recompressionKeepsTheProducersSequence() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t", configs: ["compression.type": "lz4", "compression.lz4.level": "17"])
        let client = test.connect()
        var wanted = InitProducerIdRequest()
        wanted.transactionalId = nil
        let id = try await client.send(wanted, version: 4)
        let bytes = RecordBatch.encode(
            [Record(key: nil, value: [1], headers: [], timestamp: 1_700_000_000_000)], codec: .gzip,
            producerId: id.producerId, producerEpoch: id.producerEpoch, baseSequence: 0)
        #expect(try await client.produce("t", bytes).baseOffset == 0)
        #expect(try await client.produce("t", bytes).baseOffset == 0)
        var gap = try RecordBatchHeader(bytes.rawSpan)
        #expect(gap.baseSequence == 0)
        gap.baseSequence = 5
        let section = bytes.rawSpan.extracting(droppingFirst: RecordBatchHeader.byteCount)
        gap.crc = gap.checksum(section: section)
        var later: [UInt8] = []
        gap.write(to: &later)
        later += section.copy()
        #expect(try await client.produce("t", later).errorCode == .outOfOrderSequenceNumber)
    }

    @Test func recompressionRefusesWhatItCanNotRead() async throws {
        let test = try await TestBroker(["batch.decompressed.bytes.max": "1048576"])
        try await test.createTopic("t", configs: ["compression.type": "uncompressed", "max.message.bytes": "1000"])
        let client = test.connect()
        var damaged = batch("a", codec: .gzip)
        damaged[damaged.count - 1] ^= 1
        #expect(try await client.produce("t", damaged).errorCode == .corruptMessage)
        // Small as it comes, and too large as it would be stored.
        let large = batch(String(repeating: "x", count: 5000), codec: .gzip)
        #expect(try await client.produce("t", large).errorCode == .messageTooLarge)
        let bomb = batch(String(repeating: "x", count: 2 << 20), codec: .zstd)
        #expect(bomb.count < 1000)
        #expect(try await client.produce("t", bomb).errorCode == .invalidRecord)
        #expect(try await client.produce("t", batch("a", codec: .gzip)).baseOffset == 0)
    }

    /// Offsets inside the batch that a view would trip over: found where the batch is opened anyway.
    @Test func recompressionWalksTheRecords() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t", configs: ["compression.type": "zstd"])
        var builder = BatchBuilder(new: RecordBatchHeader(), codec: .none)
        try builder.append(key: nil, value: [1].rawSpan, headers: [0].rawSpan, timestamp: 1_700_000_000_000)
        var bytes = builder.finish()
        // The offset delta of the only record: behind its length, attributes and timestamp delta.
        bytes[RecordBatchHeader.byteCount + 3] = 2
        let header = try RecordBatchHeader(bytes.rawSpan)
        let crc = header.checksum(section: bytes.rawSpan.extracting(droppingFirst: RecordBatchHeader.byteCount))
        for (index, byte) in withUnsafeBytes(of: crc.bigEndian, Array.init).enumerated() { bytes[17 + index] = byte }
        #expect(try await test.connect().produce("t", bytes).errorCode == .invalidRecord)
    }

    // MARK: message.timestamp.*

    @Test(arguments: [Codec.none, .zstd]) func timesThatAreTooFarAway(codec: Codec) async throws {
        let test = try await TestBroker()
        try await test.createTopic("t", configs: ["message.timestamp.before.max.ms": "60000"])
        try await test.createTopic("default")
        let now = test.broker.clock.wallMs()
        func bytes(_ ages: Int64...) -> [UInt8] {
            RecordBatch.encode(
                ages.map { Record(key: nil, value: [1], headers: [], timestamp: now - $0) }, codec: codec)
        }
        let client = test.connect()
        #expect(try await client.produce("t", bytes(0)).errorCode == .none)
        #expect(try await client.produce("t", bytes(50_000, 0)).errorCode == .none)
        // Not the newest record of the batch is too old.
        for ages in [bytes(70_000), bytes(0, 70_000, 0)] {
            let answer = try await client.produce("t", ages)
            #expect(answer.errorCode == .invalidTimestamp)
            #expect(answer.errorMessage?.contains("message.timestamp.before.max.ms") == true)
        }
        for topic in ["t", "default"] {
            #expect(try await client.produce(topic, bytes(-3_700_000)).errorCode == .invalidTimestamp)
            #expect(try await client.produce(topic, bytes(0, -3_700_000)).errorCode == .invalidTimestamp)
            #expect(try await client.produce(topic, bytes(-3_000_000)).errorCode == .none)
        }
        #expect(try await client.produce("default", bytes(now)).errorCode == .none)
    }

    @Test func theTimeOfAppendingIsAlwaysRight() async throws {
        let test = try await TestBroker()
        try await test.createTopic(
            "t", configs: ["message.timestamp.type": "LogAppendTime", "message.timestamp.before.max.ms": "1"])
        let future = batch("a", timestamp: 99_999_999_999_999)
        #expect(try await test.connect().produce("t", future).errorCode == .none)
    }

    // MARK: fetch.verify

    @Test func damagedBatchesAreNotSent() async throws {
        let test = try await TestBroker()
        let topic = try await test.createTopic("t", configs: ["fetch.verify": "crc"])
        let client = test.connect()
        for value in ["aaaa", "bbbb"] { _ = try await client.produce("t", batch(value)) }
        #expect(try values(await client.fetch("t", from: 0).records) == ["aaaa", "bbbb"])
        let view = topic.partitions[0].view
        let slice = try #require(try view.slice(from: 1, maxBytes: 1 << 20))
        let last = slice.position + slice.byteCount - 3
        // A bit that the disk lost.
        let files = PosixFileSystem()
        let file = try files.open(test.folder.path + "/t-0/00000000000000000000.log", .readWrite)
        let damaged = try files.bytes(of: file, at: last, count: 1).map { $0 ^ 1 }
        try files.write(
            file, at: last, pieces: [GatherPiece(isPatch: true, start: 0, count: 1)], patches: damaged.rawSpan,
            body: damaged.rawSpan)
        #expect(try await client.fetch("t", from: 0).errorCode == .corruptMessage)
        #expect(try await client.fetch("t", from: 1).errorCode == .corruptMessage)
        // As in Kafka, nobody looks where the topic doesn't say so.
        #expect(try await client.alter("t", [.set("fetch.verify", "none")]).errorCode == .none)
        #expect(try await client.fetch("t", from: 0).errorCode == .none)
    }

    // MARK: flush.*

    @Test func recordsAreSyncedByCount() async throws {
        let test = try await TestBroker(["log.flush": "os"])
        let topic = try await test.createTopic("t", configs: ["flush.messages": "3"])
        let client = test.connect()
        _ = try await client.produce("t", batch("a"))
        #expect(await topic.partitions[0].syncedOffset == 0)
        _ = try await client.produce("t", batch("b", "c"))
        // The sync runs behind the answer.
        while await topic.partitions[0].syncedOffset < 3 { await Task.yield() }
        _ = try await client.produce("t", batch("d"))
        #expect(await topic.partitions[0].syncedOffset == 3)
    }

    @Test func recordsAreSyncedByAge() async throws {
        let test = try await TestBroker(["log.flush": "os"])
        // An hour, so that the broker's own upkeep doesn't come first.
        let topic = try await test.createTopic("t", configs: ["flush.ms": "3600000"])
        let partition = topic.partitions[0]
        _ = try await test.connect().produce("t", batch("a"))
        let now = test.broker.clock.wallMs()
        await partition.syncIfDue(nowMs: now - 10_000)
        #expect(await partition.syncedOffset == 0)
        await partition.syncIfDue(nowMs: now + 3_610_000)
        while await partition.syncedOffset < 1 { await Task.yield() }
        // Nothing waits any more.
        await partition.syncIfDue(nowMs: now + 7_220_000)
        #expect(await partition.syncedOffset == 1)
    }
}
