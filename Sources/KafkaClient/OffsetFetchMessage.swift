import KafkaMessages

/// OffsetFetch for one group. Up to version 7 the group stands at the top, from 8 on in a list of groups; from 10 on
/// topics go by id.
enum OffsetFetchMessage {
    static func request(
        group: String, _ partitions: [TopicPartition],
        _ metadata: [ClusterMetadata.Topic], version: Int16
    ) -> OffsetFetchRequest {
        let byTopic = Dictionary(grouping: partitions, by: \.topic).sorted { $0.key < $1.key }
        var request = OffsetFetchRequest()
        guard version >= 8 else {
            request.groupId = group
            request.topics = byTopic.map { name, keys in
                var topic = OffsetFetchRequest.OffsetFetchRequestTopic()
                topic.name = name
                topic.partitionIndexes = keys.map(\.partition).sorted()
                return topic
            }
            return request
        }
        var entry = OffsetFetchRequest.OffsetFetchRequestGroup()
        entry.groupId = group
        entry.topics = byTopic.map { name, keys in
            var topic = OffsetFetchRequest.OffsetFetchRequestTopics()
            topic.name = name
            topic.topicId = metadata.first { $0.name == name }?.id ?? .zero
            topic.partitionIndexes = keys.map(\.partition).sorted()
            return topic
        }
        request.groups = [entry]
        return request
    }

    /// - Returns: the first error, and the offsets of partitions that have one.
    static func offsets(
        from response: OffsetFetchResponse, _ metadata: [ClusterMetadata.Topic]
    ) -> (error: ErrorCode, offsets: [TopicPartition: Int64]) {
        var errors = [response.errorCode]
        var offsets: [TopicPartition: Int64] = [:]
        for topic in response.topics {
            for partition in topic.partitions {
                errors.append(partition.errorCode)
                if partition.committedOffset >= 0 {
                    offsets[TopicPartition(topic.name, partition.partitionIndex)] = partition.committedOffset
                }
            }
        }
        for group in response.groups {
            errors.append(group.errorCode)
            for topic in group.topics {
                let name = topic.name.isEmpty ? metadata.first { $0.id == topic.topicId }?.name ?? "" : topic.name
                for partition in topic.partitions {
                    errors.append(partition.errorCode)
                    if partition.committedOffset >= 0 {
                        offsets[TopicPartition(name, partition.partitionIndex)] = partition.committedOffset
                    }
                }
            }
        }
        return (errors.first { $0 != .none } ?? .none, offsets)
    }
}
