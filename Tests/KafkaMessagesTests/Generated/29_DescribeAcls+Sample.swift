// Generated from SchemaGenerator/Messages/29_DescribeAcls.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension DescribeAclsRequest: Sampled {
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

extension DescribeAclsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        value.resources = random.array { random in
            DescribeAclsResponse.DescribeAclsResource.sample(&random, version: version)
        }
        return value
    }
}

extension DescribeAclsResponse.DescribeAclsResource {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.resourceType = random.integer()
        value.resourceName = random.string()
        value.patternType = random.integer()
        value.acls = random.array { random in DescribeAclsResponse.AclDescription.sample(&random, version: version) }
        return value
    }
}

extension DescribeAclsResponse.AclDescription {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.principal = random.string()
        value.host = random.string()
        value.operation = random.integer()
        value.permissionType = random.integer()
        return value
    }
}
