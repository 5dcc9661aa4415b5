// Generated from SchemaGenerator/Messages/32_DescribeConfigs.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension DescribeConfigsRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.resources = random.array { random in
            DescribeConfigsRequest.DescribeConfigsResource.sample(&random, version: version)
        }
        value.includeSynonyms = random.bool()
        if version >= 3 {
            value.includeDocumentation = random.bool()
        }
        return value
    }
}

extension DescribeConfigsRequest.DescribeConfigsResource {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.resourceType = random.integer()
        value.resourceName = random.string()
        value.configurationKeys = random.oneIn(4) ? nil : random.array { random in random.string() }
        return value
    }
}

extension DescribeConfigsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.results = random.array { random in
            DescribeConfigsResponse.DescribeConfigsResult.sample(&random, version: version)
        }
        return value
    }
}

extension DescribeConfigsResponse.DescribeConfigsResult {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        value.resourceType = random.integer()
        value.resourceName = random.string()
        value.configs = random.array { random in
            DescribeConfigsResponse.DescribeConfigsResourceResult.sample(&random, version: version)
        }
        return value
    }
}

extension DescribeConfigsResponse.DescribeConfigsResourceResult {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.value = random.oneIn(4) ? nil : random.string()
        value.readOnly = random.bool()
        value.configSource = random.integer()
        value.isSensitive = random.bool()
        value.synonyms = random.array { random in
            DescribeConfigsResponse.DescribeConfigsSynonym.sample(&random, version: version)
        }
        if version >= 3 {
            value.configType = random.integer()
        }
        if version >= 3 {
            value.documentation = random.oneIn(4) ? nil : random.string()
        }
        return value
    }
}

extension DescribeConfigsResponse.DescribeConfigsSynonym {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.value = random.oneIn(4) ? nil : random.string()
        value.source = random.integer()
        return value
    }
}
