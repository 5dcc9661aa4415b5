import KafkaMessages

/// CreateAcls v1–3: needs ALTER on the cluster. Each ACL stands by itself; those that are taken are written together and
/// hold at the next request. Hosts are numeric: a name would never match, so it's refused, unlike in Apache Kafka.
extension Broker {
    func handle(_ request: CreateAclsRequest, _ context: RequestContext) async -> CreateAclsResponse {
        var response = CreateAclsResponse()
        response.results = request.creations.map { _ in CreateAclsResponse.AclCreationResult() }
        if let refusal = aclRefusal(context) {
            for index in response.results.indices {
                response.results[index].errorCode = refusal.code
                response.results[index].errorMessage = refusal.message
            }
            return response
        }
        var acls: [Acl] = []
        var taken: [Int] = []
        for (index, creation) in request.creations.enumerated() {
            do throws(AclRefusal) {
                acls.append(try Acl(creation))
                taken.append(index)
            } catch {
                response.results[index].errorCode = .invalidRequest
                response.results[index].errorMessage = error.text
            }
        }
        do throws(SecurityStore.Failure) {
            try await security.change(adding: acls, removing: [], by: context.principal)
        } catch {
            for index in taken {
                response.results[index].errorCode = error.code
                response.results[index].errorMessage = error.text
            }
        }
        return response
    }
}

extension SecurityStore.Failure {
    var code: ErrorCode {
        switch self {
        case .tooLarge, .tooMany: .policyViolation
        case .storage: .kafkaStorageError
        }
    }

    var text: String {
        switch self {
        case .tooLarge: "the change is too large to be stored at once: make it in parts"
        case .tooMany(let limit): limit
        case .storage: "the change could not be stored; the broker must be started again"
        }
    }
}
