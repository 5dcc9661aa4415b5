import KafkaMessages
import KafkaRecords
import SegmentLog
import Testing

@testable import Broker

/// Settings of the broker that are changed by request.
@Suite struct BrokerSettingsTests {
    @Test func theyHoldAtOnceAndAfterARestart() async throws {
        let folder = TemporaryFolder()
        do {
            let test = try await TestBroker(["log.retention.ms": "5000"], folder: folder)
            try await test.createTopic("t")
            try await test.createTopic("own", configs: ["retention.ms": "77"])
            let client = test.connect()
            let all: [AlterStep] = [.set("log.retention.ms", "3000"), .set("message.max.bytes", "100")]
            #expect(try await client.alter("", type: 4, all).errorCode == .none)
            #expect(try await test.retentionMs("t") == 3000)
            #expect(try await test.retentionMs("own") == 77)
            let big = batch(String(repeating: "x", count: 200))
            #expect(try await client.produce("t", big).errorCode == .messageTooLarge)
            // This broker's own value is stronger than that of all.
            #expect(try await client.alter("1", type: 4, [.set("log.retention.ms", "1000")]).errorCode == .none)
            #expect(try await test.retentionMs("t") == 1000)
            let retention = try await client.describe("t", keys: ["retention.ms"])[0]
            #expect(retention.value == "1000")
            #expect(retention.configSource == 2)
            #expect(retention.synonyms.map(\.value) == ["1000", "3000", "5000", "168"])
            #expect(retention.synonyms.map(\.source) == [2, 3, 4, 5])
            let shared = try await client.describe("", type: 4)
            #expect(shared.map(\.name) == ["message.max.bytes", "log.retention.ms"])
            #expect(shared.map(\.value) == ["100", "3000"])
            #expect(shared.map(\.configSource) == [3, 3])
            await test.broker.close()
        }
        let again = try await TestBroker(["log.retention.ms": "5000"], folder: folder)
        #expect(try await again.retentionMs("t") == 1000)
        let client = again.connect()
        #expect(try await client.alter("1", type: 4, [.delete("log.retention.ms")]).errorCode == .none)
        #expect(try await again.retentionMs("t") == 3000)
        // The old way names all that is set for the broker from now on.
        #expect(try await client.replaceConfigs("", type: 4, [:]).errorCode == .none)
        #expect(try await again.retentionMs("t") == 5000)
        #expect(try await client.describe("", type: 4).isEmpty)
    }

    @Test(arguments: [
        (AlterStep.set("num.partitions", "3"), "can't be changed by request"),
        (.set("log.retention.minutes", "3"), "can't be changed by request"),
        (.set("log.retention.msx", "3"), "(log.retention.ms?)"),
        (.set("log.retention.ms", "soon"), "must be a whole number of at least -1"),
        (.set("log.segment.bytes", "5"), "must be between 1048576 and 2147483647"),
        (.set("min.insync.replicas", "2"), "must be 1, since there is one replica"),
        (.set("log.cleanup.policy", "compacted"), "must be a list of delete, compact"),
        (.set("log.cleaner.max.compaction.lag.ms", "0"), "must be at least 1"),
        (.set("log.cleaner.min.cleanable.ratio", "2"), "must be between 0.0 and 1.0"),
        (.set("log.cleaner.backoff.ms", "100"), "can't be changed by request"),
        (.append("log.retention.ms", "1"), "because its type is not LIST"),
        (.append("nonsense", "1"), "unknown setting nonsense"),
        (.set("zookeeper.connect", "h:2181"), "a single broker has none"),
    ])
    func refusals(step: AlterStep, message: String) async throws {
        let test = try await TestBroker()
        for name in ["", "1"] {
            let answer = try await test.connect().alter(name, type: 4, [step])
            #expect(answer.errorCode == .invalidConfig)
            #expect(answer.errorMessage?.contains(message) == true, "\(answer.errorMessage ?? "none")")
        }
        #expect(test.broker.configuration.dynamic == DynamicSettings())
    }

    /// A setting of all topics that one of them contradicts: nothing is changed.
    @Test func whatATopicContradicts() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t", configs: ["max.message.bytes": "2000000"])
        let answer = try await test.connect().alter("", type: 4, [.set("log.segment.bytes", "1048576")])
        #expect(answer.errorCode == .invalidConfig)
        #expect(answer.errorMessage?.hasPrefix("topic t: max.message.bytes = 2000000: must be at most") == true)
        #expect(test.broker.configuration.dynamic == DynamicSettings())
        #expect(try await test.retentionMs("t") == 604_800_000)
    }

    /// The largest module fits a segment of its topic, however small the broker's segments are.
    @Test func smallSegmentsLeaveRoomForThePolicy() async throws {
        let test = try await TestBroker(["log.segment.bytes": "1048576"])
        let modules = try #require(test.broker.topics["__sluice_modules"])
        #expect(modules.configuration.segmentBytes == modules.configuration.maxMessageBytes)
        let batch = RecordBatch.encode([
            Record(key: nil, value: [UInt8](repeating: 1, count: 2 << 20), headers: [], timestamp: 1)
        ])
        #expect(try await modules.partitions[0].append(batch, nowMs: 1).baseOffset == 0)
    }

    @Test func validateOnlyAndOtherBrokers() async throws {
        let test = try await TestBroker()
        let steps: [AlterStep] = [.set("log.retention.ms", "1")]
        #expect(try await test.connect().alter("", type: 4, steps, validateOnly: true).errorCode == .none)
        #expect(test.broker.configuration.dynamic == DynamicSettings())
        #expect(try await test.connect().alter("2", type: 4, steps).errorCode == .invalidRequest)
        let far = try await test.connect(peer: "10.0.0.2").alter("", type: 4, steps)
        #expect(far.errorCode == .clusterAuthorizationFailed)
        #expect(try await test.connect(isAdmin: true).alter("", type: 4, steps).errorCode == .none)
    }

    /// Settings that a later version doesn't take: the broker starts without them, and doesn't write over them.
    @Test func aFileThatCanNotBeTaken() async throws {
        let folder = TemporaryFolder()
        let fileSystem = PosixFileSystem()
        let text = "all.log.retention.ms=3000\nnode.log.retention.ms=soon\n"
        do {
            let test = try await TestBroker(folder: folder)
            try await test.createTopic("t")
            await test.broker.close()
        }
        try fileSystem.replace(folder.path + "/dynamic.properties", with: Array(text.utf8))
        let test = try await TestBroker(folder: folder)
        #expect(try await test.retentionMs("t") == 604_800_000)
        let answer = try await test.connect().alter("", type: 4, [.set("log.retention.ms", "1")])
        #expect(answer.errorCode == .invalidConfig)
        #expect(answer.errorMessage?.contains("log.retention.ms = soon: must be a whole number") == true)
        let left = try fileSystem.contents(of: folder.path + "/dynamic.properties")
        #expect(left.map { String(decoding: $0, as: UTF8.self) } == text)
    }

    @Test(
        arguments: [
            (["group.min.session.timeout.ms": "10", "group.max.session.timeout.ms": "9"], "must be at most"),
            (["min.insync.replicas": "2"], "must be 1"), (["log.dirs": "/a"], "write log.dir"),
            (["broker.id": "1"], "write node.id"), (["log.retention.hours": "-2"], "must be between -1 and"),
            (["wasm.library": "/a\nb"], "without control characters"), (["num.partitons": "1"], "(num.partitions?)"),
        ] as [([String: String], String)])
    func filesThatContradict(settings: [String: String], message: String) {
        let error = #expect(throws: ConfigError.self) { try BrokerConfiguration(settings) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "none")")
    }

    @Test(
        arguments: [
            ([:], Int64(604_800_000)), (["log.retention.hours": "1"], 3_600_000),
            (["log.retention.hours": "1", "log.retention.minutes": "1"], 60_000),
            (["log.retention.minutes": "1", "log.retention.ms": "5"], 5), (["log.retention.hours": "-1"], -1),
            (["log.retention.minutes": "-1"], -1),
        ] as [([String: String], Int64)])
    func retentionInThreeUnits(settings: [String: String], retentionMs: Int64) throws {
        let broker = try BrokerConfiguration(settings)
        #expect(try TopicConfiguration([:], broker: broker).retentionMs == retentionMs)
    }

    @Test func jitterSpreadsPartitions() throws {
        let broker = try BrokerConfiguration()
        let topic = try TopicConfiguration(["segment.ms": "1000", "segment.jitter.ms": "100"], broker: broker)
        let times = (0..<100).map { topic.log(broker: broker, partition: $0).segmentMs }
        #expect(times.allSatisfy { (901...1000).contains($0) })
        #expect(Set(times).count > 30)
        #expect(times == (0..<100).map { topic.log(broker: broker, partition: $0).segmentMs })
        let none = try TopicConfiguration(["segment.ms": "1000"], broker: broker)
        #expect(none.log(broker: broker, partition: 3).segmentMs == 1000)
        let more = try TopicConfiguration(["segment.ms": "10", "segment.jitter.ms": "1000"], broker: broker)
        #expect((0..<100).allSatisfy { (1...10).contains(more.log(broker: broker, partition: $0).segmentMs) })
    }
}

extension TestBroker {
    /// What the log of the topic's first partition goes by.
    func retentionMs(_ topic: String) async throws -> Int64? {
        let topic = try #require(broker.topics[topic])
        return await topic.partitions[0].configuration.retentionMs
    }
}
