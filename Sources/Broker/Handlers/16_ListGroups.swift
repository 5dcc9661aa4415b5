import Coordinators
import KafkaMessages

/// ListGroups v0–5. Filters don't mind the case; a state or type that nobody knows matches no group. While a partition
/// of `__consumer_offsets` is being read, the groups that are there come with COORDINATOR_LOAD_IN_PROGRESS.
enum ListGroupsHandler {
    /// Every group here speaks the classic protocol or stores offsets only.
    private static let groupType = "classic"

    /// `isShown`: the groups that this connection may know of.
    static func handle(
        _ request: ListGroupsRequest, version: Int16, coordinator: GroupCoordinator,
        isShown: (_ groupId: String) -> Bool = { _ in true }
    ) async -> ListGroupsResponse {
        var response = ListGroupsResponse()
        let states = Set(request.statesFilter.map { $0.lowercased() })
        let types = Set(request.typesFilter.map { $0.lowercased() })
        if await !coordinator.isLoaded { response.errorCode = .coordinatorLoadInProgress }
        guard types.isEmpty || types.contains(groupType) else { return response }
        for (groupId, protocolType, state) in await coordinator.list() where isShown(groupId) {
            guard states.isEmpty || states.contains(state.rawValue.lowercased()) else { continue }
            var group = ListGroupsResponse.ListedGroup()
            group.groupId = groupId
            group.protocolType = protocolType
            if version >= 4 { group.groupState = state.rawValue }
            if version >= 5 { group.groupType = groupType }
            response.groups.append(group)
        }
        return response
    }
}
