/// What a partition remembers of one producer, for DescribeProducers.
public struct ProducerSummary: Sendable, Equatable {
    public let producerId: Int64
    public let epoch: Int16
    /// Of its last record; nil if none of this epoch is remembered.
    public let lastSequence: Int32?
    /// Milliseconds since 1970, by the broker's clock.
    public let lastTimestamp: Int64
    /// -1: no coordinator has ended a transaction of it.
    public let coordinatorEpoch: Int32
    public let transactionFirstOffset: Int64?
}

extension PartitionLog {
    /// The producers that the partition remembers, by rising id.
    public func producerSummaries() -> [ProducerSummary] {
        producers.entries.sorted { $0.key < $1.key }.map { producerId, entry in
            ProducerSummary(
                producerId: producerId, epoch: entry.epoch, lastSequence: entry.lastSequence,
                lastTimestamp: entry.lastTimestamp, coordinatorEpoch: entry.coordinatorEpoch,
                transactionFirstOffset: entry.transactionFirstOffset)
        }
    }
}
