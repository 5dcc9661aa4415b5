import KafkaMessages

extension AdminClient {
    /// Deletes what lies before an offset in each partition (DeleteRecords). An offset of -1 stands for the end.
    /// - Returns: the first offset that is kept now.
    public func deleteRecords(
        of topic: ClusterMetadata.Topic, before offsets: [Int32: Int64]
    ) async throws(KafkaClientError) -> [Int32: Int64] {
        var byLeader: [Int32: [Int32]] = [:]
        for partition in topic.partitions where offsets[partition.index] != nil {
            byLeader[partition.leader, default: []].append(partition.index)
        }
        var kept: [Int32: Int64] = [:]
        for (leader, indexes) in byLeader.sorted(by: { $0.key < $1.key }) {
            var entry = DeleteRecordsRequest.DeleteRecordsTopic()
            entry.name = topic.name
            entry.partitions = indexes.map { index in
                var partition = DeleteRecordsRequest.DeleteRecordsPartition()
                partition.partitionIndex = index
                partition.offset = offsets[index] ?? -1
                return partition
            }
            var request = DeleteRecordsRequest()
            request.topics = [entry]
            request.timeoutMs = requestTimeoutMs
            let response = try await cluster.connection(toBroker: leader).send(request)
            for partition in response.topics.flatMap(\.partitions) {
                try check(
                    partition.errorCode,
                    while: "delete records of topic \"\(topic.name)\", partition \(partition.partitionIndex)")
                kept[partition.partitionIndex] = partition.lowWatermark
            }
        }
        return kept
    }
}

extension GroupAdmin {
    /// Forgets what a group has committed for these partitions (OffsetDelete, Kafka 2.4 and later). Refused for topics that
    /// a member subscribes to.
    public func deleteOffsets(
        of group: String, _ partitions: [TopicPartition]
    ) async throws(KafkaClientError) {
        var request = OffsetDeleteRequest()
        request.groupId = group
        for (name, keys) in Dictionary(grouping: partitions, by: \.topic).sorted(by: { $0.key < $1.key }) {
            var topic = OffsetDeleteRequest.OffsetDeleteRequestTopic()
            topic.name = name
            topic.partitions = keys.sorted().map { key in
                var partition = OffsetDeleteRequest.OffsetDeleteRequestPartition()
                partition.partitionIndex = key.partition
                return partition
            }
            request.topics.append(topic)
        }
        let connection = try await cluster.coordinator(ofGroup: group)
        let response = try await connection.send(request)
        let action = "delete offsets of group \"\(group)\""
        try check(response.errorCode, while: action)
        for topic in response.topics {
            for partition in topic.partitions {
                try check(partition.errorCode, while: "\(action) for \(topic.name)-\(partition.partitionIndex)")
            }
        }
    }
}
