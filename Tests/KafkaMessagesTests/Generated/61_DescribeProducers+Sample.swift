// Generated from SchemaGenerator/Messages/61_DescribeProducers.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension DescribeProducersRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.topics = random.array { random in DescribeProducersRequest.TopicRequest.sample(&random, version: version)
        }
        return value
    }
}

extension DescribeProducersRequest.TopicRequest {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.partitionIndexes = random.array { random in random.integer() }
        return value
    }
}

extension DescribeProducersResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.topics = random.array { random in
            DescribeProducersResponse.TopicResponse.sample(&random, version: version)
        }
        return value
    }
}

extension DescribeProducersResponse.TopicResponse {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.partitions = random.array { random in
            DescribeProducersResponse.PartitionResponse.sample(&random, version: version)
        }
        return value
    }
}

extension DescribeProducersResponse.PartitionResponse {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.partitionIndex = random.integer()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.errorMessage = random.oneIn(4) ? nil : random.string()
        value.activeProducers = random.array { random in
            DescribeProducersResponse.ProducerState.sample(&random, version: version)
        }
        return value
    }
}

extension DescribeProducersResponse.ProducerState {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.producerId = random.integer()
        value.producerEpoch = random.integer()
        value.lastSequence = random.integer()
        value.lastTimestamp = random.integer()
        value.coordinatorEpoch = random.integer()
        value.currentTxnStartOffset = random.integer()
        return value
    }
}
