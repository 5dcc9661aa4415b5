import KafkaMessages
import NIOCore

/// The APIs of groups. Each names a group, and so is evidence of who fetches on this connection; on a listener that is
/// pinned to another group they are refused.
extension BrokerSession {
    func dispatchGroup(
        _ api: ApiKey, _ frame: ByteBuffer, _ header: RequestHeader, _ context: RequestContext
    ) async throws(ConnectionClosure) -> Reply {
        let version = context.apiVersion
        switch api {
        case .findCoordinator:
            let request: FindCoordinatorRequest = try decode(frame, header)
            return .ready(try encode(findCoordinator(request, context), header))
        case .joinGroup:
            let request: JoinGroupRequest = try decode(frame, header)
            return .ready(try encode(await joinGroup(request, context), header))
        case .syncGroup:
            let request: SyncGroupRequest = try decode(frame, header)
            var response = SyncGroupResponse()
            if names(request.groupId, request.memberId, context) {
                response = await SyncGroupHandler.handle(request, version: version, coordinator: broker.groups)
            } else {
                response.errorCode = .groupAuthorizationFailed
            }
            return .ready(try encode(response, header))
        case .heartbeat:
            let request: HeartbeatRequest = try decode(frame, header)
            var response = HeartbeatResponse()
            if names(request.groupId, request.memberId, context) {
                response = await HeartbeatHandler.handle(request, version: version, coordinator: broker.groups)
            } else {
                response.errorCode = .groupAuthorizationFailed
            }
            return .ready(try encode(response, header))
        case .leaveGroup:
            let request: LeaveGroupRequest = try decode(frame, header)
            var response = LeaveGroupResponse()
            if isPinnedElsewhere(request.groupId, context) {
                response.errorCode = .groupAuthorizationFailed
            } else {
                response = await LeaveGroupHandler.handle(request, version: version, coordinator: broker.groups)
            }
            return .ready(try encode(response, header))
        case .offsetCommit:
            let request: OffsetCommitRequest = try decode(frame, header)
            return .ready(try encode(await offsetCommit(request, context), header))
        case .offsetFetch:
            let request: OffsetFetchRequest = try decode(frame, header)
            return .ready(try encode(await offsetFetch(request, context), header))
        default: return try await dispatchGroupAdmin(api, frame, header, context)
        }
    }

    private func isPinnedElsewhere(_ group: String, _ context: RequestContext) -> Bool {
        context.connection.listener.pinnedGroup.map { !$0.utf8.elementsEqual(group.utf8) } ?? false
    }

    /// Takes note that a request names one group; false if the listener is pinned to another.
    private func names(
        _ group: String, _ member: String? = nil, _ context: RequestContext, sessionTimeoutMs: Int32? = nil
    ) -> Bool {
        broker.attribution.groupRequest(
            context, group: group, member: member, sessionTimeoutMs: sessionTimeoutMs.map(Int64.init))
    }

    private func findCoordinator(
        _ request: FindCoordinatorRequest, _ context: RequestContext
    ) -> FindCoordinatorResponse {
        let keys = context.apiVersion < 4 ? [request.key] : request.coordinatorKeys
        let isOfGroups = request.keyType == 0
        var refused = false
        if isOfGroups, keys.count == 1 {
            refused = !names(keys[0], nil, context)
        } else if isOfGroups {
            broker.attribution.adminRequest(context)
            refused = keys.contains { isPinnedElsewhere($0, context) }
        }
        var response = FindCoordinatorHandler.handle(
            request, version: context.apiVersion, listener: context.connection.listener,
            nodeId: broker.configuration.nodeId)
        guard refused else { return response }
        if context.apiVersion < 4 { response.errorCode = .groupAuthorizationFailed }
        for index in response.coordinators.indices {
            response.coordinators[index].errorCode = .groupAuthorizationFailed
        }
        return response
    }

    private func joinGroup(_ request: JoinGroupRequest, _ context: RequestContext) async -> JoinGroupResponse {
        guard names(request.groupId, request.memberId, context, sessionTimeoutMs: request.sessionTimeoutMs) else {
            var refusal = JoinGroupResponse()
            refusal.errorCode = .groupAuthorizationFailed
            // Null only where the version has it.
            refusal.protocolName = context.apiVersion < 7 ? "" : nil
            return refusal
        }
        let response = await JoinGroupHandler.handle(
            request, version: context.apiVersion, clientId: context.clientId,
            clientHost: context.connection.peerAddress, coordinator: broker.groups)
        if response.errorCode == .none, response.memberId != request.memberId {
            _ = names(request.groupId, response.memberId, context, sessionTimeoutMs: request.sessionTimeoutMs)
        }
        return response
    }

    private func offsetCommit(
        _ request: OffsetCommitRequest, _ context: RequestContext
    ) async -> OffsetCommitResponse {
        guard names(request.groupId, request.memberId, context) else {
            var response = OffsetCommitResponse()
            response.topics = request.topics.map { topic in
                var answer = OffsetCommitResponse.OffsetCommitResponseTopic()
                answer.name = topic.name
                answer.topicId = topic.topicId
                answer.partitions = topic.partitions.map { partition in
                    var answer = OffsetCommitResponse.OffsetCommitResponsePartition()
                    answer.partitionIndex = partition.partitionIndex
                    answer.errorCode = .groupAuthorizationFailed
                    return answer
                }
                return answer
            }
            return response
        }
        return await OffsetCommitHandler.handle(
            request, version: context.apiVersion, topics: broker.topics, coordinator: broker.groups)
    }

    private func offsetFetch(_ request: OffsetFetchRequest, _ context: RequestContext) async -> OffsetFetchResponse {
        let groups = context.apiVersion < 8 ? [request.groupId] : request.groups.map(\.groupId)
        var refused = false
        if groups.count == 1 {
            refused = !names(groups[0], nil, context)
        } else {
            broker.attribution.adminRequest(context)
            refused = groups.contains { isPinnedElsewhere($0, context) }
        }
        guard refused else {
            return await OffsetFetchHandler.handle(
                request, version: context.apiVersion, topics: broker.topics, coordinator: broker.groups)
        }
        var response = OffsetFetchResponse()
        if context.apiVersion >= 8 {
            response.groups = request.groups.map { group in
                var answer = OffsetFetchResponse.OffsetFetchResponseGroup()
                answer.groupId = group.groupId
                answer.errorCode = .groupAuthorizationFailed
                return answer
            }
        } else if context.apiVersion >= 2 {
            response.errorCode = .groupAuthorizationFailed
        } else {
            // v1 has no place for it but in each partition.
            response.topics = (request.topics ?? []).map { topic in
                var answer = OffsetFetchResponse.OffsetFetchResponseTopic()
                answer.name = topic.name
                answer.partitions = topic.partitionIndexes.map { index in
                    var answer = OffsetFetchResponse.OffsetFetchResponsePartition()
                    answer.partitionIndex = index
                    answer.committedOffset = -1
                    answer.errorCode = .groupAuthorizationFailed
                    return answer
                }
                return answer
            }
        }
        return response
    }
}
