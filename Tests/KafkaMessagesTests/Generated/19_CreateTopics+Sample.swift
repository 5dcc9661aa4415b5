// Generated from SchemaGenerator/Messages/19_CreateTopics.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension CreateTopicsRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.topics = random.array { random in CreateTopicsRequest.CreatableTopic.sample(&random, version: version) }
        value.timeoutMs = random.integer()
        value.validateOnly = random.bool()
        return value
    }
}

extension CreateTopicsRequest.CreatableTopic {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.numPartitions = random.integer()
        value.replicationFactor = random.integer()
        value.assignments = random.array { random in
            CreateTopicsRequest.CreatableReplicaAssignment.sample(&random, version: version)
        }
        value.configs = random.array { random in
            CreateTopicsRequest.CreatableTopicConfig.sample(&random, version: version)
        }
        return value
    }
}

extension CreateTopicsRequest.CreatableReplicaAssignment {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.partitionIndex = random.integer()
        value.brokerIds = random.array { random in random.integer() }
        return value
    }
}

extension CreateTopicsRequest.CreatableTopicConfig {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.value = random.oneIn(4) ? nil : random.string()
        return value
    }
}

extension CreateTopicsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.topics = random.array { random in
            CreateTopicsResponse.CreatableTopicResult.sample(&random, version: version)
        }
        return value
    }
}

extension CreateTopicsResponse.CreatableTopicResult {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        if version >= 7 {
            value.topicId = random.uuid()
        }
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        if version >= 5 {
            value.topicConfigErrorCode = ErrorCode(rawValue: random.integer())
        }
        if version >= 5 {
            value.numPartitions = random.integer()
        }
        if version >= 5 {
            value.replicationFactor = random.integer()
        }
        if version >= 5 {
            value.configs =
                random.oneIn(4)
                ? nil
                : random.array { random in CreateTopicsResponse.CreatableTopicConfigs.sample(&random, version: version)
                }
        }
        return value
    }
}

extension CreateTopicsResponse.CreatableTopicConfigs {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.value = random.oneIn(4) ? nil : random.string()
        value.readOnly = random.bool()
        value.configSource = random.integer()
        value.isSensitive = random.bool()
        return value
    }
}
