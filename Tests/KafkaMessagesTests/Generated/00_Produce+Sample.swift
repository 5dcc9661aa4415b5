// Generated from SchemaGenerator/Messages/00_Produce.kafka by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension ProduceRequest: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.transactionalId = random.oneIn(4) ? nil : random.string()
        value.acks = random.integer()
        value.timeoutMs = random.integer()
        value.topicData = random.array { random in ProduceRequest.TopicProduceData.sample(&random, version: version) }
        return value
    }
}

extension ProduceRequest.TopicProduceData {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version <= 12 {
            value.name = random.string()
        }
        if version >= 13 {
            value.topicId = random.uuid()
        }
        value.partitionData = random.array { random in
            ProduceRequest.PartitionProduceData.sample(&random, version: version)
        }
        return value
    }
}

extension ProduceRequest.PartitionProduceData {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.index = random.integer()
        value.records = random.oneIn(4) ? .null : .bytes(random.bytes())
        return value
    }
}

extension ProduceResponse: Sampled {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.responses = random.array { random in
            ProduceResponse.TopicProduceResponse.sample(&random, version: version)
        }
        value.throttleTimeMs = random.integer()
        if version >= 10 {
            value.nodeEndpoints = random.array { random in
                ProduceResponse.NodeEndpoint.sample(&random, version: version)
            }
        }
        return value
    }
}

extension ProduceResponse.TopicProduceResponse {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        if version <= 12 {
            value.name = random.string()
        }
        if version >= 13 {
            value.topicId = random.uuid()
        }
        value.partitionResponses = random.array { random in
            ProduceResponse.PartitionProduceResponse.sample(&random, version: version)
        }
        return value
    }
}

extension ProduceResponse.PartitionProduceResponse {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.index = random.integer()
        value.errorCode = ErrorCode(rawValue: random.integer())
        value.baseOffset = random.integer()
        value.logAppendTimeMs = random.integer()
        if version >= 5 {
            value.logStartOffset = random.integer()
        }
        if version >= 8 {
            value.recordErrors = random.array { random in
                ProduceResponse.BatchIndexAndErrorMessage.sample(&random, version: version)
            }
        }
        if version >= 8 {
            value.errorMessage = random.oneIn(4) ? nil : random.string()
        }
        if version >= 10 {
            value.currentLeader = ProduceResponse.LeaderIdAndEpoch.sample(&random, version: version)
        }
        if version >= 9 {
            value.assigned = random.array { random in ProduceResponse.AssignedVersion.sample(&random, version: version)
            }
        }
        return value
    }
}

extension ProduceResponse.BatchIndexAndErrorMessage {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.batchIndex = random.integer()
        value.batchIndexErrorMessage = random.oneIn(4) ? nil : random.string()
        return value
    }
}

extension ProduceResponse.LeaderIdAndEpoch {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.leaderId = random.integer()
        value.leaderEpoch = random.integer()
        return value
    }
}

extension ProduceResponse.AssignedVersion {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.index = random.integer()
        value.nameAtVersion = random.string()
        return value
    }
}

extension ProduceResponse.NodeEndpoint {
    static func sample(_ random: inout SampleRandom, version: Int16) -> Self {
        var value = Self()
        value.nodeId = random.integer()
        value.host = random.string()
        value.port = random.integer()
        value.rack = random.oneIn(4) ? nil : random.string()
        return value
    }
}
