import KafkaRecords

/// Picks the partition of a record as Kafka's own producer does: a key by its murmur2 hash, so that one key keeps to
/// one partition; records without a key by turns, changing only between batches, so that batches stay large.
public struct Partitioner: Sendable {
    private var sticky: Int32
    private let partitionCount: Int32

    /// - Parameters:
    ///   - partitionCount: partitions of the topic, at least 1.
    ///   - seed: where the turns start; give each producer another, so that short runs don't all fill partition 0.
    public init(partitionCount: Int32, seed: UInt32 = 0) {
        precondition(partitionCount > 0, "a topic has at least one partition")
        self.partitionCount = partitionCount
        sticky = Int32(seed % UInt32(partitionCount))
    }

    /// The partition of a record with this key; nil where it has none.
    public func partition(forKey key: [UInt8]?) -> Int32 {
        guard let key else { return sticky }
        let hash = murmur2(key.rawSpan)
        // Kafka's toPositive: the sign bit goes, it isn't negated.
        return Int32(hash & 0x7fff_ffff) % partitionCount
    }

    /// Moves keyless records on to the next partition; called when a batch is full or sent.
    public mutating func batchEnded() {
        sticky = (sticky + 1) % partitionCount
    }
}
