import KafkaMessages
import NIOCore

/// One member's side of the classic group protocol: join, sync, heartbeat, commit, leave. Used by one task.
struct GroupMembership {
    let topics: [String]
    private let cluster: Cluster
    let group: String
    private let sessionTimeoutMs: Int32
    private let rebalanceTimeoutMs: Int32
    private let heartbeatInterval: Duration
    private var memberId = ""
    private var generation: Int32 = -1
    private var lastHeartbeat = ContinuousClock.now

    /// How often a join is tried again before its error is the caller's.
    private static let attemptsMax = 30

    init(
        _ cluster: Cluster, group: String, topics: [String], sessionTimeoutMs: Int32, rebalanceTimeoutMs: Int32,
        heartbeatInterval: Duration
    ) {
        self.cluster = cluster
        self.group = group
        self.topics = topics
        self.sessionTimeoutMs = sessionTimeoutMs
        self.rebalanceTimeoutMs = rebalanceTimeoutMs
        self.heartbeatInterval = heartbeatInterval
    }

    /// Joins and waits for the assignment, through as many rebalances as it takes.
    mutating func join() async throws(KafkaClientError) -> [TopicPartition] {
        var last = ErrorCode.none
        for _ in 1...Self.attemptsMax {
            let joined = try await sendJoin()
            last = joined.errorCode
            switch joined.errorCode {
            case .none:
                memberId = joined.memberId
                generation = joined.generationId
                let synced = try await sendSync(joined)
                last = synced.errorCode
                if synced.errorCode == .none {
                    lastHeartbeat = .now
                    return try ConsumerProtocol.assignment(from: synced.assignment)
                }
            case .memberIdRequired:
                memberId = joined.memberId
                continue
            default:
                break
            }
            try await recover(from: last)
        }
        throw .broker(last, while: "join group \"\(group)\"")
    }

    /// Sends a heartbeat if one is due.
    /// - Returns: false if the group rebalances or has dropped this member: time to join again.
    mutating func heartbeat() async throws(KafkaClientError) -> Bool {
        guard ContinuousClock.now - lastHeartbeat >= heartbeatInterval else { return true }
        var request = HeartbeatRequest()
        request.groupId = group
        request.generationId = generation
        request.memberId = memberId
        let response = try await cluster.coordinator(ofGroup: group).send(request)
        lastHeartbeat = .now
        if response.errorCode == .none { return true }
        try await recover(from: response.errorCode)
        return false
    }

    /// - Returns: false if this member has to join again first.
    mutating func commit(
        _ offsets: [TopicPartition: Int64], in metadata: [ClusterMetadata.Topic]
    ) async throws(KafkaClientError) -> Bool {
        var request = OffsetCommitRequest()
        request.groupId = group
        request.generationIdOrMemberEpoch = generation
        request.memberId = memberId
        for (name, keys) in Dictionary(grouping: offsets.keys, by: \.topic).sorted(by: { $0.key < $1.key }) {
            var topic = OffsetCommitRequest.OffsetCommitRequestTopic()
            topic.name = name
            topic.topicId = metadata.first { $0.name == name }?.id ?? .zero
            topic.partitions = keys.sorted().map { key in
                var partition = OffsetCommitRequest.OffsetCommitRequestPartition()
                partition.partitionIndex = key.partition
                partition.committedOffset = offsets[key] ?? -1
                partition.committedMetadata = ""
                return partition
            }
            request.topics.append(topic)
        }
        let response = try await cluster.coordinator(ofGroup: group).send(request)
        let failed = response.topics.flatMap(\.partitions).first { $0.errorCode != .none }
        guard let error = failed?.errorCode else { return true }
        try await recover(from: error)
        return false
    }

    /// - Returns: only partitions that have one.
    func committedOffsets(
        of partitions: [TopicPartition], in metadata: [ClusterMetadata.Topic]
    ) async throws(KafkaClientError) -> [TopicPartition: Int64] {
        guard !partitions.isEmpty else { return [:] }
        for _ in 1...Self.attemptsMax {
            let connection = try await cluster.coordinator(ofGroup: group)
            let version = try connection.version(of: OffsetFetchRequest.self)
            let request = OffsetFetchMessage.request(
                group: group, partitions, metadata, version: version)
            let response = try await connection.send(request)
            let (error, offsets) = OffsetFetchMessage.offsets(from: response, metadata)
            if error == .none { return offsets }
            guard error == .coordinatorLoadInProgress || error == .unstableOffsetCommit else {
                throw .broker(error, while: "fetch offsets of group \"\(group)\"")
            }
            try await pause()
        }
        throw .broker(.coordinatorLoadInProgress, while: "fetch offsets of group \"\(group)\"")
    }

    mutating func leave() async throws(KafkaClientError) {
        let connection = try await cluster.coordinator(ofGroup: group)
        var request = LeaveGroupRequest()
        request.groupId = group
        if try connection.version(of: LeaveGroupRequest.self) >= 3 {
            var member = LeaveGroupRequest.MemberIdentity()
            member.memberId = memberId
            request.members = [member]
        } else {
            request.memberId = memberId
        }
        let response = try await connection.send(request)
        memberId = ""
        generation = -1
        // A member that is gone already has left.
        if response.errorCode != .unknownMemberId {
            try check(response.errorCode, while: "leave group \"\(group)\"")
        }
    }

    private func sendJoin() async throws(KafkaClientError) -> JoinGroupResponse {
        var request = JoinGroupRequest()
        request.groupId = group
        request.sessionTimeoutMs = sessionTimeoutMs
        request.rebalanceTimeoutMs = rebalanceTimeoutMs
        request.memberId = memberId
        request.protocolType = ConsumerProtocol.type
        var range = JoinGroupRequest.JoinGroupRequestProtocol()
        range.name = RangeAssignor.name
        range.metadata = try ConsumerProtocol.subscription(topics: topics)
        request.protocols = [range]
        // The broker answers when all members have joined, at the latest after the rebalance time-out.
        let timeout = TimeAmount.milliseconds(Int64(rebalanceTimeoutMs)) + .seconds(10)
        return try await cluster.coordinator(ofGroup: group).send(request, timeout: timeout)
    }

    private func sendSync(_ joined: JoinGroupResponse) async throws(KafkaClientError) -> SyncGroupResponse {
        var request = SyncGroupRequest()
        request.groupId = group
        request.generationId = generation
        request.memberId = memberId
        request.protocolType = joined.protocolType ?? ConsumerProtocol.type
        request.protocolName = joined.protocolName ?? RangeAssignor.name
        if joined.leader == memberId {
            request.assignments = try await assign(joined.members)
        }
        let timeout = TimeAmount.milliseconds(Int64(rebalanceTimeoutMs)) + .seconds(10)
        return try await cluster.coordinator(ofGroup: group).send(request, timeout: timeout)
    }

    /// The leader's task: divide the partitions of all topics that anybody wants.
    private func assign(
        _ joined: [JoinGroupResponse.JoinGroupResponseMember]
    ) async throws(KafkaClientError) -> [SyncGroupRequest.SyncGroupRequestAssignment] {
        var members: [RangeAssignor.Member] = []
        for member in joined {
            let topics = try ConsumerProtocol.topics(of: member.metadata)
            members.append(
                RangeAssignor.Member(id: member.memberId, instanceId: member.groupInstanceId, topics: topics))
        }
        let wanted = Set(members.flatMap(\.topics)).sorted()
        let metadata = try await cluster.metadata(topics: wanted)
        let counts = Dictionary(
            metadata.topics.filter { $0.error == .none }.map { ($0.name, Int32(clamping: $0.partitions.count)) },
            uniquingKeysWith: { first, _ in first })
        var assignments: [SyncGroupRequest.SyncGroupRequestAssignment] = []
        for (member, topics) in RangeAssignor.assign(members, partitionCounts: counts).sorted(by: { $0.key < $1.key }) {
            var assignment = SyncGroupRequest.SyncGroupRequestAssignment()
            assignment.memberId = member
            assignment.assignment = try ConsumerProtocol.assignment(topics)
            assignments.append(assignment)
        }
        return assignments
    }

    /// Makes ready for the next join, or throws what no join will mend.
    private mutating func recover(from error: ErrorCode) async throws(KafkaClientError) {
        switch error {
        case .rebalanceInProgress:
            break
        case .unknownMemberId, .illegalGeneration, .fencedInstanceId:
            memberId = error == .illegalGeneration ? memberId : ""
            generation = -1
        case .coordinatorNotAvailable, .notCoordinator:
            await cluster.forgetCoordinator(ofGroup: group)
            try await pause()
        case .coordinatorLoadInProgress:
            try await pause()
        default:
            throw .broker(error, while: "take part in group \"\(group)\"")
        }
    }

    private func pause() async throws(KafkaClientError) {
        do {
            try await Task.sleep(for: .milliseconds(200))
        } catch {
            throw KafkaClientError(.timedOut, "cancelled")
        }
    }
}
