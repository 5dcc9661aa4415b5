// Generated from SchemaGenerator/Messages/02_ListOffsets.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension ListOffsetsRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.replicaId = random.integer()
        if version >= 2 {
            value.isolationLevel = random.integer()
        }
        value.topics = random.array { random in ListOffsetsRequest.ListOffsetsTopic.sample(&random, version: version) }
        if version >= 10 {
            value.timeoutMs = random.integer()
        }
        return value
    }
}

extension ListOffsetsRequest.ListOffsetsTopic {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.partitions = random.array { random in
            ListOffsetsRequest.ListOffsetsPartition.sample(&random, version: version)
        }
        return value
    }
}

extension ListOffsetsRequest.ListOffsetsPartition {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.partitionIndex = random.integer()
        if version >= 4 {
            value.currentLeaderEpoch = random.integer()
        }
        value.timestamp = random.integer()
        return value
    }
}

extension ListOffsetsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version >= 2 {
            value.throttleTimeMs = random.integer()
        }
        value.topics = random.array { random in
            ListOffsetsResponse.ListOffsetsTopicResponse.sample(&random, version: version)
        }
        return value
    }
}

extension ListOffsetsResponse.ListOffsetsTopicResponse {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.partitions = random.array { random in
            ListOffsetsResponse.ListOffsetsPartitionResponse.sample(&random, version: version)
        }
        return value
    }
}

extension ListOffsetsResponse.ListOffsetsPartitionResponse {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.partitionIndex = random.integer()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.timestamp = random.integer()
        value.offset = random.integer()
        if version >= 4 {
            value.leaderEpoch = random.integer()
        }
        return value
    }
}
