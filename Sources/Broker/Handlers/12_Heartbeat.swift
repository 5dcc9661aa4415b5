import Coordinators
import KafkaMessages

/// Heartbeat v0–4.
enum HeartbeatHandler {
    static func handle(
        _ request: HeartbeatRequest, version: Int16, coordinator: GroupCoordinator
    ) async -> HeartbeatResponse {
        var response = HeartbeatResponse()
        let error = await coordinator.heartbeat(
            request.groupId, .init(memberId: request.memberId, instanceId: request.groupInstanceId),
            generation: request.generationId)
        response.errorCode = ErrorCode(error)
        return response
    }
}
