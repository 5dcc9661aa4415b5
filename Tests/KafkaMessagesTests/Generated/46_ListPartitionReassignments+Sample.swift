// Generated from SchemaGenerator/Messages/46_ListPartitionReassignments.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension ListPartitionReassignmentsRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.timeoutMs = random.integer()
        value.topics =
            random.oneIn(4)
            ? nil
            : random.array { random in
                ListPartitionReassignmentsRequest.ListPartitionReassignmentsTopics.sample(&random, version: version)
            }
        return value
    }
}

extension ListPartitionReassignmentsRequest.ListPartitionReassignmentsTopics {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.partitionIndexes = random.array { random in random.integer() }
        return value
    }
}

extension ListPartitionReassignmentsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        value.topics = random.array { random in
            ListPartitionReassignmentsResponse.OngoingTopicReassignment.sample(&random, version: version)
        }
        return value
    }
}

extension ListPartitionReassignmentsResponse.OngoingTopicReassignment {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.partitions = random.array { random in
            ListPartitionReassignmentsResponse.OngoingPartitionReassignment.sample(&random, version: version)
        }
        return value
    }
}

extension ListPartitionReassignmentsResponse.OngoingPartitionReassignment {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.partitionIndex = random.integer()
        value.replicas = random.array { random in random.integer() }
        value.addingReplicas = random.array { random in random.integer() }
        value.removingReplicas = random.array { random in random.integer() }
        return value
    }
}
