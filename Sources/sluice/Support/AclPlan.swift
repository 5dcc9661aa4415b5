import KafkaClient

/// Which ACLs a command line means, in the shapes of `kafka-acls`. Pure.
struct AclPlan: Equatable {
    struct Resource: Equatable {
        var kind: AclResource
        var name: String
        var pattern: AclPattern
    }

    /// What is wrong with a command line.
    struct Malformed: Error, Equatable {
        var reason: String
    }

    var topics: [String] = []
    var groups: [String] = []
    var transactionalIds: [String] = []
    var isCluster = false
    var pattern = AclPattern.literal
    var allowed: [String] = []
    var denied: [String] = []
    var allowedHosts: [String] = []
    var deniedHosts: [String] = []
    var operations: [AclOperation] = []
    var isProducer = false
    var isConsumer = false
    var isIdempotent = false

    /// The entries, each once.
    func bindings() throws(Malformed) -> [AclBinding] {
        try checkWho()
        var bindings: [AclBinding] = []
        for (resource, operations) in try wanted() {
            for operation in operations {
                let known = AclOperation.operations(on: resource.kind)
                guard known.contains(operation) else {
                    throw Malformed(
                        reason: "\(operation) is no operation on a \(resource.kind); there are "
                            + known.map(\.description).joined(separator: ", "))
                }
                bindings += entries(resource, operation)
            }
        }
        var seen: Set<AclBinding> = []
        return bindings.filter { seen.insert($0).inserted }
    }

    /// What `list` and `remove` look for: what isn't named is any.
    func filters() throws(Malformed) -> [AclFilter] {
        if isProducer || isConsumer {
            return try bindings().map { binding in
                var filter = AclFilter(binding)
                if allowedHosts.isEmpty { filter.host = nil }
                return filter
            }
        }
        guard !isIdempotent else { throw Malformed(reason: "--idempotent belongs to --producer") }
        try checkHosts()
        try Self.check(allowed + denied)
        let who: [(principal: String?, hosts: [String], permission: AclPermission?)] =
            allowed.isEmpty && denied.isEmpty
            ? [(nil, [], nil)] : allowed.map { ($0, allowedHosts, .allow) } + denied.map { ($0, deniedHosts, .deny) }
        let resources: [Resource?] = self.resources.isEmpty ? [nil] : self.resources
        var filters: [AclFilter] = []
        for resource in resources {
            for operation in operations.isEmpty ? [nil] : operations.map(Optional.init) {
                for (principal, hosts, permission) in who {
                    for host in hosts.isEmpty ? [nil] : hosts.map(Optional.init) {
                        filters.append(
                            AclFilter(
                                resource: resource?.kind, name: resource?.name, pattern: resource?.pattern ?? .any,
                                principal: principal, host: host, operation: operation, permission: permission))
                    }
                }
            }
        }
        return filters
    }

    /// In the order of topics, groups, transactional ids, the cluster.
    var resources: [Resource] {
        topics.map { Resource(kind: .topic, name: $0, pattern: pattern) }
            + groups.map { Resource(kind: .group, name: $0, pattern: pattern) }
            + transactionalIds.map { Resource(kind: .transactionalId, name: $0, pattern: pattern) }
            + (isCluster ? [Self.cluster] : [])
    }

    private static let cluster = Resource(kind: .cluster, name: AclBinding.clusterName, pattern: .literal)

    private func checkWho() throws(Malformed) {
        guard !allowed.isEmpty || !denied.isEmpty else {
            throw Malformed(reason: "give --allow-principal or --deny-principal, as in --allow-principal User:alice")
        }
        try Self.check(allowed + denied)
        try checkHosts()
        guard pattern == .literal || pattern == .prefixed else {
            throw Malformed(
                reason: "--resource-pattern-type is literal or prefixed here; \(pattern) is for list and remove")
        }
    }

    private func checkHosts() throws(Malformed) {
        guard !allowed.isEmpty || allowedHosts.isEmpty else {
            throw Malformed(reason: "--allow-host belongs to --allow-principal")
        }
        guard !denied.isEmpty || deniedHosts.isEmpty else {
            throw Malformed(reason: "--deny-host belongs to --deny-principal")
        }
    }

    private static func check(_ principals: [String]) throws(Malformed) {
        for principal in principals where !principal.hasPrefix("User:") || principal.utf8.count == 5 {
            let near = principal.contains(":") ? "" : "; did you mean User:\(Table.printable(principal))?"
            throw Malformed(reason: "a principal is User:NAME, or User:* for everybody\(near)")
        }
    }

    /// The operations on each resource.
    private func wanted() throws(Malformed) -> [(resource: Resource, operations: [AclOperation])] {
        guard isProducer || isConsumer else {
            guard !isIdempotent else { throw Malformed(reason: "--idempotent belongs to --producer") }
            guard !resources.isEmpty else {
                throw Malformed(reason: "give --topic, --group, --transactional-id or --cluster")
            }
            return resources.map { ($0, operations.isEmpty ? [.all] : operations) }
        }
        try checkRole()
        return resources.compactMap { resource in
            var operations: [AclOperation] = []
            switch resource.kind {
            case .topic:
                if isProducer { operations += [.write, .describe, .create] }
                if isConsumer { operations += [.read, .describe] }
            case .group: operations = isConsumer ? [.read] : []
            case .transactionalId: operations = isProducer ? [.write, .describe] : []
            default: break
            }
            return operations.isEmpty ? nil : (resource, operations)
        } + (isIdempotent ? [(Self.cluster, [.idempotentWrite])] : [])
    }

    private func checkRole() throws(Malformed) {
        let role = isProducer ? "--producer" : "--consumer"
        guard operations.isEmpty, denied.isEmpty else {
            throw Malformed(
                reason: "\(role) says which operations are allowed: without --operation and --deny-principal")
        }
        guard !topics.isEmpty else { throw Malformed(reason: "\(role) needs --topic") }
        guard !isConsumer || !groups.isEmpty else { throw Malformed(reason: "--consumer needs --group") }
        guard isConsumer || groups.isEmpty else { throw Malformed(reason: "--group belongs to --consumer") }
        guard isProducer || (transactionalIds.isEmpty && !isIdempotent) else {
            throw Malformed(reason: "--transactional-id and --idempotent belong to --producer")
        }
        guard !isCluster else { throw Malformed(reason: "\(role) is about topics, without --cluster") }
    }

    private func entries(_ resource: Resource, _ operation: AclOperation) -> [AclBinding] {
        func each(_ principals: [String], _ hosts: [String], _ permission: AclPermission) -> [AclBinding] {
            principals.flatMap { principal in
                (hosts.isEmpty ? [AclBinding.anyHost] : hosts).map { host in
                    AclBinding(
                        resource: resource.kind, name: resource.name, pattern: resource.pattern, principal: principal,
                        host: host, operation: operation, permission: permission)
                }
            }
        }
        return each(allowed, allowedHosts, .allow) + each(denied, deniedHosts, .deny)
    }
}
