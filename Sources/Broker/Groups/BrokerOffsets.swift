import Coordinators
import KafkaMessages
import KafkaRecords
import SegmentLog

/// `__consumer_offsets` of this broker, as the group coordinator writes and replays it.
struct BrokerOffsetsStore: OffsetsStore {
    struct Missing: Error {}

    static let topicName = "__consumer_offsets"

    let topics: TopicTable
    let clock: any BrokerClock
    let readPool: ReadPool
    let decompressedBytesMax: Int

    func append(_ batch: [UInt8], partition: Int) async throws {
        _ = try await log(partition).append(batch)
    }

    func replay(partition: Int, _ visit: @Sendable (DecodedBatch) throws -> Void) async throws {
        try await log(partition).replay(visit)
    }

    private func log(_ index: Int) throws -> InternalLog {
        guard let partition = topics[Self.topicName]?.partition(Int32(index)) else { throw Missing() }
        return InternalLog(
            partition: partition, clock: clock, readPool: readPool, decompressedBytesMax: decompressedBytesMax)
    }
}

/// The time of the broker as groups take it.
struct BrokerGroupClock: GroupClock {
    let clock: any BrokerClock
    let timers: Timers

    func monotonicMs() -> Int64 { clock.monotonicMs() }

    func wallMs() -> Int64 { clock.wallMs() }

    func sleep(untilMs deadlineMs: Int64) async {
        let waiter = FetchWaiter()
        let token = timers.schedule(afterMs: deadlineMs - clock.monotonicMs()) { waiter.wake() }
        await waiter.wait()
        timers.cancel(token)
    }
}

/// The topics of this broker, as group handlers look them up.
extension TopicTable: TopicDirectory {
    func hasPartition(topic: String, index: Int32) -> Bool { self[topic]?.partition(index) != nil }

    func topicName(of id: Uuid) -> String? { self[id]?.name }

    func topicId(of name: String) -> Uuid? { self[name]?.id }
}
