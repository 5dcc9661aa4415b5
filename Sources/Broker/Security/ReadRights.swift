public import Views

/// Who may READ what, by the settings and ACLs that a broker tells: for commands that explain. The decision is the authorizer's.
public struct ReadRights: Sendable {
    /// An ACL in Kafka's codes, as DescribeAcls lists it.
    public struct Entry: Sendable {
        public var resourceType: Int8
        public var name: String
        public var patternType: Int8
        public var principal: String
        public var host: String
        public var operation: Int8
        public var permissionType: Int8

        public init(
            resourceType: Int8, name: String, patternType: Int8, principal: String, host: String, operation: Int8,
            permissionType: Int8
        ) {
            self.resourceType = resourceType
            self.name = name
            self.patternType = patternType
            self.principal = principal
            self.host = host
            self.operation = operation
            self.permissionType = permissionType
        }
    }

    private var configuration = Authorizer.Configuration()
    private let acls: AclIndex
    /// False where one of the ACLs isn't known here: it may be a denial.
    private let isReadable: Bool

    /// `settings`: of the broker, by name. nil where it has no authorizer, so that everybody may read.
    public init?(settings: [String: String], entries: [Entry]) {
        guard settings["authorizer"] == "acl" else { return nil }
        let superUsers = (settings["super.users"] ?? "").split(separator: ";")
        configuration.isOn = true
        configuration.superUsers = Set(superUsers.compactMap { Principal(name: String($0).trimmed)?.userName })
        configuration.allowsWhereNoAcl = settings["allow.everyone.if.no.acl.found"] == "true"
        let parsed = entries.map(Acl.init(entry:))
        acls = AclIndex(parsed.compactMap { $0 })
        isReadable = !parsed.contains { $0 == nil }
    }

    /// READ on a topic; `host`: a numeric address, or `*`: any that no ACL names.
    public func mayRead(topic: Name, _ principal: Principal, host: String) -> Bool {
        mayRead(.topic, topic, principal, host)
    }

    /// READ on a group.
    public func mayRead(group: Name, _ principal: Principal, host: String) -> Bool {
        mayRead(.group, group, principal, host)
    }

    private func mayRead(_ type: ResourceType, _ name: Name, _ principal: Principal, _ host: String) -> Bool {
        if configuration.isSuperUser(principal) { return true }
        guard isReadable else { return false }
        return configuration.allows(.read, acls.verdict(principal.aclUser, host: host, type, name))
    }
}

extension Acl {
    /// nil for what no ACL is, as far as this version knows.
    fileprivate init?(entry: ReadRights.Entry) {
        guard let type = ResourceType(rawValue: entry.resourceType),
            let kind = ResourcePattern.Kind(rawValue: entry.patternType),
            let principal = AclPrincipal(entry.principal), let operation = AclOperation(rawValue: entry.operation),
            let isDeny = Acl.isDeny(entry.permissionType)
        else { return nil }
        self.init(
            pattern: ResourcePattern(type: type, name: Name(entry.name), kind: kind), principal: principal,
            host: entry.host, operation: operation, isDeny: isDeny)
    }
}
