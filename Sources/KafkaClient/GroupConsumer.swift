import KafkaMessages
import NIOCore

/// Reads topics as a member of a group (classic protocol, `range` assignment). Used by one task.
///
/// Heartbeats are sent from `poll`, on a connection of their own: a caller that doesn't poll for longer than the
/// session time-out leaves the group and joins again with the next poll. Offsets are committed at the poll after the
/// one that gave the records, and by `leave`: records may come twice, never not at all.
public struct GroupConsumer {
    public struct Configuration: Sendable {
        public var sessionTimeoutMs: Int32 = 45_000
        public var rebalanceTimeoutMs: Int32 = 60_000
        public var heartbeatInterval: Duration = .seconds(3)
        /// Where to begin in partitions without a committed offset.
        public var startsAtBeginning = false
        public var consumer = ConsumerConfiguration()

        public init() {}
    }

    /// The partitions that this member has now, in order.
    public private(set) var assignment: [TopicPartition] = []
    /// Grows with each time that partitions were assigned.
    public private(set) var assignmentCount = 0

    private let cluster: Cluster
    private let configuration: Configuration
    private var membership: GroupMembership
    private var fetcher: Fetcher
    private var isMember = false
    private var patience = Patience()
    /// What has been committed, to commit only what moved.
    private var committed: [TopicPartition: Int64] = [:]

    public init(_ cluster: Cluster, group: String, topics: [String], configuration: Configuration = .init()) {
        self.cluster = cluster
        self.configuration = configuration
        var consumer = configuration.consumer
        consumer.tags.group = group
        consumer.outOfRange = configuration.startsAtBeginning ? .earliest : .latest
        membership = GroupMembership(
            cluster, group: group, topics: topics, sessionTimeoutMs: configuration.sessionTimeoutMs,
            rebalanceTimeoutMs: configuration.rebalanceTimeoutMs, heartbeatInterval: configuration.heartbeatInterval)
        fetcher = Fetcher(cluster, configuration: consumer)
    }

    /// True if every partition of this member has been read to its end.
    public var isAtEnd: Bool { isMember && fetcher.isAtEnd }

    /// Joins if need be, and waits up to `maxWaitMs` for records. Goes on over a lost coordinator for a while, with no
    /// records.
    public mutating func poll() async throws(KafkaClientError) -> [ConsumedRecord] {
        do throws(KafkaClientError) {
            try await keepMembership()
            patience.succeeded()
        } catch {
            guard error.isConnectionLoss, assignmentCount > 0 else { throw error }
            await cluster.forgetCoordinator(ofGroup: membership.group)
            try await patience.wait(after: error)
            return []
        }
        guard !assignment.isEmpty else {
            // A member without partitions waits for the next rebalance.
            do {
                try await Task.sleep(for: .milliseconds(Int(configuration.consumer.maxWaitMs)))
            } catch {
                throw KafkaClientError(.timedOut, "cancelled")
            }
            return []
        }
        return try await fetcher.poll()
    }

    private mutating func keepMembership() async throws(KafkaClientError) {
        if isMember {
            try await commit()
            if try await !membership.heartbeat() { isMember = false }
        }
        if !isMember { try await join() }
    }

    /// Goes back to records that `poll` gave and the caller could not use, so that they are not committed.
    public mutating func rewind(to offsets: [TopicPartition: Int64]) {
        for (key, offset) in offsets { fetcher.positions[key]?.offset = offset }
    }

    /// Leaves the group, so that the others don't wait for the session to end.
    /// - Parameter commits: false if the records of the last poll weren't used.
    public mutating func leave(commits: Bool = true) async throws(KafkaClientError) {
        guard isMember else { return }
        if commits { try await commit() }
        guard isMember else { return }
        isMember = false
        try await membership.leave()
    }

    private mutating func join() async throws(KafkaClientError) {
        let assigned = try await membership.join()
        let metadata = try await cluster.metadata(topics: membership.topics)
        let topics = metadata.topics.filter { $0.error == .none }
        fetcher.setTopics(topics)
        fetcher.positions = [:]
        committed = try await membership.committedOffsets(of: assigned, in: topics)
        for topic in topics {
            let mine = assigned.filter { $0.topic == topic.name }
            let unknown = mine.filter { committed[$0] == nil }.map(\.partition)
            let at = configuration.startsAtBeginning ? OffsetLookup.earliest : OffsetLookup.latest
            let starts =
                unknown.isEmpty ? [:] : try await OffsetLookup(cluster).offsets(of: topic, partitions: unknown, at: at)
            for key in mine {
                guard let offset = committed[key] ?? starts[key.partition] else { continue }
                fetcher.positions[key] = Fetcher.Position(offset: offset)
            }
        }
        assignment = assigned.sorted()
        assignmentCount += 1
        isMember = true
    }

    private mutating func commit() async throws(KafkaClientError) {
        let moved = fetcher.positions.mapValues(\.offset).filter { committed[$0.key] != $0.value }
        guard !moved.isEmpty else { return }
        if try await membership.commit(moved, in: fetcher.topicList) {
            committed.merge(moved) { _, new in new }
        } else {
            isMember = false
        }
    }
}
