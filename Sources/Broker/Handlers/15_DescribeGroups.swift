import Coordinators
import KafkaMessages
import NIOCore

/// DescribeGroups v0–6. A group that isn't there is Dead without an error, and from v6 on GROUP_ID_NOT_FOUND.
/// What the client may do to a group is said when it is asked for.
enum DescribeGroupsHandler {
    /// Bytes of members in one answer. What comes after is told COORDINATOR_NOT_AVAILABLE, upon which tools ask again,
    /// for these groups alone; so the first group always fits.
    static let memberBytesMax = 32 << 20
    /// READ, DELETE and DESCRIBE, as bits of Kafka's `AclOperation`.
    static let allOperations: Int32 = 1 << 3 | 1 << 6 | 1 << 8

    static func handle(
        _ request: DescribeGroupsRequest, version: Int16, coordinator: GroupCoordinator,
        isRefused: (_ groupId: String) -> Bool = { _ in false },
        operations: (_ groupId: String) -> Int32 = { _ in allOperations }
    ) async -> DescribeGroupsResponse {
        var response = DescribeGroupsResponse()
        var byteCount = 0
        for groupId in request.groups {
            var group = DescribeGroupsResponse.DescribedGroup()
            group.groupId = groupId
            if isRefused(groupId) {
                group.errorCode = .groupAuthorizationFailed
            } else if byteCount > memberBytesMax {
                group.errorCode = .coordinatorNotAvailable
            } else {
                switch await coordinator.description(of: groupId) {
                case .failure(let error): group.errorCode = error.code
                case .success(nil):
                    group.groupState = ConsumerGroup.StateName.dead.rawValue
                    if version >= 6 {
                        group.errorCode = .groupIdNotFound
                        group.errorMessage = "group \(groupId) not found"
                    }
                case .success(let found?):
                    fill(&group, from: found, version: version)
                    if request.includeAuthorizedOperations { group.authorizedOperations = operations(groupId) }
                }
            }
            byteCount += group.members.reduce(0) { $0 + $1.byteCount }
            response.groups.append(group)
        }
        return response
    }

    private static func fill(
        _ group: inout DescribeGroupsResponse.DescribedGroup, from found: ConsumerGroup.Description, version: Int16
    ) {
        group.groupState = found.state.rawValue
        group.protocolType = found.protocolType
        group.protocolData = found.protocolName
        group.members = found.members.map { member in
            var result = DescribeGroupsResponse.DescribedGroupMember()
            result.memberId = member.id
            if version >= 4 { result.groupInstanceId = member.instanceId }
            result.clientId = member.clientId
            result.clientHost = member.clientHost
            result.memberMetadata = ByteBuffer(bytes: member.metadata)
            result.memberAssignment = ByteBuffer(bytes: member.assignment)
            return result
        }
    }
}

extension DescribeGroupsResponse.DescribedGroupMember {
    /// About what the member takes on the wire.
    fileprivate var byteCount: Int {
        memberId.utf8.count + clientId.utf8.count + clientHost.utf8.count + memberMetadata.readableBytes
            + memberAssignment.readableBytes + 24
    }
}
