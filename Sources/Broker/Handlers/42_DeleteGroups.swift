import KafkaMessages

/// DeleteGroups v0–2: groups without members, with their offsets. Bindings of views that name the group stay.
enum DeleteGroupsHandler {
    static func handle(
        _ request: DeleteGroupsRequest, coordinator: GroupCoordinator,
        isRefused: (_ groupId: String) -> Bool = { _ in false }
    ) async -> DeleteGroupsResponse {
        var response = DeleteGroupsResponse()
        for groupId in request.groupsNames {
            var result = DeleteGroupsResponse.DeletableGroupResult()
            result.groupId = groupId
            result.errorCode =
                isRefused(groupId) ? .groupAuthorizationFailed : ErrorCode(await coordinator.delete(groupId))
            response.results.append(result)
        }
        return response
    }
}
