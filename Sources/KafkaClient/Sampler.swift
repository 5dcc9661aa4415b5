import KafkaMessages

/// Picks records of a topic that lie evenly over all that is kept, without reading all of it.
public struct Sampler: Sendable {
    private let cluster: Cluster
    private let topic: ClusterMetadata.Topic
    private let configuration: ConsumerConfiguration

    public init(_ cluster: Cluster, _ topic: ClusterMetadata.Topic, _ configuration: ConsumerConfiguration = .init()) {
        self.cluster = cluster
        self.topic = topic
        self.configuration = configuration
    }

    /// About `count` records, in order of partition and offset; fewer where the topic has fewer, or a view leaves some out.
    /// One Fetch for each in a large topic.
    public func records(_ count: Int) async throws(KafkaClientError) -> [ConsumedRecord] {
        let ranges = try await AdminClient(cluster).offsets(of: topic)
        let total = ranges.values.reduce(0) { $0 + max(0, $1.end - $1.start) }
        var fetcher = Fetcher(cluster, configuration: smallFetches)
        fetcher.setTopics([topic])
        var records: [ConsumedRecord] = []
        for (index, range) in ranges.sorted(by: { $0.key < $1.key }) {
            let key = TopicPartition(topic.name, index)
            for offset in Self.offsets(range.start..<max(range.start, range.end), count, of: total) {
                // Where the last one came from behind a gap, this may be taken already.
                guard offset > records.last.map({ $0.partition == index ? $0.offset : -1 }) ?? -1 else { continue }
                fetcher.positions = [key: Fetcher.Position(offset: offset)]
                if let first = try await fetcher.poll().first { records.append(first) }
            }
        }
        return records
    }

    private var smallFetches: ConsumerConfiguration {
        var configuration = configuration
        // A broker gives the first batch whatever its size.
        configuration.partitionBytesMax = 1
        configuration.maxWaitMs = min(configuration.maxWaitMs, 100)
        return configuration
    }

    /// The share of `count` that falls to a partition with these offsets, evenly spread.
    static func offsets(_ range: Range<Int64>, _ count: Int, of total: Int64) -> [Int64] {
        guard total > 0, count > 0, !range.isEmpty else { return [] }
        let share = max(1, min(range.count, Int(Double(range.count) / Double(total) * Double(count) + 0.5)))
        return (0..<share).map { range.lowerBound + Int64(Double($0) / Double(share) * Double(range.count)) }
    }
}
