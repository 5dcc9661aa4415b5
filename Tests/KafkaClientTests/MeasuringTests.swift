import KafkaMessages
import KafkaRecords
import ProtocolTestBroker
import TestSupport
import Testing

@testable import KafkaClient

@Suite struct MeasuringTests {
    private func withTopic(
        partitions: Int, _ body: (Cluster, ClusterMetadata.Topic) async throws -> Void
    ) async throws {
        let memory = MemoryBroker()
        memory.add(topic: "t", partitions: partitions)
        try await FakeBroker.with(memory.script) { broker in
            try await Cluster.with(broker.address, configuration: .init(clientId: "test")) { cluster in
                try await body(cluster, try await cluster.topic("t"))
            }
        }
    }

    private func produce(_ count: Int, to cluster: Cluster, _ topic: ClusterMetadata.Topic) async throws -> Producer {
        var settings = Producer.Configuration()
        settings.batchBytes = 50
        settings.keepsLatencies = true
        var producer = Producer(cluster, topic: topic, configuration: settings)
        for number in 0..<count {
            try await producer.append(
                Record(key: Array("k\(number)".utf8), value: Array("value \(number)".utf8), timestamp: 1))
        }
        try await producer.flush()
        return producer
    }

    @Test func everyAcknowledgedRecordHasALatency() async throws {
        try await withTopic(partitions: 3) { cluster, topic in
            let producer = try await produce(100, to: cluster, topic)
            #expect(producer.acknowledgedCount == 100)
            #expect(producer.latencies.reduce(0) { $0 + $1.recordCount } == 100)
            #expect(producer.latencies.allSatisfy { $0.nanoseconds > 0 })
        }
    }

    @Test func aPartitionThatIsNotThereIsRefusedBeforeAnythingIsSent() async throws {
        try await withTopic(partitions: 1) { cluster, topic in
            var producer = Producer(cluster, topic: topic)
            let error = await #expect(throws: KafkaClientError.self) {
                try await producer.append(Record(value: [1], timestamp: 1), partition: 7)
            }
            #expect(error?.message == "topic \"t\" has no partition 7")
        }
    }

    @Test func countingFindsWhatReadingFinds() async throws {
        try await withTopic(partitions: 2) { cluster, topic in
            _ = try await produce(60, to: cluster, topic)
            var consumer = try await Consumer(cluster, topic: topic, start: .beginning)
            var amount = FetchedAmount()
            while !consumer.isAtEnd {
                let more = try await consumer.pollAmount()
                amount.recordCount += more.recordCount
                amount.byteCount += more.byteCount
            }
            #expect(amount.recordCount == 60 && amount.byteCount > 60 * RecordBatchHeader.byteCount / 6)
        }
    }

    @Test(arguments: [1, 5, 30, 60, 1000])
    func aSampleIsSpreadOverAllThatIsKept(count: Int) async throws {
        try await withTopic(partitions: 2) { cluster, topic in
            _ = try await produce(60, to: cluster, topic)
            let records = try await Sampler(cluster, topic).records(count)
            let places = records.map { TopicPartition("t", $0.partition).description + ":\($0.offset)" }
            #expect(Set(places).count == records.count)
            #expect(!records.isEmpty && records.count <= max(2, count + 1))
            if count >= 60 { #expect(records.count == 60) }
            if count >= 5 { #expect(Set(records.map(\.partition)) == [0, 1]) }
        }
    }

    @Test func sampledOffsetsAscendWithinTheRange() {
        var generator = SeededGenerator(seed: 4)
        for round in 0..<500 {
            let start = Int64.random(in: 0...1_000_000_000, using: &generator)
            let length = Int64.random(in: 0...10_000, using: &generator)
            let count = Int.random(in: 0...500, using: &generator)
            let total = length + Int64.random(in: 0...10_000, using: &generator)
            let offsets = Sampler.offsets(start..<start + length, count, of: total)
            #expect(offsets.allSatisfy { (start..<start + length).contains($0) }, "seed 4, round \(round)")
            #expect(zip(offsets, offsets.dropFirst()).allSatisfy { $0 < $1 }, "seed 4, round \(round)")
            #expect(offsets.count <= max(1, count + 1), "seed 4, round \(round)")
        }
    }
}
