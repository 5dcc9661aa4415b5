// Generated from SchemaGenerator/Messages/37_CreatePartitions.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension CreatePartitionsRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.topics = random.array { random in
            CreatePartitionsRequest.CreatePartitionsTopic.sample(&random, version: version)
        }
        value.timeoutMs = random.integer()
        value.validateOnly = random.bool()
        return value
    }
}

extension CreatePartitionsRequest.CreatePartitionsTopic {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.count = random.integer()
        value.assignments =
            random.oneIn(4)
            ? nil
            : random.array { random in
                CreatePartitionsRequest.CreatePartitionsAssignment.sample(&random, version: version)
            }
        return value
    }
}

extension CreatePartitionsRequest.CreatePartitionsAssignment {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.brokerIds = random.array { random in random.integer() }
        return value
    }
}

extension CreatePartitionsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.results = random.array { random in
            CreatePartitionsResponse.CreatePartitionsTopicResult.sample(&random, version: version)
        }
        return value
    }
}

extension CreatePartitionsResponse.CreatePartitionsTopicResult {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        return value
    }
}
