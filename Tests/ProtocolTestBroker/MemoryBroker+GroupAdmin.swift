import KafkaMessages
import NIOCore

extension MemoryBroker {
    /// Offsets are kept under `topic-index`.
    static func byTopic(_ committed: [String: Int64]) -> [(name: String, indexes: [Int32])] {
        var topics: [String: [Int32]] = [:]
        for key in committed.keys {
            guard let dash = key.lastIndex(of: "-"), let index = Int32(key[key.index(after: dash)...]) else { continue }
            topics[String(key[..<dash]), default: []].append(index)
        }
        return topics.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted()) }
    }

    /// A member as tools see it, that reads these partitions of one topic.
    package static func member(
        _ id: String, instance: String? = nil, reads topic: String, _ partitions: [Int32]
    ) throws -> DescribeGroupsResponse.DescribedGroupMember {
        var entry = ConsumerProtocolAssignment.TopicPartition()
        entry.topic = topic
        entry.partitions = partitions
        var assignment = ConsumerProtocolAssignment()
        assignment.assignedPartitions = [entry]
        var member = DescribeGroupsResponse.DescribedGroupMember()
        member.memberId = id
        member.groupInstanceId = instance
        member.clientId = "app"
        member.clientHost = "10.0.0.1"
        member.memberAssignment = try assignment.encode(version: 0)
        return member
    }

    static func describeGroups(_ request: FakeRequest, _ state: State) throws -> DescribeGroupsResponse {
        var response = DescribeGroupsResponse()
        response.groups = try request.body(DescribeGroupsRequest.self).groups.map { name in
            var group = DescribeGroupsResponse.DescribedGroup()
            group.groupId = name
            let members = state.describedMembers[name] ?? []
            if members.isEmpty, state.committed[name] == nil {
                group.groupState = "Dead"
                if request.header.apiVersion >= 6 { group.errorCode = .groupIdNotFound }
                return group
            }
            group.groupState = members.isEmpty ? "Empty" : "Stable"
            group.protocolType = "consumer"
            group.protocolData = members.isEmpty ? "" : "range"
            group.members = members
            return group
        }
        return response
    }

    static func listGroups(_ request: ListGroupsRequest, _ state: State) -> ListGroupsResponse {
        var response = ListGroupsResponse()
        for name in Set(state.committed.keys).union(state.describedMembers.keys) {
            var group = ListGroupsResponse.ListedGroup()
            group.groupId = name
            group.protocolType = "consumer"
            group.groupState = state.describedMembers[name]?.isEmpty == false ? "Stable" : "Empty"
            guard request.statesFilter.isEmpty || request.statesFilter.contains(group.groupState) else { continue }
            response.groups.append(group)
        }
        return response
    }

    static func deleteGroups(_ request: DeleteGroupsRequest, _ state: inout State) -> DeleteGroupsResponse {
        var response = DeleteGroupsResponse()
        for name in request.groupsNames {
            var result = DeleteGroupsResponse.DeletableGroupResult()
            result.groupId = name
            if state.describedMembers[name]?.isEmpty == false {
                result.errorCode = .nonEmptyGroup
            } else if state.committed.removeValue(forKey: name) == nil {
                result.errorCode = .groupIdNotFound
            }
            response.results.append(result)
        }
        return response
    }
}
