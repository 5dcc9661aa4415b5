/// What an ACL allows or denies. Codes of Kafka's `AclOperation`.
enum AclOperation: Int8, Sendable, CaseIterable {
    case all = 2
    case read, write, create, delete, alter, describe, clusterAction, describeConfigs, alterConfigs, idempotentWrite
    case createTokens, describeTokens, twoPhaseCommit

    /// Kafka's word, as tools print it.
    var name: String {
        switch self {
        case .all: "ALL"
        case .read: "READ"
        case .write: "WRITE"
        case .create: "CREATE"
        case .delete: "DELETE"
        case .alter: "ALTER"
        case .describe: "DESCRIBE"
        case .clusterAction: "CLUSTER_ACTION"
        case .describeConfigs: "DESCRIBE_CONFIGS"
        case .alterConfigs: "ALTER_CONFIGS"
        case .idempotentWrite: "IDEMPOTENT_WRITE"
        case .createTokens: "CREATE_TOKENS"
        case .describeTokens: "DESCRIBE_TOKENS"
        case .twoPhaseCommit: "TWO_PHASE_COMMIT"
        }
    }

    init?(name: String) {
        guard let operation = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = operation
    }
}

/// Operations as bits, so that a decision is two unions and a test.
struct AclOperationSet: OptionSet, Sendable, Hashable, BitwiseCopyable {
    let rawValue: UInt16

    init(rawValue: UInt16) { self.rawValue = rawValue }
    init(_ operation: AclOperation) { rawValue = 1 << UInt16(operation.rawValue) }

    static let every = AclOperationSet(AclOperation.allCases.map(AclOperationSet.init))

    /// What an ACL that allows `operation` allows: who may read, write, delete or alter may describe, and who may alter
    /// configs may describe them (KIP-133, Kafka's `AclAuthorizer`).
    static func allowed(by operation: AclOperation) -> AclOperationSet {
        switch operation {
        case .all: every
        case .read, .write, .delete, .alter: [AclOperationSet(operation), AclOperationSet(.describe)]
        case .alterConfigs: [AclOperationSet(operation), AclOperationSet(.describeConfigs)]
        default: AclOperationSet(operation)
        }
    }

    /// What an ACL that denies `operation` denies: nothing else is implied.
    static func denied(by operation: AclOperation) -> AclOperationSet {
        operation == .all ? every : AclOperationSet(operation)
    }

    func contains(_ operation: AclOperation) -> Bool { contains(AclOperationSet(operation)) }
}
