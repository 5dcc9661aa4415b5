// Generated from SchemaGenerator/Messages/74_ListConfigResources.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension ListConfigResourcesRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version >= 1 {
            value.resourceTypes = random.array { random in random.integer() }
        }
        return value
    }
}

extension ListConfigResourcesResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.configResources = random.array { random in
            ListConfigResourcesResponse.ConfigResource.sample(&random, version: version)
        }
        return value
    }
}

extension ListConfigResourcesResponse.ConfigResource {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.resourceName = random.string()
        if version >= 1 {
            value.resourceType = random.integer()
        }
        return value
    }
}
