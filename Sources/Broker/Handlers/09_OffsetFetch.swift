import Coordinators
import KafkaMessages

/// OffsetFetch v1–10. A group or partition that nobody committed to has offset −1 and no error: clients stop for good on
/// one. Version 1 has no top-level error, so a group's error is in each of its partitions. Member ids and epochs (v9)
/// are for groups of KIP-848, which there are none of; `requireStable` has nothing to wait for without transactions. Topics that the
/// client may not describe are left out where all are asked for.
enum OffsetFetchHandler {
    /// What the client may see.
    struct Rights {
        var isRefused: (_ groupId: String) -> Bool = { _ in false }
        var mayDescribeTopic: (_ name: String) -> Bool = { _ in true }
    }

    static func handle(
        _ request: OffsetFetchRequest, version: Int16, topics: some TopicDirectory, coordinator: GroupCoordinator,
        rights: Rights = Rights()
    ) async -> OffsetFetchResponse {
        guard version < 8 else {
            return await handleGroups(
                request, version: version, topics: topics, coordinator: coordinator, rights: rights)
        }
        var response = OffsetFetchResponse()
        let (offsets, code) = await committed(by: request.groupId, coordinator, rights)
        if version >= 2 { response.errorCode = code }
        // From v2 on, no topics at all with an error, as Kafka does.
        guard code == .none || version < 2 else { return response }
        let asked: [(name: String, partitions: [Int32])] =
            request.topics.map { $0.map { ($0.name, $0.partitionIndexes) } }
            ?? offsets.sorted.filter { rights.mayDescribeTopic($0.topic) }.map {
                ($0.topic, $0.partitions.map(\.index))
            }
        response.topics = asked.map { name, partitions in
            var answer = OffsetFetchResponse.OffsetFetchResponseTopic()
            answer.name = name
            let isDenied = !rights.mayDescribeTopic(name)
            answer.partitions = partitions.map { index in
                var result = OffsetFetchResponse.OffsetFetchResponsePartition()
                let entry = isDenied ? nil : offsets[name, index]
                result.partitionIndex = index
                result.committedOffset = entry?.offset ?? -1
                if version >= 5 { result.committedLeaderEpoch = entry?.leaderEpoch ?? -1 }
                result.metadata = entry?.metadata ?? ""
                result.errorCode = code == .none && isDenied ? .topicAuthorizationFailed : code
                return result
            }
            return answer
        }
        return response
    }

    /// The offsets of a group; none, and why, if they aren't told.
    private static func committed(
        by group: String, _ coordinator: GroupCoordinator, _ rights: Rights
    ) async -> (CommittedOffsets, ErrorCode) {
        if rights.isRefused(group) { return (CommittedOffsets(), .groupAuthorizationFailed) }
        switch await coordinator.offsets(of: group) {
        case .success(let found): return (found, .none)
        case .failure(let error): return (CommittedOffsets(), error.code)
        }
    }

    /// v8 and later: several groups, each with its own error; v10 names topics by id.
    private static func handleGroups(
        _ request: OffsetFetchRequest, version: Int16, topics: some TopicDirectory, coordinator: GroupCoordinator,
        rights: Rights
    ) async -> OffsetFetchResponse {
        var response = OffsetFetchResponse()
        for group in request.groups {
            var answer = OffsetFetchResponse.OffsetFetchResponseGroup()
            answer.groupId = group.groupId
            let (offsets, code) = await committed(by: group.groupId, coordinator, rights)
            answer.errorCode = code
            if code == .none {
                answer.topics =
                    group.topics.map { asked in
                        asked.map { topic($0, offsets, version: version, topics: topics, rights) }
                    } ?? all(offsets, version: version, topics: topics, rights)
            }
            response.groups.append(answer)
        }
        return response
    }

    private static func topic(
        _ asked: OffsetFetchRequest.OffsetFetchRequestTopics, _ offsets: CommittedOffsets, version: Int16,
        topics: some TopicDirectory, _ rights: Rights
    ) -> OffsetFetchResponse.OffsetFetchResponseTopics {
        var answer = OffsetFetchResponse.OffsetFetchResponseTopics()
        if version < 10 { answer.name = asked.name } else { answer.topicId = asked.topicId }
        let name = version < 10 ? asked.name : topics.topicName(of: asked.topicId)
        let isDenied = name.map { !rights.mayDescribeTopic($0) } ?? false
        answer.partitions = asked.partitionIndexes.map { index in
            var result = partition(index, isDenied ? nil : name.flatMap { offsets[$0, index] })
            if name == nil { result.errorCode = .unknownTopicId }
            if isDenied { result.errorCode = .topicAuthorizationFailed }
            return result
        }
        return answer
    }

    /// A topic that has no id any more can't be named in v10 and is left out.
    private static func all(
        _ offsets: CommittedOffsets, version: Int16, topics: some TopicDirectory, _ rights: Rights
    ) -> [OffsetFetchResponse.OffsetFetchResponseTopics] {
        offsets.sorted.filter { rights.mayDescribeTopic($0.topic) }.compactMap { name, partitions in
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
