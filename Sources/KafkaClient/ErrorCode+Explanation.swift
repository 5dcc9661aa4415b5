public import KafkaMessages

extension ErrorCode {
    /// What the error means to whoever reads it, for answers that bring no text of their own.
    public var explanation: String {
        switch self {
        case .unknownServerError: "the broker failed (a view may have stopped at this record; see the broker's log)"
        case .offsetOutOfRange: "the offset is not kept (any more)"
        case .corruptMessage: "a stored batch is damaged"
        case .unknownTopicOrPartition: "no such topic or partition"
        case .leaderNotAvailable: "no broker leads the partition right now"
        case .notLeaderOrFollower: "the broker doesn't lead the partition"
        case .requestTimedOut: "the broker ran out of time"
        case .messageTooLarge: "the batch is larger than the topic takes (max.message.bytes)"
        case .coordinatorLoadInProgress: "the broker is still loading groups or policy"
        case .coordinatorNotAvailable: "no coordinator for the group right now"
        case .notCoordinator: "the broker doesn't coordinate the group"
        case .invalidTopicException: "the name is not allowed for a topic, or the topic is internal"
        case .recordListTooLarge: "the batch is larger than a segment"
        case .illegalGeneration, .unknownMemberId, .fencedInstanceId: "the group has moved on without this member"
        case .inconsistentGroupProtocol: "the group's members use another assignor"
        case .invalidGroupId: "the group id is not allowed"
        case .invalidSessionTimeout: "the broker doesn't allow this session time-out"
        case .rebalanceInProgress: "the group is rebalancing"
        case .topicAuthorizationFailed: "no right to this topic: it may be protected, with no view for this reader"
        case .groupAuthorizationFailed: "no right to this group, or the listener is pinned to another one"
        case .clusterAuthorizationFailed: "no right to do this on the cluster"
        case .unsupportedSaslMechanism: "the broker doesn't take this mechanism"
        case .illegalSaslState: "the broker expects a login there, or expects none"
        case .saslAuthenticationFailed: "wrong user or password"
        case .securityDisabled: "the broker has no authorizer"
        case .resourceNotFound: "there is none"
        case .unacceptableCredential: "the broker doesn't take such a credential"
        case .transactionalIdAuthorizationFailed: "no right to this transactional id"
        case .unsupportedVersion: "the broker doesn't speak this version"
        case .topicAlreadyExists: "it exists already"
        case .invalidPartitions: "the number of partitions is not allowed"
        case .invalidReplicationFactor: "the replication factor is not allowed"
        case .invalidConfig: "a setting is not allowed"
        case .invalidRequest: "the broker can't make sense of the request"
        case .policyViolation: "a rule of the broker forbids it"
        case .kafkaStorageError: "the partition is offline, or the broker waits to learn which group this is"
        case .groupIdNotFound: "no such group"
        case .invalidRecord: "a record is not valid"
        case .groupMaxSizeReached: "the group is full"
        case .nonEmptyGroup: "the group has members"
        case .groupSubscribedToTopic: "a member of the group subscribes to the topic"
        case .unknownTopicId: "no topic with this id"
        default: "\(self)"
        }
    }

    /// True if asking again, after fresh metadata, may succeed by itself.
    var isRetriableFetchError: Bool {
        switch self {
        case .leaderNotAvailable, .notLeaderOrFollower, .replicaNotAvailable, .fencedLeaderEpoch, .unknownLeaderEpoch,
            .kafkaStorageError, .unknownTopicId, .inconsistentTopicId, .offsetNotAvailable, .requestTimedOut:
            true
        default:
            false
        }
    }
}
