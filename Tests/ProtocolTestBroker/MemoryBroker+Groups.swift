import KafkaMessages
import NIOCore

extension MemoryBroker {
    static func findCoordinator(_ request: FakeRequest) throws -> FindCoordinatorResponse {
        let body = try request.body(FindCoordinatorRequest.self)
        var response = FindCoordinatorResponse()
        guard request.header.apiVersion >= 4 else {
            response.nodeId = 1
            response.host = "192.0.2.1"
            response.port = 1
            return response
        }
        response.coordinators = body.coordinatorKeys.map { key in
            var coordinator = FindCoordinatorResponse.Coordinator()
            coordinator.key = key
            coordinator.nodeId = 1
            coordinator.host = "192.0.2.1"
            coordinator.port = 1
            return coordinator
        }
        return response
    }

    static func joinGroup(_ request: JoinGroupRequest, _ state: inout State) -> JoinGroupResponse {
        var response = JoinGroupResponse()
        response.memberId = memberId
        guard request.memberId == memberId else {
            response.errorCode = .memberIdRequired
            return response
        }
        state.generation += 1
        state.joinedMembers.insert(memberId)
        var member = JoinGroupResponse.JoinGroupResponseMember()
        member.memberId = memberId
        member.metadata = request.protocols[0].metadata
        response.generationId = state.generation
        response.protocolType = request.protocolType
        response.protocolName = request.protocols[0].name
        response.leader = memberId
        response.members = [member]
        return response
    }

    static func syncGroup(_ request: SyncGroupRequest, _ state: inout State) -> SyncGroupResponse {
        var response = SyncGroupResponse()
        response.assignment = request.assignments.first { $0.memberId == memberId }?.assignment ?? ByteBuffer()
        return response
    }

    static func leaveGroup(_ request: LeaveGroupRequest, _ state: inout State) -> LeaveGroupResponse {
        for member in [request.memberId] + request.members.map(\.memberId) { state.joinedMembers.remove(member) }
        return LeaveGroupResponse()
    }

    static func offsetCommit(_ request: OffsetCommitRequest, _ state: inout State) -> OffsetCommitResponse {
        var response = OffsetCommitResponse()
        let isRefused =
            request.generationIdOrMemberEpoch < 0 && state.describedMembers[request.groupId]?.isEmpty == false
        for topic in request.topics {
            let name = name(topic.name, topic.topicId, state)
            var result = OffsetCommitResponse.OffsetCommitResponseTopic()
            result.name = topic.name
            result.topicId = topic.topicId
            for partition in topic.partitions {
                if !isRefused {
                    state.committed[request.groupId, default: [:]]["\(name)-\(partition.partitionIndex)"] =
                        partition.committedOffset
                }
                var answer = OffsetCommitResponse.OffsetCommitResponsePartition()
                answer.partitionIndex = partition.partitionIndex
                answer.errorCode = isRefused ? .unknownMemberId : .none
                result.partitions.append(answer)
            }
            response.topics.append(result)
        }
        return response
    }

    static func offsetFetch(_ request: FakeRequest, _ state: State) throws -> OffsetFetchResponse {
        let body = try request.body(OffsetFetchRequest.self)
        var response = OffsetFetchResponse()
        if request.header.apiVersion < 8 {
            let committed = state.committed[body.groupId] ?? [:]
            let all = byTopic(committed).map { name, indexes in
                var topic = OffsetFetchRequest.OffsetFetchRequestTopic()
                topic.name = name
                topic.partitionIndexes = indexes
                return topic
            }
            response.topics = (body.topics ?? all).map { topic in
                var result = OffsetFetchResponse.OffsetFetchResponseTopic()
                result.name = topic.name
                result.partitions = topic.partitionIndexes.map { index in
                    var answer = OffsetFetchResponse.OffsetFetchResponsePartition()
                    answer.partitionIndex = index
                    answer.committedOffset = committed["\(topic.name)-\(index)"] ?? -1
                    return answer
                }
                return result
            }
            return response
        }
        response.groups = body.groups.map { group in
            let committed = state.committed[group.groupId] ?? [:]
            var result = OffsetFetchResponse.OffsetFetchResponseGroup()
            result.groupId = group.groupId
            let all = byTopic(committed).map { name, indexes in
                var topic = OffsetFetchRequest.OffsetFetchRequestTopics()
                if request.header.apiVersion < 10 { topic.name = name }
                topic.topicId = state.ids[name] ?? .zero
                topic.partitionIndexes = indexes
                return topic
            }
            result.topics = (group.topics ?? all).map { topic in
                var entry = OffsetFetchResponse.OffsetFetchResponseTopics()
                entry.name = topic.name
                entry.topicId = topic.topicId
                let name = name(topic.name, topic.topicId, state)
                entry.partitions = topic.partitionIndexes.map { index in
                    var answer = OffsetFetchResponse.OffsetFetchResponsePartitions()
                    answer.partitionIndex = index
                    answer.committedOffset = committed["\(name)-\(index)"] ?? -1
                    return answer
                }
                return entry
            }
            return result
        }
        return response
    }
}
