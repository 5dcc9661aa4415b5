import Coordinators
import KafkaMessages
import NIOCore

/// JoinGroup v0–9. Answers when the rebalance is through. From v4 on a dynamic member gets its id first and joins again
/// with it (KIP-394).
enum JoinGroupHandler {
    static func handle(
        _ request: JoinGroupRequest, version: Int16, clientId: String, clientHost: String,
        coordinator: GroupCoordinator
    ) async -> JoinGroupResponse {
        let attempt = ConsumerGroup.JoinAttempt(
            identity: .init(memberId: request.memberId, instanceId: request.groupInstanceId), clientId: clientId,
            clientHost: clientHost, sessionTimeoutMs: request.sessionTimeoutMs,
            // v0 has one time-out for both.
            rebalanceTimeoutMs: version < 1 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs,
            protocolType: request.protocolType,
            protocols: request.protocols.map {
                .init(name: $0.name, metadata: Array($0.metadata.readableBytesView))
            },
            requiresKnownMemberId: version >= 4, supportsSkippingAssignment: version >= 9)
        return response(to: await coordinator.join(request.groupId, attempt), version: version)
    }

    private static func response(to answer: ConsumerGroup.JoinAnswer, version: Int16) -> JoinGroupResponse {
        var response = JoinGroupResponse()
        response.errorCode = ErrorCode(answer.error)
        response.generationId = answer.generation
        response.memberId = answer.memberId
        response.leader = answer.leaderId
        // Null only where the version has it.
        response.protocolName = answer.protocolName ?? (version < 7 ? "" : nil)
        if version >= 7 { response.protocolType = answer.protocolType }
        if version >= 9 { response.skipAssignment = answer.skipsAssignment }
        response.members = answer.members.map { member in
            var result = JoinGroupResponse.JoinGroupResponseMember()
            result.memberId = member.id
            if version >= 5 { result.groupInstanceId = member.instanceId }
            result.metadata = ByteBuffer(bytes: member.metadata)
            return result
        }
        return response
    }
}
