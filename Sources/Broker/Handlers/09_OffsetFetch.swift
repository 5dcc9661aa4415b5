import Coordinators
import KafkaMessages

/// OffsetFetch v1–10. A group or partition that nobody committed to has offset −1 and no error: clients stop for good on
/// one. Version 1 has no top-level error, so a group's error is in each of its partitions. Member ids and epochs (v9)
/// are for groups of KIP-848, which there are none of; `requireStable` has nothing to wait for without transactions.
enum OffsetFetchHandler {
    static func handle(
        _ request: OffsetFetchRequest, version: Int16, topics: some TopicDirectory, coordinator: GroupCoordinator
    ) async -> OffsetFetchResponse {
        guard version < 8 else {
            return await handleGroups(request, version: version, topics: topics, coordinator: coordinator)
        }
        var response = OffsetFetchResponse()
        let offsets: CommittedOffsets
        var code = ErrorCode.none
        switch await coordinator.offsets(of: request.groupId) {
        case .success(let found): offsets = found
        case .failure(let error):
            offsets = CommittedOffsets()
            code = error.code
        }
        if version >= 2 { response.errorCode = code }
        // From v2 on, no topics at all with an error, as Kafka does.
        guard code == .none || version < 2 else { return response }
        let asked: [(name: String, partitions: [Int32])] =
            request.topics.map { $0.map { ($0.name, $0.partitionIndexes) } }
            ?? offsets.sorted.map { ($0.topic, $0.partitions.map(\.index)) }
        response.topics = asked.map { name, partitions in
            var answer = OffsetFetchResponse.OffsetFetchResponseTopic()
            answer.name = name
            answer.partitions = partitions.map { index in
                var result = OffsetFetchResponse.OffsetFetchResponsePartition()
                let entry = offsets[name, index]
                result.partitionIndex = index
                result.committedOffset = entry?.offset ?? -1
                if version >= 5 { result.committedLeaderEpoch = entry?.leaderEpoch ?? -1 }
                result.metadata = entry?.metadata ?? ""
                result.errorCode = code
                return result
            }
            return answer
        }
        return response
    }

    /// v8 and later: several groups, each with its own error; v10 names topics by id.
    private static func handleGroups(
        _ request: OffsetFetchRequest, version: Int16, topics: some TopicDirectory, coordinator: GroupCoordinator
    ) async -> OffsetFetchResponse {
        var response = OffsetFetchResponse()
        for group in request.groups {
            var answer = OffsetFetchResponse.OffsetFetchResponseGroup()
            answer.groupId = group.groupId
            switch await coordinator.offsets(of: group.groupId) {
            case .success(let offsets):
                answer.topics =
                    group.topics.map { asked in asked.map { topic($0, offsets, version: version, topics: topics) } }
                    ?? all(offsets, version: version, topics: topics)
            case .failure(let error):
                answer.errorCode = error.code
            }
            response.groups.append(answer)
        }
        return response
    }

    private static func topic(
        _ asked: OffsetFetchRequest.OffsetFetchRequestTopics, _ offsets: CommittedOffsets, version: Int16,
        topics: some TopicDirectory
    ) -> OffsetFetchResponse.OffsetFetchResponseTopics {
        var answer = OffsetFetchResponse.OffsetFetchResponseTopics()
        if version < 10 { answer.name = asked.name } else { answer.topicId = asked.topicId }
        let name = version < 10 ? asked.name : topics.topicName(of: asked.topicId)
        answer.partitions = asked.partitionIndexes.map { index in
            var result = partition(index, name.flatMap { offsets[$0, index] })
            if name == nil { result.errorCode = .unknownTopicId }
            return result
        }
        return answer
    }

    /// A topic that has no id any more can't be named in v10 and is left out.
    private static func all(
        _ offsets: CommittedOffsets, version: Int16, topics: some TopicDirectory
    ) -> [OffsetFetchResponse.OffsetFetchResponseTopics] {
        offsets.sorted.compactMap { name, partitions in
            var answer = OffsetFetchResponse.OffsetFetchResponseTopics()
            if version < 10 {
                answer.name = name
            } else {
                guard let id = topics.topicId(of: name) else { return nil }
                answer.topicId = id
            }
            answer.partitions = partitions.map { partition($0.index, $0.entry) }
            return answer
        }
    }

    private static func partition(
        _ index: Int32, _ entry: CommittedOffsets.Entry?
    ) -> OffsetFetchResponse.OffsetFetchResponsePartitions {
        var result = OffsetFetchResponse.OffsetFetchResponsePartitions()
        result.partitionIndex = index
        result.committedOffset = entry?.offset ?? -1
        result.committedLeaderEpoch = entry?.leaderEpoch ?? -1
        result.metadata = entry?.metadata ?? ""
        return result
    }
}
