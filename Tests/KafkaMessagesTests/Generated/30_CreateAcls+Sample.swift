// Generated from SchemaGenerator/Messages/30_CreateAcls.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension CreateAclsRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.creations = random.array { random in CreateAclsRequest.AclCreation.sample(&random, version: version) }
        return value
    }
}

extension CreateAclsRequest.AclCreation {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.resourceType = random.integer()
        value.resourceName = random.string()
        value.resourcePatternType = random.integer()
        value.principal = random.string()
        value.host = random.string()
        value.operation = random.integer()
        value.permissionType = random.integer()
        return value
    }
}

extension CreateAclsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.results = random.array { random in CreateAclsResponse.AclCreationResult.sample(&random, version: version)
        }
        return value
    }
}

extension CreateAclsResponse.AclCreationResult {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        return value
    }
}
