// Generated from SchemaGenerator/Messages/21_DeleteRecords.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension DeleteRecordsRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.topics = random.array { random in
            DeleteRecordsRequest.DeleteRecordsTopic.sample(&random, version: version)
        }
        value.timeoutMs = random.integer()
        return value
    }
}

extension DeleteRecordsRequest.DeleteRecordsTopic {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.partitions = random.array { random in
            DeleteRecordsRequest.DeleteRecordsPartition.sample(&random, version: version)
        }
        return value
    }
}

extension DeleteRecordsRequest.DeleteRecordsPartition {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.partitionIndex = random.integer()
        value.offset = random.integer()
        return value
    }
}

extension DeleteRecordsResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.throttleTimeMs = random.integer()
        value.topics = random.array { random in
            DeleteRecordsResponse.DeleteRecordsTopicResult.sample(&random, version: version)
        }
        return value
    }
}

extension DeleteRecordsResponse.DeleteRecordsTopicResult {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.name = random.string()
        value.partitions = random.array { random in
            DeleteRecordsResponse.DeleteRecordsPartitionResult.sample(&random, version: version)
        }
        return value
    }
}

extension DeleteRecordsResponse.DeleteRecordsPartitionResult {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.partitionIndex = random.integer()
        value.lowWatermark = random.integer()
        value.errorCode = ErrorCode(rawValue: random.integer())
        return value
    }
}
