import KafkaMessages
import KafkaRecords
import NIOCore
import TestSupport
import Testing

@testable import Broker

/// Quotas as clients and administrators see them.
@Suite struct QuotaStoryTests {
    private static func alteration(
        _ parts: [(String, String?)], _ ops: [(String, Double?)], validateOnly: Bool = false
    ) -> AlterClientQuotasRequest {
        var request = AlterClientQuotasRequest()
        var entry = AlterClientQuotasRequest.EntryData()
        for (type, name) in parts {
            var part = AlterClientQuotasRequest.EntityData()
            (part.entityType, part.entityName) = (type, name)
            entry.entity.append(part)
        }
        for (key, value) in ops {
            var op = AlterClientQuotasRequest.OpData()
            (op.key, op.value, op.remove) = (key, value ?? 0, value == nil)
            entry.ops.append(op)
        }
        request.entries = [entry]
        request.validateOnly = validateOnly
        return request
    }

    @discardableResult
    private static func alter(
        _ test: TestBroker, _ parts: [(String, String?)], _ ops: [(String, Double?)], validateOnly: Bool = false
    ) async throws -> ErrorCode {
        let request = alteration(parts, ops, validateOnly: validateOnly)
        return try await test.connect(isAdmin: true).send(request, version: 1).entries[0].errorCode
    }

    private static func listed(_ test: TestBroker) async throws -> [String] {
        let response = try await test.connect(isAdmin: true).send(DescribeClientQuotasRequest(), version: 1)
        #expect(response.errorCode == .none)
        return (response.entries ?? []).map { entry in
            let entity = entry.entity.map { "\($0.entityType)=\($0.entityName ?? "(default)")" }.joined(separator: ",")
            return entity + entry.values.map { " \($0.key)=\($0.value)" }.joined()
        }
    }

    @Test func quotasAreKeptAndReadAgain() async throws {
        let folder = TemporaryFolder()
        do {
            let test = try await TestBroker(folder: folder)
            let both: [(String, String?)] = [("client-id", nil), ("user", "ada")]
            #expect(
                try await Self.alter(test, both, [("producer_byte_rate", 1000), ("request_percentage", 12.5)]) == .none)
            #expect(try await Self.alter(test, [("ip", nil)], [("connection_creation_rate", 7)]) == .none)
            #expect(try await Self.alter(test, both, [("producer_byte_rate", nil)]) == .none)
            #expect(try await Self.alter(test, both, [("producer_byte_rate", 5)], validateOnly: true) == .none)
            await test.broker.close()
        }
        let test = try await TestBroker(folder: folder)
        #expect(
            try await Self.listed(test) == [
                "ip=(default) connection_creation_rate=7.0", "user=ada,client-id=(default) request_percentage=12.5",
            ])
        try await Self.alter(test, [("ip", nil)], [("connection_creation_rate", nil)])
        #expect(try await Self.listed(test).count == 1)
    }

    @Test func whatMakesNoSenseIsRefusedAndNothingOfItIsKept() async throws {
        let test = try await TestBroker()
        let wrong: [([(String, String?)], [(String, Double?)])] = [
            ([("user", "ada")], [("producer_byte_rate", 10), ("connection_creation_rate", 1)]),
            ([("user", "ada")], [("producer_byte_rate", 10), ("consumer_byte_rate", 0)]),
            ([("ip", "10.0.0.1"), ("user", "ada")], [("connection_creation_rate", 1)]),
            ([("group", "g")], [("producer_byte_rate", 10)]),
            ([("user", "ada")], [("producer_byte_rate", 10), ("producer_byte_rate", 20)]),
        ]
        for (parts, ops) in wrong { #expect(try await Self.alter(test, parts, ops) == .invalidRequest) }
        #expect(try await Self.listed(test).isEmpty)
    }

    @Test func onlyTheAdministratorSetsThem() async throws {
        let test = try await TestBroker()
        let request = Self.alteration([("user", nil)], [("producer_byte_rate", 10)])
        let answer = try await test.connect().send(request, version: 1)
        #expect(answer.entries.map(\.errorCode) == [.clusterAuthorizationFailed])
        let list = try await test.connect().send(DescribeClientQuotasRequest(), version: 0)
        #expect(list.errorCode == .clusterAuthorizationFailed && list.entries == nil)
    }

    /// The records get in, the client is told to wait, and its next request does, from another connection as well.
    @Test func aProducerAboveItsQuotaIsHeldBack() async throws {
        let test = try await TestBroker(["quota.window.num": "1"])
        try await test.createTopic("t")
        try await Self.alter(test, [("user", nil)], [("producer_byte_rate", 2000)])
        let (one, other) = (test.connect(), test.connect())
        let beganNs = SystemBrokerClock().monotonicNs()
        let first = try await one.send(try Self.produce(byteCount: 2600), version: 9)
        #expect(first.responses[0].partitionResponses[0].errorCode == .none)
        #expect((300...400).contains(first.throttleTimeMs))
        let second = try await other.send(try Self.produce(byteCount: 100), version: 9)
        let passedMs = (SystemBrokerClock().monotonicNs() - beganNs) / 1_000_000
        #expect(passedMs >= Int64(first.throttleTimeMs))
        #expect(second.responses[0].partitionResponses[0].errorCode == .none)
        // What isn't bounded isn't held back.
        #expect(try await test.connect().send(MetadataRequest(), version: 9).throttleTimeMs == 0)
    }

    @Test func aConsumerAndTheTimeOfRequestsAreBounded() async throws {
        let test = try await TestBroker(["quota.window.num": "1"])
        try await test.createTopic("t")
        _ = try await test.connect().send(try Self.produce(byteCount: 3000), version: 9)
        try await Self.alter(test, [("user", nil)], [("consumer_byte_rate", 2900)])
        let fetched = try await test.connect().send(Self.fetch(), version: 12)
        #expect(fetched.throttleTimeMs > 0)
        try await Self.alter(test, [("user", nil)], [("consumer_byte_rate", nil), ("request_percentage", 0.000_01)])
        let answers = [
            try await test.connect().send(MetadataRequest(), version: 9).throttleTimeMs,
            try await test.connect(isAdmin: true).send(MetadataRequest(), version: 9).throttleTimeMs,
        ]
        #expect(answers[0] > 0)
        #expect(answers[1] == 0)
    }

    private static func produce(byteCount: Int) throws -> ProduceRequest {
        let batch = RecordBatch.encode([
            Record(value: [UInt8](repeating: 65, count: byteCount), headers: [], timestamp: 1)
        ])
        var request = ProduceRequest()
        request.acks = -1
        request.timeoutMs = 1000
        var topic = ProduceRequest.TopicProduceData()
        topic.name = "t"
        var partition = ProduceRequest.PartitionProduceData()
        partition.records = .bytes(ByteBuffer(bytes: batch))
        topic.partitionData = [partition]
        request.topicData = [topic]
        return request
    }

    private static func fetch() -> FetchRequest {
        var request = FetchRequest()
        request.maxBytes = 1 << 20
        request.maxWaitMs = 100
        request.minBytes = 1
        var topic = FetchRequest.FetchTopic()
        topic.topic = "t"
        var partition = FetchRequest.FetchPartition()
        partition.partitionMaxBytes = 1 << 20
        topic.partitions = [partition]
        request.topics = [topic]
        return request
    }
}
