import Coordinators
import KafkaMessages

extension GroupError {
    /// Kafka's code for what a client is told.
    var code: ErrorCode {
        switch self {
        case .coordinatorLoadInProgress: .coordinatorLoadInProgress
        case .coordinatorNotAvailable: .coordinatorNotAvailable
        case .fencedInstanceId: .fencedInstanceId
        case .groupIdNotFound: .groupIdNotFound
        case .groupMaxSizeReached: .groupMaxSizeReached
        case .illegalGeneration: .illegalGeneration
        case .inconsistentGroupProtocol: .inconsistentGroupProtocol
        case .invalidCommitOffsetSize: .invalidCommitOffsetSize
        case .invalidGroupId: .invalidGroupId
        case .invalidRequest: .invalidRequest
        case .invalidSessionTimeout: .invalidSessionTimeout
        case .memberIdRequired: .memberIdRequired
        case .nonEmptyGroup: .nonEmptyGroup
        case .offsetMetadataTooLarge: .offsetMetadataTooLarge
        case .rebalanceInProgress: .rebalanceInProgress
        case .unknownMemberId: .unknownMemberId
        }
    }
}

extension ErrorCode {
    init(_ error: GroupError?) {
        self = error?.code ?? .none
    }
}
