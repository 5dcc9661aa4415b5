import KafkaMessages
import KafkaRecords
import Metering
import SegmentLog
import Testing
import Views

@testable import Broker

/// Compaction through a whole broker, on real files.
@Suite struct CleanerTests {
    @Test func `the last record of each key stays, also after a restart`() async throws {
        let folder = TemporaryFolder()
        let expected: [KeyedRecord]
        do {
            let test = try await TestBroker(TestBroker.cleanerSettings, folder: folder)
            let partition = try await test.compactedTopic("t")
            let client = test.connect()
            try await client.fill("t", count: 60)
            let all = try await client.readAll("t")
            await test.broker.cleaner.sweep()
            let end = try #require(partition.view.cleanedOffset)
            #expect(end > 60 && end < 120)
            expected = latest(all, before: end)
            #expect(try await client.readAll("t") == expected)
            #expect(test.broker.cleaner.totals.removedRecordCount == all.count - expected.count)
            // Nothing is dirty: nothing is done.
            await test.broker.cleaner.sweep()
            #expect(test.broker.cleaner.totals.compactionCount == 1)
            await test.broker.close()
        }
        let again = try await TestBroker(TestBroker.cleanerSettings, folder: folder)
        #expect(try await again.connect().readAll("t") == expected)
        await again.broker.close()
    }

    @Test func `a record without key is refused by its place`() async throws {
        let test = try await TestBroker(TestBroker.cleanerSettings)
        _ = try await test.compactedTopic("t")
        let client = test.connect()
        for codec in [Codec.none, .zstd] {
            let answer = try await client.put("t", [("a", "1"), (nil, "2"), ("b", nil), (nil, nil)], codec: codec)
            #expect(answer.errorCode == .invalidRecord)
            #expect(answer.recordErrors.map(\.batchIndex) == [1, 3])
            #expect(answer.errorMessage?.contains("needs a key") == true)
        }
        #expect(try await client.put("t", [("a", "1"), ("", nil)]).errorCode == .none)
        #expect(try await client.readAll("t").count == 2)
        await test.broker.close()
    }

    @Test func `compaction is switched on and off on a live topic`() async throws {
        let test = try await TestBroker(TestBroker.cleanerSettings)
        let topic = try await test.createTopic("t")
        await test.shrinkSegments(topic.partitions[0])
        let client = test.connect()
        try await client.fill("t", count: 30)
        #expect(try await client.put("t", [(nil, "no key")]).errorCode == .none)
        try await client.fill("t", count: 30)
        let all = try await client.readAll("t")
        await test.broker.cleaner.sweep()
        #expect(try await client.readAll("t") == all)

        let on: [AlterStep] = [.append("cleanup.policy", "compact"), .set("min.cleanable.dirty.ratio", "0")]
        #expect(try await client.alter("t", on).errorCode == .none)
        #expect(topic.configuration.isCompacted && topic.configuration.deletesOldSegments)
        #expect(try await client.put("t", [(nil, "2")]).errorCode == .invalidRecord)
        await test.shrinkSegments(topic.partitions[0])
        await test.broker.cleaner.sweep()
        let end = try #require(topic.partitions[0].view.cleanedOffset)
        let left = latest(all, before: end)
        #expect(try await client.readAll("t") == left)
        #expect(test.broker.cleaner.totals.keylessRecordCount == 1)

        #expect(try await client.alter("t", [.subtract("cleanup.policy", "compact")]).errorCode == .none)
        #expect(try await client.put("t", [(nil, "3")]).errorCode == .none)
        try await client.fill("t", count: 30)
        await test.broker.cleaner.sweep()
        #expect(test.broker.cleaner.totals.compactionCount == 1)
        #expect(try await client.readAll("t").prefix(left.count) == left[...])
        await test.broker.close()
    }

    @Test func `the dirtiest log comes first, and settings say when`() async throws {
        let test = try await TestBroker(TestBroker.cleanerSettings)
        let half = try await test.compactedTopic("half", configs: ["min.cleanable.dirty.ratio": "0.9"])
        let young = try await test.compactedTopic("young", configs: ["min.compaction.lag.ms": "3600000"])
        let client = test.connect()
        try await client.fill("half", count: 40)
        // Records are as old as their timestamps say.
        let now = SystemBrokerClock().wallMs()
        for number in 0..<40 {
            let record = Record(key: [1], value: [UInt8](repeating: UInt8(number), count: 100), timestamp: now)
            _ = try await client.produce("young", RecordBatch.encode([record]))
        }
        await test.broker.cleaner.sweep()
        #expect(half.view.cleanedOffset != nil)
        #expect(young.view.cleanedOffset == nil)
        let cleaned = half.view.cleanedOffset
        try await client.fill("half", count: 5)
        await test.broker.cleaner.sweep()
        #expect(half.view.cleanedOffset == cleaned)
        await test.broker.close()
    }

    @Test func `offsets and lookups stay right`() async throws {
        let test = try await TestBroker(TestBroker.cleanerSettings)
        let partition = try await test.compactedTopic(
            "t", configs: ["cleanup.policy": "compact,delete", "retention.ms": "-1"])
        let client = test.connect()
        for number in 0..<80 {
            let record = Record(
                key: Array("k\(number % 7)".utf8), value: [UInt8](repeating: 0, count: 60),
                timestamp: Int64(1000 + number))
            _ = try await client.produce("t", RecordBatch.encode([record]))
        }
        await test.broker.cleaner.sweep()
        let left = try await client.readAll("t").map(\.offset)
        #expect(left.count < 40)
        for offset in [0, 1, 17, 50, 79] as [Int64] {
            let found = try await client.offset(of: "t", at: 1000 + offset)
            #expect(found == left.first { $0 >= offset })
        }
        #expect(try await client.offset(of: "t", at: -2) == 0)
        #expect(try await client.offset(of: "t", at: -1) == 80)
        #expect(try await client.deleteRecords("t", before: 40).lowWatermark == 40)
        #expect(try await client.offset(of: "t", at: -2) == 40)
        #expect(try await client.fetch("t", from: 39).errorCode == .offsetOutOfRange)
        #expect(try await partition.byteCount() > 0)
        // Nothing may be cut off at the front where only the last record of a key says what holds.
        _ = try await test.compactedTopic("pure")
        #expect(try await client.deleteRecords("pure", before: 0).errorCode == .policyViolation)
        await test.broker.close()
    }

    @Test func `a topic that is deleted ends its compaction`() async throws {
        var settings = TestBroker.cleanerSettings
        settings["log.cleaner.io.max.bytes.per.second"] = "65536"
        let test = try await TestBroker(settings)
        let partition = try await test.compactedTopic("t")
        await test.shrinkSegments(partition, to: 1 << 20)
        let client = test.connect()
        let value = String(repeating: "v", count: 100_000)
        for number in 0..<30 { _ = try await client.put("t", [("k\(number % 2)", value)]) }
        let sweep = Task { await test.broker.cleaner.sweep() }
        while test.broker.cleaner.totals.byteCount == 0 { await Task.yield() }
        var request = DeleteTopicsRequest()
        request.topicNames = ["t"]
        #expect(try await test.connect(isAdmin: true).send(request, version: 5).responses[0].errorCode == .none)
        await sweep.value
        #expect(test.broker.cleaner.totals.compactionCount == 0)
        _ = try await test.compactedTopic("t")
        _ = try await client.put("t", [("k", "new")])
        #expect(try await client.readAll("t") == [KeyedRecord(0, "k", "new")])
        await test.broker.close()
    }

    @Test func `a stop ends a compaction and the next start goes on`() async throws {
        let folder = TemporaryFolder()
        var settings = TestBroker.cleanerSettings
        do {
            settings["log.cleaner.io.max.bytes.per.second"] = "65536"
            let test = try await TestBroker(settings, folder: folder)
            let partition = try await test.compactedTopic("t")
            await test.shrinkSegments(partition, to: 1 << 20)
            let value = String(repeating: "v", count: 100_000)
            for number in 0..<30 { _ = try await test.connect().put("t", [("k\(number % 2)", value)]) }
            let sweep = Task { await test.broker.cleaner.sweep() }
            while test.broker.cleaner.totals.byteCount == 0 { await Task.yield() }
            test.broker.cleaner.stop()
            await sweep.value
            await test.broker.close()
        }
        settings["log.cleaner.io.max.bytes.per.second"] = nil
        let test = try await TestBroker(settings, folder: folder)
        #expect(try await test.connect().readAll("t").count == 30)
        await test.broker.cleaner.sweep()
        let end = try #require(test.broker.topics["t"]?.partitions[0].view.cleanedOffset)
        #expect(try await test.connect().readAll("t").filter { $0.offset < end }.count == 2)
        await test.broker.close()
    }

    /// Slow enough that no compaction ends by itself meanwhile.
    private func slowTest(threads: Int) async throws -> (test: TestBroker, partitions: [Partition]) {
        var settings = TestBroker.cleanerSettings
        settings["log.cleaner.io.max.bytes.per.second"] = "65536"
        settings["log.cleaner.threads"] = String(threads)
        let test = try await TestBroker(settings)
        var partitions: [Partition] = []
        let value = String(repeating: "v", count: 100_000)
        for number in 0..<4 {
            let partition = try await test.compactedTopic("t\(number)")
            await test.shrinkSegments(partition, to: 1 << 20)
            for key in 0..<20 { _ = try await test.connect().put("t\(number)", [("k\(key % 2)", value)]) }
            partitions.append(partition)
        }
        return (test, partitions)
    }

    private func runningCount(_ partitions: [Partition], _ cleaner: LogCleaner) async -> Int {
        // The round that begins compactions is through once the actor answers.
        await cleaner.settled()
        var count = 0
        for partition in partitions {
            if await partition.isCompacting { count += 1 }
        }
        return count
    }

    @Test(arguments: 1...3)
    func `as many logs are compacted at once as there are threads`(threads: Int) async throws {
        let (test, partitions) = try await slowTest(threads: threads)
        let cleaner = test.broker.cleaner
        let sweep = Task { await cleaner.sweep() }
        while await runningCount(partitions, cleaner) < threads { await Task.yield() }
        #expect(cleaner.totals.runningCount == threads)
        while cleaner.totals.byteCount == 0 { await Task.yield() }
        #expect(await runningCount(partitions, cleaner) <= threads)
        cleaner.stop()
        await sweep.value
        #expect(cleaner.totals.runningCount == 0 && cleaner.totals.compactionCount == 0)
        await test.broker.close()
    }

    @Test func `the number of threads is changed while they work`() async throws {
        let (test, partitions) = try await slowTest(threads: 1)
        let cleaner = test.broker.cleaner
        let client = test.connect()
        for (value, message) in [
            ("0", "must be between 1 and 64"), ("65", "must be between 1 and 64"), ("two", "must be a whole number"),
        ] {
            let refused = try await client.alter("1", type: 4, [.set("log.cleaner.threads", value)])
            #expect(refused.errorCode == .invalidConfig && refused.errorMessage?.contains(message) == true)
        }
        let sweep = Task { await cleaner.sweep() }
        while await runningCount(partitions, cleaner) < 1 { await Task.yield() }
        // More are begun when the one that runs has ended: here, as its topic goes.
        #expect(try await client.alter("1", type: 4, [.set("log.cleaner.threads", "3")]).errorCode == .none)
        var delete = DeleteTopicsRequest()
        for partition in partitions {
            if await partition.isCompacting { delete.topicNames = [partition.topicName] }
        }
        #expect(try await client.send(delete, version: 4).responses[0].errorCode == .none)
        while await runningCount(partitions, cleaner) < 3 { await Task.yield() }
        cleaner.stop()
        await sweep.value
        await test.broker.close()
    }

    @Test func `threads share the table of keys`() throws {
        let few = ["log.cleaner.dedupe.buffer.size": "4194304", "log.cleaner.threads": "4"]
        #expect(try BrokerConfiguration(few).keyTableBytesMax == 1 << 20)
        #expect(throws: ConfigError.self) { try BrokerConfiguration(few.merging(["log.cleaner.threads": "5"]) { $1 }) }
    }

    @Test func `metrics show what was compacted`() async throws {
        let test = try await TestBroker(TestBroker.cleanerSettings)
        _ = try await test.compactedTopic("t")
        try await test.connect().fill("t", count: 60)
        await test.broker.cleaner.sweep()
        let totals = test.broker.cleaner.totals
        var page = MetricsPage(.prometheus)
        await test.broker.writeMetrics(to: &page)
        let lines = Set(page.finish().split(separator: "\n").map(String.init))
        #expect(totals.removedRecordCount > 0 && totals.byteCount > 0 && totals.lastNanoseconds > 0)
        for line in [
            "sluice_cleaner_running 0", "sluice_cleaner_runs_total 1",
            "sluice_cleaner_removed_records_total \(totals.removedRecordCount)",
            "sluice_cleaner_removed_bytes_total \(totals.removedByteCount)",
            "sluice_cleaner_bytes_total \(totals.byteCount)", "sluice_cleaner_failures_total 0",
            "sluice_cleaner_keyless_records_total 0", "sluice_cleaner_uncleanable_partitions 0",
            "sluice_cleaner_seconds_total \(Double(totals.nanoseconds) / 1e9)",
            "sluice_cleaner_last_run_seconds \(Double(totals.lastNanoseconds) / 1e9)",
        ] { #expect(lines.contains(line), "\(line)") }
        await test.broker.close()
    }

    @Test func `a broken batch is said once and drops nothing`() async throws {
        let folder = TemporaryFolder()
        let test = try await TestBroker(TestBroker.cleanerSettings, folder: folder)
        let partition = try await test.compactedTopic("t")
        let sound = try await test.compactedTopic("sound")
        let client = test.connect()
        try await client.fill("t", count: 40)
        try await client.fill("sound", count: 40)
        let path = folder.path + "/t-0/00000000000000000000.log"
        let files = PosixFileSystem()
        var bytes = try #require(try files.contents(of: path))
        bytes[70] ^= 1
        try files.replace(path + ".spoiled", with: bytes)
        // The broker holds the file open: spoil what it reads.
        try overwrite(path, bytes)
        let segments = try files.list(folder.path + "/t-0").sorted()
        for _ in 0..<3 { await test.broker.cleaner.sweep() }
        #expect(partition.view.cleanedOffset == 0)
        #expect(sound.view.cleanedOffset ?? 0 > 0)
        #expect(test.broker.cleaner.totals.failureCount == 1)
        #expect(test.broker.cleaner.totals.uncleanableCount == 1)
        #expect(test.broker.cleaner.totals.compactionCount == 1)
        #expect(try files.list(folder.path + "/t-0").sorted() == segments)
        #expect(try files.contents(of: path) == bytes)
        await test.broker.close()
    }

    private func overwrite(_ path: String, _ bytes: [UInt8]) throws {
        let files = PosixFileSystem()
        let file = try files.open(path, .readWrite)
        try files.write(
            file, at: 0, pieces: [GatherPiece(isPatch: false, start: 0, count: bytes.count)], patches: RawSpan(),
            body: bytes.rawSpan)
    }
}

extension TestConnection {
    func offset(of topic: String, at timestamp: Int64) async throws -> Int64 {
        var wanted = ListOffsetsRequest.ListOffsetsPartition()
        wanted.timestamp = timestamp
        var listed = ListOffsetsRequest.ListOffsetsTopic()
        listed.name = topic
        listed.partitions = [wanted]
        var request = ListOffsetsRequest()
        request.replicaId = -1
        request.topics = [listed]
        return try await send(request, version: 7).topics[0].partitions[0].offset
    }
}

extension LogCleaner {
    /// Returns when what the cleaner is about to begin has begun.
    func settled() {}
}
