// Generated from SchemaGenerator/Messages/16_ListGroups.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension ListGroupsRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version >= 4 {
            value.statesFilter = random.array { random in random.string() }
        }
        if version >= 5 {
            value.typesFilter = random.array { random in random.string() }
        }
        return value
    }
}

extension ListGroupsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version >= 1 {
            value.throttleTimeMs = random.integer()
        }
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.groups = random.array { random in ListGroupsResponse.ListedGroup.sample(&random, version: version) }
        return value
    }
}

extension ListGroupsResponse.ListedGroup {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.groupId = random.string()
        value.protocolType = random.string()
        if version >= 4 {
            value.groupState = random.string()
        }
        if version >= 5 {
            value.groupType = random.string()
        }
        return value
    }
}
