// Generated from SchemaGenerator/Messages/31_DeleteAcls.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension DeleteAclsRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.filters = random.array { random in DeleteAclsRequest.DeleteAclsFilter.sample(&random, version: version) }
        return value
    }
}

extension DeleteAclsRequest.DeleteAclsFilter {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.resourceTypeFilter = random.integer()
        value.resourceNameFilter = random.oneIn(4) ? nil : random.string()
        value.patternTypeFilter = random.integer()
        value.principalFilter = random.oneIn(4) ? nil : random.string()
        value.hostFilter = random.oneIn(4) ? nil : random.string()
        value.operation = random.integer()
        value.permissionType = random.integer()
        return value
    }
}

extension DeleteAclsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.filterResults = random.array { random in
            DeleteAclsResponse.DeleteAclsFilterResult.sample(&random, version: version)
        }
        return value
    }
}

extension DeleteAclsResponse.DeleteAclsFilterResult {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        value.matchingAcls = random.array { random in
            DeleteAclsResponse.DeleteAclsMatchingAcl.sample(&random, version: version)
        }
        return value
    }
}

extension DeleteAclsResponse.DeleteAclsMatchingAcl {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        value.resourceType = random.integer()
        value.resourceName = random.string()
        value.patternType = random.integer()
        value.principal = random.string()
        value.host = random.string()
        value.operation = random.integer()
        value.permissionType = random.integer()
        return value
    }
}
