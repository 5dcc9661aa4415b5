// Generated from SchemaGenerator/Messages/43_ElectLeaders.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension ElectLeadersRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version >= 1 {
            value.electionType = random.integer()
        }
        value.topicPartitions =
            random.oneIn(4)
            ? nil : random.array { random in ElectLeadersRequest.TopicPartitions.sample(&random, version: version) }
        value.timeoutMs = random.integer()
        return value
    }
}

extension ElectLeadersRequest.TopicPartitions {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.topic = random.string()
        value.partitions = random.array { random in random.integer() }
        return value
    }
}

extension ElectLeadersResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        if version >= 1 {
            value.errorCode = ErrorCode(rawValue: random.integer())
        }
        value.replicaElectionResults = random.array { random in
            ElectLeadersResponse.ReplicaElectionResult.sample(&random, version: version)
        }
        return value
    }
}

extension ElectLeadersResponse.ReplicaElectionResult {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.topic = random.string()
        value.partitionResult = random.array { random in
            ElectLeadersResponse.PartitionResult.sample(&random, version: version)
        }
        return value
    }
}

extension ElectLeadersResponse.PartitionResult {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.partitionId = random.integer()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        return value
    }
}
