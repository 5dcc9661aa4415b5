import KafkaMessages
import KafkaRecords
import NIOCore
import Testing

@testable import Broker

/// What a compacted topic means for readers, for views and for the broker's own topics.
@Suite struct CompactedTopicTests {
    /// Fetch 10 and earlier is kafka-go: a batch without records, or a compressed one without its last record, makes it
    /// crash or ask for ever.
    @Test(arguments: [Codec.none, .zstd])
    func `the old dialect sees no holes that it can't take`(codec: Codec) async throws {
        let test = try await TestBroker(TestBroker.cleanerSettings)
        _ = try await test.compactedTopic("t", configs: ["delete.retention.ms": "0"])
        let client = test.connect()
        for number in 0..<40 {
            // The second record of every batch is replaced by the next batch's, the first stays.
            let value = String(repeating: "v", count: 80)
            _ = try await client.put("t", [("own \(number % 10)", value), ("shared", "\(number)")], codec: codec)
        }
        for number in 0..<20 { _ = try await client.put("t", [("gone \(number)", nil), ("end", nil)]) }
        let all = try await client.readAll("t")
        await test.broker.cleaner.sweep()
        // What is past its horizon goes with the next compaction.
        try await client.fill("t", count: 20)
        await test.broker.cleaner.sweep()
        let new = try await client.readAll("t")
        #expect(new.count < all.count)
        var next: Int64 = 0
        var old: [KeyedRecord] = []
        while true {
            let answer = try await client.fetch("t", from: next, maxBytes: 3000, version: 10)
            #expect(answer.errorCode == .none)
            let batches = try decoded(answer.records)
            if batches.isEmpty {
                #expect(answer.highWatermark == next)
                break
            }
            for batch in batches {
                let last = try #require(batch.records.last)
                #expect(batch.header.attributes.codecNumber == 0 || last.offsetDelta == batch.header.lastOffsetDelta)
                for index in batch.records.indices {
                    let record = batch.record(at: index)
                    old.append(
                        KeyedRecord(
                            batch.header.offset(of: batch.records[index]),
                            record.key.map { String(decoding: $0, as: UTF8.self) },
                            record.value.map { String(decoding: $0, as: UTF8.self) }))
                }
                next = batch.header.lastOffset + 1
            }
        }
        #expect(old == new)
        // In the middle of a hole it gets on, too.
        for offset in [1, 3, 41] as [Int64] {
            let batches = try decoded(try await client.fetch("t", from: offset, version: 10).records)
            #expect(batches.first.map { $0.header.lastOffset >= offset && !$0.records.isEmpty } == true)
        }
        await test.broker.close()
    }

    @Test func `views read over holes`() async throws {
        let test = try await TestBroker(TestBroker.cleanerSettings)
        _ = try await test.compactedTopic("t")
        let admin = test.connect(isAdmin: true)
        let client = test.connect()
        try await client.fill("t", count: 40)
        #expect(try await admin.deploy("mask", try ReaderFixture.guest()).errorCode == .none)
        try await admin.bind(group: "email-app", topic: "t", to: "mask")
        let reader = test.connect()
        try await reader.name(group: "email-app")
        let before = try await reader.readAll("t")
        await test.broker.cleaner.sweep()
        let raw = try await admin.readAll("t")
        let after = try await reader.readAll("t")
        #expect(raw.count < 40)
        #expect(after.map(\.offset) == raw.map(\.offset).filter { offset in before.contains { $0.offset == offset } })
        #expect(after == before.filter { record in after.contains { $0.offset == record.offset } })
        #expect(try await reader.readAll("t", version: 10) == after)
        await test.broker.close()
    }

    @Test func `replace and compaction exclude each other`() async throws {
        let test = try await TestBroker(TestBroker.cleanerSettings)
        let admin = test.connect(isAdmin: true)
        #expect(try await admin.deploy("mask", try ReaderFixture.guest()).errorCode == .none)
        let view = #"{"on_error":"replace","steps":[{"headers":"keep","module":"mask","with":{}}],"v":1}"#
        let batch = RecordBatch.encode([
            Record(key: Array(#"["view","hide",0]"#.utf8), value: Array(view.utf8), timestamp: 1)
        ])
        #expect(try await admin.produce("__sluice_views", batch).errorCode == .none)

        // The view first.
        try await test.createTopic("first")
        try await admin.bind(group: "email-app", topic: "first", to: "hide")
        for steps in [[AlterStep.set("cleanup.policy", "compact")], [.append("cleanup.policy", "compact")]] {
            for validateOnly in [true, false] {
                let answer = try await admin.alter("first", steps, validateOnly: validateOnly)
                #expect(answer.errorCode == .invalidConfig)
                #expect(answer.errorMessage?.contains("use stop or drop") == true)
            }
        }
        #expect(test.broker.topics["first"]?.configuration.isCompacted == false)

        // Compaction first.
        try await test.createTopic("second", configs: ["cleanup.policy": "compact"])
        let key = #"["binding",["exact","email-app"],["any"],["exact","second"]]"#
        let bound = try await admin.setPolicy(key, target: "hide")
        #expect(bound.errorCode == .invalidRecord)
        #expect(bound.errorMessage?.contains("use stop or drop") == true)

        // Both at once, for a topic that is there and for one that isn't.
        try await test.createTopic("third")
        let both: [AlterStep] = [.set("view.default", "hide"), .set("cleanup.policy", "compact")]
        #expect(try await admin.alter("third", both).errorCode == .invalidConfig)
        #expect(test.broker.topics["third"]?.configuration.isCompacted == false)
        #expect(test.broker.policy.currentState.viewDefault(of: "third") == nil)
        await #expect(throws: TestFailure.self) {
            try await test.createTopic("fourth", configs: ["cleanup.policy": "compact", "view.default": "hide"])
        }
        #expect(try await admin.setPolicy(#"["default",["prefix","pii."]]"#, target: "hide").errorCode == .none)
        await #expect(throws: TestFailure.self) {
            try await test.createTopic("pii.a", configs: ["cleanup.policy": "compact"])
        }
        try await test.createTopic("pii.a")
        await test.broker.close()
    }

    @Test func `the broker's own topics are compacted and read back`() async throws {
        let folder = TemporaryFolder()
        let settings = TestBroker.cleanerSettings.merging(["offsets.topic.num.partitions": "1"]) { $1 }
        do {
            let test = try await TestBroker(settings, folder: folder)
            try await test.createTopic("t")
            let own = try ["__consumer_offsets", "__sluice_views", "__sluice_modules"].map { name in
                try #require(test.broker.topics[name]?.partitions[0])
            }
            for partition in own { await test.shrinkSegments(partition, to: 4000) }
            let admin = test.connect(isAdmin: true)
            let guest = try ReaderFixture.guest()
            try await admin.setDefault(topic: "t", to: "deny")
            for _ in 0..<5 { #expect(try await admin.deploy("mask", guest).errorCode == .none) }
            for number in 0..<60 {
                let name = "app-\(number % 4)"
                try await admin.bind(group: name, topic: "t", to: number % 2 == 0 ? "mask" : "deny")
                if number % 7 == 0 {
                    let key = #"["binding",["exact","\#(name)"],["any"],["exact","t"]]"#
                    #expect(try await admin.setPolicy(key, target: nil).errorCode == .none)
                }
                for offset in 0..<3 {
                    #expect(try await admin.commit(group: name, topic: "t", Int64(number * 10 + offset)) == .none)
                }
            }
            let before = test.broker.policy.currentState.snapshot()
            await test.broker.cleaner.sweep()
            for partition in own.prefix(2) {
                #expect(partition.view.cleanedOffset ?? 0 > 0)
                #expect(try await partition.byteCount() < 8000, "\(partition.topicName)")
            }
            #expect(test.broker.policy.currentState.snapshot().bindings.count == before.bindings.count)
            await test.broker.close()
        }
        let again = try await TestBroker(settings, folder: folder)
        for number in 56..<60 {
            let offset = try await again.connect(isAdmin: true).committed(group: "app-\(number % 4)", topic: "t")
            #expect(offset == Int64(number * 10 + 2))
        }
        // 56 removed the binding of app-0; the last word on the others is an even number's mask or an odd one's deny.
        let targets = again.broker.policy.currentState.bindings.map { "\($0.key.group) \($0.value.target)" }
        #expect(targets.count == 3)
        #expect(targets.count { $0.contains("deny") } == 2)
        #expect(targets.count { $0.contains("mask@1") } == 1)
        await again.broker.close()
    }
}

extension TestConnection {
    func commit(group: String, topic: String, _ offset: Int64) async throws -> ErrorCode {
        var request = OffsetCommitRequest()
        request.groupId = group
        request.generationIdOrMemberEpoch = -1
        var committed = OffsetCommitRequest.OffsetCommitRequestTopic()
        committed.name = topic
        var partition = OffsetCommitRequest.OffsetCommitRequestPartition()
        partition.committedOffset = offset
        committed.partitions = [partition]
        request.topics = [committed]
        return try await send(request, version: 7).topics[0].partitions[0].errorCode
    }

    func committed(group: String, topic: String) async throws -> Int64 {
        var request = OffsetFetchRequest()
        request.groupId = group
        var wanted = OffsetFetchRequest.OffsetFetchRequestTopic()
        wanted.name = topic
        wanted.partitionIndexes = [0]
        request.topics = [wanted]
        return try await send(request, version: 7).topics[0].partitions[0].committedOffset
    }
}
