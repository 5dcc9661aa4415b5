// Generated from SchemaGenerator/Messages/23_OffsetForLeaderEpoch.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension OffsetForLeaderEpochRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version >= 3 {
            value.replicaId = random.integer()
        }
        value.topics = random.array { random in
            OffsetForLeaderEpochRequest.OffsetForLeaderTopic.sample(&random, version: version)
        }
        return value
    }
}

extension OffsetForLeaderEpochRequest.OffsetForLeaderTopic {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.topic = random.string()
        value.partitions = random.array { random in
            OffsetForLeaderEpochRequest.OffsetForLeaderPartition.sample(&random, version: version)
        }
        return value
    }
}

extension OffsetForLeaderEpochRequest.OffsetForLeaderPartition {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.partition = random.integer()
        value.currentLeaderEpoch = random.integer()
        value.leaderEpoch = random.integer()
        return value
    }
}

extension OffsetForLeaderEpochResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.topics = random.array { random in
            OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult.sample(&random, version: version)
        }
        return value
    }
}

extension OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.topic = random.string()
        value.partitions = random.array { random in
            OffsetForLeaderEpochResponse.EpochEndOffset.sample(&random, version: version)
        }
        return value
    }
}

extension OffsetForLeaderEpochResponse.EpochEndOffset {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.partition = random.integer()
        value.leaderEpoch = random.integer()
        value.endOffset = random.integer()
        return value
    }
}
