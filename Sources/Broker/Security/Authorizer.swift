import Synchronization
import Views

/// Decides who may do what (KIP-11). Where it is off there are no ACLs, and whoever reaches a listener may use it, as in a
/// Kafka without an authorizer; policy is then for this machine only.
final class Authorizer: Sendable {
    struct Configuration: Sendable {
        /// `authorizer = acl`.
        var isOn = false
        /// `super.users`; the administrator of the admin socket always is one.
        var superUsers: Set<Name> = []
        /// `allow.everyone.if.no.acl.found`: for resources that no ACL covers.
        var allowsWhereNoAcl = false

        init() {}

        init(_ configuration: BrokerConfiguration) {
            isOn = configuration.text("authorizer") == "acl"
            superUsers = Set(configuration.superUsers.compactMap(\.userName))
            allowsWhereNoAcl = configuration.flag("allow.everyone.if.no.acl.found")
        }

        func isSuperUser(_ principal: Principal) -> Bool {
            switch principal {
            case .admin: true
            case .user(let name): superUsers.contains(name)
            case .anonymous: false
            }
        }

        func allows(_ operation: AclOperation, _ verdict: AclIndex.Verdict) -> Bool {
            verdict.allows(operation) || allowsWhereNoAcl && !verdict.hasAcls
        }
    }

    let configuration: Configuration
    let store: SecurityStore
    let denials: DenialLog

    init(configuration: Configuration, store: SecurityStore, denials: DenialLog) {
        self.configuration = configuration
        self.store = store
        self.denials = denials
    }

    func isSuperUser(_ principal: Principal) -> Bool { configuration.isSuperUser(principal) }

    /// Whether `principal`, from `host`, may do it. Without a cache: for what is asked rarely.
    func allows(
        _ operation: AclOperation, _ type: ResourceType, _ name: Name, _ principal: Principal, host: String
    ) -> Bool {
        guard configuration.isOn, !isSuperUser(principal) else { return true }
        return allows(operation, verdict(store.snapshot, type, name, principal, host: host))
    }

    /// Whether there may be a resource on which `principal` may do it.
    func allowsSomewhere(_ operation: AclOperation, _ type: ResourceType, _ principal: Principal, host: String) -> Bool
    {
        guard configuration.isOn, !isSuperUser(principal) else { return true }
        let snapshot = store.snapshot
        guard snapshot.isReadable else { return false }
        return configuration.allowsWhereNoAcl
            || snapshot.acls.allowsSomewhere(principal.aclUser, host: host, type, operation)
    }

    fileprivate func allows(_ operation: AclOperation, _ verdict: AclIndex.Verdict) -> Bool {
        configuration.allows(operation, verdict)
    }

    fileprivate func verdict(
        _ snapshot: SecuritySnapshot, _ type: ResourceType, _ name: Name, _ principal: Principal, host: String
    ) -> AclIndex.Verdict {
        // A record that can't be read may be a denial.
        guard snapshot.isReadable else { return AclIndex.Verdict(denied: .every, hasAcls: true) }
        return snapshot.acls.verdict(principal.aclUser, host: host, type, name)
    }
}

/// The decisions of one connection, for which principal and host are fixed: kept as long as no ACL changes, so that a
/// decision costs one look-up, and exact at the first request after a change.
final class AccessCache: Sendable {
    private struct Resource: Hashable {
        var type: ResourceType
        var name: Name
    }

    private struct State {
        var version: UInt64 = 0
        var verdicts: [Resource: AclIndex.Verdict] = [:]
    }

    /// A client that names more resources than this starts over.
    private static let verdictsMax = 1024

    let authorizer: Authorizer
    private let principal: Principal
    private let host: String
    /// Nothing has to be looked up: there is no authorizer, or this is a super user.
    let mayAll: Bool
    private let state = Mutex(State())

    init(_ authorizer: Authorizer, _ principal: Principal, host: String) {
        self.authorizer = authorizer
        self.principal = principal
        self.host = host
        mayAll = !authorizer.configuration.isOn || authorizer.isSuperUser(principal)
    }

    func allows(_ operation: AclOperation, _ type: ResourceType, _ name: Name) -> Bool {
        if mayAll { return true }
        let resource = Resource(type: type, name: name)
        let version = authorizer.store.version
        let known = state.withLock { state -> AclIndex.Verdict? in
            state.version == version ? state.verdicts[resource] : nil
        }
        if let known { return authorizer.allows(operation, known) }
        let snapshot = authorizer.store.snapshot
        let verdict = authorizer.verdict(snapshot, type, name, principal, host: host)
        state.withLock { state in
            if state.version != snapshot.version || state.verdicts.count >= Self.verdictsMax {
                state.version = snapshot.version
                state.verdicts.removeAll(keepingCapacity: true)
            }
            state.verdicts[resource] = verdict
        }
        return authorizer.allows(operation, verdict)
    }

    func allowsSomewhere(_ operation: AclOperation, _ type: ResourceType) -> Bool {
        authorizer.allowsSomewhere(operation, type, principal, host: host)
    }

    /// There is an authorizer.
    var isEnforced: Bool { authorizer.configuration.isOn }

    /// Kafka's bits of what the principal may do with a resource: for the answers that say so.
    func operations(on type: ResourceType, _ name: String) -> Int32 {
        let name = Name(name)
        return type.operations.reduce(0) { allows($1, type, name) ? $0 | 1 << Int32($1.rawValue) : $0 }
    }
}

extension ResourceType {
    /// What can be done with a resource, as far as Kafka's answers list it.
    var operations: [AclOperation] {
        switch self {
        case .topic: [.read, .write, .create, .delete, .alter, .describe, .describeConfigs, .alterConfigs]
        case .group: [.read, .delete, .describe]
        case .cluster:
            [.create, .alter, .describe, .clusterAction, .describeConfigs, .alterConfigs, .idempotentWrite]
        case .transactionalId: [.write, .describe, .twoPhaseCommit]
        case .delegationToken: [.describe]
        case .user: [.createTokens, .describeTokens]
        }
    }
}

extension Principal {
    /// nil of who isn't a proven user.
    var userName: Name? {
        if case .user(let name) = self { name } else { nil }
    }

    /// The user that ACLs name: whoever has proven nothing is `ANONYMOUS`. The administrator is a super user and never looked up.
    var aclUser: Name {
        switch self {
        case .anonymous: "ANONYMOUS"
        case .user(let name): name
        case .admin: "Admin:local"
        }
    }
}
