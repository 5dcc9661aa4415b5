import KafkaMessages
import Views

/// DescribeAcls v1–3. Where there is no authorizer, the administrator may write ACLs ahead of it over the admin socket; others
/// are told SECURITY_DISABLED.
extension Broker {
    func handle(_ request: DescribeAclsRequest, _ context: RequestContext) -> DescribeAclsResponse {
        var response = DescribeAclsResponse()
        guard let refusal = aclRefusal(context) else {
            do throws(AclRefusal) {
                let filter = try AclFilter(request)
                response.resources = Self.resources(security.snapshot.acls.acls.filter(filter.matches))
            } catch {
                response.errorCode = .invalidRequest
                response.errorMessage = error.text
            }
            return response
        }
        response.errorCode = refusal.code
        response.errorMessage = refusal.message
        return response
    }

    /// Why ACLs can't be looked at or changed by this client; nil: they can.
    func aclRefusal(_ context: RequestContext) -> (code: ErrorCode, message: String)? {
        guard context.access.isEnforced || isAdmin(context) else {
            return (
                .securityDisabled,
                "there is no authorizer: set authorizer=acl; until then ACLs are looked at and changed over the admin socket only"
            )
        }
        return context.mayCluster ? nil : (.clusterAuthorizationFailed, "no right to do this on the cluster")
    }

    /// The same of users and their credentials.
    func credentialRefusal(_ context: RequestContext) -> (code: ErrorCode, message: String)? {
        guard context.access.isEnforced || isAdmin(context) else {
            return (
                .clusterAuthorizationFailed,
                "without an authorizer users are looked at and changed over the broker's admin socket only"
            )
        }
        return context.mayCluster ? nil : (.clusterAuthorizationFailed, "no right to do this on the cluster")
    }

    private static func resources(_ acls: [Acl]) -> [DescribeAclsResponse.DescribeAclsResource] {
        var resources: [DescribeAclsResponse.DescribeAclsResource] = []
        var places: [ResourcePattern: Int] = [:]
        for acl in acls {
            let place = places[acl.pattern] ?? resources.count
            if place == resources.count {
                places[acl.pattern] = place
                var resource = DescribeAclsResponse.DescribeAclsResource()
                resource.resourceType = acl.pattern.type.rawValue
                resource.resourceName = acl.pattern.name.string
                resource.patternType = acl.pattern.kind.rawValue
                resources.append(resource)
            }
            var entry = DescribeAclsResponse.AclDescription()
            entry.principal = acl.principal.description
            entry.host = acl.host
            entry.operation = acl.operation.rawValue
            entry.permissionType = acl.permissionType
            resources[place].acls.append(entry)
        }
        return resources
    }
}
