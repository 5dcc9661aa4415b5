import KafkaMessages
import KafkaRecords
import SegmentLog
import Testing

@testable import Broker

/// Upkeep of a whole broker comes when its clock says so, and not before.
@Suite struct MaintenanceTests {
    private let clock = ManualBrokerClock()

    /// Moves the clock and returns when all that was due by then has begun, and what it asked of the partition has been done.
    private func advance(_ ms: Int64, _ test: TestBroker, _ partition: Partition? = nil) async {
        clock.advance(ms)
        await withCheckedContinuation { continuation in
            _ = test.broker.timers.schedule(afterMs: 0) { continuation.resume() }
        }
        for _ in 0..<100 { await Task.yield() }
        await test.broker.topicManager.settled()
        await partition?.settled()
        await test.broker.topicManager.settled()
    }

    private func produce(_ test: TestBroker, _ topic: String, count: Int) async throws {
        for number in 0..<count {
            let record = Record(
                key: [UInt8(number % 3)], value: [UInt8](repeating: 7, count: 200), timestamp: clock.wallMs())
            let answer = try await test.connect().produce(topic, RecordBatch.encode([record]))
            #expect(answer.errorCode == .none)
        }
    }

    @Test func retentionComesAtItsInterval() async throws {
        let test = try await TestBroker(["log.retention.check.interval.ms": "60000"], clock: clock)
        let topic = try await test.createTopic("t", configs: ["retention.ms": "1000"])
        await test.shrinkSegments(topic.partitions[0])
        try await produce(test, "t", count: 40)
        #expect(topic.partitions[0].view.logStartOffset == 0)
        await advance(59_999, test, topic.partitions[0])
        #expect(topic.partitions[0].view.logStartOffset == 0)
        clock.advance(1)
        await eventually { topic.partitions[0].view.logStartOffset > 0 }
        await eventually { test.broker.metrics.segmentsDeleted.value > 0 }
        await test.broker.close()
    }

    @Test func recordsAreSyncedByAge() async throws {
        let test = try await TestBroker(["log.flush": "os"], clock: clock)
        let topic = try await test.createTopic("t", configs: ["flush.ms": "2500"])
        let partition = topic.partitions[0]
        try await produce(test, "t", count: 1)
        for _ in 0..<2 {
            await advance(1000, test, partition)
            #expect(await partition.syncedOffset == 0)
        }
        // Looked at once a second: the first look after 2.5 s is the one of the third second.
        await advance(999, test, partition)
        #expect(await partition.syncedOffset == 0)
        clock.advance(1)
        await eventually { await partition.syncedOffset == 1 }
        await test.broker.close()
    }

    @Test func theCleanerLooksAfterItsBackoff() async throws {
        let test = try await TestBroker(["log.cleaner.backoff.ms": "15000"], clock: clock)
        let partition = try await test.compactedTopic("t")
        try await produce(test, "t", count: 40)
        await advance(14_999, test, partition)
        #expect(partition.view.cleanedOffset == nil && test.broker.cleaner.totals.runningCount == 0)
        clock.advance(1)
        // Its rests are real, and short for so few bytes.
        await eventually { test.broker.cleaner.totals.compactionCount == 1 }
        #expect(partition.view.cleanedOffset ?? 0 > 0)
        await test.broker.close()
    }

    @Test func evidenceIsSweptEveryTenSeconds() async throws {
        let test = try await TestBroker.story(clock: clock)
        let member = test.connect(peer: "10.0.0.1")
        try await member.name(group: "email-app")
        member.session.disconnected()
        #expect(test.broker.attribution.rememberedCount > 0)
        // A time-out of a session, five minutes, and the sweep after it.
        for _ in 0..<300 {
            await advance(10_000, test)
            if test.broker.attribution.rememberedCount == 0 { break }
        }
        #expect(test.broker.attribution.rememberedCount == 0)
        await test.broker.close()
    }

    /// Nothing of it keeps a broker from ending, whatever its clock says.
    @Test func aCloseEndsIt() async throws {
        let test = try await TestBroker(clock: clock)
        try await test.createTopic("t")
        await test.broker.close()
    }
}

extension TopicManager {
    /// Returns when what was asked of it before has been done or waits for something else.
    func settled() {}
}
