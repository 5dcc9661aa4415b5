// Generated from SchemaGenerator/Messages/08_OffsetCommit.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension OffsetCommitRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.groupId = random.string()
        value.generationIdOrMemberEpoch = random.integer()
        value.memberId = random.string()
        if version >= 7 {
            value.groupInstanceId = random.oneIn(4) ? nil : random.string()
        }
        if version <= 4 {
            value.retentionTimeMs = random.integer()
        }
        value.topics = random.array { random in
            OffsetCommitRequest.OffsetCommitRequestTopic.sample(&random, version: version)
        }
        return value
    }
}

extension OffsetCommitRequest.OffsetCommitRequestTopic {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version <= 9 {
            value.name = random.string()
        }
        if version >= 10 {
            value.topicId = random.uuid()
        }
        value.partitions = random.array { random in
            OffsetCommitRequest.OffsetCommitRequestPartition.sample(&random, version: version)
        }
        return value
    }
}

extension OffsetCommitRequest.OffsetCommitRequestPartition {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.partitionIndex = random.integer()
        value.committedOffset = random.integer()
        if version >= 6 {
            value.committedLeaderEpoch = random.integer()
        }
        value.committedMetadata = random.oneIn(4) ? nil : random.string()
        return value
    }
}

extension OffsetCommitResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version >= 3 {
            value.throttleTimeMs = random.integer()
        }
        value.topics = random.array { random in
            OffsetCommitResponse.OffsetCommitResponseTopic.sample(&random, version: version)
        }
        return value
    }
}

extension OffsetCommitResponse.OffsetCommitResponseTopic {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version <= 9 {
            value.name = random.string()
        }
        if version >= 10 {
            value.topicId = random.uuid()
        }
        value.partitions = random.array { random in
            OffsetCommitResponse.OffsetCommitResponsePartition.sample(&random, version: version)
        }
        return value
    }
}

extension OffsetCommitResponse.OffsetCommitResponsePartition {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.partitionIndex = random.integer()
        value.errorCode = ErrorCode(rawValue: random.integer())
        return value
    }
}
