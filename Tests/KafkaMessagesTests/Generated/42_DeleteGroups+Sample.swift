// Generated from SchemaGenerator/Messages/42_DeleteGroups.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension DeleteGroupsRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.groupsNames = random.array { random in random.string() }
        return value
    }
}

extension DeleteGroupsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.results = random.array { random in
            DeleteGroupsResponse.DeletableGroupResult.sample(&random, version: version)
        }
        return value
    }
}

extension DeleteGroupsResponse.DeletableGroupResult {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.groupId = random.string()
        value.errorCode = ErrorCode(rawValue: random.integer())
        return value
    }
}
