import Coordinators
import HeapModule
import Logging

/// The consumer groups of this broker: carries out what `ConsumerGroup.StateMachine` decides. Holds the requests that
/// wait, keeps groups and offsets in `__consumer_offsets`, and watches the time.
///
/// Nothing is acknowledged before it is durable, and nothing is in memory that isn't. `load` must be called once, and
/// `run` must be running, for requests to be answered.
actor GroupCoordinator {
    nonisolated let configuration: GroupConfiguration
    nonisolated let store: any OffsetsStore
    nonisolated let clock: any GroupClock
    nonisolated let events: any GroupEvents
    nonisolated let logger: Logger
    /// Makes the part of a member id that nobody can guess.
    nonisolated let memberIdSuffix: @Sendable () -> String

    var groups: [String: Group] = [:]
    var lanes: [Lane]
    var waiters: [ConsumerGroup.Ticket: Waiter] = [:]
    /// At most one live entry a group; entries that a group has outgrown are skipped when they come up.
    var deadlines = Heap<Deadline>()
    var nextSweepMs: Int64
    /// The task that sleeps until the next deadline, and how long.
    var sleeper: Task<Void, Never>?
    var sleepingUntilMs = Int64.max
    var isStopping = false
    /// `run` has ended: nothing can be written any more.
    var isStopped = false
    /// Partitions that have something to write. Each is in the stream at most once.
    nonisolated let dirtyLanes: AsyncStream<Int>
    nonisolated let dirtyLanesInput: AsyncStream<Int>.Continuation
    /// `shutdown`, which waits until nothing is being written.
    var idleWaiters: [CheckedContinuation<Void, Never>] = []
    private var lastTicket: UInt64 = 0

    init(
        configuration: GroupConfiguration = GroupConfiguration(), store: any OffsetsStore, clock: any GroupClock,
        events: any GroupEvents, logger: Logger,
        memberIdSuffix: @escaping @Sendable () -> String = GroupCoordinator.randomUuid
    ) {
        self.configuration = configuration
        self.store = store
        self.clock = clock
        self.events = events
        self.logger = logger
        self.memberIdSuffix = memberIdSuffix
        lanes = Array(repeating: Lane(), count: max(1, configuration.offsetsPartitionCount))
        nextSweepMs = clock.monotonicMs() + configuration.offsetsRetentionCheckIntervalMs
        (dirtyLanes, dirtyLanesInput) = AsyncStream.makeStream()
    }

    /// A version 4 UUID (RFC 9562) as Java prints it.
    static func randomUuid() -> String {
        var generator = SystemRandomNumberGenerator()
        let high = generator.next() & ~0xF000 | 0x4000
        let low = generator.next() & ~(0b11 << 62) | 0b10 << 62
        let digits = (hex(high) + hex(low)).map { Character($0) }
        let parts = [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]]
        return parts.map { String($0) }.joined(separator: "-")
    }

    private static func hex(_ value: UInt64) -> [Unicode.Scalar] {
        let alphabet = Array("0123456789abcdef".unicodeScalars)
        return (0..<16).map { alphabet[Int(value >> UInt64(60 - 4 * $0) & 0xF)] }
    }

    // MARK: Groups

    func nextTicket() -> ConsumerGroup.Ticket {
        lastTicket += 1
        return ConsumerGroup.Ticket(lastTicket)
    }

    nonisolated func partition(of groupId: String) -> Int {
        GroupRecords.partition(of: groupId, count: max(1, configuration.offsetsPartitionCount))
    }

    /// Why no request for this group can be answered now. Only APIs of offsets take an empty name, as in Kafka.
    func fault(of groupId: String, allowsEmpty: Bool = false) -> GroupError? {
        if isStopping { return .coordinatorNotAvailable }
        guard allowsEmpty || !groupId.isEmpty, groupId.utf8.count <= configuration.groupIdBytesMax else {
            return .invalidGroupId
        }
        return switch lanes[partition(of: groupId)].phase {
        case .loading: .coordinatorLoadInProgress
        case .failed: .coordinatorNotAvailable
        case .ready: nil
        }
    }

    /// The group, made if there is none; nil if there are too many.
    func groupOrNew(_ groupId: String) -> Group? {
        if let group = groups[groupId] { return group }
        guard groups.count < configuration.groupsMax else { return nil }
        let group = Group(
            id: groupId, partition: partition(of: groupId),
            machine: ConsumerGroup.StateMachine(configuration: configuration.group))
        groups[groupId] = group
        return group
    }

    /// Carries out what an event brought about, and forgets the group if nothing is left of it.
    func apply(_ effects: ConsumerGroup.Effects, to group: Group) {
        for change in effects.changes { events.groupMember(change, of: group.id) }
        for (ticket, answer) in effects.joins {
            if case .join(let continuation)? = waiters.removeValue(forKey: ticket)?.reply {
                continuation.resume(returning: answer)
            }
        }
        for (ticket, answer) in effects.syncs {
            if case .sync(let continuation)? = waiters.removeValue(forKey: ticket)?.reply {
                continuation.resume(returning: answer)
            }
        }
        for write in effects.writes { store(write, of: group) }
        if group.machine.stateName != .empty {
            group.emptySinceMs = nil
        } else if group.emptySinceMs == nil, !group.machine.isSimple {
            group.emptySinceMs = clock.wallMs()
        }
        if group.isUnused {
            if groups[group.id] === group { groups[group.id] = nil }
        } else {
            schedule(group)
        }
    }

    // MARK: What tools ask

    func describe(_ groupId: String) -> ConsumerGroup.Description? {
        groups[groupId]?.machine.description
    }

    /// DescribeGroups, for one group; nil if it isn't there.
    func description(of groupId: String) -> Result<ConsumerGroup.Description?, GroupError> {
        if let error = fault(of: groupId, allowsEmpty: true) { return .failure(error) }
        return .success(describe(groupId))
    }

    /// Every group that is loaded, sorted by name.
    func list() -> [(groupId: String, protocolType: String, state: ConsumerGroup.StateName)] {
        groups.values.map { group in
            let description = group.machine.description
            return (group.id, description.protocolType, description.state)
        }.sorted { $0.groupId < $1.groupId }
    }

    /// Every group that is loaded, for metrics.
    func readings() -> [GroupReading] {
        groups.values.map { group in
            GroupReading(
                id: group.id, state: group.machine.stateName, memberCount: group.machine.memberCount,
                offsets: group.offsets)
        }
    }

    /// False while some partition of `__consumer_offsets` is being read.
    var isLoaded: Bool {
        lanes.allSatisfy { lane in
            switch lane.phase {
            case .loading: false
            case .ready, .failed: true
            }
        }
    }
}
