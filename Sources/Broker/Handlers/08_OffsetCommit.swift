import Coordinators
import KafkaMessages

/// OffsetCommit v2–10. Answers when the offsets are durable. Differs from Apache Kafka: a request with more partitions
/// than the limit is refused whole with INVALID_REQUEST.
enum OffsetCommitHandler {
    static func handle(
        _ request: OffsetCommitRequest, version: Int16, topics: some TopicDirectory, coordinator: GroupCoordinator,
        mayReadTopic: (_ name: String) -> Bool = { _ in true }
    ) async -> OffsetCommitResponse {
        let configuration = coordinator.configuration
        var response = OffsetCommitResponse()
        var entries: [(CommittedOffsets.Partition, CommittedOffsets.Entry)] = []
        let nowMs = coordinator.clock.wallMs()
        let count = request.topics.reduce(0) { $0 + $1.partitions.count }
        let isTooLarge = count > configuration.commitPartitionsMax
        response.topics = request.topics.map { topic in
            var answer = OffsetCommitResponse.OffsetCommitResponseTopic()
            answer.name = version < 10 ? topic.name : ""
            answer.topicId = version < 10 ? .zero : topic.topicId
            let name = version < 10 ? topic.name : topics.topicName(of: topic.topicId)
            let isDenied = name.map { !mayReadTopic($0) } ?? false
            answer.partitions = topic.partitions.map { partition in
                var result = OffsetCommitResponse.OffsetCommitResponsePartition()
                result.partitionIndex = partition.partitionIndex
                let metadata = partition.committedMetadata ?? ""
                if isTooLarge {
                    result.errorCode = .invalidRequest
                } else if isDenied {
                    result.errorCode = .topicAuthorizationFailed
                } else if let name, topics.hasPartition(topic: name, index: partition.partitionIndex) {
                    if metadata.utf8.count > configuration.offsetMetadataBytesMax {
                        result.errorCode = .offsetMetadataTooLarge
                    } else {
                        entries.append(
                            (
                                .init(topic: name, index: partition.partitionIndex),
                                entry(partition, metadata, retentionMs: request.retentionTimeMs, nowMs: nowMs)
                            ))
                    }
                } else {
                    result.errorCode = name == nil ? .unknownTopicId : .unknownTopicOrPartition
                }
                return result
            }
            return answer
        }
        guard !entries.isEmpty else { return response }
        let error = await coordinator.commit(
            request.groupId, .init(memberId: request.memberId, instanceId: request.groupInstanceId),
            generation: request.generationIdOrMemberEpoch, entries)
        if let error { fail(&response, with: code(of: error, version: version)) }
        return response
    }

    private static func entry(
        _ partition: OffsetCommitRequest.OffsetCommitRequestPartition, _ metadata: String, retentionMs: Int64,
        nowMs: Int64
    ) -> CommittedOffsets.Entry {
        let expireMs = retentionMs < 0 ? nil : Optional(nowMs.addingReportingOverflow(retentionMs))
        return CommittedOffsets.Entry(
            offset: partition.committedOffset, leaderEpoch: partition.committedLeaderEpoch, metadata: metadata,
            commitTimestampMs: nowMs, expireTimestampMs: expireMs.map { $0.overflow ? .max : $0.partialValue })
    }

    /// A group that isn't there had a generation once: that is what clients before v9 understand.
    private static func code(of error: GroupError, version: Int16) -> ErrorCode {
        error == .groupIdNotFound && version < 9 ? .illegalGeneration : error.code
    }

    private static func fail(_ response: inout OffsetCommitResponse, with code: ErrorCode) {
        for topic in response.topics.indices {
            for partition in response.topics[topic].partitions.indices
            where response.topics[topic].partitions[partition].errorCode == .none {
                response.topics[topic].partitions[partition].errorCode = code
            }
        }
    }
}
