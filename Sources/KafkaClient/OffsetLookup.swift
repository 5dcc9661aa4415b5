import KafkaMessages

/// Asks the leaders of partitions for offsets.
struct OffsetLookup {
    /// Kafka's special timestamps of ListOffsets.
    static let latest: Int64 = -1
    static let earliest: Int64 = -2

    private let cluster: Cluster

    init(_ cluster: Cluster) {
        self.cluster = cluster
    }

    /// - Parameters:
    ///   - timestamp: milliseconds since 1970, or one of the special ones. The first offset whose record isn't older;
    ///     the end where there is none.
    ///   - partitions: nil for all of them.
    /// - Returns: an offset for every partition asked for.
    func offsets(
        of topic: ClusterMetadata.Topic, partitions: [Int32]? = nil, at timestamp: Int64
    ) async throws(KafkaClientError) -> [Int32: Int64] {
        var byLeader: [Int32: [ClusterMetadata.Partition]] = [:]
        for partition in topic.partitions where partitions?.contains(partition.index) ?? true {
            byLeader[partition.leader, default: []].append(partition)
        }
        var result: [Int32: Int64] = [:]
        for (leader, led) in byLeader.sorted(by: { $0.key < $1.key }) {
            let connection = try await cluster.connection(toBroker: leader)
            let response = try await connection.send(Self.request(topic.name, led, timestamp))
            for partition in response.topics.flatMap(\.partitions) {
                try check(
                    partition.errorCode,
                    while: "find offsets of topic \"\(topic.name)\", partition \(partition.partitionIndex)")
                result[partition.partitionIndex] = partition.offset
            }
        }
        let unknown = result.filter { $0.value < 0 }.map(\.key)
        if !unknown.isEmpty, timestamp >= 0 {
            result.merge(try await offsets(of: topic, partitions: unknown, at: Self.latest)) { _, end in end }
        }
        return result
    }

    private static func request(
        _ topic: String, _ partitions: [ClusterMetadata.Partition], _ timestamp: Int64
    ) -> ListOffsetsRequest {
        var wanted = ListOffsetsRequest.ListOffsetsTopic()
        wanted.name = topic
        wanted.partitions = partitions.map { partition in
            var entry = ListOffsetsRequest.ListOffsetsPartition()
            entry.partitionIndex = partition.index
            entry.currentLeaderEpoch = -1
            entry.timestamp = timestamp
            return entry
        }
        var request = ListOffsetsRequest()
        request.replicaId = -1
        request.topics = [wanted]
        return request
    }
}
