// Generated from SchemaGenerator/Messages/20_DeleteTopics.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension DeleteTopicsRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version >= 6 {
            value.topics = random.array { random in
                DeleteTopicsRequest.DeleteTopicState.sample(&random, version: version)
            }
        }
        if version <= 5 {
            value.topicNames = random.array { random in random.string() }
        }
        value.timeoutMs = random.integer()
        return value
    }
}

extension DeleteTopicsRequest.DeleteTopicState {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.oneIn(4) ? nil : random.string()
        value.topicId = random.uuid()
        return value
    }
}

extension DeleteTopicsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.responses = random.array { random in
            DeleteTopicsResponse.DeletableTopicResult.sample(&random, version: version)
        }
        return value
    }
}

extension DeleteTopicsResponse.DeletableTopicResult {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = (version >= 6) && random.oneIn(4) ? nil : random.string()
        if version >= 6 {
            value.topicId = random.uuid()
        }
        value.errorCode = ErrorCode(rawValue: random.integer())
        if version >= 5 {
            value.errorMessage = random.oneIn(4) ? nil : random.string()
        }
        return value
    }
}
