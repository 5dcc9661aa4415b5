import Views

/// Which ACLs a DescribeAcls or DeleteAcls request means; nil stands for any.
struct AclFilter: Sendable {
    /// How the name of a filter is compared with the pattern of an ACL.
    enum PatternKind: Sendable, Equatable {
        /// The name as it is written, of either kind.
        case any
        /// Whatever applies to a resource of that name: itself, the wildcard, its prefixes.
        case match
        case exactly(ResourcePattern.Kind)
    }

    var type: ResourceType?
    var name: Name?
    var patternKind: PatternKind
    var principal: AclPrincipal?
    var host: String?
    var operation: AclOperation?
    var isDeny: Bool?

    func matches(_ acl: Acl) -> Bool {
        matches(acl.pattern)
            && (principal == nil || principal == acl.principal)
            && (host == nil || host == acl.host)
            && (operation == nil || operation == acl.operation)
            && (isDeny == nil || isDeny == acl.isDeny)
    }

    private func matches(_ pattern: ResourcePattern) -> Bool {
        guard type == nil || type == pattern.type else { return false }
        switch patternKind {
        case .any: return name == nil || name == pattern.name
        case .exactly(let kind): return kind == pattern.kind && (name == nil || name == pattern.name)
        case .match: return name.map(pattern.matches) ?? true
        }
    }
}
