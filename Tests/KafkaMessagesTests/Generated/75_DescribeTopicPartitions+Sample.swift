// Generated from SchemaGenerator/Messages/75_DescribeTopicPartitions.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension DescribeTopicPartitionsRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.topics = random.array { random in
            DescribeTopicPartitionsRequest.TopicRequest.sample(&random, version: version)
        }
        value.responsePartitionLimit = random.integer()
        value.cursor = random.oneIn(4) ? nil : DescribeTopicPartitionsRequest.Cursor.sample(&random, version: version)
        return value
    }
}

extension DescribeTopicPartitionsRequest.TopicRequest {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        return value
    }
}

extension DescribeTopicPartitionsRequest.Cursor {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.topicName = random.string()
        value.partitionIndex = random.integer()
        return value
    }
}

extension DescribeTopicPartitionsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.topics = random.array { random in
            DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic.sample(&random, version: version)
        }
        value.nextCursor =
            random.oneIn(4) ? nil : DescribeTopicPartitionsResponse.Cursor.sample(&random, version: version)
        return value
    }
}

extension DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.name = random.oneIn(4) ? nil : random.string()
        value.topicId = random.uuid()
        value.isInternal = random.bool()
        value.partitions = random.array { random in
            DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition.sample(&random, version: version)
        }
        value.topicAuthorizedOperations = random.integer()
        return value
    }
}

extension DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.partitionIndex = random.integer()
        value.leaderId = random.integer()
        value.leaderEpoch = random.integer()
        value.replicaNodes = random.array { random in random.integer() }
        value.isrNodes = random.array { random in random.integer() }
        value.eligibleLeaderReplicas = random.oneIn(4) ? nil : random.array { random in random.integer() }
        value.lastKnownElr = random.oneIn(4) ? nil : random.array { random in random.integer() }
        value.offlineReplicas = random.array { random in random.integer() }
        return value
    }
}

extension DescribeTopicPartitionsResponse.Cursor {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.topicName = random.string()
        value.partitionIndex = random.integer()
        return value
    }
}
