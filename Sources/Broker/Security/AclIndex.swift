import Views

/// All ACLs, arranged so that a decision looks at the patterns that match a name and, in each, at what is written for one
/// principal: its cost doesn't grow with the number of ACLs. Immutable; a change makes another.
struct AclIndex: Sendable {
    /// What matching ACLs say of one principal and host.
    struct Verdict: Sendable, Equatable, BitwiseCopyable {
        var allowed: AclOperationSet = []
        var denied: AclOperationSet = []
        /// There is an ACL, for whomever, on a pattern that covers the resource.
        var hasAcls = false

        /// A deny wins over every allow.
        func allows(_ operation: AclOperation) -> Bool { allowed.contains(operation) && !denied.contains(operation) }
    }

    /// A grant for all topics isn't one for the broker's own, by which policy is set: those are allowed by patterns that
    /// begin like them only. A denial counts however wide it is.
    private static let ownTopics: Name = "__sluice_"

    /// Operations that one principal may and mayn't do, from any host and from some.
    private struct Rules: Sendable {
        var allowed: AclOperationSet = []
        var denied: AclOperationSet = []
        var hosts: [String: Verdict] = [:]

        mutating func add(_ acl: Acl) {
            let allowed: AclOperationSet = acl.isDeny ? [] : .allowed(by: acl.operation)
            let denied: AclOperationSet = acl.isDeny ? .denied(by: acl.operation) : []
            if acl.host == Acl.anyHost {
                self.allowed.formUnion(allowed)
                self.denied.formUnion(denied)
            } else {
                hosts[acl.host, default: Verdict()].allowed.formUnion(allowed)
                hosts[acl.host, default: Verdict()].denied.formUnion(denied)
            }
        }

        func add(to verdict: inout Verdict, host: String) {
            verdict.allowed.formUnion(allowed)
            verdict.denied.formUnion(denied)
            guard !hosts.isEmpty, let more = hosts[host] else { return }
            verdict.allowed.formUnion(more.allowed)
            verdict.denied.formUnion(more.denied)
        }
    }

    /// The ACLs of one pattern, by principal.
    private struct Entry: Sendable {
        var everyone = Rules()
        var users: [Name: Rules] = [:]

        mutating func add(_ acl: Acl) {
            switch acl.principal {
            case .everyone: everyone.add(acl)
            case .user(let name): users[name, default: Rules()].add(acl)
            }
        }

        func add(to verdict: inout Verdict, user: Name, host: String) {
            verdict.hasAcls = true
            everyone.add(to: &verdict, host: host)
            users[user]?.add(to: &verdict, host: host)
        }
    }

    /// The patterns of one type of resource.
    private struct Patterns: Sendable {
        var literals: [Name: Entry] = [:]
        var prefixes: [Name: Entry] = [:]
        /// Distinct byte counts of the prefixes.
        var lengths: Set<Int> = []

        mutating func add(_ acl: Acl) {
            switch acl.pattern.kind {
            case .literal: literals[acl.pattern.name, default: Entry()].add(acl)
            case .prefixed:
                lengths.insert(acl.pattern.name.byteCount)
                prefixes[acl.pattern.name, default: Entry()].add(acl)
            }
        }

        func visit(_ name: Name, _ body: (Name, Entry) -> Void) { visitCovering(name, .literal, body) }

        /// Visits the patterns that cover all of a pattern. A literal covers no prefix but all names at once.
        func visitCovering(_ name: Name, _ kind: ResourcePattern.Kind, _ body: (Name, Entry) -> Void) {
            let wildcard = ResourcePattern.wildcard
            if kind == .literal, let entry = literals[name] { body(name, entry) }
            if kind == .prefixed || name != wildcard, let entry = literals[wildcard] { body(wildcard, entry) }
            for length in lengths {
                if let prefix = name.prefix(byteCount: length), let entry = prefixes[prefix] { body(prefix, entry) }
            }
        }
    }

    /// In the order of their making.
    let acls: [Acl]
    private var patterns: [ResourceType: Patterns] = [:]

    init(_ acls: [Acl]) {
        self.acls = acls
        for acl in acls { patterns[acl.pattern.type, default: Patterns()].add(acl) }
    }

    /// What the ACLs say of `user` from `host`, on the resource of that name.
    func verdict(_ user: Name, host: String, _ type: ResourceType, _ name: Name) -> Verdict {
        let isOwn = type == .topic && name.hasPrefix(Self.ownTopics)
        // Nor are they open to everyone where nothing is written of them.
        var verdict = Verdict(hasAcls: isOwn)
        patterns[type]?.visit(name) { pattern, entry in
            guard isOwn, !pattern.hasPrefix(Self.ownTopics) else {
                entry.add(to: &verdict, user: user, host: host)
                return
            }
            var wide = Verdict()
            entry.add(to: &wide, user: user, host: host)
            verdict.denied.formUnion(wide.denied)
        }
        return verdict
    }

    /// Whether there may be a resource of this type on which `user` may do it: an ACL allows it on a pattern that no ACL
    /// denies as a whole (`authorizeByResourceType`, KIP-679).
    func allowsSomewhere(_ user: Name, host: String, _ type: ResourceType, _ operation: AclOperation) -> Bool {
        guard let patterns = patterns[type] else { return false }
        func allows(_ entry: Entry) -> Bool {
            var verdict = Verdict()
            entry.add(to: &verdict, user: user, host: host)
            return verdict.allowed.contains(operation)
        }
        func isOpen(_ name: Name, _ kind: ResourcePattern.Kind) -> Bool {
            var verdict = Verdict()
            patterns.visitCovering(name, kind) { $1.add(to: &verdict, user: user, host: host) }
            return !verdict.denied.contains(operation)
        }
        return patterns.literals.contains { allows($1) && isOpen($0, .literal) }
            || patterns.prefixes.contains { allows($1) && isOpen($0, .prefixed) }
    }
}
