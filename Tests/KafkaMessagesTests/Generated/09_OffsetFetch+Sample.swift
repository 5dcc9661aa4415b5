// Generated from SchemaGenerator/Messages/09_OffsetFetch.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension OffsetFetchRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version <= 7 {
            value.groupId = random.string()
        }
        if version <= 7 {
            value.topics =
                (version >= 2) && random.oneIn(4)
                ? nil
                : random.array { random in OffsetFetchRequest.OffsetFetchRequestTopic.sample(&random, version: version)
                }
        }
        if version >= 8 {
            value.groups = random.array { random in
                OffsetFetchRequest.OffsetFetchRequestGroup.sample(&random, version: version)
            }
        }
        if version >= 7 {
            value.requireStable = random.bool()
        }
        return value
    }
}

extension OffsetFetchRequest.OffsetFetchRequestTopic {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.partitionIndexes = random.array { random in random.integer() }
        return value
    }
}

extension OffsetFetchRequest.OffsetFetchRequestGroup {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.groupId = random.string()
        if version >= 9 {
            value.memberId = random.oneIn(4) ? nil : random.string()
        }
        if version >= 9 {
            value.memberEpoch = random.integer()
        }
        value.topics =
            random.oneIn(4)
            ? nil
            : random.array { random in OffsetFetchRequest.OffsetFetchRequestTopics.sample(&random, version: version) }
        return value
    }
}

extension OffsetFetchRequest.OffsetFetchRequestTopics {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version <= 9 {
            value.name = random.string()
        }
        if version >= 10 {
            value.topicId = random.uuid()
        }
        value.partitionIndexes = random.array { random in random.integer() }
        return value
    }
}

extension OffsetFetchResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version >= 3 {
            value.throttleTimeMs = random.integer()
        }
        if version <= 7 {
            value.topics = random.array { random in
                OffsetFetchResponse.OffsetFetchResponseTopic.sample(&random, version: version)
            }
        }
        if version >= 2 && version <= 7 {
            value.errorCode = ErrorCode(rawValue: random.integer())
        }
        if version >= 8 {
            value.groups = random.array { random in
                OffsetFetchResponse.OffsetFetchResponseGroup.sample(&random, version: version)
            }
        }
        return value
    }
}

extension OffsetFetchResponse.OffsetFetchResponseTopic {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.partitions = random.array { random in
            OffsetFetchResponse.OffsetFetchResponsePartition.sample(&random, version: version)
        }
        return value
    }
}

extension OffsetFetchResponse.OffsetFetchResponsePartition {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.partitionIndex = random.integer()
        value.committedOffset = random.integer()
        if version >= 5 {
            value.committedLeaderEpoch = random.integer()
        }
        value.metadata = random.oneIn(4) ? nil : random.string()
        value.errorCode = ErrorCode(rawValue: random.integer())
        return value
    }
}

extension OffsetFetchResponse.OffsetFetchResponseGroup {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.groupId = random.string()
        value.topics = random.array { random in
            OffsetFetchResponse.OffsetFetchResponseTopics.sample(&random, version: version)
        }
        value.errorCode = ErrorCode(rawValue: random.integer())
        return value
    }
}

extension OffsetFetchResponse.OffsetFetchResponseTopics {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version <= 9 {
            value.name = random.string()
        }
        if version >= 10 {
            value.topicId = random.uuid()
        }
        value.partitions = random.array { random in
            OffsetFetchResponse.OffsetFetchResponsePartitions.sample(&random, version: version)
        }
        return value
    }
}

extension OffsetFetchResponse.OffsetFetchResponsePartitions {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.partitionIndex = random.integer()
        value.committedOffset = random.integer()
        value.committedLeaderEpoch = random.integer()
        value.metadata = random.oneIn(4) ? nil : random.string()
        value.errorCode = ErrorCode(rawValue: random.integer())
        return value
    }
}
