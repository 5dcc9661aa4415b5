extension ConsumerGroup {
    /// A JoinGroup, with what the coordinator adds to it.
    public struct JoinAttempt: Sendable {
        public var identity: MemberIdentity
        public var clientId: String
        public var clientHost: String
        public var sessionTimeoutMs: Int32
        public var rebalanceTimeoutMs: Int32
        /// "consumer", "connect", …
        public var protocolType: String
        /// In the member's order of preference.
        public var protocols: [MemberProtocol]
        /// JoinGroup ≥ 4: a dynamic member gets its id first and joins with it.
        public var requiresKnownMemberId: Bool
        /// JoinGroup ≥ 9: a static leader that rejoins can be told that nothing is to be assigned.
        public var supportsSkippingAssignment: Bool
        /// The id that the member gets if it has none.
        public var freshMemberId: String
        public var ticket: Ticket

        public init(
            identity: MemberIdentity, clientId: String, clientHost: String, sessionTimeoutMs: Int32,
            rebalanceTimeoutMs: Int32, protocolType: String, protocols: [MemberProtocol],
            requiresKnownMemberId: Bool, supportsSkippingAssignment: Bool = false, freshMemberId: String = "",
            ticket: Ticket = Ticket(0)
        ) {
            self.identity = identity
            self.clientId = clientId
            self.clientHost = clientHost
            self.sessionTimeoutMs = sessionTimeoutMs
            self.rebalanceTimeoutMs = max(0, rebalanceTimeoutMs)
            self.protocolType = protocolType
            self.protocols = protocols
            self.requiresKnownMemberId = requiresKnownMemberId
            self.supportsSkippingAssignment = supportsSkippingAssignment
            self.freshMemberId = freshMemberId
            self.ticket = ticket
        }

        var metadataByteCount: Int { protocols.reduce(0) { $0 + $1.metadata.count } }

        /// What is wrong with the request whatever the group is.
        func fault(under configuration: Configuration) -> GroupError? {
            guard
                sessionTimeoutMs >= configuration.sessionTimeoutMsMin,
                sessionTimeoutMs <= configuration.sessionTimeoutMsMax
            else { return .invalidSessionTimeout }
            let nameBytesMax = configuration.nameBytesMax
            guard
                identity.memberId.utf8.count <= nameBytesMax,
                identity.instanceId.map({ !$0.isEmpty && $0.utf8.count <= nameBytesMax }) ?? true,
                protocolType.utf8.count <= nameBytesMax,
                protocols.count <= configuration.protocolsMax,
                protocols.allSatisfy({ $0.name.utf8.count <= nameBytesMax })
            else { return .invalidRequest }
            return metadataByteCount <= configuration.metadataBytesMax ? nil : .invalidRequest
        }
    }

    /// What a JoinGroup is answered with.
    public struct JoinAnswer: Sendable, Equatable {
        public struct Member: Sendable, Equatable {
            public var id: String
            public var instanceId: String?
            public var metadata: [UInt8]
        }

        public var error: GroupError?
        public var memberId: String
        /// −1 with an error.
        public var generation: Int32 = -1
        public var protocolType: String?
        public var protocolName: String?
        public var leaderId = ""
        public var skipsAssignment = false
        /// All members, for the leader; empty for the others.
        public var members: [Member] = []

        public init(error: GroupError?, memberId: String) {
            self.error = error
            self.memberId = memberId
        }
    }

    /// A SyncGroup. `assignments` is what the leader made of the generation; empty from the others.
    public struct SyncAttempt: Sendable {
        public var identity: MemberIdentity
        public var generation: Int32
        /// nil: the version doesn't carry it.
        public var protocolType: String?
        public var protocolName: String?
        public var assignments: [String: [UInt8]]
        public var ticket: Ticket

        public init(
            identity: MemberIdentity, generation: Int32, protocolType: String? = nil, protocolName: String? = nil,
            assignments: [String: [UInt8]] = [:], ticket: Ticket = Ticket(0)
        ) {
            self.identity = identity
            self.generation = generation
            self.protocolType = protocolType
            self.protocolName = protocolName
            self.assignments = assignments
            self.ticket = ticket
        }
    }

    /// What a SyncGroup is answered with.
    public struct SyncAnswer: Sendable, Equatable {
        public var error: GroupError?
        public var protocolType: String?
        public var protocolName: String?
        public var assignment: [UInt8] = []

        public init(error: GroupError?) {
            self.error = error
        }
    }

    /// What became of one member that a LeaveGroup names.
    public struct LeaveAnswer: Sendable, Equatable {
        public var identity: MemberIdentity
        public var error: GroupError?

        public init(identity: MemberIdentity, error: GroupError?) {
            self.identity = identity
            self.error = error
        }
    }
}
