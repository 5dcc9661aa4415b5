// Generated from SchemaGenerator/Messages/45_AlterPartitionReassignments.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension AlterPartitionReassignmentsRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.timeoutMs = random.integer()
        if version >= 1 {
            value.allowReplicationFactorChange = random.bool()
        }
        value.topics = random.array { random in
            AlterPartitionReassignmentsRequest.ReassignableTopic.sample(&random, version: version)
        }
        return value
    }
}

extension AlterPartitionReassignmentsRequest.ReassignableTopic {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.partitions = random.array { random in
            AlterPartitionReassignmentsRequest.ReassignablePartition.sample(&random, version: version)
        }
        return value
    }
}

extension AlterPartitionReassignmentsRequest.ReassignablePartition {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.partitionIndex = random.integer()
        value.replicas = random.oneIn(4) ? nil : random.array { random in random.integer() }
        return value
    }
}

extension AlterPartitionReassignmentsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        if version >= 1 {
            value.allowReplicationFactorChange = random.bool()
        }
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        value.responses = random.array { random in
            AlterPartitionReassignmentsResponse.ReassignableTopicResponse.sample(&random, version: version)
        }
        return value
    }
}

extension AlterPartitionReassignmentsResponse.ReassignableTopicResponse {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.partitions = random.array { random in
            AlterPartitionReassignmentsResponse.ReassignablePartitionResponse.sample(&random, version: version)
        }
        return value
    }
}

extension AlterPartitionReassignmentsResponse.ReassignablePartitionResponse {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.partitionIndex = random.integer()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        return value
    }
}
