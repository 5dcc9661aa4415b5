import KafkaMessages

/// Reads partitions of one topic from where it is told, without a group. Used by one task.
public struct Consumer {
    /// Where to begin.
    public enum Start: Sendable, Equatable {
        case beginning
        case end
        case offset(Int64)
        /// So many records before the end, in each partition.
        case last(Int64)
        /// The first record that isn't older; milliseconds since 1970.
        case timestamp(Int64)
    }

    private var fetcher: Fetcher

    /// - Parameter partitions: nil for all of them.
    public init(
        _ cluster: Cluster, topic: ClusterMetadata.Topic, partitions: [Int32]? = nil, start: Start,
        configuration: ConsumerConfiguration = .init()
    ) async throws(KafkaClientError) {
        for index in partitions ?? [] where !topic.partitions.contains(where: { $0.index == index }) {
            throw .broker(
                .unknownTopicOrPartition, "it has no partition \(index)", while: "read topic \"\(topic.name)\"")
        }
        fetcher = Fetcher(cluster, configuration: configuration)
        fetcher.setTopics([topic])
        let lookup = OffsetLookup(cluster)
        let wanted = topic.partitions.map(\.index).filter { partitions?.contains($0) ?? true }
        let offsets: [Int32: Int64]
        switch start {
        case .beginning: offsets = try await lookup.offsets(of: topic, partitions: wanted, at: OffsetLookup.earliest)
        case .end: offsets = try await lookup.offsets(of: topic, partitions: wanted, at: OffsetLookup.latest)
        case .timestamp(let time): offsets = try await lookup.offsets(of: topic, partitions: wanted, at: max(0, time))
        case .offset(let offset): offsets = Dictionary(uniqueKeysWithValues: wanted.map { ($0, offset) })
        case .last(let count):
            let first = try await lookup.offsets(of: topic, partitions: wanted, at: OffsetLookup.earliest)
            let end = try await lookup.offsets(of: topic, partitions: wanted, at: OffsetLookup.latest)
            offsets = end.reduce(into: [:]) { result, entry in
                result[entry.key] = max(first[entry.key] ?? 0, entry.value - count)
            }
        }
        for index in wanted {
            guard let offset = offsets[index] else {
                throw KafkaClientError(.malformedResponse, "no offset came for \(TopicPartition(topic.name, index))")
            }
            fetcher.positions[TopicPartition(topic.name, index)] = Fetcher.Position(offset: offset)
        }
    }

    /// True if every partition has been read to its end, as the last answers gave it.
    public var isAtEnd: Bool { fetcher.isAtEnd }

    /// Waits up to `maxWaitMs` for records. They come in order of partition and offset.
    public mutating func poll() async throws(KafkaClientError) -> [ConsumedRecord] {
        try await fetcher.poll()
    }

    /// The same, and counts the records by the headers of their batches: for measuring.
    public mutating func pollAmount() async throws(KafkaClientError) -> FetchedAmount {
        try await fetcher.pollAmount()
    }
}

/// How much a fetch has brought.
public struct FetchedAmount: Sendable, Equatable {
    public var recordCount = 0
    /// Bytes of the batches as they came.
    public var byteCount = 0
}
