extension ConsumerGroup {
    /// A group as DescribeGroups and ListGroups show it.
    public struct Description: Sendable, Equatable {
        public struct Member: Sendable, Equatable {
            public var id: String
            public var instanceId: String?
            public var clientId: String
            public var clientHost: String
            /// Metadata of the chosen protocol; empty while none is chosen.
            public var metadata: [UInt8]
            public var assignment: [UInt8]
        }

        public var state: StateName
        public var generation: Int32
        /// Empty for a group that only stores offsets.
        public var protocolType: String
        /// Empty unless the group is Stable.
        public var protocolName: String
        public var leaderId: String?
        public var members: [Member]
        /// Member ids that were given out and not yet joined with.
        public var pendingCount: Int
    }
}

extension ConsumerGroup.StateMachine {
    public var stateName: ConsumerGroup.StateName {
        switch state {
        case .empty: .empty
        case .preparingRebalance: .preparingRebalance
        case .completingRebalance: .completingRebalance
        case .stable: .stable
        case .dead: .dead
        }
    }

    /// True if the group stores offsets only: no member ever joined, or none since it was reloaded.
    public var isSimple: Bool {
        switch state {
        case .empty(let roster): roster.protocolType == nil
        case .preparingRebalance: false
        case .completingRebalance: false
        case .stable: false
        case .dead: false
        }
    }

    /// Members that have joined.
    public var memberCount: Int {
        switch state {
        case .empty(let roster): roster.members.count
        case .preparingRebalance(let group): group.roster.members.count
        case .completingRebalance(let group): group.roster.members.count
        case .stable(let group): group.roster.members.count
        case .dead: 0
        }
    }

    /// What members tell their leader, for each of their protocols and in every state: for consumers, the topics that
    /// they subscribe to.
    public var subscriptions: [[UInt8]] {
        switch state {
        case .empty: []
        case .preparingRebalance(let group): group.roster.subscriptions
        case .completingRebalance(let group): group.roster.subscriptions
        case .stable(let group): group.roster.subscriptions
        case .dead: []
        }
    }

    /// The group, with its members in the order in which they came.
    public var description: ConsumerGroup.Description {
        switch state {
        case .empty(let roster): roster.described(as: .empty)
        case .preparingRebalance(let group): group.roster.described(as: .preparingRebalance)
        case .completingRebalance(let group): group.roster.described(as: .completingRebalance)
        case .stable(let group): group.roster.described(as: .stable)
        case .dead: .dead
        }
    }
}

extension ConsumerGroup.Description {
    /// What is said of a group that isn't there.
    public static var dead: Self {
        Self(
            state: .dead, generation: 0, protocolType: "", protocolName: "", leaderId: nil, members: [],
            pendingCount: 0)
    }
}

extension ConsumerGroup.Roster {
    fileprivate var subscriptions: [[UInt8]] {
        members.values.flatMap { $0.protocols.map(\.metadata) }
    }

    fileprivate func described(as state: ConsumerGroup.StateName) -> ConsumerGroup.Description {
        let isStable = state == .stable
        let protocolName = protocolName
        return ConsumerGroup.Description(
            state: state, generation: generation, protocolType: protocolType ?? "",
            protocolName: isStable ? protocolName ?? "" : "", leaderId: leaderId,
            members: inOrder.map { member in
                ConsumerGroup.Description.Member(
                    id: member.id, instanceId: member.instanceId, clientId: member.clientId,
                    clientHost: member.clientHost,
                    metadata: isStable ? member.metadata(of: protocolName) : [],
                    assignment: isStable ? member.assignment : [])
            },
            pendingCount: pending.count)
    }
}
