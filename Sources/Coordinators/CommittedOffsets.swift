/// Where a group has got to in each partition. Kept by name, as the record format of `__consumer_offsets` does.
public struct CommittedOffsets: Sendable, Equatable {
    /// One partition's offset.
    public struct Entry: Sendable, Equatable {
        /// The next offset to read.
        public var offset: Int64
        /// Leader epoch of the last record read; −1: not known.
        public var leaderEpoch: Int32
        /// The client's own note.
        public var metadata: String
        /// Wall clock, ms since 1970.
        public var commitTimestampMs: Int64
        /// When the entry lapses by itself (OffsetCommit ≤ 4 with a retention time); nil: by the broker's rule.
        public var expireTimestampMs: Int64?

        public init(
            offset: Int64, leaderEpoch: Int32 = -1, metadata: String = "", commitTimestampMs: Int64,
            expireTimestampMs: Int64? = nil
        ) {
            self.offset = offset
            self.leaderEpoch = leaderEpoch
            self.metadata = metadata
            self.commitTimestampMs = commitTimestampMs
            self.expireTimestampMs = expireTimestampMs
        }
    }

    public struct Partition: Sendable, Hashable, Comparable {
        public var topic: String
        public var index: Int32

        public init(topic: String, index: Int32) {
            self.topic = topic
            self.index = index
        }

        public static func < (left: Partition, right: Partition) -> Bool {
            (left.topic, left.index) < (right.topic, right.index)
        }
    }

    private var topics: [String: [Int32: Entry]] = [:]
    /// Partitions that have an offset.
    public private(set) var count = 0

    public init() {}

    public var isEmpty: Bool { count == 0 }

    public subscript(topic: String, index: Int32) -> Entry? {
        topics[topic]?[index]
    }

    /// All that there is, topics and partitions sorted.
    public var sorted: [(topic: String, partitions: [(index: Int32, entry: Entry)])] {
        topics.sorted { $0.key < $1.key }.map { topic, partitions in
            (topic, partitions.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        }
    }

    /// Every partition that has an offset, sorted.
    public var partitions: [Partition] {
        topics.flatMap { topic, partitions in partitions.keys.map { Partition(topic: topic, index: $0) } }.sorted()
    }

    /// The partitions of `topic` that have an offset, sorted.
    public func partitions(of topic: String) -> [Int32] {
        topics[topic]?.keys.sorted() ?? []
    }

    public mutating func set(_ entry: Entry, for partition: Partition) {
        if topics[partition.topic, default: [:]].updateValue(entry, forKey: partition.index) == nil { count += 1 }
    }

    public mutating func remove(_ partition: Partition) {
        guard topics[partition.topic]?.removeValue(forKey: partition.index) != nil else { return }
        count -= 1
        if topics[partition.topic]?.isEmpty == true { topics[partition.topic] = nil }
    }

    /// The entries whose time is over at `nowMs` (wall clock). `baseTimestampMs` says what the retention of an entry
    /// counts from: its commit, or when its group lost its last member, whichever is later.
    public func expired(nowMs: Int64, retentionMs: Int64, groupEmptySinceMs: Int64?) -> [Partition] {
        var expired: [Partition] = []
        for (topic, partitions) in topics {
            for (index, entry) in partitions {
                let base = max(entry.commitTimestampMs, groupEmptySinceMs ?? .min)
                let (end, overflows) = base.addingReportingOverflow(max(0, retentionMs))
                let deadline = entry.expireTimestampMs ?? (overflows ? .max : end)
                if deadline <= nowMs { expired.append(Partition(topic: topic, index: index)) }
            }
        }
        return expired.sorted()
    }
}
