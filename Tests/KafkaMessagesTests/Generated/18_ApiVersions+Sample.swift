// Generated from SchemaGenerator/Messages/18_ApiVersions.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension ApiVersionsRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version >= 3 {
            value.clientSoftwareName = random.string()
        }
        if version >= 3 {
            value.clientSoftwareVersion = random.string()
        }
        return value
    }
}

extension ApiVersionsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.apiKeys = random.array { random in ApiVersionsResponse.ApiVersion.sample(&random, version: version) }
        if version >= 1 {
            value.throttleTimeMs = random.integer()
        }
        if version >= 3 {
            value.supportedFeatures = random.array { random in
                ApiVersionsResponse.SupportedFeatureKey.sample(&random, version: version)
            }
        }
        if version >= 3 {
            value.finalizedFeaturesEpoch = random.integer()
        }
        if version >= 3 {
            value.finalizedFeatures = random.array { random in
                ApiVersionsResponse.FinalizedFeatureKey.sample(&random, version: version)
            }
        }
        if version >= 3 {
            value.zkMigrationReady = random.bool()
        }
        if version >= 3 {
            value.sluiceFeatures = random.oneIn(4) ? nil : random.string()
        }
        return value
    }
}

extension ApiVersionsResponse.ApiVersion {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.apiKey = random.integer()
        value.minVersion = random.integer()
        value.maxVersion = random.integer()
        return value
    }
}

extension ApiVersionsResponse.SupportedFeatureKey {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.minVersion = random.integer()
        value.maxVersion = random.integer()
        return value
    }
}

extension ApiVersionsResponse.FinalizedFeatureKey {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.maxVersionLevel = random.integer()
        value.minVersionLevel = random.integer()
        return value
    }
}
