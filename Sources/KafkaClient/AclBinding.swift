/// One access control entry on one pattern of resources (KIP-11, KIP-290).
public struct AclBinding: Sendable, Hashable {
    /// A host that stands for every one.
    public static let anyHost = "*"
    /// The one name of a cluster resource.
    public static let clusterName = "kafka-cluster"

    public var resource: AclResource
    /// A name, a prefix, or `*`.
    public var name: String
    public var pattern: AclPattern
    /// `User:NAME`, or `User:*`.
    public var principal: String
    /// An address, or `*`.
    public var host: String
    public var operation: AclOperation
    public var permission: AclPermission

    public init(
        resource: AclResource, name: String, pattern: AclPattern = .literal, principal: String, host: String = anyHost,
        operation: AclOperation, permission: AclPermission = .allow
    ) {
        self.resource = resource
        self.name = name
        self.pattern = pattern
        self.principal = principal
        self.host = host
        self.operation = operation
        self.permission = permission
    }
}

/// Which entries are meant: nil stands for any.
public struct AclFilter: Sendable, Hashable {
    public var resource: AclResource?
    public var name: String?
    /// `any`: the name as it is written, of either kind. `match`: whatever applies to a resource of that name.
    public var pattern: AclPattern
    public var principal: String?
    public var host: String?
    public var operation: AclOperation?
    public var permission: AclPermission?

    public init(
        resource: AclResource? = nil, name: String? = nil, pattern: AclPattern = .any, principal: String? = nil,
        host: String? = nil, operation: AclOperation? = nil, permission: AclPermission? = nil
    ) {
        self.resource = resource
        self.name = name
        self.pattern = pattern
        self.principal = principal
        self.host = host
        self.operation = operation
        self.permission = permission
    }

    /// This one and no other.
    public init(_ binding: AclBinding) {
        self.init(
            resource: binding.resource, name: binding.name, pattern: binding.pattern, principal: binding.principal,
            host: binding.host, operation: binding.operation, permission: binding.permission)
    }
}

/// A code of the protocol with a name for people. Codes that newer brokers have are kept and shown by their number.
public protocol AclCode: RawRepresentable<Int8>, Sendable, Hashable, CustomStringConvertible {
    static var names: [(code: Self, name: String)] { get }
}

extension AclCode {
    /// In lower case, with hyphens: `describe-configs`.
    public var description: String { Self.names.first { $0.code == self }?.name ?? "code-\(rawValue)" }

    /// Reads `DescribeConfigs`, `describe-configs` and `DESCRIBE_CONFIGS` alike.
    public init?(name: String) {
        func plain(_ text: String) -> String { String(text.lowercased().filter { $0 != "-" && $0 != "_" }) }
        guard let found = Self.names.first(where: { plain($0.name) == plain(name) }) else { return nil }
        self = found.code
    }
}

/// What an entry is about.
public struct AclResource: AclCode {
    public var rawValue: Int8
    public init(rawValue: Int8) { self.rawValue = rawValue }

    public static let topic = AclResource(rawValue: 2)
    public static let group = AclResource(rawValue: 3)
    public static let cluster = AclResource(rawValue: 4)
    public static let transactionalId = AclResource(rawValue: 5)

    public static let names: [(code: AclResource, name: String)] = [
        (topic, "topic"), (group, "group"), (cluster, "cluster"), (transactionalId, "transactional-id"),
        (AclResource(rawValue: 6), "delegation-token"), (AclResource(rawValue: 7), "user"),
    ]
}

/// How the name of an entry is meant.
public struct AclPattern: AclCode {
    public var rawValue: Int8
    public init(rawValue: Int8) { self.rawValue = rawValue }

    public static let any = AclPattern(rawValue: 1)
    public static let match = AclPattern(rawValue: 2)
    public static let literal = AclPattern(rawValue: 3)
    public static let prefixed = AclPattern(rawValue: 4)

    public static let names: [(code: AclPattern, name: String)] = [
        (any, "any"), (match, "match"), (literal, "literal"), (prefixed, "prefixed"),
    ]
}

/// What an entry allows or denies.
public struct AclOperation: AclCode {
    public var rawValue: Int8
    public init(rawValue: Int8) { self.rawValue = rawValue }

    public static let all = AclOperation(rawValue: 2)
    public static let read = AclOperation(rawValue: 3)
    public static let write = AclOperation(rawValue: 4)
    public static let create = AclOperation(rawValue: 5)
    public static let delete = AclOperation(rawValue: 6)
    public static let alter = AclOperation(rawValue: 7)
    public static let describe = AclOperation(rawValue: 8)
    public static let clusterAction = AclOperation(rawValue: 9)
    public static let describeConfigs = AclOperation(rawValue: 10)
    public static let alterConfigs = AclOperation(rawValue: 11)
    public static let idempotentWrite = AclOperation(rawValue: 12)
    public static let twoPhaseCommit = AclOperation(rawValue: 15)

    public static let names: [(code: AclOperation, name: String)] = [
        (all, "all"), (read, "read"), (write, "write"), (create, "create"), (delete, "delete"), (alter, "alter"),
        (describe, "describe"), (clusterAction, "cluster-action"), (describeConfigs, "describe-configs"),
        (alterConfigs, "alter-configs"), (idempotentWrite, "idempotent-write"),
        (AclOperation(rawValue: 13), "create-tokens"), (AclOperation(rawValue: 14), "describe-tokens"),
        (twoPhaseCommit, "two-phase-commit"),
    ]

    /// The operations that Kafka knows for a kind of resource, which `all` stands for.
    public static func operations(on resource: AclResource) -> [AclOperation] {
        switch resource {
        case .topic: [.all, .read, .write, .create, .delete, .alter, .describe, .describeConfigs, .alterConfigs]
        case .group: [.all, .read, .delete, .describe, .describeConfigs, .alterConfigs]
        case .cluster:
            [.all, .create, .alter, .describe, .clusterAction, .describeConfigs, .alterConfigs, .idempotentWrite]
        case .transactionalId: [.all, .write, .describe, .twoPhaseCommit]
        default: []
        }
    }
}

public struct AclPermission: AclCode {
    public var rawValue: Int8
    public init(rawValue: Int8) { self.rawValue = rawValue }

    public static let deny = AclPermission(rawValue: 2)
    public static let allow = AclPermission(rawValue: 3)

    public static let names: [(code: AclPermission, name: String)] = [(deny, "deny"), (allow, "allow")]
}
