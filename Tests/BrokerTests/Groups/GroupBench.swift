import Coordinators
import KafkaMessages
import KafkaRecords
import Logging
import NIOCore
import Synchronization
import Testing

@testable import Broker

/// `__consumer_offsets` in memory. Checks what is appended as a log would, can be made to fail, and can hold appends
/// and replays back until it is told to go on.
final class MemoryOffsetsStore: OffsetsStore {
    struct Failure: Error {}

    struct State {
        var batches: [Int: [[UInt8]]] = [:]
        var failsAppends = false
        var failsReplays = false
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
        var appendsUnderWay = 0
        var appendsAtOnceMax = 0
    }

    let state = Mutex(State())

    func append(_ batch: [UInt8], partition: Int) async throws {
        _ = try DecodedBatch(decoding: batch.span.bytes, bound: 1 << 24)
        state.withLock {
            $0.appendsUnderWay += 1
            $0.appendsAtOnceMax = max($0.appendsAtOnceMax, $0.appendsUnderWay)
        }
        await passGate()
        try state.withLock { state in
            state.appendsUnderWay -= 1
            if state.failsAppends { throw Failure() }
            state.batches[partition, default: []].append(batch)
        }
    }

    func replay(partition: Int, _ visit: @Sendable (DecodedBatch) throws -> Void) async throws {
        await passGate()
        let batches = try state.withLock { state in
            if state.failsReplays { throw Failure() }
            return state.batches[partition] ?? []
        }
        for batch in batches { try visit(try DecodedBatch(decoding: batch.span.bytes, bound: 1 << 24)) }
    }

    private func passGate() async {
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                if state.isHeld { state.held.append(continuation) }
                return state.isHeld
            }
            if !isHeld { continuation.resume() }
        }
    }

    func hold() { state.withLock { $0.isHeld = true } }

    /// Lets everything go on, now and later.
    func release() {
        let held = state.withLock { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    var heldCount: Int { state.withLock { $0.held.count } }
    var batchCount: Int { state.withLock { $0.batches.values.reduce(0) { $0 + $1.count } } }
    /// All records, partition by partition.
    var records: [Record] {
        get throws {
            let batches = state.withLock { $0.batches.sorted { $0.key < $1.key }.flatMap(\.value) }
            return try batches.flatMap { bytes in
                let batch = try DecodedBatch(decoding: bytes.span.bytes, bound: 1 << 24)
                return batch.records.indices.map { batch.record(at: $0) }
            }
        }
    }
}

/// A clock that a test moves.
final class ManualGroupClock: GroupClock {
    private struct State {
        var nowMs: Int64 = 1_000_000
        var sleepers: [Int: (deadlineMs: Int64, continuation: CheckedContinuation<Void, Never>)] = [:]
        var cancelled: Set<Int> = []
        var nextId = 0
    }

    private static let epochMs: Int64 = 1_700_000_000_000
    private let state = Mutex(State())

    func monotonicMs() -> Int64 { state.withLock { $0.nowMs } }
    func wallMs() -> Int64 { Self.epochMs + monotonicMs() }

    func sleep(untilMs deadlineMs: Int64) async {
        let id = state.withLock { state in
            state.nextId += 1
            return state.nextId
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.nowMs >= deadlineMs || state.cancelled.remove(id) != nil { return true }
                    state.sleepers[id] = (deadlineMs, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: id)
                if sleeper == nil { state.cancelled.insert(id) }
                return sleeper
            }
            sleeper?.continuation.resume()
        }
    }

    func advance(byMs ms: Int64) {
        let due = state.withLock { state in
            state.nowMs += ms
            let due = state.sleepers.filter { $0.value.deadlineMs <= state.nowMs }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }
}

final class RecordedGroupEvents: GroupEvents {
    private let changes = Mutex<[(group: String, change: ConsumerGroup.MembershipChange)]>([])

    func groupMember(_ change: ConsumerGroup.MembershipChange, of groupId: String) {
        changes.withLock { $0.append((groupId, change)) }
    }

    var all: [(group: String, change: ConsumerGroup.MembershipChange)] { changes.withLock { $0 } }
    var kinds: [ConsumerGroup.MembershipChange.Kind] { all.map(\.change.kind) }
}

struct TestTopics: TopicDirectory {
    static let accountsId = Uuid(high: 7, low: 7)
    static let noId = Uuid(high: 9, low: 9)
    var partitionCounts: [String: Int32] = ["accounts": 4, "other": 1]

    func hasPartition(topic: String, index: Int32) -> Bool {
        partitionCounts[topic].map { (0..<$0).contains(index) } ?? false
    }
    func topicName(of id: Uuid) -> String? { id == Self.accountsId ? "accounts" : nil }
    func topicId(of name: String) -> Uuid? { name == "accounts" ? Self.accountsId : nil }
}

/// A coordinator that is served, with what it stands on. `restart` gives a new one on the same store.
struct GroupBench {
    var configuration = Self.configuration()
    let store: MemoryOffsetsStore
    let clock: ManualGroupClock
    let events = RecordedGroupEvents()
    let coordinator: GroupCoordinator

    static func configuration(initialDelayMs: Int32 = 0) -> GroupConfiguration {
        var configuration = GroupConfiguration()
        configuration.group.initialRebalanceDelayMs = initialDelayMs
        return configuration
    }

    init(
        _ configuration: GroupConfiguration = Self.configuration(), store: MemoryOffsetsStore = MemoryOffsetsStore(),
        clock: ManualGroupClock = ManualGroupClock()
    ) {
        self.configuration = configuration
        self.store = store
        self.clock = clock
        let counter = Mutex(0)
        coordinator = GroupCoordinator(
            configuration: configuration, store: store, clock: clock, events: events,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            memberIdSuffix: {
                counter.withLock { count in
                    count += 1
                    return "\(count)"
                }
            })
    }

    /// Loads, serves while `body` runs, and shuts down.
    func serve<Outcome: Sendable>(
        loads: Bool = true, _ body: @Sendable @escaping (GroupBench) async throws -> Outcome
    ) async throws -> Outcome {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await coordinator.run() }
            if loads { await coordinator.load() }
            let outcome: Outcome
            do {
                outcome = try await body(self)
            } catch {
                store.release()
                tasks.cancelAll()
                throw error
            }
            await coordinator.shutdown()
            try await tasks.waitForAll()
            return outcome
        }
    }

    func restart() -> GroupBench {
        GroupBench(configuration, store: store, clock: clock)
    }

    // MARK: Requests

    func join(
        _ group: String = "email-app", member: String = "", instance: String? = nil, version: Int16 = 3,
        sessionMs: Int32 = 10_000, clientId: String = "app", host: String = "10.0.0.1", protocols: [String] = ["range"],
        type: String = "consumer", subscription: ByteBuffer = ByteBuffer(string: "subscription")
    ) async -> JoinGroupResponse {
        var request = JoinGroupRequest()
        request.groupId = group
        request.memberId = member
        request.groupInstanceId = instance
        request.sessionTimeoutMs = sessionMs
        request.rebalanceTimeoutMs = 60_000
        request.protocolType = type
        request.protocols = protocols.map { name in
            var result = JoinGroupRequest.JoinGroupRequestProtocol()
            result.name = name
            result.metadata = subscription
            return result
        }
        return await JoinGroupHandler.handle(
            request, version: version, clientId: clientId, clientHost: host, coordinator: coordinator)
    }

    func sync(
        _ group: String = "email-app", member: String, generation: Int32 = 1, version: Int16 = 3,
        assignments: [String: String] = [:]
    ) async -> SyncGroupResponse {
        var request = SyncGroupRequest()
        request.groupId = group
        request.memberId = member
        request.generationId = generation
        request.assignments = assignments.map { memberId, text in
            var result = SyncGroupRequest.SyncGroupRequestAssignment()
            result.memberId = memberId
            result.assignment.writeString(text)
            return result
        }
        return await SyncGroupHandler.handle(request, version: version, coordinator: coordinator)
    }

    func heartbeat(_ group: String = "email-app", member: String, generation: Int32 = 1) async -> ErrorCode {
        var request = HeartbeatRequest()
        request.groupId = group
        request.memberId = member
        request.generationId = generation
        return await HeartbeatHandler.handle(request, version: 3, coordinator: coordinator).errorCode
    }

    func leave(_ group: String = "email-app", member: String) async -> ErrorCode {
        var request = LeaveGroupRequest()
        request.groupId = group
        request.memberId = member
        return await LeaveGroupHandler.handle(request, version: 1, coordinator: coordinator).errorCode
    }

    func commit(
        _ group: String = "email-app", member: String = "", generation: Int32 = -1, topic: String = "accounts",
        partition: Int32 = 0, offset: Int64, metadata: String? = "", version: Int16 = 8, retentionMs: Int64 = -1
    ) async -> ErrorCode {
        var request = OffsetCommitRequest()
        request.groupId = group
        request.memberId = member
        request.generationIdOrMemberEpoch = generation
        request.retentionTimeMs = retentionMs
        var asked = OffsetCommitRequest.OffsetCommitRequestTopic()
        if version < 10 { asked.name = topic } else { asked.topicId = TestTopics.accountsId }
        var one = OffsetCommitRequest.OffsetCommitRequestPartition()
        one.partitionIndex = partition
        one.committedOffset = offset
        one.committedLeaderEpoch = 3
        one.committedMetadata = metadata
        asked.partitions = [one]
        request.topics = [asked]
        let response = await OffsetCommitHandler.handle(
            request, version: version, topics: TestTopics(), coordinator: coordinator)
        return response.topics[0].partitions[0].errorCode
    }

    /// The committed offset of one partition.
    func offset(
        _ group: String = "email-app", topic: String = "accounts", partition: Int32 = 0
    ) async -> Int64 {
        var request = OffsetFetchRequest()
        request.groupId = group
        var asked = OffsetFetchRequest.OffsetFetchRequestTopic()
        asked.name = topic
        asked.partitionIndexes = [partition]
        request.topics = [asked]
        let response = await OffsetFetchHandler.handle(
            request, version: 7, topics: TestTopics(), coordinator: coordinator)
        return response.topics.first?.partitions.first?.committedOffset ?? -2
    }

    // MARK: Waiting without sleeping

    /// Gives way until `condition` holds; false if it doesn't come to that.
    func until(_ condition: () async -> Bool) async -> Bool {
        for _ in 0..<100_000 {
            if await condition() { return true }
            await Task.yield()
        }
        return false
    }

    func untilWaiting(_ count: Int) async {
        #expect(await until { await coordinator.waiters.count == count }, "\(count) requests wait")
    }
}

extension GroupCoordinator {
    var groupNames: [String] { groups.keys.sorted() }

    /// When the group is looked at next.
    func scheduledMs(_ groupId: String) -> Int64? { groups[groupId]?.scheduledMs }

    /// Writes of the group's partition that aren't under way.
    func pendingCount(_ groupId: String) -> Int { lanes[partition(of: groupId)].pending.count }
}
