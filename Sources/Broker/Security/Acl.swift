import Views

/// What an ACL is about. Codes of Kafka's `ResourceType`.
enum ResourceType: Int8, Sendable, CaseIterable {
    case topic = 2
    case group, cluster, transactionalId, delegationToken, user

    /// The one name of a cluster resource.
    static let clusterName: Name = "kafka-cluster"

    var name: String {
        switch self {
        case .topic: "TOPIC"
        case .group: "GROUP"
        case .cluster: "CLUSTER"
        case .transactionalId: "TRANSACTIONAL_ID"
        case .delegationToken: "DELEGATION_TOKEN"
        case .user: "USER"
        }
    }

    init?(name: String) {
        guard let type = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = type
    }
}

/// Names that an ACL covers: one, all (the literal `*`) or those with a prefix (KIP-290).
struct ResourcePattern: Sendable, Hashable {
    /// Codes of Kafka's `PatternType`, as far as a stored ACL can have them.
    enum Kind: Int8, Sendable {
        case literal = 3
        case prefixed = 4
    }

    static let wildcard: Name = "*"

    var type: ResourceType
    var name: Name
    var kind: Kind

    var isWildcard: Bool { kind == .literal && name == Self.wildcard }

    func matches(_ other: Name) -> Bool {
        switch kind {
        case .literal: name == other || isWildcard
        case .prefixed: other.hasPrefix(name)
        }
    }
}

/// Whom an ACL is for.
enum AclPrincipal: Sendable, Hashable, CustomStringConvertible {
    /// `User:*`.
    case everyone
    /// `User:NAME`; `User:ANONYMOUS` is whoever has proven nothing.
    case user(Name)

    /// Reads `User:NAME` and `User:*`; nil for anything else: there are no other types of principals here.
    init?(_ text: String) {
        guard text.utf8.starts(with: "User:".utf8) else { return nil }
        let name = String(text.dropFirst(5))
        guard !name.isEmpty, name.utf8.count <= 1024 else { return nil }
        self = name == "*" ? .everyone : .user(Name(name))
    }

    var description: String {
        switch self {
        case .everyone: "User:*"
        case .user(let name): "User:\(name)"
        }
    }
}

/// One access control entry on one pattern of resources (KIP-11, KIP-290).
struct Acl: Sendable, Hashable {
    static let anyHost = "*"

    var pattern: ResourcePattern
    var principal: AclPrincipal
    /// Numeric address of the client, or `*`.
    var host: String
    var operation: AclOperation
    var isDeny: Bool
}
