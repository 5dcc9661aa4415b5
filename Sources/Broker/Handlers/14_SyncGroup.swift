import Coordinators
import KafkaMessages
import NIOCore

/// SyncGroup v0–5. Answers with the bytes that the leader gave this member, when they are stored.
enum SyncGroupHandler {
    static func handle(
        _ request: SyncGroupRequest, version: Int16, coordinator: GroupCoordinator
    ) async -> SyncGroupResponse {
        var assignments: [String: [UInt8]] = [:]
        for assignment in request.assignments {
            assignments[assignment.memberId] = Array(assignment.assignment.readableBytesView)
        }
        let answer = await coordinator.sync(
            request.groupId,
            ConsumerGroup.SyncAttempt(
                identity: .init(memberId: request.memberId, instanceId: request.groupInstanceId),
                generation: request.generationId, protocolType: request.protocolType,
                protocolName: request.protocolName, assignments: assignments))
        var response = SyncGroupResponse()
        response.errorCode = ErrorCode(answer.error)
        if version >= 5 {
            response.protocolType = answer.protocolType
            response.protocolName = answer.protocolName
        }
        response.assignment = ByteBuffer(bytes: answer.assignment)
        return response
    }
}
