// Generated from SchemaGenerator/Messages/44_IncrementalAlterConfigs.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension IncrementalAlterConfigsRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.resources = random.array { random in
            IncrementalAlterConfigsRequest.AlterConfigsResource.sample(&random, version: version)
        }
        value.validateOnly = random.bool()
        return value
    }
}

extension IncrementalAlterConfigsRequest.AlterConfigsResource {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.resourceType = random.integer()
        value.resourceName = random.string()
        value.configs = random.array { random in
            IncrementalAlterConfigsRequest.AlterableConfig.sample(&random, version: version)
        }
        return value
    }
}

extension IncrementalAlterConfigsRequest.AlterableConfig {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.configOperation = random.integer()
        value.value = random.oneIn(4) ? nil : random.string()
        return value
    }
}

extension IncrementalAlterConfigsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.responses = random.array { random in
            IncrementalAlterConfigsResponse.AlterConfigsResourceResponse.sample(&random, version: version)
        }
        return value
    }
}

extension IncrementalAlterConfigsResponse.AlterConfigsResourceResponse {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        value.resourceType = random.integer()
        value.resourceName = random.string()
        return value
    }
}
