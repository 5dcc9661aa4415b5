// Generated from SchemaGenerator/Messages/33_AlterConfigs.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension AlterConfigsRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.resources = random.array { random in
            AlterConfigsRequest.AlterConfigsResource.sample(&random, version: version)
        }
        value.validateOnly = random.bool()
        return value
    }
}

extension AlterConfigsRequest.AlterConfigsResource {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.resourceType = random.integer()
        value.resourceName = random.string()
        value.configs = random.array { random in AlterConfigsRequest.AlterableConfig.sample(&random, version: version) }
        return value
    }
}

extension AlterConfigsRequest.AlterableConfig {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.value = random.oneIn(4) ? nil : random.string()
        return value
    }
}

extension AlterConfigsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.responses = random.array { random in
            AlterConfigsResponse.AlterConfigsResourceResponse.sample(&random, version: version)
        }
        return value
    }
}

extension AlterConfigsResponse.AlterConfigsResourceResponse {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        value.resourceType = random.integer()
        value.resourceName = random.string()
        return value
    }
}
