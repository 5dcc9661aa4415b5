import KafkaMessages

extension AdminClient {
    /// Stands for any resource, operation or permission in a filter.
    private static let any: Int8 = 1

    /// The entries that a filter means, as the broker orders them.
    public func acls(_ filter: AclFilter) async throws(KafkaClientError) -> [AclBinding] {
        let connection = try await cluster.connection()
        var request = DescribeAclsRequest()
        request.resourceTypeFilter = filter.resource?.rawValue ?? Self.any
        request.resourceNameFilter = filter.name
        request.patternTypeFilter = filter.pattern.rawValue
        request.principalFilter = filter.principal
        request.hostFilter = filter.host
        request.operation = filter.operation?.rawValue ?? Self.any
        request.permissionType = filter.permission?.rawValue ?? Self.any
        let response = try await connection.send(request)
        try check(response.errorCode, response.errorMessage, while: "list ACLs")
        return response.resources.flatMap { resource in
            resource.acls.map { acl in
                AclBinding(
                    resource: AclResource(rawValue: resource.resourceType), name: resource.resourceName,
                    pattern: AclPattern(rawValue: resource.patternType), principal: acl.principal, host: acl.host,
                    operation: AclOperation(rawValue: acl.operation),
                    permission: AclPermission(rawValue: acl.permissionType))
            }
        }
    }

    /// Makes entries; one that is there already stays.
    /// - Throws: the broker's refusal of the first that it doesn't take. Others may have been made.
    public func createAcls(_ bindings: [AclBinding]) async throws(KafkaClientError) {
        let connection = try await cluster.connection()
        var request = CreateAclsRequest()
        request.creations = bindings.map { binding in
            var creation = CreateAclsRequest.AclCreation()
            creation.resourceType = binding.resource.rawValue
            creation.resourceName = binding.name
            creation.resourcePatternType = binding.pattern.rawValue
            creation.principal = binding.principal
            creation.host = binding.host
            creation.operation = binding.operation.rawValue
            creation.permissionType = binding.permission.rawValue
            return creation
        }
        let response = try await connection.send(request)
        guard response.results.count == bindings.count else { throw missing("add ACLs", connection) }
        for (binding, result) in zip(bindings, response.results) {
            try check(
                result.errorCode, result.errorMessage,
                while:
                    "\(binding.permission) \(binding.principal) to \(binding.operation) \(binding.resource) \"\(binding.name)\""
            )
        }
    }

    /// Removes what filters mean.
    /// - Returns: what was removed.
    public func deleteAcls(_ filters: [AclFilter]) async throws(KafkaClientError) -> [AclBinding] {
        let connection = try await cluster.connection()
        var request = DeleteAclsRequest()
        request.filters = filters.map { filter in
            var wanted = DeleteAclsRequest.DeleteAclsFilter()
            wanted.resourceTypeFilter = filter.resource?.rawValue ?? Self.any
            wanted.resourceNameFilter = filter.name
            wanted.patternTypeFilter = filter.pattern.rawValue
            wanted.principalFilter = filter.principal
            wanted.hostFilter = filter.host
            wanted.operation = filter.operation?.rawValue ?? Self.any
            wanted.permissionType = filter.permission?.rawValue ?? Self.any
            return wanted
        }
        let response = try await connection.send(request)
        guard response.filterResults.count == filters.count else { throw missing("remove ACLs", connection) }
        var removed: [AclBinding] = []
        for result in response.filterResults {
            try check(result.errorCode, result.errorMessage, while: "remove ACLs")
            for acl in result.matchingAcls {
                try check(acl.errorCode, acl.errorMessage, while: "remove an ACL of \(acl.principal)")
                removed.append(
                    AclBinding(
                        resource: AclResource(rawValue: acl.resourceType), name: acl.resourceName,
                        pattern: AclPattern(rawValue: acl.patternType), principal: acl.principal, host: acl.host,
                        operation: AclOperation(rawValue: acl.operation),
                        permission: AclPermission(rawValue: acl.permissionType)))
            }
        }
        return removed
    }
}
