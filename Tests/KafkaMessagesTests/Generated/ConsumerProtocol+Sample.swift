// Generated from SchemaGenerator/Messages/ConsumerProtocol.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension ConsumerProtocolSubscription: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.topics = random.array { random in random.string() }
        value.userData = random.oneIn(4) ? nil : random.bytes()
        if version >= 1 {
            value.ownedPartitions = random.array { random in
                ConsumerProtocolSubscription.TopicPartition.sample(&random, version: version)
            }
        }
        if version >= 2 {
            value.generationId = random.integer()
        }
        if version >= 3 {
            value.rackId = random.oneIn(4) ? nil : random.string()
        }
        return value
    }
}

extension ConsumerProtocolSubscription.TopicPartition {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.topic = random.string()
        value.partitions = random.array { random in random.integer() }
        return value
    }
}

extension ConsumerProtocolAssignment: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.assignedPartitions = random.array { random in
            ConsumerProtocolAssignment.TopicPartition.sample(&random, version: version)
        }
        value.userData = random.oneIn(4) ? nil : random.bytes()
        return value
    }
}

extension ConsumerProtocolAssignment.TopicPartition {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.topic = random.string()
        value.partitions = random.array { random in random.integer() }
        return value
    }
}
