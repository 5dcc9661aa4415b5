import KafkaMessages
import NIOCore

/// Consumer groups from outside: what there is, who is in, how far they got, and setting that.
public struct GroupAdmin: Sendable {
    public struct Listing: Sendable, Equatable {
        public var id: String
        /// Empty for a group that only stores offsets.
        public var protocolType: String
        /// In Kafka's words (`Stable`, `Empty`, …); empty where the broker is too old to say.
        public var state: String
    }

    public struct Member: Sendable, Equatable {
        public var id: String
        public var instanceId: String?
        public var clientId: String
        public var host: String
        /// Sorted. Empty while the group rebalances, and for members that are no consumers.
        public var partitions: [TopicPartition]
    }

    public struct Description: Sendable, Equatable {
        public var id: String
        public var state: String
        public var protocolType: String
        /// The assignor; empty unless the group is Stable.
        public var protocolName: String
        public var members: [Member]

        public var hasMembers: Bool { !members.isEmpty || (state != "Empty" && state != "Dead") }
    }

    /// How often a broker that still loads its groups is asked.
    private static let attemptsMax = 30

    let cluster: Cluster

    public init(_ cluster: Cluster) {
        self.cluster = cluster
    }

    /// Every group of every broker, in order of the names.
    /// - Parameter states: only groups in one of these; empty: in any. A broker below ListGroups 4 can't filter.
    public func list(states: [String] = []) async throws(KafkaClientError) -> [Listing] {
        var found: [Listing] = []
        for broker in try await cluster.metadata(topics: []).brokers {
            let connection = try await cluster.connection(toBroker: broker.id)
            var request = ListGroupsRequest()
            request.statesFilter = states
            let response = try await retrying { () throws(KafkaClientError) in
                let response = try await connection.send(request)
                return (response.errorCode, response)
            }
            try check(response.errorCode, while: "list groups")
            found += response.groups.map {
                Listing(id: $0.groupId, protocolType: $0.protocolType, state: $0.groupState)
            }
        }
        return found.sorted { $0.id < $1.id }
    }

    public func describe(_ group: String) async throws(KafkaClientError) -> Description {
        var request = DescribeGroupsRequest()
        request.groups = [group]
        let connection = try await cluster.coordinator(ofGroup: group)
        let response = try await retrying { () throws(KafkaClientError) in
            let response = try await connection.send(request)
            return (response.groups.first?.errorCode ?? .none, response)
        }
        guard let found = response.groups.first else { throw missing("describe group \"\(group)\"", connection) }
        try check(found.errorCode, found.errorMessage, while: "describe group \"\(group)\"")
        // Older versions have no error for it.
        guard found.groupState != "Dead" else {
            throw .broker(.groupIdNotFound, while: "describe group \"\(group)\"")
        }
        var members: [Member] = []
        for member in found.members {
            let isConsumer = found.protocolType == ConsumerProtocol.type
            let partitions = isConsumer ? try ConsumerProtocol.assignment(from: member.memberAssignment) : []
            members.append(
                Member(
                    id: member.memberId, instanceId: member.groupInstanceId, clientId: member.clientId,
                    host: member.clientHost, partitions: partitions.sorted()))
        }
        return Description(
            id: group, state: found.groupState, protocolType: found.protocolType, protocolName: found.protocolData,
            members: members)
    }

    /// Deletes a group that has no members, with its offsets.
    public func delete(_ group: String) async throws(KafkaClientError) {
        var request = DeleteGroupsRequest()
        request.groupsNames = [group]
        let connection = try await cluster.coordinator(ofGroup: group)
        let response = try await retrying { () throws(KafkaClientError) in
            let response = try await connection.send(request)
            return (response.results.first?.errorCode ?? .none, response)
        }
        guard let result = response.results.first else { throw missing("delete group \"\(group)\"", connection) }
        try check(result.errorCode, while: "delete group \"\(group)\"")
    }

    /// All that a group has committed.
    /// - Parameter topics: every topic of the cluster: newer brokers name them by id only.
    public func committedOffsets(
        of group: String, in topics: [ClusterMetadata.Topic]
    ) async throws(KafkaClientError) -> [TopicPartition: Int64] {
        let connection = try await cluster.coordinator(ofGroup: group)
        var request = OffsetFetchRequest()
        if try connection.version(of: OffsetFetchRequest.self) >= 8 {
            var entry = OffsetFetchRequest.OffsetFetchRequestGroup()
            entry.groupId = group
            entry.topics = nil
            request.groups = [entry]
        } else {
            request.groupId = group
            request.topics = nil
        }
        let (error, offsets) = try await retrying { () throws(KafkaClientError) in
            let found = OffsetFetchMessage.offsets(from: try await connection.send(request), topics)
            return (found.error, found)
        }
        try check(error, while: "fetch offsets of group \"\(group)\"")
        return offsets
    }

    /// Sets where a group without members goes on.
    public func commit(
        _ offsets: [TopicPartition: Int64], for group: String, in topics: [ClusterMetadata.Topic]
    ) async throws(KafkaClientError) {
        guard !offsets.isEmpty else { return }
        var request = OffsetCommitRequest()
        request.groupId = group
        request.generationIdOrMemberEpoch = -1
        for (name, keys) in Dictionary(grouping: offsets.keys, by: \.topic).sorted(by: { $0.key < $1.key }) {
            var topic = OffsetCommitRequest.OffsetCommitRequestTopic()
            topic.name = name
            topic.topicId = topics.first { $0.name == name }?.id ?? .zero
            topic.partitions = keys.sorted().map { key in
                var partition = OffsetCommitRequest.OffsetCommitRequestPartition()
                partition.partitionIndex = key.partition
                partition.committedOffset = offsets[key] ?? -1
                partition.committedMetadata = ""
                return partition
            }
            request.topics.append(topic)
        }
        let connection = try await cluster.coordinator(ofGroup: group)
        let error = try await retrying { () throws(KafkaClientError) in
            let response = try await connection.send(request)
            let error = response.topics.flatMap(\.partitions).first { $0.errorCode != .none }?.errorCode ?? .none
            return (error, error)
        }
        // A commit from outside isn't of a member's generation, and so is refused once there are members.
        let isOfMembers = error == .unknownMemberId || error == .illegalGeneration || error == .rebalanceInProgress
        try check(isOfMembers ? .nonEmptyGroup : error, while: "set offsets of group \"\(group)\"")
    }

    /// The first offset of each partition whose record isn't older; the end where there is none.
    public func offsets(
        of topic: ClusterMetadata.Topic, sinceMs timestampMs: Int64
    ) async throws(KafkaClientError) -> [Int32: Int64] {
        try await OffsetLookup(cluster).offsets(of: topic, at: timestampMs)
    }

    /// Asks again while the broker loads its groups.
    private func retrying<Answer>(
        _ ask: () async throws(KafkaClientError) -> (ErrorCode, Answer)
    ) async throws(KafkaClientError) -> Answer {
        for _ in 1..<Self.attemptsMax {
            let (error, answer) = try await ask()
            guard error == .coordinatorLoadInProgress else { return answer }
            do {
                try await Task.sleep(for: .milliseconds(200))
            } catch {
                throw KafkaClientError(.timedOut, "cancelled")
            }
        }
        return try await ask().1
    }

    private func missing(_ action: String, _ connection: KafkaConnection) -> KafkaClientError {
        KafkaClientError(.malformedResponse, "\(connection.address) left out the answer to: \(action)")
    }
}
