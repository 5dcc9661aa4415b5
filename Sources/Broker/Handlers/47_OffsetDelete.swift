import Coordinators
import KafkaMessages

/// OffsetDelete v0 (KIP-496). A partition that has no offset is deleted with success, as in Kafka; one that a live
/// member subscribes to is GROUP_SUBSCRIBED_TO_TOPIC. An error of the group comes without topics.
enum OffsetDeleteHandler {
    static func handle(
        _ request: OffsetDeleteRequest, topics: some TopicDirectory, coordinator: GroupCoordinator,
        mayReadTopic: (_ name: String) -> Bool = { _ in true }
    ) async -> OffsetDeleteResponse {
        var known: Set<CommittedOffsets.Partition> = []
        let denied = Set(request.topics.map(\.name).filter { !mayReadTopic($0) })
        for topic in request.topics where !denied.contains(topic.name) {
            for partition in topic.partitions
            where topics.hasPartition(topic: topic.name, index: partition.partitionIndex) {
                known.insert(CommittedOffsets.Partition(topic: topic.name, index: partition.partitionIndex))
            }
        }
        var response = OffsetDeleteResponse()
        let subscribed: Set<String>
        switch await coordinator.deleteOffsets(of: request.groupId, known) {
        case .success(let topics): subscribed = topics
        case .failure(let error):
            response.errorCode = error.code
            return response
        }
        response.topics = request.topics.map { topic in
            var answer = OffsetDeleteResponse.OffsetDeleteResponseTopic()
            answer.name = topic.name
            answer.partitions = topic.partitions.map { partition in
                var result = OffsetDeleteResponse.OffsetDeleteResponsePartition()
                result.partitionIndex = partition.partitionIndex
                if denied.contains(topic.name) {
                    result.errorCode = .topicAuthorizationFailed
                } else if !known.contains(.init(topic: topic.name, index: partition.partitionIndex)) {
                    result.errorCode = .unknownTopicOrPartition
                } else if subscribed.contains(topic.name) {
                    result.errorCode = .groupSubscribedToTopic
                }
                return result
            }
            return answer
        }
        return response
    }
}
