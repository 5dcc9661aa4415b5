/// The classic consumer group protocol (JoinGroup, SyncGroup, Heartbeat, LeaveGroup and the fencing of OffsetCommit)
/// without any I/O: `ConsumerGroup.StateMachine` takes events and the time, and says what is to be answered and stored.
///
/// Source: Kafka protocol guide, "Group membership API"; KIP-134 (initial delay), KIP-345 (static members),
/// KIP-389 (group size), KIP-394 (member id first), KIP-814 (static leaders skip the assignment).
public enum ConsumerGroup {}

extension ConsumerGroup {
    /// What an operator can set, and the limits of what clients can make a group hold. Times are in milliseconds.
    public struct Configuration: Sendable, Equatable {
        /// `group.min.session.timeout.ms`.
        public var sessionTimeoutMsMin: Int32 = 6_000
        /// `group.max.session.timeout.ms`.
        public var sessionTimeoutMsMax: Int32 = 1_800_000
        /// `group.initial.rebalance.delay.ms`: how long the first rebalance of an empty group waits for more members.
        public var initialRebalanceDelayMs: Int32 = 3_000
        /// `group.max.size`; Kafka's default is no limit.
        public var membersMax: Int = 10_000
        /// A member that waits for its first JoinGroup answer longer than this is removed: it can't send heartbeats.
        public var newMemberJoinTimeoutMs: Int32 = 300_000
        /// Protocols in one JoinGroup.
        public var protocolsMax: Int = 64
        /// Bytes of the metadata of all protocols of one member.
        public var metadataBytesMax: Int = 1 << 20
        /// Bytes of one member's assignment.
        public var assignmentBytesMax: Int = 1 << 20
        /// Bytes of the metadata of all members, and of all assignments of a generation: the group is held in memory, and
        /// stored as one record.
        public var groupBytesMax: Int = 64 << 20
        /// UTF-8 bytes of a member id, a group instance id, a protocol or a protocol type.
        public var nameBytesMax: Int = 1_024

        public init() {}
    }

    /// One way in which a member can share out the work, with what it tells the leader for that way.
    public struct MemberProtocol: Sendable, Equatable {
        public var name: String
        /// The subscription, opaque to the coordinator.
        public var metadata: [UInt8]

        public init(name: String, metadata: [UInt8]) {
            self.name = name
            self.metadata = metadata
        }
    }

    /// Names a JoinGroup or SyncGroup that may wait for its answer. The caller chooses it; never used twice.
    public struct Ticket: Sendable, Hashable {
        public var rawValue: UInt64

        public init(_ rawValue: UInt64) {
            self.rawValue = rawValue
        }
    }

    /// Who a member says it is in a request.
    public struct MemberIdentity: Sendable, Equatable {
        /// Empty where the client knows none.
        public var memberId: String
        public var instanceId: String?

        public init(memberId: String, instanceId: String? = nil) {
            self.memberId = memberId
            self.instanceId = instanceId
        }
    }

    /// Kafka's names of the states, as tools show them.
    public enum StateName: String, Sendable, CaseIterable {
        case empty = "Empty"
        case preparingRebalance = "PreparingRebalance"
        case completingRebalance = "CompletingRebalance"
        case stable = "Stable"
        case dead = "Dead"
    }
}

/// Why a group refuses a request. The names are Kafka's error codes.
public enum GroupError: Error, Sendable, Equatable, CaseIterable {
    case coordinatorLoadInProgress
    case coordinatorNotAvailable
    case fencedInstanceId
    case groupIdNotFound
    case groupMaxSizeReached
    case illegalGeneration
    case inconsistentGroupProtocol
    case invalidCommitOffsetSize
    case invalidGroupId
    case invalidRequest
    case invalidSessionTimeout
    case memberIdRequired
    case nonEmptyGroup
    case offsetMetadataTooLarge
    case rebalanceInProgress
    case unknownMemberId
}
