import Coordinators
import KafkaMessages

/// LeaveGroup v0–5. Before v3 one member leaves and its error is the answer's; from v3 on each has its own.
enum LeaveGroupHandler {
    static func handle(
        _ request: LeaveGroupRequest, version: Int16, coordinator: GroupCoordinator
    ) async -> LeaveGroupResponse {
        var response = LeaveGroupResponse()
        let leaving: [ConsumerGroup.MemberIdentity] =
            version < 3
            ? [.init(memberId: request.memberId)]
            : request.members.map { .init(memberId: $0.memberId, instanceId: $0.groupInstanceId) }
        switch await coordinator.leave(request.groupId, leaving) {
        case .failure(let error):
            response.errorCode = error.code
        case .success(let answers) where version < 3:
            response.errorCode = ErrorCode(answers.first?.error)
        case .success(let answers):
            response.members = answers.map { answer in
                var result = LeaveGroupResponse.MemberResponse()
                result.memberId = answer.identity.memberId
                result.groupInstanceId = answer.identity.instanceId
                result.errorCode = ErrorCode(answer.error)
                return result
            }
        }
        return response
    }
}
