import KafkaMessages
import NIOCore

/// The APIs of groups. Each names a group, and so is evidence of who fetches on this connection; on a listener that is
/// pinned to another group, and to who has no right to the group, they are refused.
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
            if isRefused(request.groupId, context) {
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

    /// The group isn't this listener's, or the client has no right to it.
    private func isRefused(_ group: String, _ context: RequestContext) -> Bool {
        isPinnedElsewhere(group, context) || !context.may(.group, group)
    }

    /// Takes note that a request names one group; false if the listener is pinned to another, or if the client has no right
    /// to it: then it is evidence of nothing.
    private func names(
        _ group: String, _ member: String? = nil, _ context: RequestContext, sessionTimeoutMs: Int32? = nil
    ) -> Bool {
        context.may(.group, group)
            && broker.attribution.groupRequest(
                context, group: group, member: member, sessionTimeoutMs: sessionTimeoutMs.map(Int64.init))
    }

    private func findCoordinator(
        _ request: FindCoordinatorRequest, _ context: RequestContext
    ) -> FindCoordinatorResponse {
        let keys = context.apiVersion < 4 ? [request.key] : request.coordinatorKeys
        var refusals = [ErrorCode](repeating: .none, count: keys.count)
        switch request.keyType {
        case 0 where keys.count == 1:
            if !names(keys[0], nil, context) { refusals[0] = .groupAuthorizationFailed }
        case 0:
            broker.attribution.adminRequest(context)
            refusals = keys.map { isRefused($0, context) ? .groupAuthorizationFailed : .none }
        case 1:
            refusals = keys.map { context.may(.transactionalId, $0) ? .none : .transactionalIdAuthorizationFailed }
        default: break
        }
        var response = FindCoordinatorHandler.handle(
            request, version: context.apiVersion, listener: context.connection.listener,
            nodeId: broker.configuration.nodeId)
        if context.apiVersion < 4 {
            if let code = refusals.first, code != .none { response.errorCode = code }
        } else {
            for (index, code) in refusals.enumerated() where code != .none {
                response.coordinators[index].errorCode = code
            }
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
            request, version: context.apiVersion, topics: broker.topics, coordinator: broker.groups
        ) { context.may(.topic, $0) }
    }

    private func offsetFetch(_ request: OffsetFetchRequest, _ context: RequestContext) async -> OffsetFetchResponse {
        let groups = context.apiVersion < 8 ? [request.groupId] : request.groups.map(\.groupId)
        var rights = OffsetFetchHandler.Rights()
        if groups.count == 1 {
            let isRefused = !names(groups[0], nil, context)
            rights.isRefused = { _ in isRefused }
        } else {
            broker.attribution.adminRequest(context)
            rights.isRefused = { self.isRefused($0, context) }
        }
        let asksForAll = context.apiVersion < 8 ? request.topics == nil : request.groups.contains { $0.topics == nil }
        // What is only listed isn't denied to anybody who asks.
        rights.mayDescribeTopic = { asksForAll ? context.allows(.topic, $0) : context.may(.topic, $0) }
        return await OffsetFetchHandler.handle(
            request, version: context.apiVersion, topics: broker.topics, coordinator: broker.groups, rights: rights)
    }
}
