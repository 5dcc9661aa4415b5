// Generated from SchemaGenerator/Messages/47_OffsetDelete.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension OffsetDeleteRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.groupId = random.string()
        value.topics = random.array { random in
            OffsetDeleteRequest.OffsetDeleteRequestTopic.sample(&random, version: version)
        }
        return value
    }
}

extension OffsetDeleteRequest.OffsetDeleteRequestTopic {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.partitions = random.array { random in
            OffsetDeleteRequest.OffsetDeleteRequestPartition.sample(&random, version: version)
        }
        return value
    }
}

extension OffsetDeleteRequest.OffsetDeleteRequestPartition {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.partitionIndex = random.integer()
        return value
    }
}

extension OffsetDeleteResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.throttleTimeMs = random.integer()
        value.topics = random.array { random in
            OffsetDeleteResponse.OffsetDeleteResponseTopic.sample(&random, version: version)
        }
        return value
    }
}

extension OffsetDeleteResponse.OffsetDeleteResponseTopic {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.partitions = random.array { random in
            OffsetDeleteResponse.OffsetDeleteResponsePartition.sample(&random, version: version)
        }
        return value
    }
}

extension OffsetDeleteResponse.OffsetDeleteResponsePartition {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.partitionIndex = random.integer()
        value.errorCode = ErrorCode(rawValue: random.integer())
        return value
    }
}
