import KafkaMessages
import Views

/// DeleteAcls v1–3: needs ALTER on the cluster. What the filters match goes together.
extension Broker {
    func handle(_ request: DeleteAclsRequest, _ context: RequestContext) async -> DeleteAclsResponse {
        typealias Result = DeleteAclsResponse.DeleteAclsFilterResult
        var response = DeleteAclsResponse()
        response.filterResults = request.filters.map { _ in Result() }
        func refuse(_ index: Int, _ code: ErrorCode, _ message: String) {
            response.filterResults[index] = Result()
            response.filterResults[index].errorCode = code
            response.filterResults[index].errorMessage = message
        }
        if let refusal = aclRefusal(context) {
            for index in request.filters.indices { refuse(index, refusal.code, refusal.message) }
            return response
        }
        let acls = security.snapshot.acls.acls
        var removed: [Acl] = []
        for (index, wire) in request.filters.enumerated() {
            do throws(AclRefusal) {
                let matching = acls.filter(try AclFilter(wire).matches)
                response.filterResults[index].matchingAcls = matching.map(Self.matching)
                removed += matching
            } catch {
                refuse(index, .invalidRequest, error.text)
            }
        }
        do throws(SecurityStore.Failure) {
            try await security.change(adding: [], removing: removed, by: context.principal)
        } catch {
            for index in request.filters.indices where response.filterResults[index].errorCode == .none {
                refuse(index, error.code, error.text)
            }
        }
        return response
    }

    private static func matching(_ acl: Acl) -> DeleteAclsResponse.DeleteAclsMatchingAcl {
        var matching = DeleteAclsResponse.DeleteAclsMatchingAcl()
        matching.resourceType = acl.pattern.type.rawValue
        matching.resourceName = acl.pattern.name.string
        matching.patternType = acl.pattern.kind.rawValue
        matching.principal = acl.principal.description
        matching.host = acl.host
        matching.operation = acl.operation.rawValue
        matching.permissionType = acl.permissionType
        return matching
    }
}
