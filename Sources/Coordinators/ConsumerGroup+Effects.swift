extension ConsumerGroup {
    /// What an event brought about besides the answer to its own request. The caller passes the same value through one
    /// or more events and carries it out afterwards.
    public struct Effects: Sendable {
        /// Waiting JoinGroups that are answered now; each ticket once.
        public var joins: [(ticket: Ticket, answer: JoinAnswer)] = []
        /// Waiting SyncGroups that are answered now; each ticket once.
        public var syncs: [(ticket: Ticket, answer: SyncAnswer)] = []
        /// Writes of the group's metadata, in this order.
        public var writes: [Write] = []
        /// Members that came and went.
        public var changes: [MembershipChange] = []

        public init() {}
    }

    /// The group's metadata is to be stored; the outcome is told to `StateMachine.written`.
    public struct Write: Sendable, Equatable {
        public enum Purpose: Sendable, Equatable {
            /// The members of a generation wait for it.
            case assignment
            /// The last member has gone. Nobody waits.
            case emptied
            /// A static member came back under a new id and waits for it.
            case replacement(Replacement)
        }

        public var purpose: Purpose
        public var snapshot: Snapshot
    }

    /// A static member that came back while nothing else changed, and what its JoinGroup is to be told.
    public struct Replacement: Sendable, Equatable {
        var memberId: String
        var ticket: Ticket
        var oldLeaderId: String
        var skipsAssignment: Bool
    }

    /// A member that came or went: what attribution remembers.
    public struct MembershipChange: Sendable, Equatable {
        public enum Kind: Sendable, Equatable {
            /// New, or known with another client.id or host than before.
            case joined
            /// A member that was reloaded after a restart has been heard of again.
            case resumed
            /// Reloaded after a restart, not heard of yet.
            case reloaded
            case left
            /// Not heard of for its session time-out, or absent from a rebalance.
            case expired
        }

        public var kind: Kind
        public var memberId: String
        public var clientId: String
        public var clientHost: String
        public var sessionTimeoutMs: Int32
    }

    /// A group at a generation, as it is stored and reloaded.
    public struct Snapshot: Sendable, Equatable {
        public struct Member: Sendable, Equatable {
            public var id: String
            public var instanceId: String?
            public var clientId: String
            public var clientHost: String
            public var rebalanceTimeoutMs: Int32
            public var sessionTimeoutMs: Int32
            /// Metadata of the chosen protocol.
            public var subscription: [UInt8]
            public var assignment: [UInt8]

            public init(
                id: String, instanceId: String?, clientId: String, clientHost: String, rebalanceTimeoutMs: Int32,
                sessionTimeoutMs: Int32, subscription: [UInt8], assignment: [UInt8]
            ) {
                self.id = id
                self.instanceId = instanceId
                self.clientId = clientId
                self.clientHost = clientHost
                self.rebalanceTimeoutMs = rebalanceTimeoutMs
                self.sessionTimeoutMs = sessionTimeoutMs
                self.subscription = subscription
                self.assignment = assignment
            }
        }

        public var protocolType: String
        public var generation: Int32
        public var protocolName: String?
        public var leaderId: String?
        public var members: [Member]

        public init(
            protocolType: String, generation: Int32, protocolName: String?, leaderId: String?, members: [Member]
        ) {
            self.protocolType = protocolType
            self.generation = generation
            self.protocolName = protocolName
            self.leaderId = leaderId
            self.members = members
        }
    }
}
