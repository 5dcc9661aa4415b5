/// The policy as one topic sees it: bindings by group and principal, each with its view looked up.
final class TopicPolicy: Sendable {
    /// What a binding or the default comes to.
    enum Grant: Sendable {
        case raw
        /// A written deny: it beats every other binding that matches.
        case deny
        /// A view that is paused, missing or not loaded: denies where it is the best one.
        case unusable
        case view(ViewTarget)

        /// Whether a reader would see the same.
        func isSame(as other: Grant) -> Bool {
            switch (self, other) {
            case (.raw, .raw), (.deny, .deny), (.unusable, .unusable), (.deny, .unusable), (.unusable, .deny): true
            case (.view(let own), .view(let view)): own == view
            default: false
            }
        }
    }

    /// Where the default comes from.
    enum DefaultOrigin: Sendable, Equatable {
        case written(TopicPattern)
        /// None is written, but a binding matches the topic.
        case impliedDeny
        case impliedRaw
    }

    /// The bindings of one group pattern, those of a better topic pattern first.
    struct Row: Sendable {
        var anyone: Grant?
        var principals: [Principal: Grant] = [:]
    }

    let defaultGrant: Grant
    let defaultOrigin: DefaultOrigin
    let isLocked: Bool
    let hasBindings: Bool
    private let groups: PrefixIndex<Row>
    private let anyGroup: Row
    private let principals: Set<Principal>
    /// The one exact group that all bindings name which name this principal.
    private let onlyGroups: [Principal: Name]
    /// Whether readers whom no binding names see different things by their group: without a cap, and under `noRaw`.
    private let strangersDiffer: (uncapped: Bool, noRaw: Bool)

    /// `bindings`: those that match the topic, those of a better topic pattern first.
    init(bindings: [Binding], written: TopicDefault?, isLocked: Bool, views: [VersionedName: PolicySnapshot.View]) {
        self.isLocked = isLocked
        hasBindings = !bindings.isEmpty
        if let written {
            defaultOrigin = .written(written.topic)
            defaultGrant = Self.grant(written.target, digest: written.digest, views: views)
        } else {
            defaultOrigin = bindings.isEmpty ? .impliedRaw : .impliedDeny
            defaultGrant = bindings.isEmpty ? .raw : .deny
        }
        let isProtected = written.map { $0.target != .raw } ?? !bindings.isEmpty
        var groups = PrefixIndex<Row>()
        var anyGroup = Row()
        for binding in bindings {
            var grant = Self.grant(binding.target, digest: binding.digest, views: views)
            // W1, however it came to be broken: raw for whoever names a group is loaded as a deny.
            if binding.key.principal == .any, case .raw = grant, isProtected { grant = .deny }
            switch binding.key.group {
            case .any: Self.add(grant, for: binding.key.principal, to: &anyGroup)
            case .exact(let name):
                groups.update(exact: name, default: Row()) { Self.add(grant, for: binding.key.principal, to: &$0) }
            case .prefix(let prefix):
                groups.update(prefix: prefix, default: Row()) { Self.add(grant, for: binding.key.principal, to: &$0) }
            }
        }
        self.groups = groups
        self.anyGroup = anyGroup
        onlyGroups = Self.onlyGroups(bindings)
        principals = Set(
            bindings.compactMap { binding in
                if case .exact(let principal) = binding.key.principal { principal } else { nil }
            })
        strangersDiffer = (
            Self.differs(groups, anyGroup, defaultGrant, .anonymous, .none),
            Self.differs(groups, anyGroup, defaultGrant, .anonymous, .noRaw)
        )
    }

    /// What principal and group get, before the listener's cap. nil: no group.
    func pick(_ principal: Principal, _ group: Name?) -> Grant {
        if isLocked { return .deny }
        return Self.pick(groups, anyGroup, defaultGrant, principal, group.map { .named($0) } ?? .none)
    }

    /// What the listener leaves of it.
    func capped(_ grant: Grant, by cap: ListenerRule.Cap) -> Grant {
        Self.capped(grant, cap, defaultGrant)
    }

    /// Whether the outcome depends on the group at all.
    func differs(for principal: Principal, cap: ListenerRule.Cap) -> Bool {
        if isLocked || cap == .deny { return false }
        if principal == .admin || principals.contains(principal) {
            return Self.differs(groups, anyGroup, defaultGrant, principal, cap)
        }
        return cap == .noRaw ? strangersDiffer.noRaw : strangersDiffer.uncapped
    }

    /// Whether an exact or prefix group pattern of a binding names this group.
    func isBound(_ group: Name) -> Bool { groups.matches(group) }

    /// Class 7: the one exact group of all bindings that name this principal.
    func onlyGroup(of principal: Principal) -> Name? { onlyGroups[principal] }

    // MARK: Building

    private static func grant(
        _ target: Target, digest: Digest?, views: [VersionedName: PolicySnapshot.View]
    ) -> Grant {
        switch target {
        case .raw: return .raw
        case .deny: return .deny
        case .view(let name):
            guard let view = views[name], view.isUsable, digest == nil || digest == view.target.digest else {
                return .unusable
            }
            return .view(view.target)
        }
    }

    /// The first one counts, as it has the better topic pattern, but a deny counts wherever it stands.
    private static func add(_ grant: Grant, for principal: PrincipalPattern, to row: inout Row) {
        var isDeny = false
        if case .deny = grant { isDeny = true }
        switch principal {
        case .any: if row.anyone == nil || isDeny { row.anyone = grant }
        case .exact(let principal): if row.principals[principal] == nil || isDeny { row.principals[principal] = grant }
        }
    }

    private static func onlyGroups(_ bindings: [Binding]) -> [Principal: Name] {
        var groups: [Principal: Name?] = [:]
        for binding in bindings {
            guard case .exact(let principal) = binding.key.principal else { continue }
            var name: Name?
            if case .exact(let group) = binding.key.group { name = group }
            if let known = groups[principal] {
                if known != name { groups[principal] = .some(nil) }
            } else {
                groups[principal] = .some(name)
            }
        }
        return groups.compactMapValues { $0 }
    }

    // MARK: Picking

    /// Stands for all groups that see the same.
    private enum Representative {
        case none
        case named(Name)
        /// Any name that begins with this prefix and that nothing more exact matches.
        case prefix(Name)
        /// Any name that no pattern but `any` matches.
        case unknown
    }

    private static func pick(
        _ groups: PrefixIndex<Row>, _ anyGroup: Row, _ defaultGrant: Grant, _ principal: Principal,
        _ group: Representative
    ) -> Grant {
        var both: Grant?
        var groupOnly: Grant?
        var isDenied = false
        func consider(_ grant: Grant, _ best: inout Grant?) {
            if case .deny = grant { isDenied = true }
            if best == nil { best = grant }
        }
        func visit(_ row: Row) {
            if let grant = row.anyone { consider(grant, &groupOnly) }
            if principal != .anonymous, let grant = row.principals[principal] { consider(grant, &both) }
        }
        var hasGroup = true
        switch group {
        case .none: hasGroup = false
        case .named(let name): groups.visit(name, visit)
        case .prefix(let prefix): groups.visit(prefix, includingExact: false, visit)
        case .unknown: break
        }
        var principalOnly: Grant?
        if principal != .anonymous, let grant = anyGroup.principals[principal] { consider(grant, &principalOnly) }
        // A stored binding that names neither can't be written; it counts as what it says only if that is deny.
        if let grant = anyGroup.anyone, case .deny = grant { isDenied = true }
        if isDenied { return .deny }
        if principal == .admin && !hasGroup { return .raw }
        return both ?? groupOnly ?? principalOnly ?? defaultGrant
    }

    private static func capped(_ grant: Grant, _ cap: ListenerRule.Cap, _ defaultGrant: Grant) -> Grant {
        switch cap {
        case .none: return grant
        case .deny: return .deny
        case .noRaw:
            guard case .raw = grant else { return grant }
            if case .raw = defaultGrant { return .deny }
            return defaultGrant
        }
    }

    private static func differs(
        _ groups: PrefixIndex<Row>, _ anyGroup: Row, _ defaultGrant: Grant, _ principal: Principal,
        _ cap: ListenerRule.Cap
    ) -> Bool {
        func outcome(_ group: Representative) -> Grant {
            capped(pick(groups, anyGroup, defaultGrant, principal, group), cap, defaultGrant)
        }
        let first = outcome(.none)
        return !outcome(.unknown).isSame(as: first)
            || groups.exact.keys.contains { !outcome(.named($0)).isSame(as: first) }
            || groups.prefixes.keys.contains { !outcome(.prefix($0)).isSame(as: first) }
    }
}
