import KafkaMessages

/// Users and ACLs as tools change them.
extension MemorySecurity {
    func describe(_ request: DescribeUserScramCredentialsRequest) -> DescribeUserScramCredentialsResponse {
        var response = DescribeUserScramCredentialsResponse()
        let asked = request.users.map { $0.map(\.name) } ?? Set(credentials.keys.map(\.user)).sorted()
        response.results = asked.map { user in
            var result = DescribeUserScramCredentialsResponse.DescribeUserScramCredentialsResult()
            result.user = user
            for (key, credential) in credentials where key.user == user {
                var info = DescribeUserScramCredentialsResponse.CredentialInfo()
                info.mechanism = key.mechanism
                info.iterations = credential.iterations
                result.credentialInfos.append(info)
            }
            if result.credentialInfos.isEmpty { result.errorCode = .resourceNotFound }
            return result
        }
        return response
    }

    mutating func alter(_ request: AlterUserScramCredentialsRequest) -> AlterUserScramCredentialsResponse {
        var response = AlterUserScramCredentialsResponse()
        var errors: [String: ErrorCode] = [:]
        for deletion in request.deletions {
            let key = CredentialKey(deletion.name, deletion.mechanism)
            errors[deletion.name] = credentials.removeValue(forKey: key) == nil ? .resourceNotFound : ErrorCode.none
        }
        for change in request.upsertions {
            credentials[CredentialKey(change.name, change.mechanism)] = Credential(
                iterations: change.iterations, salt: Array(change.salt.readableBytesView),
                saltedPassword: Array(change.saltedPassword.readableBytesView))
            errors[change.name] = ErrorCode.none
        }
        response.results = errors.map { user, error in
            var result = AlterUserScramCredentialsResponse.AlterUserScramCredentialsResult()
            result.user = user
            result.errorCode = error
            return result
        }
        return response
    }

    mutating func create(_ request: CreateAclsRequest) -> CreateAclsResponse {
        var response = CreateAclsResponse()
        for creation in request.creations {
            var result = CreateAclsResponse.AclCreationResult()
            if creation.principal == "User:nobody" {
                result.errorCode = .invalidRequest
                result.errorMessage = "not this one"
            } else {
                acls.append(creation)
            }
            response.results.append(result)
        }
        return response
    }

    func describe(_ request: DescribeAclsRequest) -> DescribeAclsResponse {
        var response = DescribeAclsResponse()
        response.resources = acls.filter {
            Self.matches(
                $0, request.resourceTypeFilter, request.resourceNameFilter, request.patternTypeFilter,
                request.principalFilter, request.hostFilter, request.operation, request.permissionType)
        }.map { acl in
            var resource = DescribeAclsResponse.DescribeAclsResource()
            resource.resourceType = acl.resourceType
            resource.resourceName = acl.resourceName
            resource.patternType = acl.resourcePatternType
            var entry = DescribeAclsResponse.AclDescription()
            entry.principal = acl.principal
            entry.host = acl.host
            entry.operation = acl.operation
            entry.permissionType = acl.permissionType
            resource.acls = [entry]
            return resource
        }
        return response
    }

    mutating func delete(_ request: DeleteAclsRequest) -> DeleteAclsResponse {
        var response = DeleteAclsResponse()
        for filter in request.filters {
            func isMeant(_ acl: CreateAclsRequest.AclCreation) -> Bool {
                Self.matches(
                    acl, filter.resourceTypeFilter, filter.resourceNameFilter, filter.patternTypeFilter,
                    filter.principalFilter, filter.hostFilter, filter.operation, filter.permissionType)
            }
            var result = DeleteAclsResponse.DeleteAclsFilterResult()
            result.matchingAcls = acls.filter(isMeant).map { acl in
                var match = DeleteAclsResponse.DeleteAclsMatchingAcl()
                match.resourceType = acl.resourceType
                match.resourceName = acl.resourceName
                match.patternType = acl.resourcePatternType
                match.principal = acl.principal
                match.host = acl.host
                match.operation = acl.operation
                match.permissionType = acl.permissionType
                return match
            }
            acls.removeAll(where: isMeant)
            response.filterResults.append(result)
        }
        return response
    }

    private static func matches(
        _ acl: CreateAclsRequest.AclCreation, _ type: Int8, _ name: String?, _ pattern: Int8, _ principal: String?,
        _ host: String?, _ operation: Int8, _ permission: Int8
    ) -> Bool {
        let isNamed =
            switch pattern {
            case 1: name == nil || name == acl.resourceName
            case 2:
                name.map {
                    acl.resourcePatternType == 3
                        ? $0 == acl.resourceName || acl.resourceName == "*" : $0.hasPrefix(acl.resourceName)
                } ?? true
            default: pattern == acl.resourcePatternType && (name == nil || name == acl.resourceName)
            }
        return isNamed && (type == 1 || type == acl.resourceType) && (principal == nil || principal == acl.principal)
            && (host == nil || host == acl.host) && (operation == 1 || operation == acl.operation)
            && (permission == 1 || permission == acl.permissionType)
    }
}
