import KafkaMessages
import NIOCore

/// The APIs by which tools look after groups. They name groups without being one, so that a connection that sends them
/// is a tool's; on a listener that is pinned to a group there are no others. Each needs its right on each group.
extension BrokerSession {
    func dispatchGroupAdmin(
        _ api: ApiKey, _ frame: ByteBuffer, _ header: RequestHeader, _ context: RequestContext
    ) async throws(ConnectionClosure) -> Reply {
        let version = context.apiVersion
        let pinned = context.connection.listener.pinnedGroup
        let isElsewhere = { (group: String) in pinned.map { !$0.utf8.elementsEqual(group.utf8) } ?? false }
        let isRefused = { (group: String) in isElsewhere(group) || !context.may(.group, group) }
        switch api {
        case .describeGroups:
            let request: DescribeGroupsRequest = try decode(frame, header)
            broker.attribution.adminRequest(context)
            let response = await DescribeGroupsHandler.handle(
                request, version: version, coordinator: broker.groups, isRefused: isRefused
            ) { context.access.operations(on: .group, $0) }
            return .ready(try encode(response, header))
        case .listGroups:
            let request: ListGroupsRequest = try decode(frame, header)
            let seesAll = context.allowsCluster
            broker.attribution.adminRequest(context)
            let response = await ListGroupsHandler.handle(
                request, version: version, coordinator: broker.groups,
                isShown: { !isElsewhere($0) && (seesAll || context.allows(.group, $0)) })
            return .ready(try encode(response, header))
        case .deleteGroups:
            let request: DeleteGroupsRequest = try decode(frame, header)
            broker.attribution.adminRequest(context)
            let response = await DeleteGroupsHandler.handle(
                request, coordinator: broker.groups, isRefused: isRefused)
            return .ready(try encode(response, header))
        case .offsetDelete:
            let request: OffsetDeleteRequest = try decode(frame, header)
            broker.attribution.adminRequest(context)
            var response = OffsetDeleteResponse()
            if isRefused(request.groupId) {
                response.errorCode = .groupAuthorizationFailed
            } else {
                response = await OffsetDeleteHandler.handle(
                    request, topics: broker.topics, coordinator: broker.groups
                ) { context.may(.topic, $0) }
            }
            return .ready(try encode(response, header))
        default: throw ConnectionClosure("API key \(api.rawValue) is not offered")
        }
    }
}
