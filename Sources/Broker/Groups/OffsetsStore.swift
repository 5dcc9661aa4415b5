import KafkaRecords

/// The log of `__consumer_offsets`, as the coordinator needs it.
protocol OffsetsStore: Sendable {
    /// Appends one record batch (base offset 0, magic 2, CRC set) and returns when it is durable. If it throws, the
    /// records may or may not be found by `replay` later. The coordinator has one append at a time for a partition.
    func append(_ batch: [UInt8], partition: Int) async throws
    /// Hands over every batch of the partition from its start, in order. A partition that was never written has none.
    func replay(partition: Int, _ visit: @Sendable (DecodedBatch) throws -> Void) async throws
}
