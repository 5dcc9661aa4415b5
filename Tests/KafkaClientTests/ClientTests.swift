import KafkaMessages
import KafkaRecords
import NIOCore
import ProtocolTestBroker
import Synchronization
import Testing

@testable import KafkaClient

private func withCluster(
    _ memory: MemoryBroker, unixPath: String? = nil, _ body: (Cluster) async throws -> Void
) async throws {
    try await FakeBroker.with(unixPath: unixPath, memory.script) { broker in
        try await Cluster.with(broker.address, configuration: .init(clientId: "test"), body)
    }
}

private func record(_ value: String, key: String? = nil, timestamp: Int64 = 1) -> Record {
    Record(key: key.map { Array($0.utf8) }, value: Array(value.utf8), timestamp: timestamp)
}

private func text(_ record: ConsumedRecord) -> String { String(decoding: record.value ?? [], as: UTF8.self) }

/// Versions in which the shape of several APIs changes: the newest, before topic ids, and the lists of one.
private let eras: [[ApiKey: Int16]] = [
    [:], [.fetch: 12, .produce: 12, .offsetCommit: 9, .offsetFetch: 9, .deleteTopics: 5],
    [
        .fetch: 4, .produce: 3, .offsetCommit: 2, .offsetFetch: 1, .findCoordinator: 0, .leaveGroup: 0, .joinGroup: 0,
        .syncGroup: 0, .heartbeat: 0, .metadata: 4, .listOffsets: 1,
    ],
]

@Suite struct ClientTests {
    @Test(arguments: eras)
    func topicsComeAndGo(caps: [ApiKey: Int16]) async throws {
        let memory = MemoryBroker()
        memory.state.withLock { $0.versionCaps = caps }
        try await withCluster(memory) { cluster in
            let admin = AdminClient(cluster)
            try await admin.createTopic("accounts", partitions: 3, configs: [("retention.ms", "1000")])
            let again = await #expect(throws: KafkaClientError.self) { try await admin.createTopic("accounts") }
            #expect(again?.errorCode == .topicAlreadyExists)
            #expect(again?.message == "can't create topic \"accounts\": topic accounts exists")
            let topic = try await cluster.topic("accounts")
            #expect(topic.partitions.map(\.index) == [0, 1, 2])
            #expect(try await admin.describeConfigs(.topic("accounts")).map(\.source) == ["DYNAMIC_TOPIC_CONFIG"])
            try await admin.deleteTopic("accounts")
            let gone = await #expect(throws: KafkaClientError.self) { try await cluster.topic("accounts") }
            #expect(gone?.errorCode == .unknownTopicOrPartition)
            let twice = await #expect(throws: KafkaClientError.self) { try await admin.deleteTopic("accounts") }
            #expect(twice?.errorCode == .unknownTopicOrPartition)
        }
    }

    @Test(arguments: eras)
    func whatIsProducedIsConsumed(caps: [ApiKey: Int16]) async throws {
        let memory = MemoryBroker()
        memory.state.withLock { $0.versionCaps = caps }
        memory.add(topic: "t", partitions: 2)
        try await withCluster(memory) { cluster in
            let topic = try await cluster.topic("t")
            var settings = Producer.Configuration()
            settings.batchBytes = 64
            var producer = Producer(cluster, topic: topic, configuration: settings)
            for index in 0..<40 { try await producer.append(record("value \(index)", key: "k\(index % 7)")) }
            try await producer.flush()
            #expect(producer.acknowledgedCount == 40)
            // Records of one key are in order in one partition.
            #expect(memory.values("t").map(\.count).reduce(0, +) == 40)

            var consumer = try await Consumer(cluster, topic: topic, start: .beginning)
            var seen: [String] = []
            while !consumer.isAtEnd { seen += try await consumer.poll().map(text) }
            #expect(Set(seen) == Set((0..<40).map { "value \($0)" }))
            #expect(seen.count == 40)
        }
    }

    @Test(arguments: [
        (Consumer.Start.beginning, [0, 1, 2, 3, 4, 5]), (.end, []), (.offset(4), [4, 5]), (.last(1), [5]),
        (.last(100), [0, 1, 2, 3, 4, 5]), (.timestamp(3), [3, 4, 5]), (.timestamp(99), []),
    ])
    func beginsWhereItIsTold(start: Consumer.Start, expected: [Int]) async throws {
        let memory = MemoryBroker()
        memory.add(topic: "t", partitions: 1)
        memory.state.withLock { state in
            state.topics["t"]?[0].records = (0..<6).map { record("\($0)", timestamp: Int64($0)) }
        }
        try await withCluster(memory) { cluster in
            var consumer = try await Consumer(cluster, topic: try await cluster.topic("t"), start: start)
            var seen: [String] = []
            repeat { seen += try await consumer.poll().map(text) } while !consumer.isAtEnd
            #expect(seen == expected.map(String.init))
        }
    }

    @Test func goesOnWhereTheLogBegins() async throws {
        let memory = MemoryBroker()
        memory.add(topic: "t", partitions: 1)
        memory.state.withLock { state in
            state.topics["t"]?[0].records = (0..<6).map { record("\($0)") }
            state.topics["t"]?[0].start = 3
        }
        try await withCluster(memory) { cluster in
            let topic = try await cluster.topic("t")
            var consumer = try await Consumer(cluster, topic: topic, start: .offset(0))
            var seen: [String] = []
            repeat { seen += try await consumer.poll().map(text) } while !consumer.isAtEnd
            #expect(seen == ["3", "4", "5"])

            var settings = ConsumerConfiguration()
            settings.outOfRange = .fail
            var strict = try await Consumer(cluster, topic: topic, start: .offset(0), configuration: settings)
            let error = await #expect(throws: KafkaClientError.self) { try await strict.poll() }
            #expect(error?.errorCode == .offsetOutOfRange)
        }
    }

    @Test func waitsOutWhatPassesAndSurfacesWhatDoesNot() async throws {
        let memory = MemoryBroker()
        memory.add(topic: "t", partitions: 1)
        memory.state.withLock { state in
            state.topics["t"]?[0].records = [record("a")]
            state.fetchErrors = [.kafkaStorageError, .none, .topicAuthorizationFailed]
        }
        try await withCluster(memory) { cluster in
            var consumer = try await Consumer(cluster, topic: try await cluster.topic("t"), start: .beginning)
            #expect(try await consumer.poll().isEmpty)
            #expect(try await consumer.poll().map(text) == ["a"])
            let error = await #expect(throws: KafkaClientError.self) { try await consumer.poll() }
            #expect(error?.errorCode == .topicAuthorizationFailed)
            #expect(error?.message.hasPrefix("can't read topic \"t\", partition 0, offset 1: ") == true)
        }
    }

    /// A consumer that has begun goes on over a broker that ends its connections.
    @Test(arguments: [[ApiKey.fetch], [.offsetCommit], [.heartbeat, .fetch], [.fetch, .fetch, .metadata]])
    func goesOnOverLostConnections(lost: [ApiKey]) async throws {
        let memory = MemoryBroker()
        memory.add(topic: "t", partitions: 1)
        let remaining = Mutex(lost)
        let script: FakeBroker.Script = { request in
            let isArmed = memory.state.withLock { !$0.fetchTags.isEmpty }
            let isLost = remaining.withLock { remaining in
                guard isArmed, remaining.first == request.header.apiKey else { return false }
                remaining.removeFirst()
                return true
            }
            return isLost ? .closeConnection : try memory.script(request)
        }
        try await FakeBroker.with(script) { broker in
            try await Cluster.with(broker.address, configuration: .init(clientId: "test")) { cluster in
                var settings = GroupConsumer.Configuration()
                settings.startsAtBeginning = true
                settings.heartbeatInterval = .zero
                var consumer = GroupConsumer(cluster, group: "g", topics: ["t"], configuration: settings)
                #expect(try await consumer.poll().isEmpty)
                memory.state.withLock { $0.topics["t"]?[0].records = [record("a"), record("b")] }
                var seen: [String] = []
                for _ in 0..<100 where seen.count < 2 || !remaining.withLock({ $0.isEmpty }) {
                    seen += try await consumer.poll().map(text)
                }
                #expect(Set(seen) == ["a", "b"])
                try await consumer.leave()
                #expect(memory.state.withLock { $0.committed["g"] } == ["t-0": 2])
            }
        }
        #expect(remaining.withLock { $0.isEmpty })
    }

    @Test func missingPartitionIsNamed() async throws {
        let memory = MemoryBroker()
        memory.add(topic: "t", partitions: 1)
        try await withCluster(memory) { cluster in
            let topic = try await cluster.topic("t")
            let error = await #expect(throws: KafkaClientError.self) {
                try await Consumer(cluster, topic: topic, partitions: [0, 4], start: .beginning)
            }
            #expect(error?.message == "can't read topic \"t\": it has no partition 4")
        }
    }

    @Test(arguments: eras)
    func groupCommitsAndGoesOn(caps: [ApiKey: Int16]) async throws {
        let memory = MemoryBroker()
        memory.state.withLock { $0.versionCaps = caps }
        memory.add(topic: "t", partitions: 2)
        memory.state.withLock { state in
            state.topics["t"]?[0].records = [record("a"), record("b")]
            state.topics["t"]?[1].records = [record("c")]
        }
        try await withCluster(memory) { cluster in
            var settings = GroupConsumer.Configuration()
            settings.startsAtBeginning = true
            var first = GroupConsumer(cluster, group: "g", topics: ["t"], configuration: settings)
            var seen: [String] = []
            repeat { seen += try await first.poll().map(text) } while !first.isAtEnd
            #expect(Set(seen) == ["a", "b", "c"])
            #expect(first.assignment == [TopicPartition("t", 0), TopicPartition("t", 1)])
            first.rewind(to: [TopicPartition("t", 0): 1])
            try await first.leave()
            #expect(memory.state.withLock { $0.committed["g"] } == ["t-0": 1, "t-1": 1])
            #expect(memory.state.withLock { $0.joinedMembers }.isEmpty)

            var second = GroupConsumer(cluster, group: "g", topics: ["t"])
            seen = []
            repeat { seen += try await second.poll().map(text) } while !second.isAtEnd
            #expect(seen == ["b"])
            try await second.leave(commits: false)
            #expect(memory.state.withLock { $0.committed["g"]?["t-0"] } == 1)
        }
        let tagged = memory.state.withLock { $0.fetchTags }
        #expect(tagged.allSatisfy { $0.group == (caps[.fetch] == 4 ? nil : "g") })
    }

    @Test func tagsAreForSluiceOnly() async throws {
        let memory = MemoryBroker()
        memory.add(topic: "t", partitions: 1)
        var settings = ConsumerConfiguration()
        settings.tags = FetchTags(group: "g", adhocModule: [1, 2, 3])
        try await withCluster(memory) { [settings] cluster in
            var consumer = try await Consumer(
                cluster, topic: try await cluster.topic("t"), start: .beginning, configuration: settings)
            _ = try await consumer.poll()
        }
        #expect(memory.state.withLock { $0.fetchTags.first?.group } == "g")
        #expect(memory.state.withLock { $0.fetchTags.first?.module } == 3)

        // A foreign broker would send raw what the module is there to change.
        memory.state.withLock { $0.isSluice = false }
        try await withCluster(memory) { [settings] cluster in
            var consumer = try await Consumer(
                cluster, topic: try await cluster.topic("t"), start: .beginning, configuration: settings)
            let error = await #expect(throws: KafkaClientError.self) { try await consumer.poll() }
            #expect(error?.code == .unsupported)
        }
        #expect(memory.state.withLock { $0.fetchTags.count } == 1)
    }

    @Test func policyIsWrittenAndRefused() async throws {
        let memory = MemoryBroker()
        memory.addPolicyTopics()
        let topicDefault = #"["default",["exact","accounts"]]"#
        try await withCluster(memory) { cluster in
            let writer = PolicyWriter(cluster)
            let deployed = try await writer.write([record("wasm", key: "scrub-ssn")], to: PolicyWriter.modulesTopic)
            #expect(deployed == [PolicyWriter.Assigned(index: 0, name: "scrub-ssn@1")])
            let assigned = try await writer.write(
                [record(#"{"target":"scrub-ssn","v":1}"#, key: topicDefault)], to: PolicyWriter.viewsTopic)
            #expect(assigned == [PolicyWriter.Assigned(index: 0, name: "scrub-ssn@1")])
            let error = await #expect(throws: KafkaClientError.self) {
                try await writer.write(
                    [record(#"{"target":"scrub-snn","v":1}"#, key: topicDefault)], to: PolicyWriter.viewsTopic)
            }
            #expect(error?.errorCode == .invalidRecord)
            #expect(error?.message.hasSuffix(#"no module or view "scrub-snn" (scrub-ssn?)"#) == true)
        }
        memory.state.withLock { $0.isSluice = false }
        try await withCluster(memory) { cluster in
            let error = await #expect(throws: KafkaClientError.self) {
                try await PolicyWriter(cluster).write([record("good")], to: PolicyWriter.viewsTopic)
            }
            #expect(error?.code == .unsupported)
        }
    }

    @Test func assignmentsSurviveTheWire() throws {
        let bytes = try ConsumerProtocol.assignment(["t": [0, 2], "u": [1]])
        #expect(
            try ConsumerProtocol.assignment(from: bytes)
                == [TopicPartition("t", 0), TopicPartition("t", 2), TopicPartition("u", 1)])
        // Version 0, one topic "t", no user data: as Java's ConsumerProtocol writes it.
        let subscription = try ConsumerProtocol.subscription(topics: ["t"])
        #expect(Array(subscription.readableBytesView) == [0, 0, 0, 0, 0, 1, 0, 1, 0x74, 0xff, 0xff, 0xff, 0xff])
        #expect(try ConsumerProtocol.topics(of: subscription) == ["t"])
        #expect(throws: KafkaClientError.self) { try ConsumerProtocol.assignment(from: ByteBuffer(bytes: [0, 0, 0])) }
    }
}
